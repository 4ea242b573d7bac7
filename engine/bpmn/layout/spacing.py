"""Gives every line of the grid its coordinate: as close as cells and tracks allow, never closer."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.bpmn.layout.cells import Cell
from engine.bpmn.layout.grid import BLOCK, GAP, ROW, Grid
from engine.bpmn.layout.sketch import Band, Sketch
from engine.bpmn.layout.tracks import Tracks
from engine.bpmn.picture_text import width_of

TRACK = 12
HEADER = 30
_BETWEEN, _BEFORE, _AFTER = 40, 18, 24
_ROWS, _ABOVE, _BELOW = 22, 16, 18
_EDGE, _LANE = 16, 100
_POOLS, _CLOSED = 56, 60


class Spacing:
    """The coordinates of one plane, from its upper left corner at (0, 0).

    left -- where the content of bands begins; width, height -- of it all
    """

    def __init__(
        self,
        sketch: Sketch,
        grid: Grid,
        tracks: Tracks,
        cells: Mapping[tuple[int, int], Cell],
        sizes: Mapping[str, tuple[int, int]],
    ) -> None:
        self._sketch = sketch
        self._grid = grid
        self._tracks = tracks
        self._cells = cells
        self._sizes = sizes
        self.framed = any(pool.id or pool.bands for pool in sketch.pools)
        depth = max((pool.depth for pool in sketch.pools), default=0)
        pools = any(pool.id for pool in sketch.pools)
        self.head = HEADER * (int(pools) + depth)
        self._columns()
        self._lines()

    # ----- from left to right

    def _columns(self) -> None:
        self._x: list[float] = []
        self._gap_x: list[float] = []
        at: float = self.head
        self.left = at
        for i in range(self._grid.last + 1):
            count = self._tracks.count(True, i)
            if i % 2:
                left, right = self._reach(i)
                self._x.append(at + left)
                at += left + right
                continue
            outer = i in (0, self._grid.last)
            width = self._gutter_width(count, outer)
            self._x.append(_first(at, width, count))
            at += width
            if i == 0:
                self.left = at
        wide = max((self._sizes[key][0] for key in self._grid.floating), default=0)
        last = self._grid.last
        # What floats must leave the last gutter free, and stand clear of it.
        edge = self._gutter_width(self._tracks.count(True, last), True) if last else 0
        missing = max(self.left + wide - (at - edge), 0)
        self._x[last] += missing
        self.width = at + missing
        # Messages that go round other pools run beside them all.
        self._x.append(self.width + _BEFORE)

    def _reach(self, i: int) -> tuple[int, int]:
        found = [cell.extent for at, cell in self._cells.items() if at[0] == i]
        return (
            math.ceil(max((reach[0] for reach in found), default=0)),
            math.ceil(max((reach[2] for reach in found), default=0)),
        )

    def _gutter_width(self, count: int, outer: bool) -> int:
        tracks = TRACK * max(count - 1, 0)
        if outer and not count:
            return _EDGE if self.framed else 0
        if outer:
            return _BEFORE + tracks + (_EDGE if self.framed else 0)
        return max(_BETWEEN, _BEFORE + tracks + _AFTER if count else 0)

    # ----- from top to bottom

    def _lines(self) -> None:
        heights = [self._height(j) for j in range(len(self._grid.lines))]
        self._stretch(heights)
        self._y: list[float] = []
        self._band: list[tuple[float, float]] = []
        at = 0.0
        for j, line in enumerate(self._grid.lines):
            height = heights[j]
            if line.kind == ROW:
                self._y.append(at + self._rise(j)[0])
            else:
                self._y.append(_first(at, height, self._tracks.count(False, j)))
            self._band.append((at, at + height))
            at += height
        self.height = at

    def _rise(self, j: int) -> tuple[int, int]:
        found = [cell.extent for at, cell in self._cells.items() if at[1] == j]
        return (
            math.ceil(max((reach[1] for reach in found), default=0)),
            math.ceil(max((reach[3] for reach in found), default=0)),
        )

    def _height(self, j: int) -> float:
        line = self._grid.lines[j]
        if line.kind == ROW:
            return sum(self._rise(j))
        if line.kind == BLOCK:
            floats = [key for key in self._grid.floating if self._grid.blocks[key] == j]
            return self._sizes[floats[0]][1] if floats else _CLOSED
        count = self._tracks.count(False, j)
        tracks = TRACK * max(count - 1, 0)
        if line.kind == GAP:
            outer = j in (0, len(self._grid.lines) - 1)
            if not count:
                return 0 if outer else _POOLS
            return max(0 if outer else _POOLS, 2 * _BEFORE + tracks)
        if self._is_inner(j):
            return max(_ROWS, _ABOVE + tracks + _BELOW if count else 0)
        if not count:
            return _EDGE if self.framed else 0
        return (_EDGE if self.framed else 0) + tracks + _BELOW

    def _is_inner(self, j: int) -> bool:
        lines, leaf = self._grid.lines, self._grid.lines[j].leaf
        near = [lines[at].leaf for at in (j - 1, j + 1) if 0 <= at < len(lines)]
        return near == [leaf, leaf]

    def _stretch(self, heights: list[float]) -> None:
        """Make room for the names of lanes and pools."""
        if not self.framed:
            return
        leaf = 0
        for pool in self._sketch.pools:
            leaves = list(pool.leaves())
            inside = [
                [j for j, line in enumerate(self._grid.lines) if line.leaf == leaf + place]
                for place in range(len(leaves))
            ]
            for band, lines in zip(leaves, inside, strict=True):
                closed = self._grid.lines[lines[0]].kind == BLOCK
                _grow(heights, lines, _needed(band) if band.id and not closed else 0)
            whole = [j for lines in inside for j in lines]
            _grow(heights, whole, _needed(pool) if pool.id else 0)
            leaf += len(leaves)

    # ----- answers

    def x(self, i: int, track: int = 0) -> float:
        """Give the place of a vertical line, or of a track in a gutter."""
        return self._x[i] + (0 if self._grid.centred(i, 0)[0] else TRACK * track)

    def y(self, j: int, track: int = 0) -> float:
        """Give the place of a horizontal line, or of a track in a gutter."""
        return self._y[j] + (0 if self._grid.lines[j].kind == ROW else TRACK * track)

    def band(self, j: int) -> tuple[float, float]:
        """Give the upper and lower end of all that belongs to a horizontal line."""
        return self._band[j]


def _first(start: float, size: float, count: int) -> float:
    """Give the first of some tracks that stand in the middle of a gutter."""
    return start + math.floor((size - TRACK * max(count - 1, 0)) / 2)


def _needed(band: Band) -> int:
    """Say how high a band must be for its name, in two lines up its side."""
    closed = not band.bands and not band.items
    return max(_CLOSED if closed else _LANE, math.ceil(width_of(band.name) * 0.6) + 36)


def _grow(heights: list[float], lines: list[int], needed: float) -> None:
    missing = needed - sum(heights[j] for j in lines)
    if missing > 0:
        half = math.floor(missing / 2)
        heights[lines[0]] += half
        heights[lines[-1]] += math.ceil(missing) - half
