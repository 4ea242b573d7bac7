"""Offers to mend models that other tools wrote: expressions, extensions, splits, missing layout.

Nothing is applied unasked.  What has no equal here is left out of the mended file, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.bpmn.diagram import ACTIVITIES, EVENTS
from engine.bpmn.layout import layout
from engine.bpmn.parse_parts import EXTENSION, MODEL, XSI, bpmn_children, qualified, tag_of
from engine.dmn.xml import parse_xml
from engine.errors import EngineError
from engine.feel.translate import in_feel, script_in_feel

LAYOUT, EXPRESSIONS, FOREIGN, SPLITS = "layout", "expressions", "foreign", "splits"

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_OWN = frozenset({"", MODEL, EXTENSION, XSI})
_DRAWN = ("http://www.omg.org/spec/", "http://bpmn.io/schema/")
_TEXTS = frozenset({"timeDuration", "timeDate", "timeCycle", "condition", "conditionExpression"})
_LANGUAGES = ("language", "scriptFormat", "expressionLanguage", "typeLanguage")
_QUOTED = re.compile(r"""^\s*(["'])([^"']*)\1\s*$""")
_WRAPPED = re.compile(r"^\s*[$#]\{(.*)\}\s*$", re.DOTALL)
_STRANGE = re.compile(r"[^a-z0-9]+")
# What other platforms say in attributes or extension elements, and what it is called here.
_PROPERTIES = {
    "assignee": "assignee",
    "candidateGroups": "candidateGroup",
    "formKey": "form",
    "formRef": "form",
    "formId": "form",
    "dueDate": "due",
    "resultVariable": "result",
}
_DECISIONS = frozenset({"decisionRef", "decisionId"})
_FEEL_VALUED = frozenset({"assignee", "due"})


def offers(bpmn: bytes) -> tuple[str, ...]:
    """Name the kinds of fixes that would change a file; none for one that cannot be read."""
    try:
        parse_xml(bpmn)  # refuses what must not be read
        found = [kind for kind, change in _CHANGES.items() if change(_parsed(bpmn))]
        if _parsed(bpmn).find(f".//{{{_DI}}}BPMNShape") is None:
            found.append(LAYOUT)
    except (EngineError, RecursionError):
        return ()
    return tuple(found)


def mend(bpmn: bytes, kind: str) -> bytes:
    """Give a file with one kind of fix applied; raises InvalidProcess where it is no XML."""
    parse_xml(bpmn)
    if kind == LAYOUT:
        return layout(bpmn)
    root = _parsed(bpmn)
    _CHANGES[kind](root)
    return layout(_written(root)) if kind == SPLITS else _written(root)


def _parsed(bpmn: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    return etree.fromstring(bpmn, parser)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8") + b"\n"


def _in_feel(root: etree._Element) -> bool:
    changed = False
    for element in list(root.iter(f"{{{MODEL}}}*")):
        tag = tag_of(element)
        if tag == "scriptTask":
            script = element.find(qualified("script"))
            if script is not None:
                changed |= _say(script, script_in_feel)
                changed |= _drop_languages(element)
        elif tag in _TEXTS:
            changed |= _say(element, _moment if tag.startswith("time") else in_feel)
            changed |= _drop_languages(element)
    return changed | _drop_languages(root)


def _say(element: etree._Element, translate: Callable[[str], str]) -> bool:
    text = (element.text or "").strip()
    meant = translate(text) if text and not len(element) else ""
    if not meant or meant == text:
        return False
    element.text = meant
    return True


def _moment(text: str) -> str:
    """Give a timer without the quotes or braces that other platforms put around it."""
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted[2]
    wrapped = _WRAPPED.match(text)
    return (in_feel(text) or wrapped[1].strip()) if wrapped else ""


def _drop_languages(element: etree._Element) -> bool:
    said = [
        name for name in _LANGUAGES if (found := element.get(name)) and "feel" not in found.lower()
    ]
    for name in said:
        del element.attrib[name]
    return bool(said)


def _without_foreign(root: etree._Element) -> bool:
    changed = False
    for element in list(root.iter(f"{{{MODEL}}}*")):
        if tag_of(element) == "extensionElements" or not element.get("id"):
            continue
        said = dict(_foreign_attributes(element))
        extension = element.find(qualified("extensionElements"))
        strangers = [] if extension is None else list(_strangers(extension))
        for stranger in strangers:
            said |= {
                str(key).rpartition("}")[2]: str(value)
                for part in stranger.iter()
                for key, value in part.attrib.items()
            }
        for name in [key for key in element.attrib if _is_foreign(str(key))]:
            del element.attrib[name]
            changed = True
        for stranger in strangers:
            parent = stranger.getparent()
            assert parent is not None
            parent.remove(stranger)
            changed = True
        if said:
            _translate_properties(element, said)
        extension = element.find(qualified("extensionElements"))
        if extension is not None and not len(extension):
            element.remove(extension)
    return changed


def _foreign_attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if _is_foreign(str(key)):
            yield str(key).rpartition("}")[2], str(value)


def _is_foreign(name: str) -> bool:
    space = name[1:].partition("}")[0] if name.startswith("{") else ""
    return space not in _OWN and not space.startswith(_DRAWN)


def _strangers(extension: etree._Element) -> Iterator[etree._Element]:
    for child in extension:
        if isinstance(child.tag, str) and _is_foreign(child.tag):
            yield child


def _translate_properties(element: etree._Element, said: dict[str, str]) -> None:
    tag = tag_of(element)
    given: dict[str, str] = {}
    for theirs, ours in _PROPERTIES.items():
        value = _value(ours, said.get(theirs, "").strip())
        if not value or (ours == "result") != (tag == "businessRuleTask"):
            continue
        if tag in ("userTask", "businessRuleTask"):
            given.setdefault(ours, value)
    decision = next((said[name] for name in _DECISIONS if said.get(name)), "")
    if tag == "businessRuleTask" and decision:
        called = etree.SubElement(_extension(element), f"{{{EXTENSION}}}calledDecisionId")
        called.text = decision.lstrip("=").strip()
    if given:
        holder = _extension(element).find(f"{{{EXTENSION}}}properties")
        if holder is None:
            holder = etree.SubElement(_extension(element), f"{{{EXTENSION}}}properties")
        known = {each.get("name") for each in holder}
        for name, value in given.items():
            if name not in known:
                etree.SubElement(holder, f"{{{EXTENSION}}}property", name=name, value=value)


def _value(name: str, text: str) -> str:
    if not text:
        return ""
    if name in _FEEL_VALUED:
        wrapped = _WRAPPED.match(text)
        if wrapped:
            return in_feel(text) or wrapped[1].strip()
        plain = text.removeprefix("=").strip()
        # A user's name of another platform is nobody here.
        return plain if name == "due" or text.startswith("=") else ""
    if name == "candidateGroup":
        return "" if _WRAPPED.match(text) else text.split(",")[0].strip()
    if name == "form":
        stem = text.rpartition(":")[2].rpartition("/")[2].lower().partition(".")[0]
        return _STRANGE.sub("_", stem).strip("_")
    return text.strip("\"'= ")


def _extension(element: etree._Element) -> etree._Element:
    found = element.find(qualified("extensionElements"))
    if found is not None:
        return found
    made = element.makeelement(qualified("extensionElements"))
    after = element.find(qualified("documentation"))
    element.insert(0 if after is None else list(element).index(after) + 1, made)
    return made


def _split_openly(root: etree._Element) -> bool:
    """Put a gateway where several flows leave an activity or event: what happens is then drawn."""
    changed = False
    for scope in root.iter(f"{{{MODEL}}}*"):
        flows = [child for child in bpmn_children(scope) if tag_of(child) == "sequenceFlow"]
        for node in list(bpmn_children(scope)):
            if tag_of(node) not in ACTIVITIES | EVENTS:
                continue
            leaving = [flow for flow in flows if flow.get("sourceRef") == node.get("id")]
            if len(leaving) > 1:
                _split(root, scope, node, leaving)
                changed = True
    return changed


def _split(
    root: etree._Element,
    scope: etree._Element,
    node: etree._Element,
    leaving: list[etree._Element],
) -> None:
    conditional = any(flow.find(qualified("conditionExpression")) is not None for flow in leaving)
    taken = {each.get("id") for each in root.iter() if isinstance(each.tag, str)}
    gateway_id = _free(f"{node.get('id')}_split", taken)
    kind = "inclusiveGateway" if conditional else "parallelGateway"
    gateway = scope.makeelement(qualified(kind), id=gateway_id)
    default = node.attrib.pop("default", "")
    if default and conditional:
        gateway.set("default", str(default))
    scope.insert(list(scope).index(node) + 1, gateway)
    for flow in leaving:
        flow.set("sourceRef", gateway_id)
    for outgoing in list(node.iterchildren(qualified("outgoing"))):
        node.remove(outgoing)
    etree.SubElement(
        scope,
        qualified("sequenceFlow"),
        id=_free(f"{gateway_id}_in", taken),
        sourceRef=node.get("id") or "",
        targetRef=gateway_id,
    )
    for lane in root.iter(qualified("lane")):
        if any((each.text or "").strip() == node.get("id") for each in lane):
            etree.SubElement(lane, qualified("flowNodeRef")).text = gateway_id
            break


def _free(name: str, taken: set[str | None]) -> str:
    found = name
    while found in taken:
        found += "_"
    taken.add(found)
    return found


_CHANGES: Mapping[str, Callable[[etree._Element], bool]] = {
    FOREIGN: _without_foreign,
    EXPRESSIONS: _in_feel,
    SPLITS: _split_openly,
}
