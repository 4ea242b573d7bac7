"""Finds the way of every link over the grid: short, with few bends and crossings.

Links with the same source or target may share a line; others never do.  An item's left side is for
what comes in and its right side for what goes out, so that there is always a way.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from engine.bpmn.layout.grid import BLOCK, DOWN, LEFT, RIGHT, STEPS, UP, Grid
from engine.bpmn.layout.jobs import Job, Terminal
from engine.bpmn.layout.sketch import Link

ACROSS, ALONG = 6.0, 8.0
# Up to so many links are routed again, knowing the others.
_FEW = 150
BEND, CROSSING, TWIN = 10.0, 12.0, 40.0
# Leaving where another link leaves: at a gateway it hides which way is which.
SHARED, HIDDEN = 6.0, 14.0

Corner = tuple[float, int]
State = tuple[int, int, int, bool]

# Kinds of use; one more means upright.
_STRETCH, _PASSING, _BENDING = 0, 2, 4
_Place = tuple[int, int, int]


def related(one: Link, other: Link) -> bool:
    """Tell whether two links may share a line."""
    return one.source == other.source or one.target == other.target


class Router:
    """Routes the links of one plane, each knowing the others."""

    def __init__(self, grid: Grid, jobs: Iterable[Job]) -> None:
        self.grid = grid
        self.jobs = {job.link.id: job for job in jobs}
        self.ways: dict[str, list[Corner]] = {}
        self.banned: set[tuple[str, int, int]] = set()
        # Who uses what: stretches of lines, crossings passed straight, bends.
        self._used: dict[_Place, list[Link]] = {}
        self._marks: dict[str, list[_Place]] = {}

    def run(self) -> None:
        """Route all links, then each once more, knowing all others."""
        for key in self.jobs:
            self.route(key)
        for _ in range(2 if len(self.jobs) <= _FEW else 0):
            for key in self.jobs:
                self.route(key)

    def route(self, key: str) -> None:
        """Give a link the best way that the others leave."""
        self._forget(key)
        job = self.jobs[key]
        way = self._search(job, strict=True) or self._search(job, strict=False)
        if way:
            self.ways[key] = way
            self._remember(job, way)

    # ----- bookkeeping

    def _forget(self, key: str) -> None:
        for place in self._marks.pop(key, ()):
            self._used[place].remove(self.jobs[key].link)
        self.ways.pop(key, None)

    def _remember(self, job: Job, way: list[Corner]) -> None:
        marks: list[_Place] = []
        points = list(whole_points(way))
        for one, two in pairwise(points):
            if abs(one[0] - two[0]) + abs(one[1] - two[1]) == 1:
                vertical = int(one[0] == two[0])
                marks.append((_STRETCH + vertical, min(one[0], two[0]), min(one[1], two[1])))
        for before, at, after in zip(points, points[1:], points[2:], strict=False):
            if before[0] == after[0]:
                marks.append((_PASSING + 1, *at))
            elif before[1] == after[1]:
                marks.append((_PASSING, *at))
            else:
                marks.append((_BENDING, *at))
        for place in marks:
            self._used.setdefault(place, []).append(job.link)
        self._marks[job.link.id] = marks

    def _users(self, kind: int, i: int, j: int) -> list[Link]:
        return self._used.get((kind, i, j), [])

    # ----- the search

    def _search(self, job: Job, *, strict: bool) -> list[Corner]:
        """Find the cheapest way; where nothing else is left, lines may be shared."""
        goal = job.target
        queue: list[tuple[float, int, float, State]] = []
        best: dict[State, float] = {}
        came: dict[State, State | None] = {}
        count = 0

        def push(cost: float, state: State, before: State | None) -> None:
            nonlocal count
            if cost < best.get(state, float("inf")) - 1e-9:
                best[state] = cost
                came[state] = before
                count += 1
                heapq.heappush(queue, (cost + self._ahead(state, goal), count, cost, state))

        for cost, state in self._starts(job, strict):
            push(cost, state, None)
        while queue:
            _, _, cost, state = heapq.heappop(queue)
            if cost > best[state] + 1e-9:
                continue
            i, j, way, _ = state
            if self._arrived(job, i, j, way):
                return self._trace(job, came, state)
            for extra, following in self._steps(job, state, strict):
                push(cost + extra, following, state)
        return []

    def _ahead(self, state: State, goal: Terminal) -> float:
        apart = abs(state[1] - goal.at[1]) * ACROSS
        return apart if goal.block else apart + abs(state[0] - goal.at[0]) * ALONG

    def _arrived(self, job: Job, i: int, j: int, way: int) -> bool:
        goal = job.target
        if goal.block:
            return j == goal.at[1]
        if goal.shift:
            # The last piece rises beside the middle of the column, to a boundary event.
            side = next(iter(goal.sides))
            return (i, j) == (goal.at[0], goal.at[1] + STEPS[side][1]) and way in (LEFT, RIGHT)
        return (i, j) == goal.at

    def _starts(self, job: Job, strict: bool) -> Iterator[tuple[float, State]]:
        start = job.source
        i, j = start.at
        if start.block:
            for column in range(self.grid.last + 1):
                for way in (DOWN, UP):
                    if self._inside(job, column, j + STEPS[way][1]):
                        yield (0.0 if column % 2 else 4.0), (column, j + STEPS[way][1], way, False)
        elif start.shift:
            for side, cost in start.sides.items():
                line = j + STEPS[side][1]
                toward = RIGHT if start.shift > 0 else LEFT
                yield cost + BEND + ALONG, (i + STEPS[toward][0], line, toward, True)
                yield cost + BEND + 1, (i, line, (toward + 2) % 4, True)
        else:
            for side, cost in start.sides.items():
                extra = self._move(job, i, j, side, strict)
                if extra is not None:
                    state = (i + STEPS[side][0], j + STEPS[side][1], side, False)
                    yield cost + extra + self._sharing(job, i, j, side), state

    def _sharing(self, job: Job, i: int, j: int, side: int) -> float:
        """Weigh leaving where another link leaves already."""
        others = self._users(*_stretch(i, j, side))
        if not any(other.source == job.link.source for other in others):
            return 0.0
        return HIDDEN if job.source.splits else SHARED

    def _steps(self, job: Job, state: State, strict: bool) -> Iterator[tuple[float, State]]:
        i, j, way, flag = state
        for turn in range(4):
            if turn == (way + 2) % 4:
                continue
            cost = 0.0
            if turn != way:
                if not self._may_turn(job, i, j, way, flag, strict):
                    continue
                cost = BEND
            else:
                passing = self._passing(job, i, j, way, strict)
                if passing is None:
                    continue
                cost = passing
            extra = self._move(job, i, j, turn, strict)
            if extra is None:
                continue
            began = flag if turn == way else self._crosses_middle(i, j, turn)
            yield cost + extra, (i + STEPS[turn][0], j + STEPS[turn][1], turn, began)

    def _crosses_middle(self, i: int, j: int, way: int) -> bool:
        """Tell whether a run that begins here comes off a middle line."""
        column, row = self.grid.centred(i, j)
        return row if way in (UP, DOWN) else column

    def _may_turn(self, job: Job, i: int, j: int, way: int, flag: bool, strict: bool) -> bool:
        column, row = self.grid.centred(i, j)
        if column and row:
            others = [
                link
                for kind in (_BENDING, _PASSING, _PASSING + 1)
                for link in self._users(kind, i, j)
            ]
            if strict and any(not related(job.link, other) for other in others):
                return False
        if not self.banned or not flag:
            return True
        vertical = way in (UP, DOWN)
        line = i if vertical else j
        return not (
            (row if vertical else column) and (job.link.id, int(vertical), line) in self.banned
        )

    def _passing(self, job: Job, i: int, j: int, way: int, strict: bool) -> float | None:
        """Weigh the crossings of going straight on; None where another link bends in a cell."""
        vertical = way in (UP, DOWN)
        bends = self._users(_BENDING, i, j)
        strange = [other for other in bends if not related(job.link, other)]
        if strange and strict and all(self.grid.centred(i, j)):
            return None
        crossed = self._users(_PASSING + int(not vertical), i, j)
        cost = sum(CROSSING for other in crossed if not related(job.link, other))
        return cost + CROSSING / 3 * len(strange)

    def _move(self, job: Job, i: int, j: int, way: int, strict: bool) -> float | None:
        """Weigh one step; None where it can't be made."""
        to_i, to_j = i + STEPS[way][0], j + STEPS[way][1]
        if not self._inside(job, to_i, to_j):
            return None
        goal = job.target
        here = self.grid.cells.get((to_i, to_j))
        extra = 0.0
        if here is not None:
            if (to_i, to_j) != goal.at or goal.shift or goal.block:
                return None
            side = (way + 2) % 4
            if side not in goal.sides:
                return None
            extra = goal.sides[side]
        elif self.grid.lines[to_j].kind == BLOCK or self.grid.lines[j].kind == BLOCK:
            if way in (LEFT, RIGHT) and self.grid.lines[to_j].kind == BLOCK:
                return None
            if not self._may_enter(job, to_i, to_j):
                return None
            extra = 0.0 if to_i % 2 else 4.0
        extra += ALONG if way in (LEFT, RIGHT) else ACROSS
        middle = self.grid.centred(i, j)[way in (LEFT, RIGHT)]
        sharing = self._users(*_stretch(i, j, way))
        for other in sharing if middle else ():
            if not related(job.link, other):
                if strict:
                    return None
                extra += TWIN
            elif (other.source, other.target) == (job.link.source, job.link.target):
                extra += TWIN
            elif other.kind != job.link.kind:
                extra += 2 * SHARED
        return extra

    def _may_enter(self, job: Job, i: int, j: int) -> bool:
        """Tell whether a link may step onto a closed line: its own end, or beside it."""
        if job.target.block and job.target.at[1] == j:
            return i <= self.grid.last
        return self.grid.lines[j].kind != BLOCK or self.grid.open_at(i, j)

    def _inside(self, job: Job, i: int, j: int) -> bool:
        first, last = job.zone
        return first <= j <= last and 0 <= i <= job.widest

    def _trace(self, job: Job, came: Mapping[State, State | None], end: State) -> list[Corner]:
        points: list[Corner] = []
        state: State | None = end
        while state is not None:
            points.append((state[0], state[1]))
            state = came[state]
        points.reverse()
        start, goal = job.source, job.target
        if start.shift:
            side = STEPS[next(iter(start.sides))][1]
            i, j = start.at
            points[:0] = [(i + start.shift, j), (i + start.shift, j + side)]
        elif start.block:
            points.insert(0, (points[0][0], start.at[1]))
        else:
            points.insert(0, start.at)
        if goal.shift:
            side = STEPS[next(iter(goal.sides))][1]
            i, j = goal.at
            points += [(i + goal.shift, j + side), (i + goal.shift, j)]
        return _corners(points)


def _stretch(i: int, j: int, way: int) -> _Place:
    step = STEPS[way]
    upright = int(way in (UP, DOWN))
    return _STRETCH + upright, min(i, i + step[0]), min(j, j + step[1])


def _corners(points: list[Corner]) -> list[Corner]:
    """Keep the ends and the bends; steps back on the same line are taken out."""
    kept: list[Corner] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        while len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept.pop()
        kept.append(point)
    return kept


def whole_points(way: list[Corner]) -> Iterator[tuple[int, int]]:
    """Give all whole grid points of a way, in order."""
    last: tuple[int, int] | None = None
    for (i1, j1), (i2, j2) in pairwise(way):
        if i1 == i2:
            step = 1 if j2 > j1 else -1
            found = [(i1, j) for j in range(j1, j2 + step, step)]
        else:
            low, high = math.ceil(min(i1, i2)), math.floor(max(i1, i2))
            found = [(float(i), j1) for i in range(low, high + 1)]
            if i2 < i1:
                found.reverse()
        for i, j in found:
            if float(i).is_integer() and (int(i), j) != last:
                last = (int(i), j)
                yield last
