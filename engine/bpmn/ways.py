"""Where tokens can have been and can still go, as drawn; conditions are not computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from engine.bpmn.diagram import SCOPES, Diagram, Flow, Node, Scope
from engine.bpmn.lint_data import writes


class Ways:
    """Which elements of a scope come before and after which."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.after: dict[str, set[str]] = defaultdict(set)
        for flow in scope.flows.values():
            if flow.source in scope.nodes and flow.target in scope.nodes:
                self.after[flow.source].add(flow.target)
        for node in scope.nodes.values():
            for event in scope.attached(node.id):
                self.after[node.id].add(event.id)
            for other in node.associated:
                if other in scope.nodes:
                    self.after[node.id].add(other)
        links: dict[str, list[str]] = defaultdict(list)
        for node in scope.nodes.values():
            if node.event_kind == "link" and node.kind == "intermediateCatchEvent" and node.event:
                links[node.event.name].append(node.id)
        for node in scope.nodes.values():
            if node.event_kind == "link" and node.kind == "intermediateThrowEvent" and node.event:
                self.after[node.id].update(links[node.event.name])

    @cached_property
    def before(self) -> Mapping[str, set[str]]:
        """Give what leads directly to each element."""
        found: dict[str, set[str]] = defaultdict(set)
        for source, targets in self.after.items():
            for target in targets:
                found[target].add(source)
        return found

    def upstream(self, start: str) -> set[str]:
        """Name the elements from which a token can come to this one; itself only in a loop."""
        return _reached(self.before, start)

    def downstream(self, start: str) -> set[str]:
        """Name the elements to which a token can go from this one; itself only in a loop."""
        return _reached(self.after, start)


def _reached(ways: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(ways.get(start, ()))
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo.extend(ways.get(key, ()))
    return seen


def known_at(diagram: Diagram) -> Iterator[tuple[Node | Flow, frozenset[str]]]:
    """Give each element and flow with the variables that something before it may have written.

    What a case is started with is not known here.  Where a scope runs beside others (an event
    sub-process), whatever its parents write may be there.
    """
    yield from _known_in(diagram, diagram.main, frozenset(), set())


def _known_in(
    diagram: Diagram, key: str, outer: frozenset[str], seen: set[str]
) -> Iterator[tuple[Node | Flow, frozenset[str]]]:
    scope = diagram.scopes.get(key)
    if scope is None or key in seen:
        return
    seen.add(key)
    ways = Ways(scope)
    written = {node.id: _written_in(diagram, node, set()) for node in scope.nodes.values()}
    everything = frozenset[str]().union(*written.values())
    for node in scope.nodes.values():
        before = frozenset[str]().union(*(written[each] for each in ways.upstream(node.id)))
        known = outer | (everything if node.by_event else before) | _of_loop(node)
        yield node, known
        if node.kind in SCOPES:
            yield from _known_in(diagram, node.id, known, seen)
        elif node.kind == "callActivity" and node.called:
            yield from _known_in(diagram, node.called, known, seen)
    for flow in scope.flows.values():
        before = frozenset[str]().union(
            *(written.get(e, frozenset()) for e in (flow.source, *ways.upstream(flow.source)))
        )
        yield flow, outer | before


def _of_loop(node: Node) -> frozenset[str]:
    if node.loop is None:
        return frozenset()
    names = {node.loop.item, "items_total", "items_done", "items_open"}
    return frozenset(names - {""})


def _written_in(diagram: Diagram, node: Node, seen: set[str]) -> frozenset[str]:
    """List what an element writes, with all that stands in it."""
    found = frozenset(writes(node))
    inner = diagram.scopes.get(node.id) or diagram.scopes.get(node.called)
    if inner is None or inner.id in seen:
        return found
    seen.add(inner.id)
    return found.union(*(_written_in(diagram, each, seen) for each in inner.nodes.values()))


def members(
    diagram: Diagram, known: Collection[str], forms: Mapping[str, Collection[str]]
) -> list[str]:
    """Write known variables with the fields of the forms that they hold: `review.score`."""
    found = set(known)
    for _, node in diagram.nodes():
        if node.kind == "userTask" and node.result in known and node.loop is None:
            keys = forms.get(node.properties.get("form", ""), ())
            found |= {f"{node.result}.{key}" for key in keys}
    return sorted(found)
