// Short forms with data-offline: without a line they are kept in this browser with their request key, and sent once
// when there is one again, or after the next login.  What the server refuses then is shown until somebody has read it.
// What is to be said stands in data attributes: no words in here.  Gone at logout, as all copies are.
const PREFIX = "alur:unsent:";
const MOST = 50;

export function keepUnsent() {
  document.addEventListener("submit", keepInstead, true);
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("[data-logout]")) for (const key of all("")) localStorage.removeItem(key);
  });
  window.addEventListener("online", sendAll);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-unsent]");
    if (button) localStorage.removeItem(button.dataset.unsent);
    if (button) show();
  });
  show();
  sendAll();
}

function keepInstead(event) {
  const form = event.target;
  const person = document.body.dataset.person;
  if (navigator.onLine || !person || !form.matches?.("form[data-offline]")) return;
  if (all(person).length >= MOST) return; // then the browser says that there is no line
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token").map(([n, v]) => [n, String(v)]);
  const key = fields.find(([name]) => name === "request_key")?.[1];
  if (!key) return;
  try {
    const kept = { at: Date.now(), url: form.getAttribute("action"), fields, said: form.dataset.offline };
    localStorage.setItem(`${PREFIX}${person}:${key}`, JSON.stringify(kept));
  } catch {
    return; // full or switched off
  }
  event.preventDefault();
  event.stopPropagation();
  const own = form.querySelector("[name=request_key]");
  own.value = `${key.slice(0, 60)}-${Date.now()}`; // what is written next is something else
  for (const field of form.querySelectorAll("textarea")) field.value = "";
  show();
}

async function sendAll() {
  const { person, token } = document.body.dataset;
  if (!navigator.onLine || !person || !token) return;
  let arrived = 0;
  for (const key of all(person)) if (!read(key)?.refused && (await send(key, token))) arrived += 1;
  show();
  const list = document.getElementById("unsent");
  if (arrived && list?.dataset.reload) location.reload(); // what has arrived stands in the page's own list
}

async function send(key, token) {
  const kept = read(key);
  if (!kept) return false;
  const body = new FormData();
  for (const [name, value] of kept.fields) body.append(name, value);
  body.set("csrf_token", token);
  let answer;
  try {
    answer = await fetch(kept.url, { method: "POST", body, headers: { Accept: "text/html" } });
  } catch {
    return false; // still no line
  }
  if (!answer.ok && ![404, 409, 422].includes(answer.status)) return false; // not logged in any more, or a fault
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const why = [...page.querySelectorAll(".invalid-feedback, main > .alert-warning[role=status]")];
  if (answer.ok && !why.length) {
    localStorage.removeItem(key);
    return true;
  }
  const refused = why.map((one) => one.textContent.trim()).join(" ") || String(answer.status);
  localStorage.setItem(key, JSON.stringify({ ...kept, refused }));
  return false;
}

function show() {
  const list = document.getElementById("unsent");
  if (!list) return;
  list.replaceChildren(...all(document.body.dataset.person ?? "").map((key) => line(key, list.dataset)));
}

function line(key, words) {
  const kept = read(key) ?? {};
  const row = document.createElement("div");
  row.className = `alert alert-${kept.refused ? "danger" : "warning"}`;
  const what = kept.fields?.find(([name]) => name === "text")?.[1] || kept.said || "";
  row.textContent = `${kept.refused ? words.refused : words.kept} ${what} ${kept.refused ?? ""}`;
  if (kept.refused) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-secondary ms-2";
    button.dataset.unsent = key;
    button.textContent = words.dismiss;
    row.append(button);
  }
  return row;
}

function all(person) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + (person ? `${person}:` : "")));
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
