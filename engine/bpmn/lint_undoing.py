"""Lint of compensation: what undoes what, and who asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import ACTIVITIES, Diagram, Node, Scope
from engine.bpmn.findings import error, warning
from engine.bpmn.repeating import is_anonymous
from engine.errors import Finding


def lint_undoing(diagram: Diagram) -> Iterator[Finding]:
    """Give the findings about everything that undoes, can be undone or asks for it."""
    asked = False
    for scope, node in diagram.nodes():
        if node.for_compensation:
            yield from _handler(scope, node)
        if node.event_kind != "compensate":
            continue
        if node.kind == "boundaryEvent":
            yield from _boundary(diagram, scope, node)
        elif node.kind == "startEvent":
            yield from _start(diagram, scope, node)
        else:
            asked = True
            yield from _throw(diagram, scope, node)
    if not (asked or diagram.undoes):
        for _, node in diagram.nodes():
            if node.kind == "boundaryEvent" and node.event_kind == "compensate":
                yield warning(
                    "never-undone", node, f"Expected something to ask for {node.id}: nothing does."
                )


def _refused(node: Node, what: str, why: str) -> Finding:
    return error("compensation", node, f"Expected {what}, but {why}.")


def _boundary(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    what = f"{node.id} to lead by an association to one activity that undoes"
    found = scope.undone_by(node)
    if len(found) != 1:
        yield _refused(node, what, f"there are {len(found)}")
    if scope.outgoing(node.id):
        yield _refused(node, what, "a sequence flow leaves it")
    host = scope.nodes.get(node.attached_to)
    if host is None:
        return
    if len(scope.undone_at(host.id)) > 1:
        yield _refused(node, f"one way to undo {host.id}", "there are more")
    if host.for_compensation or host.by_event:
        yield _refused(node, f"{node.id} on an activity of the flow", f"{host.id} is none")
    if is_anonymous(host):
        yield _refused(node, f"{host.id} to be undone", "its answers are anonymous")


def _handler(scope: Scope, node: Node) -> Iterator[Finding]:
    what = f"{node.id} to stand beside the flow, since it undoes"
    if node.kind not in ACTIVITIES or node.by_event:
        yield _refused(node, what, "it is no activity")
    if scope.incoming(node.id) or scope.outgoing(node.id):
        yield _refused(node, what, "a sequence flow leads to or from it")
    if scope.attached(node.id) or scope.undone_at(node.id):
        yield _refused(node, what, "a boundary event stands on it")
    if not any(node.id in event.associated for event in scope.nodes.values()):
        yield _refused(node, what, "no compensation event leads to it")


def _start(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    around = diagram.scopes.get(scope.parent)
    if around is None or not scope.by_event:
        return
    what = f"{node.id} in a sub-process or called process, which it undoes when that has ended"
    if around.id == diagram.main or around.by_event:
        yield _refused(node, what, f"nothing undoes {around.id}")
    if sum(diagram.is_undoer(part) for part in around.nodes.values()) > 1:
        yield _refused(node, f"one way to undo {around.id}", "there are more")


def _throw(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    event = node.event
    assert event is not None
    if not event.waits:
        yield _refused(
            node, f"{node.id} to wait until all is undone", "waitForCompletion is false there"
        )
    scopes = [scope]
    while scopes[-1].by_event and scopes[-1].parent in diagram.scopes:
        scopes.append(diagram.scopes[scopes[-1].parent])
    seen = [part for each in scopes for part in each.nodes.values()]
    if not event.activity:
        if not any(diagram.can_be_undone(part) for part in seen):
            yield warning(
                "nothing-to-undo", node, f"Expected something that {node.id} undoes: nothing is."
            )
        return
    part = next((part for part in seen if part.id == event.activity), None)
    if part is None:
        yield _refused(node, f"{event.activity} beside {node.id}", "there is no such activity")
    elif not diagram.can_be_undone(part):
        yield _refused(node, f"something that undoes {part.id}", "nothing does")
