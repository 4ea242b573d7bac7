"""Draws a process as SVG from the layout in its BPMN file, with a case's way through it.

Colours are presentation attributes that a page's style sheet overrides by class; there is no
inline style and no script.  State is never told by colour alone: what is done bears a tick, what is
current a thick edge and a dot, what failed a dashed edge and an exclamation mark.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.diagram import ACTIVITIES
from engine.bpmn.layout import layout as lay_out
from engine.bpmn.picture_icons import GATEWAYS, TASKS, Icon, event_icon, markers
from engine.bpmn.picture_layout import Box, Edge, Layout, Shape, layout_of
from engine.bpmn.picture_lines import arrow, n, rect, rounded, tail, text_lines
from engine.bpmn.picture_text import LEADING, SIZE, width_of, wrap
from engine.dmn.xml import parse_xml

INK = "#33424d"
STATES = {
    "done": ("#e2f3e9", "#14613a"),
    "current": ("#e4f0f2", "#0c5a6b"),
    "failed": ("#fdf0d5", "#7a4a00"),
    "": ("#fff", INK),
}
TAKEN = "#14613a"
# Where the case stands, or the first of several such places: a page links to it.
HERE = "al-here"
_FRAMES = ("participant", "lane")


def picture(
    bpmn: bytes,
    *,
    done: Collection[str] = (),
    current: Collection[str] = (),
    failed: Collection[str] = (),
    counts: Mapping[str, int] | None = None,
    titles: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    flows_taken: Collection[str] = (),
) -> str:
    """Draw a BPMN file as SVG; ids say what is done, current or failed, and which flows were taken.

    counts -- a number at the corner of an element; titles -- what pointing at an element tells;
    names -- what is written instead of the drawn names, by id, or by the drawn name.
    A file without layout is drawn with one made for it.  Raises InvalidProcess where the bytes are
    no XML.
    """
    states = dict.fromkeys(done, "done")
    states |= dict.fromkeys(current, "current")
    states |= dict.fromkeys(failed, "failed")
    layout = layout_for(bpmn, names)
    painter = Painter(layout, states, counts or {}, titles or {}, frozenset(flows_taken))
    return painter.paint()


def layout_for(bpmn: bytes, names: Mapping[str, str] | None = None) -> Layout:
    """Give a file's own layout, or one made for it, with other names where some are given."""
    layout = layout_of(parse_xml(bpmn), bpmn)
    if not layout.shapes:
        laid_out = _laid_out(bpmn)
        layout = layout_of(parse_xml(laid_out), laid_out)
    return layout.renamed(names) if names else layout


@lru_cache(maxsize=16)
def _laid_out(bpmn: bytes) -> bytes:
    """Lay a file out once, however often it is drawn."""
    return lay_out(bpmn)


