// Rows and conditions without a reload: the server draws the fields anew, and only what changed is swapped.
// The same buttons and names work without this file, as a plain submit of the form.
import htmx from "htmx.org";
import { withoutFiles } from "./drafts.js";

// One redraw at a time: each must begin with what the one before it has drawn.
let last = Promise.resolve();

export function redrawFields() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-rows]");
    if (!button) return;
    event.preventDefault();
    ask(button.form, button.name);
  });
  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-decides]");
    if (field && event.target.form) ask(event.target.form, "_show");
  });
}

function ask(form, name) {
  last = last.then(() => redraw(form, name));
}

async function redraw(form, name) {
  if (leaving(form)) return;
  const sent = states(form);
  const body = withoutFiles(form);
  body.set(name, "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (leaving(form)) return;
    const typed = name.startsWith("_remove.") ? [] : changes(sent, states(form));
    const folds = name.startsWith("_remove.") ? [] : folded(form);
    await htmx.swap({
      text,
      target: form.querySelector("#al-fields"),
      sourceElement: form,
      select: "#al-fields",
      swap: "outerMorph ignoreTitle:true",
    });
    for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
    for (const [id, state] of typed) restore(document.getElementById(id), state);
  } catch {
    // A page that is on its way out breaks its requests off: a second submit would replace the first.
    if (leaving(form)) return;
    // No network, or the session is over: let the browser send it and show what comes.
    submitPlainly(form, name);
    return;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  moveFocus(form, name, sent);
}

function leaving(form) {
  return form.dataset.sent !== undefined; // submits.js marks it
}

function states(form) {
  const fields = form.querySelectorAll("#al-fields :is(input:not([type=hidden]), select, textarea)[id]");
  return new Map([...fields].map((field) => [field.id, { value: field.value, checked: field.checked }]));
}

// Rows stay as open as somebody left them.
function folded(form) {
  return [...form.querySelectorAll("#al-fields details[id]")].map((row) => [row.id, row.open]);
}

// What a person went on typing while the answer was on its way must outlive the swap.
function changes(before, now) {
  return [...now].filter(([id, { value, checked }]) => {
    const old = before.get(id);
    return old && (old.value !== value || old.checked !== checked);
  });
}

function restore(field, { value, checked }) {
  if (!field) return;
  if (field.matches("[type=radio], [type=checkbox]")) field.checked = checked;
  else field.value = value;
}

// After adding: into the new row. After removing: to the button that adds.
function moveFocus(form, name, before) {
  const list = name.replace(/^_(add|remove)\./, "").replace(/\.\d+$/, "");
  if (name.startsWith("_remove.")) {
    form.querySelector(`[name="_add.${list}"]`)?.focus();
  } else if (name.startsWith("_add.")) {
    const fresh = [...states(form).keys()].find((id) => !before.has(id));
    if (fresh) document.getElementById(fresh).focus();
  }
}

function submitPlainly(form, name) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name });
  form.append(field);
  form.submit();
}
