"""What each element of a drawing says, whatever its place: for comparing two versions."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.dmn.xml import local_name, namespace, parse_xml

Said = tuple[str, str, dict[str, str]]
"""Name, kind, and what is said by property."""

_DRAWING = "http://www.omg.org/spec/BPMN/20100524/DI"
# Said by the flows and lanes themselves.
_SAID_ELSEWHERE = {"incoming", "outgoing", "flowNodeRef"}


def said_by_elements(content: bytes) -> dict[str, Said]:
    """Give what every element with an id says; raises InvalidProcess where the bytes are no XML."""
    root = parse_xml(content)
    elements = [e for e in root.iter(etree.Element) if e.get("id") and namespace(e) != _DRAWING]
    lanes = {
        (reference.text or "").strip(): lane.get("name") or lane.get("id") or ""
        for lane in root.iter("{*}lane")
        for reference in lane.iter("{*}flowNodeRef")
    }
    found = {}
    for element in elements:
        if local_name(element) == "definitions" or _stands_in_drawing(element):
            continue
        key = element.get("id") or ""
        facts = dict(_facts(element, ""))
        if key in lanes:
            facts["lane"] = lanes[key]
        facts.pop("id", None)
        found[key] = (element.get("name") or "", local_name(element), facts)
    return found


def _stands_in_drawing(element: etree._Element) -> bool:
    return any(namespace(above) == _DRAWING for above in element.iterancestors())


def _facts(element: etree._Element, place: str) -> Iterator[tuple[str, str]]:
    """Give attributes and texts of an element and of what it holds, up to what has an id itself."""
    for name, said in _attributes(element).items():
        yield place + name, said.strip()
    if (element.text or "").strip():
        yield place.rstrip(".") or "text", (element.text or "").strip()
    seen: dict[str, int] = {}
    for child in element.iterchildren(etree.Element):
        name = local_name(child)
        if child.get("id") or name in _SAID_ELSEWHERE:
            continue
        name = str(child.get("key") or child.get("name") or name)
        seen[name] = seen.get(name, 0) + 1
        numbered = name if seen[name] == 1 else f"{name} {seen[name]}"
        yield from _facts(child, f"{place}{numbered}.")


def _attributes(element: etree._Element) -> dict[str, str]:
    return {etree.QName(str(n)).localname: str(v) for n, v in element.attrib.items()}
