// Keys for lists: j and k move through the rows, Enter opens one (the link of the row has the focus), c takes a
// task of the group, x ticks a row, n goes to the next task, ? shows this list.
export function moveByKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = { j: () => move(1), k: () => move(-1), c: claim, x: tick, n: next, "?": explain }[event.key];
    if (act?.() === true) event.preventDefault();
  });
  comeBack();
}

function links() {
  return [...document.querySelectorAll(".al-row-title")];
}

function move(step) {
  const all = links();
  if (!all.length) return false;
  const here = all.indexOf(document.activeElement);
  const to = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(to, 0), all.length - 1)].focus();
  return true;
}

function row() {
  return document.activeElement?.closest?.(".al-row");
}

function tick() {
  const box = row()?.querySelector(".al-pick input");
  box?.click();
  return Boolean(box);
}

// On the task's page there is a button for it; in the list of the group's free tasks a row has its own form.
function claim() {
  const button = document.querySelector("#claim-form button");
  if (button) {
    button.click();
    return true;
  }
  const link = row()?.querySelector(".al-row-title");
  const free = document.querySelector("#bulk-form [name=act][value=claim]");
  if (!link || !free) return false;
  const form = document.createElement("form");
  form.method = "post";
  form.action = `${new URL(link.href).pathname}/claim`;
  form.append(document.querySelector("#bulk-form [name=csrf_token]").cloneNode());
  document.body.append(form);
  form.submit();
  return true;
}

function next() {
  const link = document.querySelector("[data-next-task]") ?? links()[Math.max(0, links().indexOf(document.activeElement))];
  link?.click();
  return Boolean(link);
}

function explain() {
  const dialog = document.getElementById("al-keys");
  if (!dialog) return false;
  if (!dialog.open) dialog.showModal();
  return true;
}

// Whoever comes back from a task stands at its row again: by the page's link, or by the browser's own.
function comeBack() {
  document.addEventListener("click", (event) => {
    const opened = event.target.closest?.(".al-row-title")?.closest(".al-row");
    if (opened?.id) sessionStorage.setItem("alur:row", JSON.stringify([location.href, opened.id]));
  });
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const [page, left] = (back && JSON.parse(sessionStorage.getItem("alur:row"))) || [];
  const id = page === location.href ? left : location.hash.slice(1);
  if (/^task-\d+$/.test(id)) document.querySelector(`#${id} .al-row-title`)?.focus();
}

function isTyping(element) {
  return element.matches?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
}
