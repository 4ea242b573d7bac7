// Drafts: a form with data-draft-url saves itself five seconds after a change and when it loses the focus.
// What could not be sent stays in this browser, is sent after the next login and wiped at logout.
// What is to be said comes from the server or from data attributes: no words in here.
import { startClock } from "./minutes.js";
import * as copies from "./copies.js";

const WAIT = 5000;
const BY_ITSELF = new Set(["csrf_token", "request_key", "_open", "_active"]);

export function keepDrafts() {
  copies.wipeAtLogout();
  copies.forgetSent();
  for (const form of document.querySelectorAll("form[data-draft-url]")) keep(form);
  copies.sendLeft();
}

function keep(form) {
  const status = document.getElementById(form.dataset.draftStatus ?? "draft-status");
  const clock = startClock(form);
  let timer = 0;
  let saved = written(form);
  let leaving = false;

  async function save() {
    clearTimeout(timer);
    const now = written(form);
    if (leaving || now === saved) return;
    copies.keep(form, fieldsOf(form));
    clock.write();
    const body = withoutFiles(form);
    body.set("do", "save_draft");
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        body,
        headers: { "HX-Request": "true", Accept: "text/html" },
        keepalive: document.visibilityState === "hidden",
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      saved = now;
      clock.sent();
      if (written(form) === now) copies.drop(form);
      say(await answer.text());
    } catch {
      say(form.dataset.draftFailed ?? "");
      timer = setTimeout(save, 2 * WAIT);
    }
  }

  function say(text) {
    if (status && !leaving) status.textContent = text;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
    copies.keep(form, fieldsOf(form));
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) save();
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    clock.write();
    copies.keep(form, fieldsOf(form), true);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("online", save);
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
}

// Files are sent when a person presses a button: they are large, and once is enough.
export function withoutFiles(form) {
  const body = new FormData(form);
  for (const field of form.querySelectorAll("input[type=file]")) body.delete(field.name);
  return body;
}

// Everything but what changes by itself.
function fieldsOf(form) {
  const fields = [...withoutFiles(form)].filter(([name]) => !BY_ITSELF.has(name));
  return fields.map(([name, value]) => [name, String(value)]);
}

function written(form) {
  return JSON.stringify(fieldsOf(form));
}
