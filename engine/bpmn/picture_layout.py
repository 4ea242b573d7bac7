"""Reads from a BPMN file where things are drawn: shapes, edges and their labels, in file order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from engine.bpmn.diagram import Diagram, Node
from engine.bpmn.parse import read
from engine.bpmn.parse_parts import MODEL

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
FARTHEST = 100_000.0


@dataclass(frozen=True)
class Box:
    """A rectangle in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Shape:
    """A drawn element; `kind` is its tag name, `node` what it means where it is a flow node."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None = None
    node: Node | None = None
    horizontal: bool = True
    expanded: bool = False

    @property
    def beneath(self) -> Box:
        """Give the room for a name that has no place of its own, under an event or gateway."""
        if not self.name or not self.kind.endswith(("Event", "Gateway", "Reference")):
            return self.box
        return Box(self.box.centre[0] - 55, self.box.y + self.box.height, 110, 50)


@dataclass(frozen=True)
class Edge:
    """A drawn connection; `kind` is its tag name."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    conditional: bool = False
    default: bool = False


@dataclass(frozen=True)
class Layout:
    """Everything drawn on the first plane of a file."""

    name: str
    description: str
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]

    @property
    def frame(self) -> Box:
        """Give the smallest rectangle around it all, with a margin."""
        xs: list[float] = []
        ys: list[float] = []
        for shape in self.shapes:
            for box in (shape.box, shape.label or shape.beneath):
                xs += [box.x, box.x + box.width]
                ys += [box.y, box.y + box.height]
        for edge in self.edges:
            xs += [x for x, _ in edge.points]
            ys += [y for _, y in edge.points]
        if not xs:
            return Box(0, 0, 320, 60)
        return Box(min(xs) - 12, min(ys) - 12, max(xs) - min(xs) + 24, max(ys) - min(ys) + 24)

    def renamed(self, names: Mapping[str, str]) -> Layout:
        """Give the same drawing with other names: by id, or else by the name that was drawn."""

        def new(drawn: Shape | Edge) -> str:
            return names.get(drawn.id) or (drawn.name and names.get(drawn.name)) or drawn.name

        shapes = tuple(replace(shape, name=new(shape)) for shape in self.shapes)
        edges = tuple(replace(edge, name=new(edge)) for edge in self.edges)
        return replace(self, name=names.get(self.name, self.name), shapes=shapes, edges=edges)


def layout_of(root: etree._Element, data: bytes) -> Layout:
    """Read the first diagram of a file; elements without a place are left out."""
    diagram, _ = read({"process.bpmn": data})
    nodes = _nodes(diagram)
    elements = {
        element.get("id"): element
        for element in root.iter(f"{{{MODEL}}}*")
        if element.get("id") is not None
    }
    shapes: list[Shape] = []
    edges: list[Edge] = []
    plane = next(root.iter(f"{{{DI}}}BPMNPlane"), None)
    for drawn in () if plane is None else plane:
        element = elements.get(drawn.get("bpmnElement"))
        if element is None or not isinstance(element.tag, str):
            continue
        if drawn.tag == f"{{{DI}}}BPMNShape":
            shape = _shape(drawn, element, nodes)
            if shape is not None:
                shapes.append(shape)
        elif drawn.tag == f"{{{DI}}}BPMNEdge":
            edge = _edge(drawn, element, elements)
            if edge is not None:
                edges.append(edge)
    process = diagram.process if diagram is not None else None
    named = next((shape.name for shape in shapes if shape.kind == "participant" and shape.name), "")
    return Layout(
        (process.name if process else "") or named,
        process.documentation if process else "",
        tuple(shapes),
        tuple(edges),
    )


def _nodes(diagram: Diagram | None) -> dict[str, Node]:
    if diagram is None:
        return {}
    return {key: node for scope in diagram.scopes.values() for key, node in scope.nodes.items()}


def _shape(drawn: etree._Element, element: etree._Element, nodes: dict[str, Node]) -> Shape | None:
    box = _box(drawn.find(f"{{{DC}}}Bounds"))
    if box is None:
        return None
    identifier = element.get("id") or ""
    text = element.find(f"{{{MODEL}}}text")
    name = element.get("name") or ("" if text is None else "".join(map(str, text.itertext())))
    return Shape(
        identifier,
        _tag(element),
        " ".join(name.split()),
        box,
        _box(drawn.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")),
        nodes.get(identifier),
        drawn.get("isHorizontal") != "false",
        drawn.get("isExpanded") == "true",
    )


def _edge(
    drawn: etree._Element, element: etree._Element, elements: dict[str | None, etree._Element]
) -> Edge | None:
    points = [
        point
        for way in drawn.iterchildren(f"{{{DD}}}waypoint")
        if (point := _point(way)) is not None
    ]
    if len(points) < 2:
        return None
    identifier = element.get("id") or ""
    source = elements.get(element.get("sourceRef"))
    from_gateway = source is not None and _tag(source).endswith("Gateway")
    return Edge(
        identifier,
        _tag(element),
        " ".join((element.get("name") or "").split()),
        tuple(points),
        _box(drawn.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")),
        element.find(f"{{{MODEL}}}conditionExpression") is not None and not from_gateway,
        source is not None and source.get("default") == identifier,
    )


def _box(element: etree._Element | None) -> Box | None:
    if element is None:
        return None
    values = [_number(element.get(name)) for name in ("x", "y", "width", "height")]
    if any(value is None for value in values):
        return None
    x, y, width, height = (value or 0.0 for value in values)
    return Box(x, y, max(width, 0), max(height, 0))


def _point(element: etree._Element) -> tuple[float, float] | None:
    x, y = _number(element.get("x")), _number(element.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None


def _tag(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
