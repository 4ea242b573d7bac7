"""Lint of variables: who writes them, twice, or on two branches at a time."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from engine.bpmn.diagram import Diagram, Flow, Node, Scope
from engine.bpmn.findings import error, warning
from engine.bpmn.lint_elements import NAME
from engine.errors import Finding

_LOOP_NAMES = {"items_total", "items_done", "items_open", "items_arrived"}


def lint_data(diagram: Diagram) -> Iterator[Finding]:
    """Give the findings about what the elements write."""
    yield from _names_twice(diagram)
    for _, node in diagram.nodes():
        if node.kind == "scriptTask":
            for name in script_names(node.script):
                if not NAME.fullmatch(name):
                    yield error(
                        "variable-name",
                        node,
                        f"Expected a variable name such as self_rating, but found {name!r}.",
                    )
    for scope in diagram.used():
        yield from _Branches(scope).findings()


def lint_reads(diagram: Diagram, reads: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Warn of names that nothing writes and that are nearly those of variables: slips of the pen.

    `reads` are the names that the expressions of an element or flow read.  What a case is started
    with is not known here, so other unknown names are let pass.
    """
    known: set[str] = set()
    for _, node in diagram.nodes():
        known |= writes(node)
        if node.until:
            known |= _LOOP_NAMES
        if node.loop is not None:
            known |= {node.loop.item, node.loop.output_item} | _LOOP_NAMES
    for scope in diagram.used():
        everything: list[Node | Flow] = [*scope.nodes.values(), *scope.flows.values()]
        for drawn in everything:
            for name in sorted(set(reads.get(drawn.id, ())) - known):
                close = difflib.get_close_matches(name, sorted(known), 1, cutoff=0.88)
                if close:
                    yield warning(
                        "unknown-variable",
                        drawn,
                        f"Expected variables that something writes, but {name} is none.",
                        f"Did you mean {close[0]}?",
                    )


def writes(node: Node) -> set[str]:
    """List the variables that an element writes."""
    if node.kind == "scriptTask":
        return set(script_names(node.script))
    if node.loop is not None and node.loop.output:
        return {node.loop.output}
    return {node.result} if node.result else set()


def script_names(text: str) -> list[str]:
    """List the entries of a FEEL context: the names before the colons of its outermost level."""
    found: list[str] = []
    depth = 0
    quoted = False
    start = -1
    text = text.strip().removeprefix("=").strip()
    for at, letter in enumerate(text):
        if letter == '"' and (at == 0 or text[at - 1] != "\\"):
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "{[(":
            depth += 1
            if depth == 1:
                start = at + 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 1:
            start = at + 1
        elif letter == ":" and depth == 1 and start >= 0:
            found.append(text[start:at].strip().strip('"'))
            start = -1
    return found


def _names_twice(diagram: Diagram) -> Iterator[Finding]:
    owners: dict[str, list[Node]] = defaultdict(list)
    scripts: dict[str, list[Node]] = defaultdict(list)
    for _, node in diagram.nodes():
        for name in writes(node):
            (scripts if node.kind == "scriptTask" else owners)[name].append(node)
    for name, nodes in owners.items():
        for node in (*nodes[1:], *scripts.get(name, ())):
            yield error(
                "result-twice",
                node,
                f"Expected only {nodes[0].id} to write {name}, but {node.id} writes it too.",
                "Give one of them another result.",
            )


class _Branches:
    """Where the tokens of a scope can go, and who writes the variables that several write."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        writers: dict[str, set[str]] = defaultdict(set)
        for node in scope.nodes.values():
            for name in writes(node):
                writers[name].add(node.id)
        self.writers = {name: nodes for name, nodes in writers.items() if len(nodes) > 1}
        self.following = {
            key: [
                *(flow.target for flow in scope.outgoing(key) if flow.target in scope.nodes),
                *(event.id for event in scope.attached(key) if event.interrupting),
            ]
            for key in scope.nodes
        }

    def findings(self) -> Iterator[Finding]:
        """Warn where branches that run at a time write one variable: the join would stop there."""
        if not self.writers:  # mostly there are none
            return
        for node in self.scope.nodes.values():
            reached = [self._reach(key) for key in self._starts(node) if key in self.scope.nodes]
            for name in sorted(self.writers):
                if reached and _apart([keys & self.writers[name] for keys in reached]):
                    yield warning(
                        "written-on-both-branches",
                        node,
                        f"Expected only one branch after {node.id} to write {name}, but two do:"
                        " if they differ, the case stops at the join.",
                    )

    def _starts(self, node: Node) -> list[str]:
        if node.kind in ("parallelGateway", "inclusiveGateway", "complexGateway"):
            return [flow.target for flow in self.scope.outgoing(node.id)]
        beside = [event for event in self.scope.attached(node.id) if not event.interrupting]
        ways = [flow.target for event in beside for flow in self.scope.outgoing(event.id)]
        return [node.id, *ways] if beside else []

    def _reach(self, start: str) -> set[str]:
        seen = {start}
        todo = [start]
        while todo:
            for key in self.following[todo.pop()]:
                if key not in seen:
                    seen.add(key)
                    todo.append(key)
        return seen


def _apart(sets: list[set[str]]) -> bool:
    """Tell whether each of two sets has something that the other has not."""
    by_size = sorted(sets, key=len)
    return any(not one <= other for one, other in pairwise(by_size))
