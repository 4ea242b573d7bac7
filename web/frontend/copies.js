// Copies of what was typed and not yet sent: per person and task, in this browser's storage alone.
const PREFIX = "alur:draft:";
const WEEK = 7 * 24 * 3600 * 1000;

function all() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // no storage: nothing is kept
  }
}

export function keep(form, fields, submitting = false) {
  if (!form.dataset.draftKey) return;
  try {
    const copy = { at: Date.now(), url: form.dataset.draftUrl, fields, submitting };
    localStorage.setItem(PREFIX + form.dataset.draftKey, JSON.stringify(copy));
  } catch {
    // full or switched off: the server's draft is what there is
  }
}

export function drop(form) {
  if (form.dataset.draftKey) localStorage.removeItem(PREFIX + form.dataset.draftKey);
}

// The page after a submission: what was being submitted has arrived.
export function forgetSent() {
  if (!document.querySelector("[data-arrived]")) return;
  for (const key of all()) if (read(key)?.submitting) localStorage.removeItem(key);
}

export function wipeAtLogout() {
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("[data-logout]")) for (const key of all()) localStorage.removeItem(key);
  });
}

// After a login, or a lost line: send what is left of this person, and show it where it belongs.
export async function sendLeft() {
  const person = document.body.dataset.person;
  const token = document.body.dataset.token;
  if (!person || !token || document.querySelector("[data-typed]")) return;
  for (const key of all()) {
    const copy = read(key);
    if (!copy || Date.now() - copy.at > WEEK) localStorage.removeItem(key);
    else if (key.startsWith(`${PREFIX}${person}:`)) await send(key, copy, token);
  }
}

async function send(key, copy, token) {
  const body = new FormData();
  for (const [name, value] of copy.fields) body.append(name, value);
  body.set("csrf_token", token);
  body.set("do", "save_draft");
  body.set("_age", String(Math.max(0, Date.now() - copy.at)));
  let answer;
  try {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    answer = await fetch(copy.url, { method: "POST", body, headers, redirect: "error" });
  } catch {
    return; // still no line: it stays
  }
  const gone = [404, 409].includes(answer.status);
  if (!answer.ok && !gone) return;
  if (read(key)?.at !== copy.at) return; // typed on meanwhile
  localStorage.removeItem(key);
  if (answer.ok && location.pathname === copy.url) location.reload();
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
