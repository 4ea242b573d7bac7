"""Gives every item its column: the longest way to it; back edges are told apart first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.layout.sketch import SATELLITES, Link, Sketch


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Columns by item (boundary events have their host's), the links that lead back, and those
    that hand over straight up or down into another lane."""

    columns: Mapping[str, int]
    back: frozenset[str]
    folds: frozenset[str]


@dataclass(frozen=True)
class _Arc:
    link: str
    source: str
    target: str
    length: int


def rank(sketch: Sketch, leaf_of: Mapping[str, int], floating: frozenset[str]) -> Ranks:
    """Give columns; what floats (stands alone, with content) gets none."""
    nodes = [
        key
        for key, item in sketch.items.items()
        if not item.host and item.kind not in SATELLITES and key not in floating
    ]
    flows = [link for link in sketch.links if link.kind != "messageFlow"]
    arcs = [arc for arc in _arcs(sketch, flows, 1) if arc.source != arc.target]
    back = _back(nodes, arcs, {key: sketch.items[key].kind for key in nodes})
    forward = [arc for arc in arcs if arc.link not in back]
    forward += _messages(sketch, nodes, forward)
    folds = _folds(sketch, nodes, forward, leaf_of)
    columns = _longest(nodes, forward, folds)
    while True:
        blocked = _blocked(columns, forward, folds, leaf_of)
        if not blocked:
            break
        folds -= blocked
        columns = _longest(nodes, forward, folds)
    columns = _tidy(columns)
    for key, item in sketch.items.items():
        if item.host in columns:
            columns[key] = columns[item.host]
    for key, item in sketch.items.items():
        if item.kind in SATELLITES:
            columns[key] = _partner_column(key, sketch.links, columns)
    return Ranks(columns=columns, back=frozenset(back), folds=frozenset(folds))


def _arcs(sketch: Sketch, links: Iterable[Link], length: int) -> list[_Arc]:
    found = []
    for link in links:
        ends = (link.source, link.target)
        if all(end in sketch.items and sketch.items[end].kind not in SATELLITES for end in ends):
            source, target = (sketch.host_of(end) for end in ends)
            found.append(_Arc(link.id, source, target, length))
    return found


def _back(nodes: list[str], arcs: list[_Arc], kinds: Mapping[str, str]) -> set[str]:
    """Find the links that close a loop, walking from the starts in the order of the file."""
    outgoing: dict[str, list[_Arc]] = {key: [] for key in nodes}
    entered = set()
    for arc in arcs:
        outgoing[arc.source].append(arc)
        entered.add(arc.target)
    starts = [key for key in nodes if kinds[key] == "startEvent"]
    starts += [key for key in nodes if key not in entered]
    state: dict[str, int] = {}
    back: set[str] = set()
    for first in (*starts, *nodes):
        if first in state:
            continue
        state[first] = 1
        stack = [(first, iter(outgoing[first]))]
        while stack:
            key, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[key] = 2
                stack.pop()
            elif state.get(following.target) == 1:
                back.add(following.link)
            elif following.target not in state:
                state[following.target] = 1
                stack.append((following.target, iter(outgoing[following.target])))
    return back


def _messages(sketch: Sketch, nodes: list[str], forward: list[_Arc]) -> list[_Arc]:
    """Let messages pull their targets below their senders, where that closes no loop."""
    after: dict[str, list[str]] = {key: [] for key in nodes}
    for arc in forward:
        after[arc.source].append(arc.target)
    kept = []
    for arc in _arcs(sketch, (link for link in sketch.links if link.kind == "messageFlow"), 0):
        if arc.source in after and arc.target in after and not _reaches(after, arc.target, arc):
            after[arc.source].append(arc.target)
            kept.append(arc)
    return kept


def _reaches(after: Mapping[str, list[str]], start: str, arc: _Arc) -> bool:
    todo, seen = [start], {start}
    while todo:
        key = todo.pop()
        if key == arc.source:
            return True
        for other in after[key]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return False


