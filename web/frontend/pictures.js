// A wide picture of a process begins where the case stands, not at its left edge.
export function showCurrent() {
  for (const frame of document.querySelectorAll(".al-picture")) {
    const here = frame.querySelector(".al-current, .al-failed");
    if (!here) continue;
    const inner = frame.getBoundingClientRect();
    const shape = here.getBoundingClientRect();
    frame.scrollLeft += shape.left - inner.left - (inner.width - shape.width) / 2;
    frame.scrollTop += shape.top - inner.top - (inner.height - shape.height) / 2;
  }
}
