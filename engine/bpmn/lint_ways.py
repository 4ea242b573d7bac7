"""Lint of the ways through a drawing: where they stop, what is read too early, or by nobody.

`note` is worth a look and no fault: what a case is started with is not known here, and answers may
be meant for people only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, tzinfo

from engine.bpmn.diagram import ACTIVITIES, Diagram, Flow, Node, Scope
from engine.bpmn.due import is_literal
from engine.bpmn.findings import note, warning
from engine.bpmn.lint_data import writes
from engine.bpmn.ways import Ways, known_at
from engine.errors import Finding

_ENDS = frozenset({"endEvent"})


def lint_ways(diagram: Diagram) -> Iterator[Finding]:
    """Warn of elements from which no way leads to an end."""
    for scope in diagram.used():
        if scope.kind != "adHocSubProcess":
            yield from _no_way_out(scope)


def lint_notes(
    diagram: Diagram, reads: Mapping[str, Collection[str]], read_elsewhere: Collection[str]
) -> Iterator[Finding]:
    """Note dead ends, variables read before anything wrote them, and answers that nobody reads.

    reads -- the names that the expressions of an element or flow read; read_elsewhere -- those
    that forms and decisions read
    """
    for scope in diagram.used():
        if scope.kind != "adHocSubProcess":
            yield from _dead_ends(scope)
    yield from _too_early(diagram, reads)
    everything = set(read_elsewhere).union(*reads.values())
    # A called case that is given everything, or a decision asked by name, reads what it wants.
    if any(n.kind == "calledCase" and not n.properties.get("payload") for _, n in diagram.nodes()):
        return
    for _, node in diagram.nodes():
        if node.kind == "userTask" and node.result and node.result not in everything:
            yield note(
                "answers-unread",
                node,
                f"Expected some later step to read {node.result}, but none does.",
                "People may still read it; a decision does not depend on it.",
            )


def lint_past(diagram: Diagram, now: datetime, zone: tzinfo) -> Iterator[Finding]:
    """Warn of dates in timers and due dates that are over."""
    for _, node in diagram.nodes():
        said = [node.properties.get("due", "")]
        said += [event.text for event in node.events if event.kind == "timer"]
        for text in (each.strip() for each in said):
            at = _date_of(text, zone)
            if at is not None and at < now:
                yield warning(
                    "timer-in-past",
                    node,
                    f"Expected a moment that is still to come, but {text} is over.",
                    "A duration such as P5D or 5 hari kerja counts from when the step begins.",
                )


def _date_of(text: str, zone: tzinfo) -> datetime | None:
    if not text[:4].isdigit() or not is_literal(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-01-01"):
        at = datetime.combine(at.date(), time.max)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _no_way_out(scope: Scope) -> Iterator[Finding]:
    ways = Ways(scope)
    for node in scope.nodes.values():
        if not ways.after.get(node.id) or node.kind in _ENDS:
            continue
        after = ways.downstream(node.id)
        if not any(not ways.after.get(key) for key in after) and _enters(ways, node):
            yield warning(
                "no-way-out",
                node,
                f"Expected a way from {node.id} to an end, but all ways lead in a circle.",
            )


def _enters(ways: Ways, node: Node) -> bool:
    """Tell whether an element is the first of a circle: one finding for each is enough."""
    circle = ways.downstream(node.id)
    return node.id not in circle or not ways.before.get(node.id, set()) <= circle


def _dead_ends(scope: Scope) -> Iterator[Finding]:
    for node in scope.nodes.values():
        if node.kind not in ACTIVITIES and node.kind != "intermediateCatchEvent":
            continue
        if node.by_event or node.for_compensation or scope.outgoing(node.id):
            continue
        if node.event_kind in ("link", "compensate"):
            continue
        yield note(
            "dead-end",
            node,
            f"Expected an end event after {node.id}, but nothing follows; it counts as an end.",
        )


def _too_early(diagram: Diagram, reads: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    written = {name for _, node in diagram.nodes() for name in writes(node)}
    for drawn, known in known_at(diagram):
        own = writes(drawn) if isinstance(drawn, Node) else set()
        asked: set[str] = set(reads.get(drawn.id, ()))
        early = sorted((asked & written) - known - own)
        if early and not _beside(diagram, drawn):
            yield note(
                "read-before-written",
                drawn,
                f"Expected {', '.join(early)} to be written before {drawn.id} reads it, but it is"
                " written only later or on another way.",
                "Where a case begins with it, all is well.",
            )


def _beside(diagram: Diagram, drawn: Node | Flow) -> bool:
    """Tell whether something stands in an event sub-process, where all variables may be there."""
    scope = diagram.scopes.get(drawn.scope)
    while scope is not None:
        if scope.by_event:
            return True
        parent = next((other for other, node in diagram.nodes() if node.id == scope.id), None)
        scope = parent if parent is not scope else None
    return False
