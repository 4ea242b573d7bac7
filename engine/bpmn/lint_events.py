"""Lint of events: which kinds may stand where, and what each of them needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.diagram import ACTIVITIES, EVENTS, SCOPES, Diagram, EventDefinition, Node, Scope
from engine.bpmn.due import is_cycle, is_literal
from engine.bpmn.findings import error, warning
from engine.errors import Finding
from engine.recurrence import is_rule

_ALLOWED = {
    "startEvent": {"", "message", "signal", "timer"},
    "endEvent": {
        "",
        "message",
        "signal",
        "error",
        "escalation",
        "terminate",
        "cancel",
        "compensate",
    },
    "intermediateCatchEvent": {"timer", "message", "signal", "link", "conditional"},
    "intermediateThrowEvent": {"", "message", "signal", "escalation", "link", "compensate"},
    "boundaryEvent": {
        "timer",
        "message",
        "signal",
        "error",
        "escalation",
        "cancel",
        "compensate",
        "conditional",
    },
}
STARTS_BY_EVENT = {
    "timer",
    "message",
    "signal",
    "error",
    "escalation",
    "compensate",
    "conditional",
}
_INSTEAD = {
    "startEvent": "Draw a start event for each.",
    "intermediateCatchEvent": "Draw an event gateway, and behind it an event for each.",
    "boundaryEvent": "Draw a boundary event for each.",
    "intermediateThrowEvent": "Draw them one after the other.",
    "endEvent": "Draw throw events before the end.",
}
_WHY = {
    "conditional": "a condition can't start a case; a campaign or a message does",
    "link": "a link stands between two parts of one process only",
    "terminate": "terminate is an end event",
}


def lint_event(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    """Give the findings about an event, or about a send or receive task."""
    if node.kind in ("sendTask", "receiveTask"):
        yield from _message(node, node.event)
        return
    if node.kind not in EVENTS:
        return
    if len(node.events) > 1:
        yield error(
            "several-events",
            node,
            f"Expected one event definition on {node.id}, but there are more.",
            _INSTEAD.get(node.kind, ""),
        )
        return
    kind = node.event_kind
    begins_handler = scope.by_event and node.kind == "startEvent"
    if kind not in (STARTS_BY_EVENT if begins_handler else _ALLOWED[node.kind]):
        why = _WHY.get(kind, "")
        said = f"a {kind} event" if kind else "a plain event"
        because = f": {why}." if why else "."
        yield error(
            "not-run",
            node,
            f"Expected what can run as {_words(node.kind)}, but {said} can't{because}",
        )
        return
    if kind == "timer" and node.kind == "startEvent" and not begins_handler:
        yield from _start_timer(node, node.event)
    elif kind == "timer":
        yield from _timer(node, node.event, begins_handler)
    elif kind in ("message", "signal"):
        yield from _message(node, node.event, begins_handler)
    elif kind == "conditional":
        yield from _conditional(node, node.event)
    elif node.event is not None and node.event.dangling:
        yield _dangling(node, node.event)
    if node.kind == "boundaryEvent":
        yield from _boundary(scope, node)
    if kind in ("error", "escalation", "cancel") and node.kind in (
        "endEvent",
        "intermediateThrowEvent",
    ):
        yield from _thrown(diagram, scope, node)


def _start_timer(node: Node, event: EventDefinition | None) -> Iterator[Finding]:
    """Before its case there are no variables: the time stands in the model, as it is."""
    text = timer_text(event)
    if is_literal(text) and (is_cycle(text) or not text.startswith("-")):
        return
    if not is_rule(text):
        yield error(
            "timer",
            node,
            f"Expected when {node.id} starts cases, but found {text or 'nothing'}.",
            "Write a cycle such as R/P1M or R/2026-09-01T08:00/P1M, one time, or a rule such as"
            " daily 06:00, workday 06:00 or monthly workday 1 06:00.",
        )


def timer_text(event: EventDefinition | None) -> str:
    """Give what a timer says; quotes say nothing more."""
    return (event.text if event else "").strip().strip('"')


def _timer(node: Node, event: EventDefinition | None, begins: bool) -> Iterator[Finding]:
    text = timer_text(event)
    if event is None or not event.timer or not text:
        yield error("timer", node, f"Expected a time on the timer {node.id}, but there is none.")
        return
    cycle = event.timer == "cycle"
    if cycle != is_cycle(text) and (cycle or is_literal(text)):
        yield error(
            "timer",
            node,
            f"Expected {'a cycle such as R3/P1D' if cycle else 'one time'}, but found {text}.",
        )
    elif cycle and (not (begins or node.kind == "boundaryEvent") or node.interrupting):
        yield error(
            "timer",
            node,
            f"Expected a cycle only on what stands beside and does not interrupt: {node.id} does.",
        )


def _message(node: Node, event: EventDefinition | None, begins: bool = False) -> Iterator[Finding]:
    if event is None:
        return
    if event.dangling:
        yield _dangling(node, event)
    elif not event.name:
        yield error("event-without-name", node, f"Expected a named {event.kind} on {node.id}.")
    elif (
        event.kind == "message"
        and (begins or node.kind != "startEvent")
        and not node.properties.get("correlation")
    ):
        yield warning(
            "message-without-correlation",
            node,
            f"Expected a correlation on {node.id}: without one, every case that waits for"
            f" {event.name} is meant.",
        )


_CLOCK = re.compile(r"\b(now|today)\s*\(")


def _conditional(node: Node, event: EventDefinition | None) -> Iterator[Finding]:
    text = event.text.strip() if event else ""
    if not text.removeprefix("=").strip():
        yield error(
            "condition", node, f"Expected a condition on the event {node.id}, but there is none."
        )
    elif _CLOCK.search(text):
        yield warning(
            "condition-of-time",
            node,
            f"Expected a condition about variables, but {node.id} asks for the time: it is looked"
            " at when something happens in the case, not when time passes.",
            "Use a timer for a moment.",
        )


def _dangling(node: Node, event: EventDefinition) -> Finding:
    return error(
        "reference-dangling",
        node,
        f"Expected {event.kind} {event.dangling} to be defined, but it is not.",
    )


def _boundary(scope: Scope, node: Node) -> Iterator[Finding]:
    host = scope.nodes.get(node.attached_to)
    if host is None:
        return
    if host.kind not in ACTIVITIES:
        yield error("boundary", node, f"Expected {node.id} on an activity, but {host.id} is none.")
    kind = node.event_kind
    can_throw = SCOPES | {"callActivity"} | ({"serviceTask"} if kind == "error" else set())
    if kind in ("error", "escalation") and host.kind not in can_throw:
        yield error(
            "boundary",
            node,
            f"Expected {node.id} on a sub-process, since {host.id} throws no {kind};"
            " a failing task waits to be retried.",
        )
    if kind == "cancel" and host.kind != "transaction":
        yield error(
            "boundary", node, f"Expected {node.id} on a transaction, but {host.id} is none."
        )
    if kind in ("error", "cancel") and not node.interrupting:
        yield error("boundary", node, f"Expected {node.id} to interrupt, since {kind} always does.")


def _thrown(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    event = node.event
    if event is None:
        return
    if event.kind == "cancel" and scope.kind != "transaction":
        yield error("event", node, f"Expected {node.id} inside a transaction, but it is not.")
    elif not _caught(diagram, scope, event, set()):
        message = f"Expected something to catch the {event.kind} of {node.id}, but nothing does."
        if event.kind == "escalation":
            yield warning("uncaught", node, message)
        else:
            yield error("uncaught", node, message)


def _caught(diagram: Diagram, scope: Scope, event: EventDefinition, seen: set[str]) -> bool:
    """Tell whether every way up from a scope has something that catches what is thrown in it."""
    if scope.id in seen:
        return True
    seen.add(scope.id)
    if any(_catches(begin, event) for begin in guards_of(diagram, scope)):
        return True
    callers = [
        (outer, node)
        for outer, node in diagram.nodes()
        if (node.kind in SCOPES and node.id == scope.id)
        or (node.kind == "callActivity" and node.called == scope.id)
    ]
    return bool(callers) and all(
        any(_catches(catch, event) for catch in outer.attached(node.id))
        or (event.kind != "cancel" and _caught(diagram, outer, event, seen))
        for outer, node in callers
    )


def guards_of(diagram: Diagram, scope: Scope) -> list[Node]:
    """List the start events of the event sub-processes that stand in a scope."""
    inner = [diagram.scopes[n.id] for n in scope.nodes.values() if n.by_event]
    return [begin for handler in inner for begin in handler.starts]


def _catches(catch: Node, event: EventDefinition) -> bool:
    found = catch.event
    return found is not None and found.kind == event.kind and found.code in ("", event.code)


def _words(kind: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind)
