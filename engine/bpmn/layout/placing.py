"""Gives every item its row within its lane: straight main way, few crossings, few rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.layout.ranking import Ranks
from engine.bpmn.layout.sketch import SATELLITES, Sketch

# How many times every item is tried elsewhere; large models get fewer.
_ROUNDS = 4
_EFFORT = 400
# Longer branches are straight anyway, and cost much to move.
_LONGEST = 12
_BAND = 100


@dataclass(frozen=True)
class _Way:
    """A link, seen from here: `falls` from a boundary event, or ties a `note` to an item."""

    at: int
    source: str
    target: str
    weight: float
    falls: bool
    note: str


def rows(sketch: Sketch, ranks: Ranks, leaf_of: Mapping[str, int]) -> dict[str, int]:
    """Give the row of every item with a column, counted from 0 in its lane."""
    keys = [key for key in ranks.columns if not sketch.items[key].host]
    keys.sort(key=lambda key: ranks.columns[key])
    gateways = frozenset(key for key in keys if sketch.items[key].kind.endswith("Gateway"))
    board = _Board(keys, _ways(sketch, ranks), ranks.columns, leaf_of, gateways)
    real = [key for key in keys if sketch.items[key].kind not in SATELLITES]
    for key in (*real, *(key for key in keys if sketch.items[key].kind in SATELLITES)):
        board.settle(key, above=sketch.items[key].kind in SATELLITES)
    rounds = min(_ROUNDS, _EFFORT // max(len(keys), 1))
    for _ in range(rounds):
        changed = False
        for key in keys:
            changed |= board.improve([key])
            group = board.chain(key)
            if 1 < len(group) <= _LONGEST:
                changed |= board.improve(group)
        if not changed:
            break
    found = board.numbered()
    for key, item in sketch.items.items():
        if item.host in found:
            found[key] = found[item.host]
    return found


def _ways(sketch: Sketch, ranks: Ranks) -> list[_Way]:
    """Weigh the links: the way that leads on farthest should be straight."""
    ahead: dict[str, int] = {}
    linked = []
    for link in sketch.links:
        if link.id in ranks.back or link.kind == "messageFlow":
            continue
        if link.source in sketch.items and link.target in sketch.items:
            source, target = sketch.host_of(link.source), sketch.host_of(link.target)
            if source in ranks.columns and target in ranks.columns and source != target:
                linked.append((link, source, target))
    for _, source, target in sorted(linked, key=lambda row: -ranks.columns[row[2]]):
        ahead[source] = max(ahead.get(source, 0), ahead.get(target, 0) + 1)
    main: dict[str, str] = {}
    for link, source, target in linked:
        if not sketch.items[link.source].host and (
            source not in main or ahead.get(target, 0) > ahead.get(main[source], 0)
        ):
            main[source] = target
    entered = {target for _, _, target in linked}
    straight: set[tuple[str, str]] = set()
    for start in main:
        at = start
        while start not in entered and at in main and (at, main[at]) not in straight:
            straight.add((at, main[at]))
            at = main[at]
    return [
        _Way(
            at,
            source,
            target,
            0.5 if link.kind != "sequenceFlow" else 2.0 if (source, target) in straight else 1.0,
            bool(sketch.items[link.source].host),
            next((end for end in (source, target) if sketch.items[end].kind in SATELLITES), ""),
        )
        for at, (link, source, target) in enumerate(linked)
    ]


class _Board:
    """The items on a grid of columns and rows (rows may be below 0 until they are numbered)."""

    def __init__(
        self,
        keys: list[str],
        ways: list[_Way],
        column: Mapping[str, int],
        leaf_of: Mapping[str, int],
        gateways: frozenset[str],
    ) -> None:
        self.keys = keys
        self.gateways = gateways
        self.column = column
        self.leaf = leaf_of
        self.row: dict[str, int] = {}
        self.cell: dict[tuple[int, int, int], str] = {}
        self.used: dict[int, dict[int, int]] = {}
        self.ways = ways
        self.of: dict[str, list[_Way]] = {key: [] for key in keys}
        self.over: dict[int, list[_Way]] = {}
        for way in ways:
            self.of[way.source].append(way)
            self.of[way.target].append(way)
            if leaf_of[way.source] == leaf_of[way.target]:
                for at in range(column[way.source], column[way.target] + 1):
                    self.over.setdefault(at, []).append(way)

    def put(self, key: str, row: int) -> None:
        self.row[key] = row
        self.cell[self.leaf[key], row, self.column[key]] = key
        count = self.used.setdefault(self.leaf[key], {})
        count[row] = count.get(row, 0) + 1

    def take(self, key: str) -> None:
        row = self.row.pop(key)
        leaf = self.leaf[key]
        del self.cell[leaf, row, self.column[key]]
        self.used[leaf][row] -= 1
        if not self.used[leaf][row]:
            del self.used[leaf][row]

    def settle(self, key: str, *, above: bool) -> None:
        """Put an item where it costs least among those already placed."""
        best: tuple[float, int] | None = None
        for row in self._rows(self.leaf[key], above=above):
            if (self.leaf[key], row, self.column[key]) in self.cell:
                continue
            self.put(key, row)
            cost = self.cost([key])
            self.take(key)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, row)
        self.put(key, best[1] if best else 0)

    def improve(self, group: list[str]) -> bool:
        """Move items to the rows that cost least, changing places with what stands there."""
        leaf, start = self.leaf[group[0]], self.row[group[0]]
        best, chosen = 0.0, start
        for row in self._rows(leaf):
            if row == start:
                continue
            others = [
                other
                for key in group
                if (other := self.cell.get((leaf, row, self.column[key]))) is not None
            ]
            moved = [*group, *others]
            before = self.cost(moved)
            self._swap(group, others, start, row)
            gain = before - self.cost(moved)
            self._swap(group, others, row, start)
            if gain > best + 1e-6:
                best, chosen = gain, row
        if chosen == start:
            return False
        others = [
            other
            for key in group
            if (other := self.cell.get((leaf, chosen, self.column[key]))) is not None
        ]
        self._swap(group, others, start, chosen)
        return True

    def _swap(self, group: list[str], others: list[str], start: int, row: int) -> None:
        for key in (*group, *others):
            self.take(key)
        for key in group:
            self.put(key, row)
        for key in others:
            self.put(key, start)

    def _rows(self, leaf: int, *, above: bool = False) -> list[int]:
        used = self.used.get(leaf, {}) or {0: 0}
        low, high = min(used), max(used)
        # Below comes before above: what is second in reading stands lower.
        return sorted(
            range(low - 1, high + 2), key=lambda row: (abs(row), (row > 0) if above else (row < 0))
        )

    def chain(self, key: str) -> list[str]:
        """Give the straight branch that an item stands in."""
        group = [key]
        for forward in (True, False):
            at = key
            while True:
                ways = [w for w in self.of[at] if (w.source if forward else w.target) == at]
                back = [w for w in self.of[at] if (w.target if forward else w.source) == at]
                if len(ways) != 1 or (len(back) > 1):
                    break
                other = ways[0].target if forward else ways[0].source
                same = self.leaf[other] == self.leaf[key] and self.row[other] == self.row[key]
                if not same or other in group or len(self.of[other]) > 2:
                    break
                group.append(other)
                at = other
        return group

    def cost(self, moved: list[str]) -> float:
        """Weigh what depends on where some items stand."""
        near: dict[int, _Way] = {}
        for key in moved:
            for way in self.of[key]:
                near[way.at] = way
        total = sum(self._way_cost(way) for way in near.values())
        over: dict[int, _Way] = {}
        for key in moved:
            for way in self.over.get(self.column[key], ()):
                if way.at not in near and self.leaf[way.source] == self.leaf[key]:
                    over[way.at] = way
        total += sum(self._way_cost(way) for way in over.values())
        total += self._crossings(near)
        leaves = {self.leaf[key] for key in moved}
        for leaf in leaves:
            used = self.used.get(leaf, {})
            total += 0.8 * (max(used) - min(used)) if used else 0
            total += 0.8 * len(used)
        return total

    def _way_cost(self, way: _Way) -> float:
        if way.source not in self.row or way.target not in self.row:
            return 0.0
        leaf = self.leaf[way.source]
        if leaf != self.leaf[way.target]:
            # Handing over to a lane below starts best from a low row, and above from a high one.
            down = self.leaf[way.target] > leaf
            apart = self.row[way.source] - self.row[way.target]
            return 0.05 * (-apart if down else apart)
        apart = self.row[way.target] - self.row[way.source]
        cost = abs(apart) * way.weight + (0.5 if apart else 0)
        if way.falls and apart <= 0:
            cost += 1.2
        # A note stands above what it is about: boundary events are below.
        if way.note and apart * (1 if way.note == way.target else -1) >= 0:
            cost += 1
        first, last = self.column[way.source], self.column[way.target]
        if not apart:
            between = sum(
                (leaf, self.row[way.source], at) in self.cell for at in range(first + 1, last)
            )
            cost += 1.2 + 0.3 * between if between else 0
            if first == last:
                cost += 5
        elif not self._bends_freely(way, first, last):
            cost += 0.8
        return cost

    def _bends_freely(self, way: _Way, first: int, last: int) -> bool:
        """Tell whether a way can leave or enter a gateway upright, and be level for the rest."""
        start, end = self.row[way.source], self.row[way.target]
        step = 1 if end > start else -1
        leaf = self.leaf[way.source]
        corners = [(first, end)] if way.source in self.gateways else []
        corners += [(last, start)] if way.target in self.gateways else []
        for column, row in corners:
            upright = [(leaf, at, column) for at in range(start + step, end, step)]
            level = [(leaf, row, at) for at in range(first + 1, last)]
            if not any(at in self.cell for at in (*upright, *level, (leaf, row, column))):
                return True
        return not corners

    def _crossings(self, near: Mapping[int, _Way]) -> float:
        count = 0
        lines = [(way.at, line) for way in self.ways if (line := self._line(way)) is not None]
        for key, one in lines:
            if key not in near:
                continue
            for other_key, other in lines:
                if other_key != key and not (other_key in near and other_key < key):
                    count += _cross(one, other)
        return 1.5 * count

    def _line(self, way: _Way) -> tuple[int, int, int, int] | None:
        if way.source not in self.row or way.target not in self.row:
            return None
        return (
            self.column[way.source],
            self.leaf[way.source] * _BAND + self.row[way.source],
            self.column[way.target],
            self.leaf[way.target] * _BAND + self.row[way.target],
        )

    def numbered(self) -> dict[str, int]:
        places = {
            leaf: {row: place for place, row in enumerate(sorted(used))}
            for leaf, used in self.used.items()
        }
        return {key: places[self.leaf[key]][row] for key, row in self.row.items()}


def _cross(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Tell whether two straight lines cross between their ends."""
    ax, ay, bx, by = one
    cx, cy, dx, dy = other
    if bx <= cx or dx <= ax:
        return False
    if (ax, ay) == (cx, cy) or (bx, by) == (dx, dy):
        return False

    def side(px: int, py: int, qx: int, qy: int, x: int, y: int) -> int:
        return (qx - px) * (y - py) - (qy - py) * (x - px)

    first = side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy)
    second = side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by)
    return first < 0 and second < 0


def leaves_of(sketch: Sketch) -> tuple[dict[str, int], int]:
    """Number the bands that hold items from top to bottom; give each item's, and how many."""
    leaves = [leaf for pool in sketch.pools for leaf in pool.leaves()]
    return {key: at for at, leaf in enumerate(leaves) for key in leaf.items}, len(leaves)
