"""How a page lies on the screen, as axe does not see it: scripts that are run in the browser."""

# Gives sentences about what is wrong: sideways scroll, room for a finger, narrow cards, edges.
LAYOUT = r"""
() => {
  const wrong = [];
  // The inside of an editor's canvas is bpmn.io's own; it is for a mouse and a wide screen.
  const seen = (el) =>
    !el.closest("#canvas") &&
    el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const name = (el) =>
    [el.tagName.toLowerCase(), el.id ? `#${el.id}` : "", el.className?.baseVal ?? el.className]
      .join(".")
      .replace(/[\s.]+/g, ".").slice(0, 70);
  const width = document.documentElement.clientWidth;

  const wide = document.documentElement.scrollWidth - width;
  if (wide > 0) wrong.push(`scrolls sideways by ${wide} px`);

  // Room for a finger (WCAG 2.5.8), but for links that stand in a sentence.
  const box = (el) => {
    const label = el.matches("input[type=checkbox], input[type=radio]") && el.labels?.[0];
    const boxes = [el, ...(label ? [label] : [])].map((one) => one.getBoundingClientRect());
    return {
      width: Math.max(...boxes.map((b) => b.width)),
      height: Math.max(...boxes.map((b) => b.height)),
    };
  };
  const pressed = "button, summary, select, textarea, input:not([type=hidden])";
  for (const el of document.querySelectorAll(pressed)) {
    if (!seen(el) || el.closest("[aria-hidden=true]")) continue;
    const { width: w, height: h } = box(el);
    if (w > 1 && h > 1 && (w < 23.5 || h < 23.5))
      wrong.push(`${name(el)} is ${w | 0}x${h | 0} px small`);
  }

  // A card that nobody can read in.
  const cards = ".al-card, .al-row, .al-panel, main section, main fieldset, main table";
  for (const el of document.querySelectorAll(cards)) {
    const { width: w, height: h } = el.getBoundingClientRect();
    if (seen(el) && h > 1 && w < 0.15 * width) wrong.push(`${name(el)} is ${w | 0} px narrow`);
  }

  // The edge of a field must be seen (WCAG 1.4.11): 3:1 against what lies around it.
  const light = (colour) => {
    const [r, g, b] = colour.map((c) =>
      (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (css) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = css;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const behind = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const [r, g, b, a] = read(getComputedStyle(at).backgroundColor);
      if (a === 255) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const typed =
    "main input:not([type=hidden],[type=file],[type=submit]), main select, main textarea";
  for (const el of document.querySelectorAll(typed)) {
    const style = getComputedStyle(el);
    if (!seen(el) || el.disabled || style.appearance === "auto") continue;
    if (parseFloat(style.borderBottomWidth) === 0) continue;
    const edge = light(read(style.borderBottomColor)), around = light(behind(el.parentElement));
    const [one, other] = [edge, around].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 3) wrong.push(`${name(el)} has an edge of ${ratio.toFixed(1)}:1`);
  }
  return [...new Set(wrong)].slice(0, 8);
};
"""

# Gives every control the focus in turn; names those that then lie under a bar, or off the screen.
FOCUS = r"""
() => {
  const hidden = [];
  const wanted = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const el of document.querySelectorAll(wanted)) {
    if (el.disabled) continue;
    if (!el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    el.focus();
    if (document.activeElement !== el) continue;
    const box = el.getClientRects()[0];
    if (!box || box.width <= 1 || box.height <= 1) continue;
    const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].map(([x, y]) =>
      [box.left + x * box.width, box.top + y * box.height]);
    const free = places.some(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      const labels = [...(el.labels ?? [])];
      return top && [el, ...labels].some((one) => one.contains(top) || top.contains(one));
    });
    const said = (el.name || el.textContent).trim().slice(0, 40);
    if (!free) hidden.push(`${el.tagName.toLowerCase()} ${said}`);
  }
  return hidden;
};
"""
