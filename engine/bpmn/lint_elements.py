"""Lint of single elements: what cannot run is refused, what an element needs must be there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

from engine.bpmn.diagram import ACTIVITIES, Diagram, Node, Scope
from engine.bpmn.findings import error, warning
from engine.bpmn.lint_events import lint_event
from engine.bpmn.models import ServiceSignature
from engine.bpmn.repeating import is_anonymous
from engine.errors import Finding
from engine.feel.translate import script_in_feel

NAME = re.compile(r"[a-z][a-z0-9_]*")

REFUSED = {
    "task": "a task without a type; choose user, script, service, rule, send or receive",
    "ioSpecification": "inputs and outputs of their own; all variables go in and come back",
    "dataInputAssociation": "data associations; variables are seen by every later element",
    "dataOutputAssociation": "data associations; variables are seen by every later element",
    "startQuantity": "a count of tokens to start with; one is enough",
    "completionQuantity": "a count of tokens to give; draw a multi-instance instead",
    "instantiate": "an element that starts cases; use a message start event",
    "eventGatewayType": "a gateway that waits for all events; use a parallel gateway",
    "parallelMultiple": "an event that waits for several others; use a parallel gateway",
    "behavior": "a multi-instance that throws events; throw them inside a sub-process",
    "potentialOwner": "a potential owner; use the lane, assignee or candidateGroup",
    "humanPerformer": "a human performer; use the lane, assignee or candidateGroup",
    "performer": "a performer; use the lane, assignee or candidateGroup",
    "resourceRole": "a resource role; use the lane, assignee or candidateGroup",
    "property": "BPMN properties; use spiffworkflow:properties",
    "completionCondition": "a completion condition outside of a multi-instance",
    "spiffworkflow:preScript": "a script before an element; draw a script task",
    "spiffworkflow:postScript": "a script after an element; draw a script task",
}

_TASK = {
    "assignee", "candidateGroup", "form", "result", "due", "escalation", "title", "notSameAs",
    "visibleTo", "anonymous",
}  # fmt: skip


def lint_elements(
    diagram: Diagram,
    *,
    files: Collection[str],
    services: Mapping[str, ServiceSignature],
    groups: Collection[str],
    decisions: Collection[str],
) -> Iterator[Finding]:
    """Give the findings about every element a case can reach."""
    tasks = {node.id for _, node in diagram.nodes() if node.kind in ("userTask", "manualTask")}
    for scope, node in diagram.nodes():
        yield from _refused(node)
        yield from _properties(scope, node)
        yield from _names(node)
        yield from _loop(node)
        yield from lint_event(diagram, scope, node)
        if node.kind in ("userTask", "manualTask"):
            yield from _user_task(node, files, groups, tasks)
        elif node.kind == "serviceTask":
            yield from _service(node, services)
            yield from _business_errors(scope, node, services)
        elif node.kind == "businessRuleTask":
            yield from _rule(node, decisions)
        elif node.kind == "scriptTask":
            yield from _script(node)
        elif node.kind == "calledCase":
            yield from _called_case(node)


def _refused(node: Node) -> Iterator[Finding]:
    for tag in dict.fromkeys((node.kind, *node.extras)):
        if tag in REFUSED:
            yield error("not-run", node, f"Expected only what can run, but this is {REFUSED[tag]}.")
        elif tag.startswith("foreign:"):
            yield warning(
                "foreign-extension",
                node,
                f"Expected only extensions that this platform reads, but {tag[8:]} is another's.",
            )
        elif tag in node.extras:
            yield error("not-run", node, f"Expected only what can run, but {node.id} holds {tag}.")
    if node.loop is not None and node.kind not in ACTIVITIES:
        yield error("not-run", node, f"Expected only activities to repeat, but {node.id} is none.")


def allowed_properties(node: Node, *, by_event: bool = False) -> set[str]:
    """List the properties that mean something on an element; by_event says what it stands in."""
    allowed: set[str] = set()
    if node.kind in ("userTask", "manualTask"):
        allowed |= _TASK
    if node.kind in ("businessRuleTask",):
        allowed |= {"payload", "result"}
    if node.kind == "calledCase":
        allowed |= {"binding", "people", "payload", "result"}
    kind = node.event_kind
    throws = node.kind in ("intermediateThrowEvent", "endEvent", "sendTask")
    if kind == "message":
        allowed |= {"correlation", "payload", "ttl"} if throws else {"correlation", "result"}
    elif kind == "signal":
        allowed |= {"payload"} if throws else {"result"}
    elif kind in ("error", "escalation") and not throws:
        allowed |= {"result"}
    if node.kind == "startEvent" and not by_event:
        allowed -= {"correlation"}
    if node.loop is not None and node.loop.kind != "standard":
        allowed |= {"collection"}
    return allowed


def _properties(scope: Scope, node: Node) -> Iterator[Finding]:
    allowed = allowed_properties(node, by_event=scope.by_event)
    for name in node.properties:
        if name not in allowed:
            close = difflib.get_close_matches(name, sorted(allowed), 1)
            yield error(
                "unknown-property",
                node,
                f"Expected properties that {node.id} can have, but {name or 'one'} is none.",
                f"Did you mean {close[0]}?" if close else "",
            )


def _names(node: Node) -> Iterator[Finding]:
    loop = node.loop
    written = [node.result]
    if loop is not None:
        written += [loop.item, loop.output, loop.output_item]
    for name in written:
        if name and not NAME.fullmatch(name):
            yield error(
                "variable-name",
                node,
                f"Expected a variable name such as self_rating, but {node.id} writes {name!r}.",
            )


def _loop(node: Node) -> Iterator[Finding]:
    loop = node.loop
    if loop is None:
        return
    if loop.kind == "standard":
        if not loop.condition and not loop.maximum:
            yield error("loop", node, f"Expected a condition or a maximum on the loop {node.id}.")
        if loop.maximum and not (loop.maximum.isdecimal() and int(loop.maximum) > 0):
            yield error("loop", node, f"Expected a number as the maximum of the loop {node.id}.")
        return
    collection = node.properties.get("collection") or loop.collection
    if bool(collection) == bool(loop.cardinality):
        yield error(
            "multi-instance", node, f"Expected either a collection or a count on {node.id}, but"
            f" there are {'both' if collection else 'none'}.",
        )  # fmt: skip
    if loop.collection and node.properties.get("collection", loop.collection) != loop.collection:
        yield error(
            "multi-instance", node, f"Expected one collection on {node.id}, but there are two."
        )
    if (loop.output or loop.output_item) and not (loop.output_item or node.result):
        yield error(
            "multi-instance",
            node,
            f"Expected to know what goes into {loop.output}: give outputDataItem.",
        )
    if loop.output_item and not loop.output and not node.result:
        yield error("multi-instance", node, "Expected a name for the list: give loopDataOutputRef.")


def _user_task(
    node: Node, files: Collection[str], groups: Collection[str], tasks: Collection[str]
) -> Iterator[Finding]:
    given = node.properties
    form = given.get("form", "")
    if form and not NAME.fullmatch(form):
        yield error(
            "form-name", node, f"Expected a form such as self_assessment, but found {form!r}."
        )
    elif form and f"forms/{form}.json" not in files:
        yield error(
            "form-missing", node, f"Expected a file forms/{form}.json, but the folder has none."
        )
    if not (node.lane or given.get("assignee") or given.get("candidateGroup")):
        yield warning(
            "task-for-nobody", node, f"Expected a lane, assignee or candidateGroup on {node.id}."
        )
    group = given.get("candidateGroup", "")
    if group and group.replace("_", "").isalnum() and group.isupper() and group not in groups:
        yield error("unknown-group", node, f"Expected a group that exists, but {group} does not.")
    for name in given.get("notSameAs", "").replace(",", " ").split():
        if name not in tasks or name == node.id:
            yield error(
                "not-same-as", node, f"Expected another user task in notSameAs, but {name} is none."
            )
    if given.get("anonymous", "").lower() not in ("", "true", "false"):
        yield error("anonymous", node, "Expected anonymous to be true or false, but it is neither.")
    if is_anonymous(node):
        yield from _anonymous(node)


def _anonymous(node: Node) -> Iterator[Finding]:
    if node.loop is None or node.loop.kind != "parallel":
        yield error(
            "anonymous",
            node,
            f"Expected {node.id} to be a parallel multi-instance, since it is anonymous.",
        )
        return
    if not node.result:
        yield error("anonymous", node, f"Expected a result on {node.id}, since it is anonymous.")
    if node.loop.output_item and node.loop.output_item != node.result:
        yield error("anonymous", node, f"Expected {node.id} to give its answers and nothing else.")
    if node.properties.get("candidateGroup"):
        yield error("anonymous", node, f"Expected {node.id} to go to persons, not to a group.")


def _service(node: Node, services: Mapping[str, ServiceSignature]) -> Iterator[Finding]:
    if node.operator is None:
        yield error(
            "service", node, f"Expected {node.id} to say what it calls (serviceTaskOperator)."
        )
        return
    signature = services.get(node.operator.name)
    if signature is None:
        close = difflib.get_close_matches(node.operator.name, sorted(services), 1)
        yield error(
            "unknown-service",
            node,
            f"Expected a service that exists, but {node.operator.name or 'none'} does not.",
            f"Did you mean {close[0]}?" if close else "",
        )
        return
    if not signature.parameters:
        return
    for name, text in node.operator.arguments.items():
        if name not in signature.parameters:
            yield error(
                "service", node, f"Expected parameters of {signature.name}, but {name} is none."
            )
        elif not text.strip():
            yield error("service", node, f"Expected a value for {name} of {signature.name}.")
    for name, kind in signature.parameters.items():
        if name not in node.operator.arguments and not kind.endswith("?"):
            yield error(
                "service", node, f"Expected {name} for {signature.name}, but it is not given."
            )


def _business_errors(
    scope: Scope, node: Node, services: Mapping[str, ServiceSignature]
) -> Iterator[Finding]:
    signature = services.get(node.operator.name) if node.operator else None
    if signature is None:
        return
    declared = ", ".join(signature.errors) or "none"
    for event in scope.attached(node.id):
        caught = event.event if event.event_kind == "error" else None
        if caught is None or (caught.code in signature.errors if caught.code else signature.errors):
            continue
        yield error(
            "boundary",
            event,
            f"Expected an error that {signature.name} declares ({declared}), but"
            f" {caught.code or 'any'} is none; what fails otherwise waits to be retried.",
        )


BINDING = re.compile(r"latest|deployment|[1-9][0-9]{0,5}")


def _called_case(node: Node) -> Iterator[Finding]:
    if not node.called:
        yield error("call-dangling", node, f"Expected {node.id} to name a process (calledElement).")
    binding = node.properties.get("binding", "").strip()
    if not BINDING.fullmatch(binding):
        yield error(
            "call-binding",
            node,
            f"Expected latest, deployment or a version's number on {node.id}, but found {binding}.",
        )
    if node.properties.get("people", "inherit").strip() != "inherit":
        yield error(
            "call-people",
            node,
            f"Expected people to be inherit on {node.id}, or not to be said.",
        )


def _rule(node: Node, decisions: Collection[str]) -> Iterator[Finding]:
    if not node.decision:
        yield error("decision", node, f"Expected {node.id} to name a decision (calledDecisionId).")
    elif node.decision not in decisions:
        close = difflib.get_close_matches(node.decision, sorted(decisions), 1)
        yield error(
            "decision",
            node,
            f"Expected a decision of this folder, but {node.decision} is in no DMN file.",
            f"Did you mean {close[0]}?" if close else "",
        )


def _script(node: Node) -> Iterator[Finding]:
    if "feel" not in (node.language or "feel").lower():
        yield error(
            "script-language", node, f"Expected FEEL in {node.id}, but it says {node.language}."
        )
    text = node.script.strip().removeprefix("=").strip()
    if not text:
        yield error("script-empty", node, f"Expected a FEEL context in {node.id}, but it is empty.")
    elif not (text.startswith("{") and text.endswith("}")):
        yield error(
            "script-context",
            node,
            f"Expected a FEEL context such as {{ total: a + b }} in {node.id}, but it is none.",
            f"In FEEL: {meant}" if (meant := script_in_feel(text)) else "",
        )
