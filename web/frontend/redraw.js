// Rows and conditions without a reload: the server draws the fields anew, and only what changed is swapped.
// The same buttons and names work without this file, as a plain submit of the form.
import htmx from "htmx.org";

export function redrawFields() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-rows]");
    if (!button) return;
    event.preventDefault();
    redraw(button.form, button.name);
  });
  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-decides]");
    if (field && event.target.form) redraw(event.target.form, "_show");
  });
}

async function redraw(form, name) {
  const fields = form.querySelector("#al-fields");
  const body = new FormData(form);
  body.set(name, "");
  const before = new Set([...fields.querySelectorAll("[id]")].map(({ id }) => id));
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    await htmx.swap({
      text: await answer.text(),
      target: fields,
      sourceElement: form,
      select: "#al-fields",
      swap: "outerMorph ignoreTitle:true",
    });
  } catch {
    // No network, or the session is over: let the browser send it and show what comes.
    submitPlainly(form, name);
    return;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  moveFocus(form, name, before);
}

// After adding: into the new row. After removing: to the button that adds.
function moveFocus(form, name, before) {
  const list = name.replace(/^_(add|remove)\./, "").replace(/\.\d+$/, "");
  if (name.startsWith("_remove.")) {
    form.querySelector(`[name="_add.${list}"]`)?.focus();
  } else if (name.startsWith("_add.")) {
    const fresh = [...form.querySelectorAll("#al-fields [id]")].find(
      (one) => !before.has(one.id) && one.matches("input:not([type=hidden]), select, textarea"),
    );
    fresh?.focus();
  }
}

function submitPlainly(form, name) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name });
  form.append(field);
  form.submit();
}
