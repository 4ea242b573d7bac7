"""Lint of ad-hoc sub-processes: what people may choose in them, and how they end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import Node, Scope
from engine.bpmn.findings import error
from engine.errors import Finding


def lint_ad_hoc(node: Node, scope: Scope) -> Iterator[Finding]:
    """Give the findings about one ad-hoc sub-process and what stands in it."""
    if not node.until:
        yield _refused(node, f"a completion condition on {node.id}", "nothing would end it")
    if not scope.offers:
        yield _refused(node, f"user tasks in {node.id} that no flow leads to", "there are none")
    for part in scope.offers:
        if part.kind not in ("userTask", "manualTask"):
            yield _refused(
                part,
                "a user task wherever something can be chosen",
                f"no flow leads to {part.id}, and nobody can choose it; put a user task before it",
            )
        elif part.loop is not None or scope.attached(part.id):
            what = "repeats" if part.loop is not None else "has a boundary event"
            yield _refused(
                part, "a plain user task wherever something can be chosen", f"{part.id} {what}"
            )
    for part in scope.nodes.values():
        if part.kind in ("startEvent", "endEvent"):
            yield _refused(
                part, f"no start or end events in {node.id}, where people choose", "there is one"
            )


def _refused(node: Node, what: str, why: str) -> Finding:
    return error("ad-hoc", node, f"Expected {what}, but {why}.")
