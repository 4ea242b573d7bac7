// A menu closes when something else is pressed or focused, and with Escape.
export function closeMenus() {
  const open = () => document.querySelectorAll("details:is(.al-menu, .al-more)[open]");
  for (const kind of ["click", "focusin"]) {
    document.addEventListener(kind, (event) => {
      for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
