"""Lint of what would hang: plays the token game on each scope, looking for tokens that stay.

Conditions are not computed, so a gateway may go any way.  Where no play at all comes to an end it
is an error; where some don't, a warning, since the conditions may rule them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from engine.bpmn.diagram import Diagram, Node, Scope
from engine.bpmn.findings import error, warning
from engine.bpmn.normalize import normalize
from engine.errors import Finding

MAX_STATES = 4_000
MAX_TOKENS = 3
MAX_WAYS = 8

_NOT_PLAYED = frozenset({"complexGateway"})
"""Its condition counts tokens, so a play that computes none tells nothing."""

State = frozenset[tuple[str, int]]
"""How many tokens are on which flow; flows without are left out."""


def lint_soundness(diagram: Diagram) -> Iterator[Finding]:
    """Give the joins that may wait for ever; the diagram has no faults of structure."""
    for scope in normalize(diagram).used():
        if any(node.kind in _NOT_PLAYED for node in scope.nodes.values()):
            continue
        yield from _Play(scope).findings()


@dataclass(frozen=True)
class _Move:
    """Take one token from each of `takes`, give one to each of `gives`; `clears` ends the scope."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    clears: bool = False


class _Play:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.nodes = scope.nodes
        self.ways = {flow.id: (flow.source, flow.target) for flow in scope.flows.values()}
        self.overflows = False
        self._contract()
        self.incoming: dict[str, list[str]] = {key: [] for key in self.nodes}
        self.outgoing: dict[str, list[str]] = {key: [] for key in self.nodes}
        for flow, (source, target) in self.ways.items():
            self.outgoing[source].append(flow)
            self.incoming[target].append(flow)
        self.joins: list[_Move] = []
        self.simple: dict[str, list[_Move]] = {}
        for node in self.nodes.values():
            for move in self._moves(node):
                if node.kind == "parallelGateway":
                    self.joins.append(move)
                else:
                    self.simple.setdefault(move.takes[0], []).append(move)
        self.reach = {
            node.id: {flow: self._upstream(flow, node.id) for flow in self.incoming[node.id]}
            for node in self.nodes.values()
            if node.kind == "inclusiveGateway"
        }

    def findings(self) -> Iterator[Finding]:
        stuck, ended, complete = self._explore()
        if not complete:
            return
        for node in (self.nodes[key] for key in sorted(stuck)):
            if ended:
                yield warning(
                    "join-may-wait",
                    node,
                    f"Expected every token that {node.id} waits for to come, but one may not.",
                    "A parallel gateway waits for all its incoming flows.",
                )
            else:
                yield error(
                    "join-waits-forever",
                    node,
                    f"Expected every token that {node.id} waits for to come, but one never does.",
                    "Merge alternatives with an exclusive gateway.",
                )

    def _contract(self) -> None:
        """Take out elements that only pass a token on, so that there are fewer states."""
        into: dict[str, list[str]] = {key: [] for key in self.nodes}
        out: dict[str, list[str]] = {key: [] for key in self.nodes}
        for flow, (source, target) in self.ways.items():
            out[source].append(flow)
            into[target].append(flow)
        for node in self.nodes.values():
            plain = node.kind != "boundaryEvent" and not self.scope.attached(node.id)
            if not plain or not len(into[node.id]) == len(out[node.id]) == 1:
                continue
            before, after = into[node.id][0], out[node.id][0]
            if before != after:
                target = self.ways.pop(after)[1]
                self.ways[before] = (self.ways[before][0], target)
                into[target] = [before if flow == after else flow for flow in into[target]]

    def _moves(self, node: Node) -> Iterator[_Move]:
        into, out = self.incoming[node.id], self.outgoing[node.id]
        if node.kind == "parallelGateway":
            if into:
                yield _Move(tuple(into), tuple(out))
            return
        if node.kind in ("inclusiveGateway", "startEvent", "boundaryEvent"):
            return
        for flow in into:
            if node.kind in ("exclusiveGateway", "eventBasedGateway"):
                for way in out or [""]:
                    yield _Move((flow,), (way,) if way else ())
                continue
            clears = node.event_kind == "terminate"
            yield _Move((flow,), tuple(out), clears)
            for event in self.scope.attached(node.id):
                aside = tuple(self.outgoing[event.id])
                yield _Move((flow,), aside if event.interrupting else (*out, *aside))

    def _explore(self) -> tuple[set[str], bool, bool]:
        """Play every game: where tokens got stuck, whether one ended, whether all were seen."""
        todo = [
            frozenset((flow, 1) for flow in self.outgoing[node.id])
            for node in self.nodes.values()
            if node.kind == "startEvent"
        ]
        seen: set[State] = set(todo)
        stuck: set[str] = set()
        ended = False
        while todo:
            state = todo.pop()
            following = list(self._after(state))
            if not state:
                ended = True
            elif not following:
                stuck |= {self.ways[flow][1] for flow, _ in state}
            for other in following:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
            if len(seen) > MAX_STATES:
                return set(), True, False
        return stuck, ended, not self.overflows

    def _after(self, state: State) -> Iterator[State]:
        """Give what may come next, as far as it matters.

        A token in front of anything but a join is moved first: nobody else can take it, so the
        order against the others makes no difference, and most need not be looked at.
        """
        tokens = Counter(dict(state))
        for flow in sorted(tokens):
            if flow in self.simple:
                for move in self.simple[flow]:
                    yield from self._play(tokens, move)
                return
        for move in self.joins:
            if all(tokens[flow] for flow in move.takes):
                yield from self._play(tokens, move)
                return
        for gateway in self.reach:
            following = list(self._inclusive(tokens, gateway))
            if following:
                yield from following
                return

    def _play(self, tokens: Counter[str], move: _Move) -> Iterator[State]:
        if move.clears:
            yield frozenset()
            return
        after = Counter(tokens)
        after.subtract(move.takes)
        after.update(move.gives)
        if max(after.values(), default=0) > MAX_TOKENS:
            # Tokens pile up; the game has no end, and nothing to say.
            self.overflows = True
        else:
            yield frozenset((flow, count) for flow, count in after.items() if count)

    def _inclusive(self, tokens: Counter[str], gateway: str) -> Iterator[State]:
        into = self.incoming[gateway]
        present = [flow for flow in into if tokens[flow]]
        empty = [flow for flow in into if not tokens[flow]]
        if not present:
            return
        reach = self.reach[gateway]
        for flow, count in tokens.items():
            if not count or flow in into:
                continue
            comes = any(flow in reach[way] for way in empty)
            if comes and not any(flow in reach[way] for way in present):
                return
        out = self.outgoing[gateway]
        if len(out) > MAX_WAYS:
            # Too many plays to look at them all, and some tell nothing.
            self.overflows = True
            out = out[:1]
        subsets = (
            [()]
            if not out
            else [ways for size in range(1, len(out) + 1) for ways in combinations(out, size)]
        )
        for ways in subsets:
            yield from self._play(tokens, _Move(tuple(present), tuple(ways)))

    def _upstream(self, flow: str, without: str) -> frozenset[str]:
        """List the flows from which a token can come to `flow` without passing a node."""
        seen: set[str] = set()
        todo = [flow]
        while todo:
            way = todo.pop()
            if way in seen:
                continue
            seen.add(way)
            source = self.ways[way][0]
            if source == without:
                continue
            todo += self.incoming[source]
            node = self.nodes[source]
            if node.kind == "boundaryEvent" and node.attached_to in self.nodes:
                todo += self.incoming[node.attached_to]
        return frozenset(seen)
