"""Lint of event sub-processes: how they stand in their scope."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import Node, Scope
from engine.bpmn.findings import error
from engine.errors import Finding


def lint_event_scopes(scope: Scope) -> Iterator[Finding]:
    """Give the findings about the event sub-processes of a scope, and about one's own start."""
    for node in scope.nodes.values():
        if node.by_event:
            yield from _stands_alone(scope, node)
    if scope.by_event:
        for begin in scope.starts:
            yield from _start(begin)


def _stands_alone(scope: Scope, node: Node) -> Iterator[Finding]:
    if node.kind != "subProcess":
        yield _refused(node, f"{node.id} is a transaction, which no event starts")
    if scope.incoming(node.id) or scope.outgoing(node.id):
        yield _refused(node, f"a flow leads to or from {node.id}, which an event starts")
    if scope.attached(node.id):
        yield _refused(node, f"a boundary event stands on {node.id}; draw it inside a sub-process")
    if node.loop is not None:
        yield _refused(node, f"{node.id} repeats; it is started anew by each event instead")


def _start(begin: Node) -> Iterator[Finding]:
    if begin.event_kind == "error" and not begin.interrupting:
        yield _refused(begin, f"{begin.id} does not interrupt, but an error always does")


def _refused(node: Node, why: str) -> Finding:
    return error(
        "event-sub-process", node, f"Expected an event sub-process that stands alone, but {why}."
    )
