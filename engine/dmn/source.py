"""Reads DMN 1.1 to 1.5 XML into `elements`; what names, types and texts mean is not looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from engine.dmn import elements as e
from engine.dmn.xml import local_name, namespace, parse_xml
from engine.errors import Finding, InvalidProcess

_DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/(MODEL/|dmn\.xsd)$")
_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_LOGIC = frozenset(
    [
        "literalExpression",
        "decisionTable",
        "context",
        "relation",
        "list",
        "invocation",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
    ]
)


def read(data: bytes, file: str = "") -> e.Definitions:
    """Read one file, or raise InvalidProcess when it is no DMN model at all."""
    root = parse_xml(data, file)
    if local_name(root) != "definitions" or not _DMN.match(namespace(root)):
        raise InvalidProcess(
            [
                Finding(
                    severity="error",
                    rule="dmn-namespace",
                    message="Expected a DMN 1.1 to 1.5 definitions element, "
                    f"but the root is {root.tag}.",
                    file=file,
                    line=_line(root),
                )
            ]
        )
    return e.Definitions(
        name=root.get("name", ""),
        namespace=root.get("namespace", ""),
        file=file,
        imports=tuple(
            e.Import(
                name=_name(x),
                namespace=x.get("namespace", ""),
                location=x.get("locationURI", ""),
                kind=x.get("importType", ""),
            )
            for x in _all(root, "import")
        ),
        items=tuple(_item(x) for x in _all(root, "itemDefinition")),
        inputs=tuple(e.InputData(**_node(x)) for x in _all(root, "inputData")),
        decisions=tuple(_decision(x) for x in _all(root, "decision")),
        knowledge=tuple(_knowledge(x) for x in _all(root, "businessKnowledgeModel")),
        services=tuple(_service(x) for x in _all(root, "decisionService")),
        properties=_properties(root),
    )


# -- small readings ------------------------------------------------------------------------------


def _all(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    for child in parent:
        if local_name(child) in names and _DMN.match(namespace(child)):
            yield child


def _one(parent: etree._Element | None, *names: str) -> etree._Element | None:
    return None if parent is None else next(_all(parent, *names), None)


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _text(parent: etree._Element | None, name: str = "text") -> str:
    found = _one(parent, name)
    return "" if found is None else (found.text or "")


def _name(element: etree._Element) -> str:
    # Names may be written over several lines; FEEL takes any white space in a name as one space.
    return " ".join(element.get("name", "").split())


def _type(element: etree._Element | None, attribute: str = "typeRef") -> str:
    if element is None:
        return ""
    written = element.get(attribute)
    if written is None:
        written = _text(element, attribute)
    return " ".join(written.split())


def _hrefs(parent: etree._Element, requirement: str, *names: str) -> tuple[str, ...]:
    found = (_one(x, *names) for x in _all(parent, requirement))
    return tuple(x.get("href", "") for x in found if x is not None)


def _properties(element: etree._Element) -> dict[str, str]:
    extension = _one(element, "extensionElements")
    if extension is None:
        return {}
    return {
        str(x.get("name")): str(x.get("value", ""))
        for x in extension.iter(f"{{{_SPIFF}}}property")
        if x.get("name")
    }


def _node(element: etree._Element) -> dict[str, Any]:
    variable = _one(element, "variable")
    name = _name(element)
    return {
        "id": element.get("id", ""),
        "name": name,
        "variable": (_name(variable) if variable is not None else "") or name,
        "type_ref": _type(variable),
        "label": element.get("label", "")
        or (variable.get("label", "") if variable is not None else ""),
        "line": _line(element),
        "properties": _properties(element),
    }


# -- graph ---------------------------------------------------------------------------------------


def _decision(element: etree._Element) -> e.Decision:
    return e.Decision(
        **_node(element),
        required_inputs=_hrefs(element, "informationRequirement", "requiredInput"),
        required_decisions=_hrefs(element, "informationRequirement", "requiredDecision"),
        required_knowledge=_hrefs(element, "knowledgeRequirement", "requiredKnowledge"),
        logic=_logic_in(element),
    )


def _knowledge(element: etree._Element) -> e.Knowledge:
    encapsulated = _one(element, "encapsulatedLogic")
    return e.Knowledge(
        **_node(element),
        required_knowledge=_hrefs(element, "knowledgeRequirement", "requiredKnowledge"),
        logic=None if encapsulated is None else _function(encapsulated),
    )


def _service(element: etree._Element) -> e.Service:
    def hrefs(name: str) -> tuple[str, ...]:
        return tuple(x.get("href", "") for x in _all(element, name))

    return e.Service(
        **_node(element),
        output_decisions=hrefs("outputDecision"),
        encapsulated_decisions=hrefs("encapsulatedDecision"),
        input_decisions=hrefs("inputDecision"),
        input_data=hrefs("inputData"),
    )


def _item(element: etree._Element) -> e.ItemDefinition:
    function = _one(element, "functionItem")
    return e.ItemDefinition(
        name=_name(element),
        type_ref=_type(element),
        collection=element.get("isCollection", "").strip() in ("true", "1"),
        components=tuple(_item(x) for x in _all(element, "itemComponent")),
        allowed=_text(_one(element, "allowedValues")),
        constraint=_text(_one(element, "typeConstraint")),
        function_output=None if function is None else _type(function, "outputTypeRef"),
        function_parameters=()
        if function is None
        else tuple(
            e.Parameter(name=_name(x), type_ref=_type(x)) for x in _all(function, "parameters")
        ),
    )


# -- boxed expressions ---------------------------------------------------------------------------


def _logic_in(parent: etree._Element | None) -> e.Boxed | None:
    found = _one(parent, *_LOGIC)
    return None if found is None else _logic(found)


def _logic(element: etree._Element) -> e.Boxed:
    return _READERS[local_name(element)](element)


def _base(element: etree._Element) -> dict[str, Any]:
    return {
        "id": element.get("id", ""),
        "type_ref": _type(element),
        "label": element.get("label", ""),
        "line": _line(element),
    }


def _literal(element: etree._Element) -> e.Literal:
    return e.Literal(**_base(element), text=_text(element), language=_language(element))


def _language(element: etree._Element | None) -> str:
    """Give an empty text for FEEL, whatever its version, and else what the element claims."""
    while element is not None:
        said = element.get("expressionLanguage")
        if said:
            return "" if re.search(r"feel/?$", said.strip(), re.IGNORECASE) else said.strip()
        element = element.getparent()
    return ""


def _context(element: etree._Element) -> e.Context:
    entries = []
    for x in _all(element, "contextEntry"):
        variable = _one(x, "variable")
        name = None if variable is None else _name(variable)
        entries.append(e.Entry(name=name, type_ref=_type(variable), value=_logic_in(x)))
    return e.Context(**_base(element), entries=tuple(entries))


def _relation(element: etree._Element) -> e.Relation:
    return e.Relation(
        **_base(element),
        columns=tuple((_name(x), _type(x)) for x in _all(element, "column")),
        rows=tuple(tuple(_logic(c) for c in _all(x, *_LOGIC)) for x in _all(element, "row")),
    )


def _list(element: etree._Element) -> e.ListOf:
    return e.ListOf(**_base(element), items=tuple(_logic(x) for x in _all(element, *_LOGIC)))


def _invocation(element: etree._Element) -> e.Invocation:
    bindings = []
    for x in _all(element, "binding"):
        parameter = _one(x, "parameter")
        if parameter is not None:
            said = e.Parameter(name=_name(parameter), type_ref=_type(parameter))
            bindings.append((said, _logic_in(x)))
    return e.Invocation(**_base(element), function=_logic_in(element), bindings=tuple(bindings))


def _function(element: etree._Element) -> e.FunctionOf:
    return e.FunctionOf(
        **_base(element),
        kind=element.get("kind", "FEEL"),
        parameters=tuple(
            e.Parameter(name=_name(x), type_ref=_type(x)) for x in _all(element, "formalParameter")
        ),
        body=_logic_in(element),
    )


def _conditional(element: etree._Element) -> e.Conditional:
    return e.Conditional(
        **_base(element),
        condition=_logic_in(_one(element, "if")),
        then=_logic_in(_one(element, "then")),
        otherwise=_logic_in(_one(element, "else")),
    )


def _filter(element: etree._Element) -> e.Filter:
    return e.Filter(
        **_base(element),
        collection=_logic_in(_one(element, "in")),
        match=_logic_in(_one(element, "match")),
    )


def _iterator(element: etree._Element) -> e.Iterator:
    return e.Iterator(
        **_base(element),
        kind=local_name(element),
        variable=" ".join(element.get("iteratorVariable", "item").split()),
        collection=_logic_in(_one(element, "in")),
        body=_logic_in(_one(element, "return", "satisfies")),
    )


def _table(element: etree._Element) -> e.Table:
    return e.Table(
        **_base(element),
        hit_policy=element.get("hitPolicy", "UNIQUE"),
        aggregation=element.get("aggregation", ""),
        inputs=tuple(_input_clause(x) for x in _all(element, "input")),
        outputs=tuple(_output_clause(x) for x in _all(element, "output")),
        rules=tuple(_rule(x) for x in _all(element, "rule")),
    )


def _input_clause(element: etree._Element) -> e.InputClause:
    expression = _one(element, "inputExpression")
    return e.InputClause(
        id=element.get("id", ""),
        label=element.get("label", ""),
        expression=_text(expression).strip(),
        type_ref=_type(expression),
        allowed=_text(_one(element, "inputValues")).strip(),
        language="" if expression is None else _language(expression),
        line=_line(element),
    )


def _output_clause(element: etree._Element) -> e.OutputClause:
    default = _one(element, "defaultOutputEntry")
    return e.OutputClause(
        id=element.get("id", ""),
        label=element.get("label", ""),
        name=_name(element),
        type_ref=_type(element),
        allowed=_text(_one(element, "outputValues")).strip(),
        default=None if default is None else _text(default).strip(),
        line=_line(element),
    )


def _rule(element: etree._Element) -> e.Rule:
    tests = list(_all(element, "inputEntry"))
    outputs = list(_all(element, "outputEntry"))
    return e.Rule(
        id=element.get("id", ""),
        tests=tuple(_text(x).strip() for x in tests),
        outputs=tuple(_text(x).strip() for x in outputs),
        annotations=tuple(_text(x).strip() for x in _all(element, "annotationEntry")),
        description=_text(element, "description").strip(),
        test_ids=tuple(x.get("id", "") for x in tests),
        output_ids=tuple(x.get("id", "") for x in outputs),
        line=_line(element),
    )


_READERS: dict[str, Callable[[etree._Element], e.Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "relation": _relation,
    "list": _list,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iterator,
    "some": _iterator,
    "every": _iterator,
}
