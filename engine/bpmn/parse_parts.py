"""Reads the parts of single BPMN elements: names, lanes, extensions, loops."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.diagram import FLOW_NODES, Loop, Operator
from engine.dmn.xml import parse_xml

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
EXTENSION = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_EXTENSIONS = frozenset({"properties", "calledDecisionId", "serviceTaskOperator"})


def qualified(tag: str) -> str:
    """Give a BPMN tag with its namespace."""
    return f"{{{MODEL}}}{tag}"


def tag_of(element: etree._Element) -> str:
    """Give the tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def bpmn_children(element: etree._Element) -> Iterator[etree._Element]:
    """Give the children that are BPMN, in order."""
    prefix = f"{{{MODEL}}}"
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(prefix):
            yield child


def line_of(element: etree._Element | None) -> int:
    """Give the line in the file, 0 where unknown."""
    line = None if element is None else element.sourceline
    return line if isinstance(line, int) else 0


def clean(text: str | None) -> str:
    """Give a text in one line."""
    return " ".join((text or "").split())


def text_of(element: etree._Element) -> str:
    """Give all text inside an element."""
    return "".join(str(part) for part in element.itertext()).strip()


def documentation_of(element: etree._Element) -> str:
    """Give what a designer wrote about an element."""
    found = element.find(qualified("documentation"))
    return "" if found is None else text_of(found)


def lanes_of(element: etree._Element) -> dict[str, str]:
    """Map the ids of flow nodes to the names of their innermost lanes."""
    found: dict[str, str] = {}
    for lane_set in element.iterchildren(qualified("laneSet")):
        # Document order puts the inner lane after the outer one, so the innermost name stays.
        for lane in lane_set.iter(qualified("lane")):
            for reference in lane.iterchildren(qualified("flowNodeRef")):
                found[text_of(reference)] = clean(lane.get("name"))
    return found


def associations(root: etree._Element) -> dict[str, list[str]]:
    """Map the ids of elements to those that associations lead to from them."""
    found: dict[str, list[str]] = {}
    for element in root.iter(qualified("association")):
        found.setdefault(element.get("sourceRef") or "", []).append(element.get("targetRef") or "")
    return found


def inner_ids(element: etree._Element) -> Iterator[str]:
    """Give the ids of the flow nodes drawn directly inside."""
    for child in bpmn_children(element):
        if tag_of(child) in FLOW_NODES and child.get("id"):
            yield child.get("id") or ""


def properties_of(extension: etree._Element | None) -> dict[str, str]:
    """Give the extension properties by name."""
    found: dict[str, str] = {}
    if extension is not None:
        for holder in extension.iterchildren(f"{{{EXTENSION}}}properties"):
            for item in holder.iterchildren(f"{{{EXTENSION}}}property"):
                found[item.get("name") or ""] = (item.get("value") or "").strip()
    return found


def unknown_extensions(extension: etree._Element | None) -> list[str]:
    """List the extensions that nothing here reads."""
    if extension is None:
        return []
    prefix = f"{{{EXTENSION}}}"
    return [
        f"spiffworkflow:{tag_of(child)}"
        if child.tag.startswith(prefix)
        else f"foreign:{tag_of(child)}"
        for child in extension
        if isinstance(child.tag, str)
        and not (child.tag.startswith(prefix) and tag_of(child) in _EXTENSIONS)
    ]


_ODD = (
    ("startQuantity", "1"),
    ("completionQuantity", "1"),
    ("instantiate", "false"),
    ("eventGatewayType", "Exclusive"),
    ("parallelMultiple", "false"),
)


def odd_attributes(element: etree._Element) -> list[str]:
    """List the attributes that would change how an element runs, and those of other platforms."""
    found = [name for name, usual in _ODD if (element.get(name) or usual) != usual]
    several = element.find(qualified("multiInstanceLoopCharacteristics"))
    if several is not None and (several.get("behavior") or "All") != "All":
        found.append("behavior")
    for part in (element, several):
        for name in () if part is None else part.attrib:
            namespace = str(name)[1:].partition("}")[0] if str(name).startswith("{") else ""
            local = str(name).rpartition("}")[2]
            if namespace == EXTENSION:
                found.append(f"spiffworkflow:{local}")
            elif namespace not in ("", MODEL, XSI):
                found.append(f"foreign:{local}")
    return found


def decision_of(extension: etree._Element | None) -> str:
    """Give the id of the decision that a business rule task calls."""
    found = None if extension is None else extension.find(f"{{{EXTENSION}}}calledDecisionId")
    return "" if found is None else text_of(found)


def operator_of(extension: etree._Element | None) -> Operator | None:
    """Give what a service task calls."""
    found = None if extension is None else extension.find(f"{{{EXTENSION}}}serviceTaskOperator")
    if found is None:
        return None
    return Operator(
        name=found.get("id") or "",
        result=(found.get("resultVariable") or "").strip(),
        arguments={
            parameter.get("id") or "": parameter.get("value") or ""
            for parameter in found.iter(f"{{{EXTENSION}}}parameter")
        },
    )


def loop_of(element: etree._Element) -> Loop | None:
    """Give how an activity repeats."""
    standard = element.find(qualified("standardLoopCharacteristics"))
    if standard is not None:
        return Loop(
            kind="standard",
            condition=_child_text(standard, "loopCondition"),
            test_before=standard.get("testBefore") == "true",
            maximum=standard.get("loopMaximum") or "",
        )
    several = element.find(qualified("multiInstanceLoopCharacteristics"))
    if several is None:
        return None
    return Loop(
        kind="sequential" if several.get("isSequential") == "true" else "parallel",
        collection=_child_text(several, "loopDataInputRef"),
        cardinality=_child_text(several, "loopCardinality"),
        item=_item(several, "inputDataItem"),
        output=_child_text(several, "loopDataOutputRef"),
        output_item=_item(several, "outputDataItem"),
        condition=_child_text(several, "completionCondition"),
    )


def until_of(element: etree._Element) -> str:
    """Give the condition of a complex gateway, or the one that ends an ad-hoc sub-process."""
    tag = {"complexGateway": "activationCondition", "adHocSubProcess": "completionCondition"}
    return _child_text(element, tag[tag_of(element)]) if tag_of(element) in tag else ""


def _child_text(element: etree._Element, tag: str) -> str:
    found = element.find(qualified(tag))
    return "" if found is None else text_of(found)


def _item(element: etree._Element, tag: str) -> str:
    """Name a data item: by its name where it has one, since ids are unique in a whole file."""
    found = element.find(qualified(tag))
    return "" if found is None else clean(found.get("name") or found.get("id"))


def flow_names(model: bytes) -> dict[str, str]:
    """Give the names of the flows of a model that can be read, by id."""
    return {
        flow.get("id") or "": clean(flow.get("name"))
        for flow in parse_xml(model).iter(qualified("sequenceFlow"))
        if flow.get("name")
    }
