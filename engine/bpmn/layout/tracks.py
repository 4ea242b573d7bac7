"""Orders links that run side by side in one gutter, so that they cross as little as they can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from engine.bpmn.layout.grid import Grid
from engine.bpmn.layout.routing import Corner
from engine.bpmn.layout.sketch import Link

_NEVER = 1000.0
_ROUNDS = 6
# A track's number refines where a run ends that turns into a gutter.
_STEP = 0.001

Gutter = tuple[bool, int]
Places = dict[tuple[str, int], int]


@dataclass(frozen=True)
class End:
    """Where a run turns: the line there, to which side (-1 or 1), and whether it is a middle."""

    at: float
    side: int
    middle: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """A straight piece of a link in a gutter; `number` counts its pieces from the source."""

    link: Link
    number: int
    low: float
    high: float
    ends: tuple[End, ...]


class Tracks:
    """Gives every run in every gutter a track, counted from the left or top.

    places -- by link id and number of the piece
    clashes -- links whose runs can't be ordered; each must avoid running straight through there
    """

    def __init__(self, grid: Grid, links: Mapping[str, Link], ways: Mapping[str, list[Corner]]):
        self.grid = grid
        self.places: Places = {}
        self.clashes: set[tuple[str, int, int]] = set()
        self._ways = ways
        self._links = links
        gutters = self._gutters()
        for _ in range(2):
            # The first round orders upright gutters, not yet knowing the level ones.
            for upright in (True, False):
                for gutter in sorted(key for key in gutters if key[0] is upright):
                    self._settle(gutter, gutters[gutter])

    def count(self, upright: bool, line: int) -> int:
        """Count the tracks of a gutter."""
        return self._counts.get((upright, line), 0)

    def _gutters(self) -> dict[Gutter, list[list[tuple[str, int]]]]:
        """Group the runs of each gutter that may lie on top of each other."""
        self._counts: dict[Gutter, int] = {}
        lines = {key: [_line(*ends) for ends in pairwise(way)] for key, way in self._ways.items()}
        into: dict[object, int] = {}
        out: dict[object, int] = {}
        runs: list[tuple[Gutter, str, int, object, object]] = []
        for key, link in self._links.items():
            for number, (upright, line) in enumerate(lines.get(key, ())):
                if not self._is_gutter(upright, line):
                    continue
                rest = tuple(lines[key][number:])
                done = tuple(lines[key][: number + 1])
                target = (link.kind, link.target, rest, self._ways[key][-2:])
                source = (link.kind, link.source, done, self._ways[key][:2])
                one, two = repr(target), repr(source)
                into[one] = into.get(one, 0) + 1
                out[two] = out.get(two, 0) + 1
                runs.append(((upright, int(line)), key, number, one, two))
        found: dict[Gutter, dict[object, list[tuple[str, int]]]] = {}
        for gutter, key, number, into_key, out_key in runs:
            group: object = (key, number)
            if into[into_key] > 1 or out[out_key] > 1:
                group = into_key if into[into_key] > 1 else out_key
            found.setdefault(gutter, {}).setdefault(group, []).append((key, number))
        return {gutter: list(groups.values()) for gutter, groups in found.items()}

    def _is_gutter(self, upright: bool, line: float) -> bool:
        if upright:
            return line % 2 == 0 or line > self.grid.last
        return not self.grid.centred(0, int(line))[1]

    def _run(self, key: str, number: int) -> Run:
        way = self._ways[key]
        start, end = way[number], way[number + 1]
        axis = 1 if start[0] == end[0] else 0
        ends = []
        for corner, number_of, beyond in (
            (start, number - 1, number - 1),
            (end, number + 1, number + 2),
        ):
            if 0 <= beyond < len(way):
                other = way[beyond]
                side = 1 if other[1 - axis] > corner[1 - axis] else -1
                track = self.places.get((key, number_of))
                middle = track is None and self._middle(axis, corner)
                at = corner[axis] + _STEP * (track if track is not None else 0)
                ends.append(End(at, side, middle))
        low, high = sorted((start[axis], end[axis]))
        return Run(link=self._links[key], number=number, low=low, high=high, ends=tuple(ends))

    def _middle(self, axis: int, corner: Corner) -> bool:
        if axis:
            return self.grid.centred(0, corner[1])[1]
        return self.grid.centred(corner[0], 0)[0]

    def _settle(self, gutter: Gutter, groups: list[list[tuple[str, int]]]) -> None:
        runs = [[self._run(*run) for run in group] for group in groups]
        order = _ordered(runs)
        track: dict[int, int] = {}
        for place, one in enumerate(order):
            track[one] = max(
                (track[other] + 1 for other in order[:place] if _apart(runs[other], runs[one])),
                default=0,
            )
        for number, group in enumerate(groups):
            for run in group:
                self.places[run] = track[number]
        self._counts[gutter] = max(track.values()) + 1
        for place, one in enumerate(order):
            for other in order[:place]:
                if _cost(runs[other], runs[one]) >= _NEVER:
                    self._clash(gutter, runs[other] + runs[one])

    def _clash(self, gutter: Gutter, runs: list[Run]) -> None:
        for run in runs:
            if len(run.ends) == 2 and all(end.middle for end in run.ends):
                self.clashes.add((run.link.id, int(gutter[0]), gutter[1]))
                return


def _line(start: Corner, end: Corner) -> tuple[bool, float]:
    upright = start[0] == end[0]
    return upright, start[0] if upright else start[1]


def _overlap(one: Run, other: Run) -> bool:
    return one.low <= other.high and other.low <= one.high


def _apart(one: list[Run], other: list[Run]) -> bool:
    """Tell whether two groups need different tracks."""
    return any(_overlap(a, b) for a in one for b in other)


def _cost(before: list[Run], after: list[Run]) -> float:
    """Count the crossings if one group lies left of (or above) another."""
    total = 0.0
    for one in before:
        for two in after:
            total += sum(_meets(end, two) for end in one.ends if end.side > 0)
            total += sum(_meets(end, one) for end in two.ends if end.side < 0)
    return total


def _meets(end: End, run: Run) -> float:
    """Weigh a turn into the side where another run lies."""
    for other in run.ends:
        if other.at == end.at:
            return _NEVER if end.middle and other.side != end.side else 0.0
    low = min([run.high, *(other.at for other in run.ends)]) if run.ends else run.low
    high = max([run.low, *(other.at for other in run.ends)]) if run.ends else run.high
    return 1.0 if min(low, run.low) < end.at < max(high, run.high) else 0.0


def _ordered(groups: list[list[Run]]) -> list[int]:
    """Find an order with few crossings: insert one by one, then move each where it fits best."""
    count = len(groups)
    cost = [
        [_cost(groups[one], groups[two]) if one != two else 0.0 for two in range(count)]
        for one in range(count)
    ]
    order: list[int] = []
    for one in range(count):
        _insert(order, one, cost)
    for _ in range(_ROUNDS):
        before = list(order)
        for one in range(count):
            order.remove(one)
            _insert(order, one, cost)
        if order == before:
            break
    if any(cost[one][two] >= _NEVER for place, two in enumerate(order) for one in order[:place]):
        return _untangled(order, cost)
    return order


def _insert(order: list[int], one: int, cost: list[list[float]]) -> None:
    """Put a group where it crosses least; the first such place."""
    total = sum(cost[one][other] for other in order)
    best, place = total, 0
    for at, other in enumerate(order):
        total += cost[other][one] - cost[one][other]
        if total < best - 1e-9:
            best, place = total, at + 1
    order.insert(place, one)


def _untangled(order: list[int], cost: list[list[float]]) -> list[int]:
    """Sort so that nothing lies where it never may, as far as that is possible."""
    rest = list(order)
    found: list[int] = []
    while rest:
        free = next(
            (one for one in rest if all(cost[one][two] < _NEVER for two in rest if two != one)),
            rest[0],
        )
        rest.remove(free)
        found.append(free)
    return found
