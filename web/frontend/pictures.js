// A wide picture of a process begins where the case stands, where it ended, or else where the process
// starts: not at the empty corner of its first lane.
export function showCurrent() {
  for (const frame of document.querySelectorAll(".al-picture")) {
    const here = frame.querySelector(".al-current, .al-failed") ?? rightmost(frame) ?? leftmost(frame);
    if (!here) continue;
    const inner = frame.getBoundingClientRect();
    const shape = here.getBoundingClientRect();
    frame.scrollLeft += shape.left - inner.left - (inner.width - shape.width) / 2;
    frame.scrollTop += shape.top - inner.top - (inner.height - shape.height) / 2;
  }
}

// Where a page only points to a case's picture, it is brought once somebody opens the place for it.
export function bringPictures() {
  document.addEventListener("toggle", (event) => event.target.dataset?.picture && bring(event.target), true);
}

async function bring(place) {
  if (!place.open || place.querySelector(".al-picture")) return;
  try {
    const answer = await fetch(place.dataset.picture, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return; // the link beside it says why
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const frame = page.querySelector(".al-picture");
    if (!frame) return;
    frame.removeAttribute("aria-labelledby");
    frame.setAttribute("aria-label", place.querySelector("summary").textContent);
    place.querySelector("summary").after(document.adoptNode(frame));
    showCurrent();
  } catch {
    // no network: the link is still there
  }
}

// Of a drawing that no case runs through: the start, with what follows it to the right.
function leftmost(frame) {
  const left = (shape) => shape.getBoundingClientRect().left;
  return [...frame.querySelectorAll(".al-element:not(.al-lane)")].reduce(
    (best, shape) => (!best || left(shape) < left(best) ? shape : best),
    null,
  );
}

// Of a case that is over: processes read from left to right.
function rightmost(frame) {
  const right = (shape) => shape.getBoundingClientRect().right;
  return [...frame.querySelectorAll(".al-element.al-done")].reduce(
    (best, shape) => (!best || right(shape) > right(best) ? shape : best),
    null,
  );
}