class Painter:
    """Puts a layout together as SVG, part by part."""

    def __init__(
        self,
        layout: Layout,
        states: Mapping[str, str],
        counts: Mapping[str, int],
        titles: Mapping[str, str],
        taken: frozenset[str],
    ) -> None:
        self.layout = layout
        self.states = states
        self.counts = counts
        self.titles = titles
        self.taken = taken
        self.parts: list[str] = []
        self.here = False

    def paint(self) -> str:
        """Give the whole picture."""
        frame = self.layout.frame
        shapes = self.layout.shapes
        frames = [shape for shape in shapes if shape.kind in _FRAMES]
        containers = [shape for shape in shapes if shape.expanded and shape not in frames]
        rest = [shape for shape in shapes if shape not in frames and shape not in containers]
        # What lies behind comes first: pools, lanes, open sub-processes, flows.
        for shape in frames:
            self.frame(shape)
        for shape in containers:
            self.element(shape)
        for edge in sorted(self.layout.edges, key=lambda edge: edge.id in self.taken):
            self.edge(edge)
        for shape in rest:
            self.element(shape)
        for edge in self.layout.edges:
            self.edge_label(edge)
        name = self.layout.name
        title = f"<title>{escape(name)}</title>" if name else ""
        description = f"<desc>{escape(self._description())}</desc>"
        label = f" aria-label={quoteattr(name)}" if name else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img"{label} class="al-diagram"'
            f' viewBox="{n(frame.x)} {n(frame.y)} {n(frame.width)} {n(frame.height)}"'
            f' width="{n(frame.width)}" height="{n(frame.height)}" font-size="{SIZE:g}"'
            f' font-family="system-ui, sans-serif">{title}{description}{"".join(self.parts)}</svg>'
        )

    def _description(self) -> str:
        names = {shape.id: shape.name for shape in self.layout.shapes if shape.name}
        told = [
            names[key] for key, state in self.states.items() if state != "done" and key in names
        ]
        return " · ".join(filter(None, (self.layout.description, ", ".join(told))))

    # ----- pools and lanes

    def frame(self, shape: Shape) -> None:
        """Draw a pool or a lane."""
        box = shape.box
        kind = "al-pool" if shape.kind == "participant" else "al-lane"
        self.parts.append(
            f'<g class="{kind}-group">'
            f'<rect class="{kind}" {rect(box)} fill="none" stroke="#9aa6af"/>'
        )
        if shape.name:
            band = 30.0
            if shape.horizontal:
                x, y, room = box.x + band / 2, box.y + box.height / 2, box.height
                turn = f' transform="rotate(-90 {n(x)} {n(y)})"'
            else:
                x, y, room, turn = box.x + box.width / 2, box.y + band / 2, box.width, ""
            if shape.kind == "participant" or not shape.horizontal:
                line = (
                    f"M{n(box.x + band)},{n(box.y)}v{n(box.height)}"
                    if shape.horizontal
                    else f"M{n(box.x)},{n(box.y + band)}h{n(box.width)}"
                )
                self.parts.append(f'<path class="{kind}" d="{line}" fill="none" stroke="#9aa6af"/>')
            lines = wrap(shape.name, room - 12, 2)
            self.parts.append(text_lines(lines, x, y, turn=turn, weight="600"))
        self.parts.append("</g>")

    # ----- elements

    def element(self, shape: Shape) -> None:
        """Draw whatever is no flow."""
        state = self.states.get(shape.id, "")
        marked = f" al-{state}" if state else ""
        here = ""
        if state in ("current", "failed") and not self.here:
            self.here, here = True, f' id="{HERE}"'
        self.parts.append(
            f'<g{here} class="al-element{marked}" data-element-id={quoteattr(shape.id)}>'
        )
        told = self.titles.get(shape.id) or shape.name
        if told:
            self.parts.append(f"<title>{escape(told)}</title>")
        if shape.kind in ACTIVITIES:
            self._activity(shape, state)
        elif shape.kind.endswith("Event"):
            self._event(shape, state)
        elif shape.kind.endswith("Gateway"):
            self._gateway(shape, state)
        else:
            self._artifact(shape)
        if state:
            self._badge(shape, state)
        if shape.id in self.counts:
            self._count(shape, self.counts[shape.id])
        self.parts.append("</g>")

    def _activity(self, shape: Shape, state: str) -> None:
        box = shape.box
        called = shape.kind == "callActivity"
        by_event = shape.node is not None and shape.node.by_event
        dots = ' stroke-dasharray="1.5 4" stroke-linecap="round"' if by_event else ""
        self._outline(
            f'<rect class="al-shape" {rect(box)} rx="10"{dots}', state, 4 if called else 1.5
        )
        if shape.kind == "transaction":
            inner = Box(box.x + 3, box.y + 3, box.width - 6, box.height - 6)
            self.parts.append(
                f'<rect class="al-line" {rect(inner)} rx="7" fill="none" stroke="{INK}"/>'
            )
        icon = TASKS.get(shape.kind)
        if icon is not None:
            small = box.height < 70
            inset = 13 if small else 16
            self._icon(icon, box.x + inset, box.y + inset, 0.75 if small else 0.9)
        signs = markers(shape.node, shape.expanded) if shape.node is not None else []
        for place, sign in enumerate(signs):
            x = box.centre[0] + (place - (len(signs) - 1) / 2) * 16
            self._icon(sign, x, box.y + box.height - 10, 1)
        if shape.expanded:
            self.parts.append(
                text_lines(wrap(shape.name, box.width - 40, 1), box.centre[0], box.y + 14)
            )
            return
        # The upper left corner belongs to the icon, the foot to the markers.
        foot = 18 if signs else 6
        room = max(int((box.height - 12 - foot) / LEADING), 1)
        lines = wrap(shape.name, box.width - 14, room)
        block = len(lines) * LEADING
        top = box.y + 6 + (box.height - 6 - foot - block) / 2
        if icon is not None and lines and width_of(lines[0]) > box.width - 60:
            top = max(top, min(box.y + 24, box.y + box.height - foot - block + 4))
        self.parts.append(text_lines(lines, box.centre[0], top + block / 2))

    def _event(self, shape: Shape, state: str) -> None:
        x, y = shape.box.centre
        radius = min(shape.box.width, shape.box.height) / 2
        beside = shape.node is not None and not shape.node.interrupting
        waits = shape.kind in ("boundaryEvent", "startEvent")
        dashed = ' stroke-dasharray="4 3"' if beside and waits else ""
        width = 3.5 if shape.kind == "endEvent" else 1.5
        self._outline(
            f'<circle class="al-shape" cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"{dashed}',
            state,
            width,
        )
        if shape.kind.startswith("intermediate") or shape.kind == "boundaryEvent":
            stroke = STATES[state][1]
            self.parts.append(
                f'<circle class="al-line" cx="{n(x)}" cy="{n(y)}" r="{n(max(radius - 3, 1))}"'
                f' fill="none" stroke="{stroke}"{dashed}/>'
            )
        icon = event_icon(shape.node) if shape.node is not None else None
        if icon is not None:
            self._icon(icon, x, y, radius / 18)
        self._label(shape)

    def _gateway(self, shape: Shape, state: str) -> None:
        x, y = shape.box.centre
        half, rise = shape.box.width / 2, shape.box.height / 2
        corners = ((x, y - rise), (x + half, y), (x, y + rise), (x - half, y))
        points = " ".join(f"{n(left)},{n(top)}" for left, top in corners)
        self._outline(f'<polygon class="al-shape" points="{points}"', state, 1.5)
        icon = GATEWAYS.get(shape.kind)
        if icon is not None:
            self._icon(icon, x, y, half / 25, 2)
        self._label(shape)

    def _artifact(self, shape: Shape) -> None:
        box = shape.box
        if shape.kind == "textAnnotation":
            path = f"M{n(box.x + 10)},{n(box.y)}h-10v{n(box.height)}h10"
            self.parts.append(f'<path class="al-line" d="{path}" fill="none" stroke="{INK}"/>')
            lines = wrap(shape.name, box.width - 12, max(int(box.height / LEADING), 1))
            self.parts.append(text_lines(lines, box.x + 8, box.y + box.height / 2, anchor="start"))
            return
        if shape.kind == "group":
            self.parts.append(
                f'<rect class="al-lane" {rect(box)} rx="10" fill="none" stroke="#9aa6af"'
                ' stroke-dasharray="8 4"/>'
            )
        else:
            fold = min(10.0, box.width / 3)
            path = (
                f"M{n(box.x)},{n(box.y)}h{n(box.width - fold)}l{n(fold)},{n(fold)}"
                f"v{n(box.height - fold)}h{n(-box.width)}z"
            )
            self.parts.append(f'<path class="al-marker" d="{path}" fill="#fff" stroke="{INK}"/>')
        self._label(shape)

    def _outline(self, opening: str, state: str, width: float) -> None:
        fill, stroke = STATES[state]
        if width > 2:
            opening = opening.replace('class="al-shape"', 'class="al-shape al-thick"', 1)
        wide = max(width, 3.5) if state in ("current", "failed") else width
        dash = ' stroke-dasharray="6 3"' if state == "failed" and "dasharray" not in opening else ""
        self.parts.append(
            f'{opening} fill="{fill}" stroke="{stroke}" stroke-width="{n(wide)}"{dash}/>'
        )

    def _icon(self, icon: Icon, x: float, y: float, scale: float, width: float = 1.3) -> None:
        place = f'transform="translate({n(x)} {n(y)}) scale({n(scale)})"'
        line = f'stroke-width="{n(width / max(scale, 0.1))}" stroke-linejoin="round"'
        fill = INK if icon.solid else "none"
        self.parts.append(
            f'<path class="al-icon" d="{icon.path}" fill="{fill}" stroke="{INK}" {line}'
            f' stroke-linecap="round" {place}/>'
        )
        if icon.lines:
            self.parts.append(
                f'<path class="al-icon" d="{icon.lines}" fill="none" stroke="#fff" {line} {place}/>'
            )

    def _label(self, shape: Shape) -> None:
        if not shape.name:
            return
        box, place = shape.box, shape.label
        if place is None:
            lines = wrap(shape.name, 100, 3)
            x, y = box.centre[0], box.y + box.height + 6 + len(lines) * LEADING / 2
        else:
            # The stored width was measured with the modeler's smaller letters.
            lines = wrap(shape.name, max(place.width + 12, 60), 4)
            x = place.centre[0]
            y = place.y + len(lines) * LEADING / 2
            if place.y + place.height <= box.y:
                y = place.y + place.height - len(lines) * LEADING / 2
        self.parts.append(text_lines(lines, x, y, halo=True))

    def _badge(self, shape: Shape, state: str) -> None:
        """A sign at the upper right corner says the state without colour."""
        box = shape.box
        gateway = shape.kind.endswith("Gateway")
        x = box.centre[0] + box.width / 4 if gateway else box.x + box.width - 2
        y = box.centre[1] - box.height / 4 if gateway else box.y + 2
        colour = STATES[state][1]
        self.parts.append(
            f'<circle class="al-badge" cx="{n(x)}" cy="{n(y)}" r="7"'
            f' fill="{colour}" stroke="#fff"/>'
        )
        sign = {
            "done": "M-3,0.2l2.2,2.4l4,-4.8",
            "current": "M-1.6,0a1.6,1.6 0 1 0 3.2,0a1.6,1.6 0 1 0 -3.2,0z",
            "failed": "M0,-3.6v4.2M0,3v0.4",
        }[state]
        fill = "#fff" if state == "current" else "none"
        self.parts.append(
            f'<path class="al-badge-sign" d="{sign}" fill="{fill}" stroke="#fff" stroke-width="1.6"'
            ' stroke-linecap="round" stroke-linejoin="round"'
            f' transform="translate({n(x)} {n(y)})"/>'
        )

    def _count(self, shape: Shape, count: int) -> None:
        text = str(count)
        half = max(9.0, width_of(text, 11) / 2 + 5)
        x, y = shape.box.x + 4, shape.box.y - 2
        self.parts.append(
            f'<g class="al-count"><rect x="{n(x - half)}" y="{n(y - 9)}" width="{n(2 * half)}"'
            f' height="18" rx="9" fill="#18242d" stroke="#fff"/><text x="{n(x)}" y="{n(y + 4)}"'
            f' text-anchor="middle" font-size="11" fill="#fff">{escape(text)}</text></g>'
        )

    # ----- flows

    def edge(self, edge: Edge) -> None:
        """Draw a flow."""
        taken = edge.id in self.taken
        colour, width = (TAKEN, 2.5) if taken else ("#5d6b76", 1.5)
        dash = "" if edge.kind == "sequenceFlow" else ' stroke-dasharray="5 4"'
        marked = " al-taken" if taken else ""
        self.parts.append(
            f'<g class="al-connection{marked}" data-element-id={quoteattr(edge.id)}>'
            f'<path class="al-flow" d="{rounded(edge.points)}" fill="none" stroke="{colour}"'
            f' stroke-width="{n(width)}" stroke-linejoin="round"{dash}/>'
        )
        if edge.kind in ("sequenceFlow", "messageFlow"):
            hollow = edge.kind == "messageFlow"
            self.parts.append(
                f'<path class="al-arrow" d="{arrow(edge.points[-2], edge.points[-1])}"'
                f' fill="{"#fff" if hollow else colour}" stroke="{colour}"'
                ' stroke-linejoin="round"/>'
            )
        if edge.default or edge.conditional:
            self.parts.append(
                f'<path class="al-marker" d="{tail(edge)}" fill="#fff" stroke="{colour}"/>'
            )
        self.parts.append("</g>")

    def edge_label(self, edge: Edge) -> None:
        """Write a flow's name."""
        if not edge.name:
            return
        if edge.label is not None:
            x, y = edge.label.centre
            width = max(edge.label.width + 12, 60)
        else:
            (x1, y1), (x2, y2) = max(
                zip(edge.points, edge.points[1:], strict=False), key=lambda ends: math.dist(*ends)
            )
            x, y, width = (x1 + x2) / 2, (y1 + y2) / 2 - 9, 110
        self.parts.append(text_lines(wrap(edge.name, width, 3), x, y, halo=True))