def _folds(
    sketch: Sketch, nodes: list[str], forward: list[_Arc], leaf_of: Mapping[str, int]
) -> set[str]:
    """Choose handovers into another lane that can run straight up or down, never up and down."""
    flat = _longest(nodes, forward, set())
    last: dict[str, _Arc] = {}
    for arc in forward:
        known = last.get(arc.target)
        if arc.length and (known is None or flat[arc.source] > flat[known.source]):
            last[arc.target] = arc
    hosts = {item.host for item in sketch.items.values() if item.host}
    boundary = {
        link.id
        for link in sketch.links
        if link.source in sketch.items and sketch.items[link.source].host
    }
    # A host with a note keeps the side that its boundary events leave for the note.
    noted = hosts & {
        end
        for link in sketch.links
        if link.kind != "sequenceFlow"
        for end in (link.source, link.target)
    }
    came: dict[str, int] = {}
    taken: set[tuple[str, int]] = set()
    chosen: set[str] = set()
    for key in _order(nodes, forward):
        if key not in last or last[key].link in boundary:
            continue
        source = last[key].source
        if noted & {source, key}:
            continue
        way = leaf_of[key] - leaf_of[source]
        direction = 1 if way > 0 else -1
        upper = source if way > 0 else key
        turns = came.get(source, direction) != direction
        # Boundary events hang below their host.
        if way and upper not in hosts and not turns and (source, direction) not in taken:
            taken.add((source, direction))
            came[key] = direction
            chosen.add(last[key].link)
    return chosen


def _order(nodes: list[str], forward: list[_Arc]) -> list[str]:
    """Sort topologically, otherwise in the order of the file."""
    waits = dict.fromkeys(nodes, 0)
    outgoing: dict[str, list[str]] = {key: [] for key in nodes}
    for arc in forward:
        waits[arc.target] += 1
        outgoing[arc.source].append(arc.target)
    ready = [key for key in nodes if not waits[key]]
    for key in ready:
        for target in outgoing[key]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return ready


def _longest(nodes: list[str], forward: list[_Arc], folds: set[str]) -> dict[str, int]:
    columns = dict.fromkeys(nodes, 0)
    incoming: dict[str, list[_Arc]] = {key: [] for key in nodes}
    outgoing: dict[str, list[_Arc]] = {key: [] for key in nodes}
    for arc in forward:
        incoming[arc.target].append(arc)
        outgoing[arc.source].append(arc)
    order = _order(nodes, forward)
    for key in order:
        for arc in incoming[key]:
            length = 0 if arc.link in folds else arc.length
            columns[key] = max(columns[key], columns[arc.source] + length)
    # What comes in from aside stands next to what it leads to.
    for key in reversed(order):
        if not incoming[key] and outgoing[key]:
            columns[key] = min(
                columns[arc.target] - (0 if arc.link in folds else arc.length)
                for arc in outgoing[key]
            )
    return columns


def _blocked(
    columns: Mapping[str, int],
    forward: list[_Arc],
    folds: set[str],
    leaf_of: Mapping[str, int],
) -> set[str]:
    """Find handovers with something else in their way; in each column the last gives way first."""
    standing: dict[int, list[str]] = {}
    for key, at in columns.items():
        standing.setdefault(at, []).append(key)
    found: dict[int, str] = {}
    for arc in forward:
        if arc.link not in folds:
            continue
        first, last = sorted((leaf_of[arc.source], leaf_of[arc.target]))
        column = columns[arc.source]
        others = (key for key in standing[column] if key not in (arc.source, arc.target))
        if columns[arc.target] != column or any(first <= leaf_of[key] <= last for key in others):
            found[column] = arc.link
    return set(found.values())


def _tidy(columns: Mapping[str, int]) -> dict[str, int]:
    """Number the columns in use from 0."""
    used = {column: place for place, column in enumerate(sorted(set(columns.values())))}
    return {key: used[column] for key, column in columns.items()}


def _partner_column(key: str, links: Iterable[Link], columns: Mapping[str, int]) -> int:
    for link in links:
        for one, other in ((link.source, link.target), (link.target, link.source)):
            if one == key and other in columns:
                return columns[other]
    return 0
