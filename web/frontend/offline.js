// Short forms with data-offline: without a line they are kept in this browser with their request key, and sent once
// when there is one again, or after the next login.  What the server refuses then is shown until somebody has read it.
// What is to be said stands in data attributes: no words in here.  Gone at logout, as all copies are.
// Photos are kept with them as long as they fit into the browser's store; one that does not is said to be missing.
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
  const typed = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const fields = typed.filter(([, value]) => typeof value === "string");
  const photos = typed.filter(([, value]) => value instanceof File && value.size);
  const key = fields.find(([name]) => name === "request_key")?.[1];
  if (!key) return;
  const kept = { at: Date.now(), url: form.getAttribute("action"), fields, said: form.dataset.offline };
  const lost = photos.length > 0; // until they are there too
  if (!store(`${PREFIX}${person}:${key}`, { ...kept, lost })) return; // full or switched off
  if (lost) keepPhotos(`${PREFIX}${person}:${key}`, kept, photos);
  event.preventDefault();
  event.stopPropagation();
  const own = form.querySelector("[name=request_key]");
  own.value = `${key.slice(0, 60)}-${Date.now()}`; // what is written next is something else
  for (const field of form.querySelectorAll("textarea, input[type=file]")) field.value = "";
  show();
}

async function keepPhotos(key, kept, photos) {
  const files = await Promise.all(photos.map(async ([name, file]) => [name, file.name, await asUrl(file)]));
  if (read(key)) store(key, { ...kept, files }); // not sent meanwhile
  show();
}

function asUrl(file) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(file);
  });
}

function asFile(name, url) {
  const [head, body] = url.split(",");
  return new File([Uint8Array.from(atob(body), (one) => one.charCodeAt(0))], name, { type: head.slice(5).split(";")[0] });
}

function store(key, kept) {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
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
  for (const [name, file, url] of kept.files ?? []) body.append(name, asFile(file, url));
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
  store(key, { ...kept, refused });
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
  const photos = kept.lost ? words.lost : kept.files ? `(${words.photos})` : "";
  row.textContent = [kept.refused ? words.refused : words.kept, what, photos, kept.refused].filter(Boolean).join(" ");
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
    const found = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + (person ? `${person}:` : "")));
    return found.sort((one, other) => (read(one)?.at ?? 0) - (read(other)?.at ?? 0)); // the store has no order
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
