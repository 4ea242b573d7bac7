"""Lint of names that would not fit where they are kept: SQLite keeps them, PostgreSQL refuses."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import Diagram, Node, Scope
from engine.bpmn.findings import error
from engine.errors import Finding

_ID = 80
_PROPERTIES = {"candidateGroup": 80, "form": 80, "escalation": 20}
_LANE = 20
_EVENT_NAME = 120


def lint_lengths(diagram: Diagram) -> Iterator[Finding]:
    """Refuse names that are longer than any table has room for."""
    for scope in diagram.used():
        yield from _longer(scope, "id", scope.id, _ID)
        for node in scope.nodes.values():
            yield from _longer(node, "id", node.id, _ID)
            yield from _longer(node, "lane", node.lane, _LANE)
            for name, most in _PROPERTIES.items():
                yield from _longer(node, name, node.properties.get(name, ""), most)
            for event in node.events:
                yield from _longer(node, "event name", event.name, _EVENT_NAME)


def _longer(at: Node | Scope, what: str, text: str, most: int) -> Iterator[Finding]:
    if len(text) > most:
        yield error(
            "name-too-long",
            at,
            f"Expected at most {most} characters in the {what} of {at.id[:30]}, "
            f"but there are {len(text)}.",
        )
