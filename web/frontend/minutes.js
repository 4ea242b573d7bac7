// How long a form is open and typed in: whole seconds since the last time they were sent.
const STILL = 15; // who has typed nothing for so many seconds is not typing

export function startClock(form) {
  let open = 0;
  let active = 0;
  let touched = -Infinity;
  let now = 0;
  setInterval(() => {
    now += 1;
    if (document.visibilityState !== "visible") return;
    open += 1;
    if (now - touched < STILL) active += 1;
  }, 1000);
  form.addEventListener("input", () => {
    touched = now;
  });
  const put = (name, value) => {
    const field = form.elements.namedItem(name);
    if (field) field.value = String(value);
  };
  return {
    write() {
      put("_open", open);
      put("_active", active);
    },
    sent() {
      open = active = 0;
      put("_open", 0);
      put("_active", 0);
    },
  };
}
