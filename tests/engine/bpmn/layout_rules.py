"""Says what is wrong with a layout; measured on the file, knowing nothing of how it was made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, pairwise

from lxml import etree

from engine.bpmn.layout.sketch import CONTAINERS, SATELLITES
from engine.bpmn.parse_parts import MODEL
from engine.bpmn.picture_layout import Box, Edge, Shape, layout_of
from engine.bpmn.picture_text import LEADING, width_of, wrap

FRAMES = ("participant", "lane")
NODES = ("Task", "Event", "Gateway", "Activity", "task", "Process", "transaction", "Reference")


def faults(data: bytes) -> list[str]:
    """List everything that is wrong with the layout of a file."""
    return list(_Judge(data).faults())


class _Judge:
    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)
        layout = layout_of(self.root, data)
        self.shapes = {shape.id: shape for shape in layout.shapes}
        self.edges = {edge.id: edge for edge in layout.edges}
        self.elements = {e.get("id"): e for e in self.root.iter(f"{{{MODEL}}}*") if e.get("id")}
        self.nodes = [shape for shape in layout.shapes if shape.kind not in FRAMES]

    def faults(self) -> Iterator[str]:
        yield from self._missing()
        yield from self._overlaps()
        yield from self._frames()
        for edge in self.edges.values():
            yield from self._way(edge)
            yield from self._ends(edge)
            yield from self._through(edge)
        yield from self._direction()
        yield from self._shared()
        yield from self._labels()

    # ----- what the model says

    def ends(self, edge: str) -> tuple[str, str]:
        element = self.elements[edge]
        return element.get("sourceRef") or "", element.get("targetRef") or ""

    def around(self, key: str) -> set[str]:
        """Give the sub-processes an element lies in, and itself."""
        return {key, *(e.get("id") or "" for e in self.elements[key].iterancestors())}

    def host(self, key: str) -> str:
        return self.elements[key].get("attachedToRef") or ""

    # ----- rules

    def _missing(self) -> Iterator[str]:
        plane = next(self.root.iter("{*}BPMNPlane"))
        if plane.get("bpmnElement") not in self.elements:
            yield "the plane shows nothing"
        for key, element in self.elements.items():
            tag = etree.QName(element).localname
            if tag in FRAMES or tag in SATELLITES or _is_node(element):
                if key not in self.shapes:
                    yield f"{key} is not drawn"
            elif tag in ("sequenceFlow", "messageFlow") and key not in self.edges:
                yield f"{key} is not drawn"

    def _overlaps(self) -> Iterator[str]:
        for one, two in combinations(self.nodes, 2):
            if one.id in self.around(two.id) or two.id in self.around(one.id):
                outer, inner = (one, two) if one.id in self.around(two.id) else (two, one)
                if not _inside(inner.box, outer.box):
                    yield f"{inner.id} reaches out of {outer.id}"
            elif self.host(one.id) == two.id or self.host(two.id) == one.id:
                event, host = (one, two) if self.host(one.id) == two.id else (two, one)
                y = event.box.centre[1]
                if y not in (host.box.y, host.box.y + host.box.height):
                    yield f"{event.id} is not on the border of {host.id}"
                if not host.box.x <= event.box.x <= host.box.x + host.box.width - event.box.width:
                    yield f"{event.id} is not on the border of {host.id}"
            elif _touch(one.box, two.box):
                yield f"{one.id} overlaps {two.id}"

    def _frames(self) -> Iterator[str]:
        for lane in (shape for shape in self.shapes.values() if shape.kind == "lane"):
            for ref in self.elements[lane.id].iterchildren("{*}flowNodeRef"):
                shape = self.shapes.get(ref.text or "")
                if shape is not None and not _inside(shape.box, lane.box):
                    yield f"{shape.id} is not inside {lane.id}"
                if shape is not None and shape.label and not _inside(shape.label, lane.box):
                    yield f"the name of {shape.id} is not inside {lane.id}"
        frames = [shape for shape in self.shapes.values() if shape.kind == "participant"]
        for pool in frames:
            process = self.elements.get(self.elements[pool.id].get("processRef"))
            inside = [] if process is None else [e.get("id") for e in process.iter("{*}*")]
            for key in inside:
                if key in self.shapes and not _inside(self.shapes[key].box, pool.box):
                    yield f"{key} is not inside {pool.id}"
                if key in self.edges and not all(
                    _holds(pool.box, p) for p in self.edges[key].points
                ):
                    yield f"{key} leaves {pool.id}"
        for one, two in combinations(frames, 2):
            if _touch(one.box, two.box):
                yield f"{one.id} overlaps {two.id}"

    def _way(self, edge: Edge) -> Iterator[str]:
        for one, two in pairwise(edge.points):
            if (one[0] == two[0]) == (one[1] == two[1]):
                yield f"{edge.id} is neither upright nor level from {one} to {two}"

    def _ends(self, edge: Edge) -> Iterator[str]:
        for key, point in zip(self.ends(edge.id), (edge.points[0], edge.points[-1]), strict=True):
            if key in self.shapes and not _on_border(self.shapes[key], point):
                yield f"{edge.id} does not end on the border of {key}"

    def _through(self, edge: Edge) -> Iterator[str]:
        source, target = self.ends(edge.id)
        if source not in self.shapes or target not in self.shapes:
            return
        outside = self.around(source) | self.around(target)
        for shape in self.shapes.values():
            own = shape.id in (source, target)
            if shape.kind == "lane" or (shape.id in outside and not own):
                continue
            if shape.kind == "participant" and not (own or self._is_closed(shape.id)):
                continue
            inner = Box(shape.box.x + 1, shape.box.y + 1, shape.box.width - 2, shape.box.height - 2)
            for piece in _pieces(edge):
                if _touch(piece, inner) and not (own and self.host(shape.id)):
                    yield f"{edge.id} runs through {shape.id}"

    def _is_closed(self, pool: str) -> bool:
        process = self.elements.get(self.elements[pool].get("processRef"))
        return process is None or not any(_is_node(e) for e in process.iter("{*}*"))

    def _direction(self) -> Iterator[str]:
        """Only a flow that is part of a loop may lead back to the left."""
        after: dict[str, set[str]] = {}
        flows = [e for e in self.edges.values() if e.kind == "sequenceFlow"]
        for edge in flows:
            source, target = self.ends(edge.id)
            after.setdefault(self.host(source) or source, set()).add(target)
        leading: dict[str, set[str]] = {}
        for edge in flows:
            source, target = self.ends(edge.id)
            source = self.host(source) or source
            left, right = (self.shapes[key].box.centre[0] for key in (source, target))
            if right < left and source not in _reach(after, target):
                yield f"{edge.id} runs from right to left"
            if right >= left and source != target:
                leading.setdefault(source, set()).add(target)
        for key in leading:
            for following in leading[key]:
                level = self.shapes[key].box.centre[0] == self.shapes[following].box.centre[0]
                if key in _reach(leading, following) and not level:
                    yield f"a loop through {key} never leads back"

    def _shared(self) -> Iterator[str]:
        """Only flows with the same source or the same target may lie on top of each other."""
        for one, two in combinations(self.edges.values(), 2):
            a, b = self.ends(one.id), self.ends(two.id)
            if "ssociation" in one.kind + two.kind or a[0] == b[0] or a[1] == b[1]:
                continue
            for first in _pieces(one):
                for second in _pieces(two):
                    if _share(first, second):
                        yield f"{one.id} lies on {two.id}"

    def _labels(self) -> Iterator[str]:
        named: list[tuple[str, Box]] = []
        for thing in (*self.shapes.values(), *self.edges.values()):
            outside = isinstance(thing, Edge) or thing.kind.endswith(
                ("Event", "Gateway", "Reference")
            )
            if thing.name and outside:
                if thing.label is None:
                    yield f"the name of {thing.id} has no place"
                else:
                    named.append((thing.id, thing.label))
                    yield from self._fits(thing, thing.label)
        for (one, first), (two, second) in combinations(named, 2):
            if _touch(first, second):
                yield f"the names of {one} and {two} overlap"
        for key, box in named:
            for edge in self.edges.values():
                if any(_touch(box, piece) for piece in _pieces(edge)):
                    yield f"{edge.id} runs through the name of {key}"
            around = self.around(key)
            for shape in self.shapes.values():
                if shape.kind not in FRAMES and shape.id not in around - {key}:
                    if _covers(shape, box):
                        yield f"{shape.id} covers the name of {key}"
                elif (
                    shape.kind in CONTAINERS and shape.id in around and not _inside(box, shape.box)
                ):
                    yield f"the name of {key} reaches out of {shape.id}"

    def _fits(self, thing: Shape | Edge, box: Box) -> Iterator[str]:
        lines = wrap(thing.name, max(box.width + 12, 60), 3 if isinstance(thing, Edge) else 4)
        if max(map(width_of, lines)) > box.width + 0.01 or len(lines) * LEADING > box.height:
            yield f"the name of {thing.id} is larger than its place"
        if lines[-1].endswith("…") and not thing.name.endswith("…"):
            yield f"the name of {thing.id} is cut"


def _is_node(element: etree._Element) -> bool:
    tag = etree.QName(element).localname
    ours = etree.QName(element).namespace == MODEL
    return ours and tag.endswith(NODES) and tag != "process"


def _touch(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return _inside(Box(point[0], point[1], 0, 0), box)


def _pieces(edge: Edge) -> list[Box]:
    """Give the pieces of a line as thin boxes."""
    thin = 0.5
    return [
        Box(
            min(x1, x2) - (thin if x1 == x2 else 0),
            min(y1, y2) - (thin if y1 == y2 else 0),
            abs(x1 - x2) or 2 * thin,
            abs(y1 - y2) or 2 * thin,
        )
        for (x1, y1), (x2, y2) in pairwise(edge.points)
    ]


def _share(one: Box, other: Box) -> bool:
    if (one.width > one.height) != (other.width > other.height) or not _touch(one, other):
        return False
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    along = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(across, along) > 1


def _on_border(shape: Shape, point: tuple[float, float]) -> bool:
    x, y = abs(point[0] - shape.box.centre[0]), abs(point[1] - shape.box.centre[1])
    half, rise = shape.box.width / 2, shape.box.height / 2
    if shape.kind.endswith("Gateway"):
        return (x, y) in ((half, 0), (0, rise))
    if shape.kind.endswith("Event"):
        return abs(math.hypot(x, y) - half) <= 1
    return (x == half and y <= rise) or (y == rise and x <= half)


def _covers(shape: Shape, label: Box) -> bool:
    if not shape.kind.endswith("Gateway"):
        return _touch(shape.box, label)
    x, y = shape.box.centre
    across = max(label.x - x, x - label.x - label.width, 0)
    along = max(label.y - y, y - label.y - label.height, 0)
    return across + along < shape.box.width / 2


def _reach(after: dict[str, set[str]], start: str) -> set[str]:
    todo, seen = [start], {start}
    while todo:
        for key in after.get(todo.pop(), ()):
            if key not in seen:
                seen.add(key)
                todo.append(key)
    return seen
