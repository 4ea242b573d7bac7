"""Draws small BPMN files for tests: text in, bytes out, no layout."""

# Tags in one line each read better than broken ones.
# ruff: noqa: E501

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="definitions" targetNamespace="https://example.org/test">'
)


def model(*body: str, extra: str = "", key: str = "test") -> dict[str, bytes]:
    """Give a process folder with one process."""
    return {"process.bpmn": document(process(*body, key=key), extra)}


def document(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def process(*body: str, key: str = "test") -> str:
    return f'<bpmn:process id="{key}" isExecutable="true">{"".join(body)}</bpmn:process>'


def flow(source: str, target: str, condition: str | None = None, key: str = "") -> str:
    inner = (
        ""
        if condition is None
        else f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
    )
    name = key or f"{source}_to_{target}"
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>"
    )


def chain(*ids: str) -> str:
    """Connect elements one after the other."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def node(tag: str, key: str, inner: str = "", **attributes: str) -> str:
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{tag} id="{key}"{said}>{inner}</bpmn:{tag}>'


def start(key: str = "begin", inner: str = "") -> str:
    return node("startEvent", key, inner)


def end(key: str = "finish", inner: str = "") -> str:
    return node("endEvent", key, inner)


def properties(**given: str) -> str:
    rows = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)} />"
        for name, value in given.items()
    )
    return f"<spiffworkflow:properties>{rows}</spiffworkflow:properties>"


def extension(*parts: str) -> str:
    return f"<bpmn:extensionElements>{''.join(parts)}</bpmn:extensionElements>"


def user(key: str, inner: str = "", **given: str) -> str:
    given.setdefault("result", key)
    return node("userTask", key, extension(properties(**given)) + inner)


def script(key: str, text: str, inner: str = "") -> str:
    return node("scriptTask", key, f"<bpmn:script>{escape(text)}</bpmn:script>{inner}")


def service(key: str, name: str, result: str = "", inner: str = "", **arguments: str) -> str:
    rows = "".join(
        f'<spiffworkflow:parameter id="{parameter}" type="any" value={quoteattr(text)} />'
        for parameter, text in arguments.items()
    )
    operator = (
        f'<spiffworkflow:serviceTaskOperator id="{name}" resultVariable="{result}">'
        f"<spiffworkflow:parameters>{rows}</spiffworkflow:parameters>"
        "</spiffworkflow:serviceTaskOperator>"
    )
    return node("serviceTask", key, extension(operator) + inner)


def rule(key: str, decision: str, **given: str) -> str:
    called = f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
    return node("businessRuleTask", key, extension(called, properties(**given)))


def gateway(tag: str, key: str, default: str = "") -> str:
    return node(f"{tag}Gateway", key, **({"default": default} if default else {}))


def timer(text: str, kind: str = "Duration") -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:time{kind}>{escape(text)}</bpmn:time{kind}>"
        "</bpmn:timerEventDefinition>"
    )


def conditional(text: str) -> str:
    return (
        "<bpmn:conditionalEventDefinition>"
        f"<bpmn:condition>{escape(text)}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def event(kind: str, reference: str = "") -> str:
    attribute = f' {kind}Ref="{reference}"' if reference else ""
    return f"<bpmn:{kind}EventDefinition{attribute} />"


def catch(key: str, inner: str, **given: str) -> str:
    return node("intermediateCatchEvent", key, extension(properties(**given)) + inner)


def throw(key: str, inner: str = "", **given: str) -> str:
    return node("intermediateThrowEvent", key, extension(properties(**given)) + inner)


def boundary(key: str, on: str, inner: str, interrupting: bool = True, **given: str) -> str:
    return node(
        "boundaryEvent",
        key,
        extension(properties(**given)) + inner,
        attachedToRef=on,
        cancelActivity="true" if interrupting else "false",
    )


def several(
    collection: str = "",
    *,
    item: str = "",
    sequential: bool = False,
    count: str = "",
    until: str = "",
    output: str = "",
    output_item: str = "",
) -> str:
    parts = ""
    if count:
        parts += f"<bpmn:loopCardinality>{escape(count)}</bpmn:loopCardinality>"
    if collection:
        parts += f"<bpmn:loopDataInputRef>{escape(collection)}</bpmn:loopDataInputRef>"
    if output:
        parts += f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>"
    if item:
        parts += f'<bpmn:inputDataItem id="{item}_item" name="{item}" />'
    if output_item:
        parts += f'<bpmn:outputDataItem id="{output_item}_out" name="{output_item}" />'
    if until:
        parts += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>"
    said = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{said}>{parts}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def loop(condition: str = "", *, before: bool = False, maximum: str = "") -> str:
    said = (' testBefore="true"' if before else "") + (
        f' loopMaximum="{maximum}"' if maximum else ""
    )
    inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{said}>{inner}</bpmn:standardLoopCharacteristics>"


def decision(key: str, *rules: tuple[str, str], reads: str) -> bytes:
    """Give a DMN file with one decision table of one input: (cell, value) rows."""
    rows = "".join(
        f'<rule id="{key}_{number}"><inputEntry id="{key}_i{number}"><text>{escape(cell)}</text></inputEntry>'
        f'<outputEntry id="{key}_o{number}"><text>{escape(value)}</text></outputEntry></rule>'
        for number, (cell, value) in enumerate(rules, start=1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dmn" name="dmn"'
        f' namespace="https://example.org/dmn"><decision id="{key}" name="{key}">'
        f'<variable name="{key}" /><decisionTable id="{key}_table" hitPolicy="UNIQUE">'
        f'<input id="{key}_in"><inputExpression id="{key}_e"><text>{reads}</text></inputExpression></input>'
        f'<output id="{key}_out" />{rows}</decisionTable></decision></definitions>'
    ).encode()
