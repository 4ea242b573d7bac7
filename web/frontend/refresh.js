// A list that stays open is read again now and then; what is ticked, typed, opened and focused in it stays.
import htmx from "htmx.org";

const PARTS = ["inbox-tabs", "inbox-list", "board"];

export function refreshLists() {
  const list = document.querySelector("[data-refresh]");
  if (!list) return;
  const every = 1000 * Number(list.dataset.refresh);
  setInterval(() => document.visibilityState === "visible" && refresh(), every);
  document.addEventListener("al:refresh", refresh);
}

async function refresh() {
  if (document.querySelector("dialog[open]")) return;
  let text;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // no network, or the session is over: the next press says so
  }
  const before = rows();
  const kept = fields();
  for (const id of PARTS) {
    const target = document.getElementById(id);
    if (target) await htmx.swap({ text, target, select: `#${id}`, swap: "outerMorph ignoreTitle:true" });
  }
  for (const [key, state] of kept) restore(key, state);
  const said = document.getElementById("inbox-said");
  if (said && [...rows()].some((id) => !before.has(id))) said.textContent = said.dataset.news ?? "";
}

function rows() {
  return new Set([...document.querySelectorAll("#inbox-list .al-row")].map((row) => row.id));
}

function fields() {
  const found = document.querySelectorAll("#inbox-list :is(input:not([type=hidden]), select, textarea, details)");
  return new Map([...found].map((one) => [keyOf(one), { value: one.value, checked: one.checked, open: one.open }]));
}

function keyOf(one) {
  return one.id || `${one.tagName}.${one.className}.${one.name ?? ""}.${one.type === "checkbox" ? one.value : ""}`;
}

function restore(key, state) {
  for (const one of document.querySelectorAll("#inbox-list :is(input:not([type=hidden]), select, textarea, details)")) {
    if (keyOf(one) !== key) continue;
    if (one.type === "checkbox") one.checked = state.checked;
    else if (one.tagName === "DETAILS") one.open = state.open;
    else one.value = state.value;
  }
}
