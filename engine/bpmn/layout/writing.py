"""Writes a drawing as BPMN DI into a document, in place of what was drawn there before."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.layout.drawing import Drawing, Placed, Routed
from engine.bpmn.layout.sketch import CONTAINERS
from engine.bpmn.picture_layout import DC, DD, DI, Box

_NAMESPACES = {"bpmndi": DI, "dc": DC, "di": DD}
_STEP = "  "


def write(root: etree._Element, shown: str, drawing: Drawing) -> bytes:
    """Give the document with the drawing as its only diagram; the ids of the old one are kept."""
    old = list(root.iterchildren(f"{{{DI}}}BPMNDiagram"))
    diagram_id = old[0].get("id") if old else None
    plane = old[0].find(f"{{{DI}}}BPMNPlane") if old else None
    plane_id = plane.get("id") if plane is not None else None
    for diagram in old:
        root.remove(diagram)
    names = _Names({str(element.get("id")) for element in root.iter() if element.get("id")})
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", nsmap=_missing(root))
    diagram.set("id", diagram_id or names(f"diagram_{shown}"))
    top = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane")
    top.set("id", plane_id or names(f"plane_{shown}"))
    top.set("bpmnElement", shown)
    for shape in drawing.shapes:
        _shape(top, shape, names(f"{shape.id}_di"))
    for edge in drawing.edges:
        _edge(top, edge, names(f"{edge.id}_di"))
    _indent(root, diagram, top)
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def _missing(root: etree._Element) -> dict[str, str]:
    """Name the namespaces that the document does not declare yet."""
    known = set(root.nsmap.values())
    return {prefix: uri for prefix, uri in _NAMESPACES.items() if uri not in known}


class _Names:
    """Gives ids that nothing in the document has."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def __call__(self, wish: str) -> str:
        name, number = wish, 1
        while name in self._taken:
            number += 1
            name = f"{wish}_{number}"
        self._taken.add(name)
        return name


def _shape(plane: etree._Element, shape: Placed, identifier: str) -> None:
    drawn = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=identifier, bpmnElement=shape.id)
    if shape.kind in ("participant", "lane"):
        drawn.set("isHorizontal", "true")
    elif shape.kind == "exclusiveGateway":
        drawn.set("isMarkerVisible", "true")
    elif shape.kind in CONTAINERS:
        drawn.set("isExpanded", "true")
    _bounds(drawn, shape.box)
    _label(drawn, shape.label)


def _edge(plane: etree._Element, edge: Routed, identifier: str) -> None:
    drawn = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=identifier, bpmnElement=edge.id)
    for x, y in edge.points:
        etree.SubElement(drawn, f"{{{DD}}}waypoint", x=_number(x), y=_number(y))
    _label(drawn, edge.label)


def _label(drawn: etree._Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(drawn, f"{{{DI}}}BPMNLabel"), box)


def _bounds(drawn: etree._Element, box: Box) -> None:
    etree.SubElement(
        drawn,
        f"{{{DC}}}Bounds",
        x=_number(box.x),
        y=_number(box.y),
        width=_number(box.width),
        height=_number(box.height),
    )


def _number(value: float) -> str:
    return f"{round(value, 1):g}" if abs(value) < 100_000 else str(round(value))


def _indent(root: etree._Element, diagram: etree._Element, plane: etree._Element) -> None:
    """Set one shape or edge per line."""
    before = diagram.getprevious()
    if before is None:
        root.text = "\n" + _STEP
    else:
        before.tail = "\n" + _STEP
    diagram.tail = "\n"
    diagram.text = "\n" + 2 * _STEP
    plane.tail = "\n" + _STEP
    plane.text = "\n" + 3 * _STEP if len(plane) else None
    for child in plane:
        child.tail = "\n" + 3 * _STEP
    if len(plane):
        plane[-1].tail = "\n" + 2 * _STEP
