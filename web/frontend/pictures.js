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
