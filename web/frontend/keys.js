// j and k move through the rows of a list, Enter opens one: the link of the row has the focus.
export function moveByKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    const links = [...document.querySelectorAll(".al-row-title")];
    if (!step || !links.length) return;
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
    links[Math.min(Math.max(next, 0), links.length - 1)].focus();
    event.preventDefault();
  });
}

function isTyping(element) {
  return element.matches?.("input, select, textarea, [contenteditable]");
}
