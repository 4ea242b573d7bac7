"""The coarse grid that flows are routed on: columns, rows, and the gutters between them.

Vertical lines have numbers i: odd ones are the middles of columns, even ones the gutters beside
them.  Horizontal lines have numbers j, with a kind each.  What stands on the grid fills a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.layout.sketch import Band, Sketch

GUTTER, ROW, BLOCK, GAP = "gutter", "row", "block", "gap"
RIGHT, DOWN, LEFT, UP = range(4)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class Line:
    """A horizontal line; `leaf` is the band it lies in, -1 between pools."""

    kind: str
    leaf: int = -1


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where everything stands.

    place -- (i, j) of items; a boundary event stands with its host
    blocks -- j of pools without content and of what floats over all columns
    floating -- those of `blocks` that lie in a band, with room on both sides
    zones -- first and last j of the pool of each band
    outside -- whether there is a last vertical line beside all pools
    """

    columns: int
    lines: tuple[Line, ...]
    place: Mapping[str, tuple[int, int]]
    cells: Mapping[tuple[int, int], str]
    blocks: Mapping[str, int]
    floating: frozenset[str]
    zones: tuple[tuple[int, int], ...]
    outside: bool

    @property
    def last(self) -> int:
        """Give the number of the rightmost gutter inside the pools."""
        return 2 * self.columns

    def open_at(self, i: int, j: int) -> bool:
        """Tell whether what passes by may use a point on a closed line."""
        if i > self.last:
            return True
        floats = any(self.blocks[key] == j for key in self.floating)
        return floats and i in (0, self.last)

    def centred(self, i: float, j: int) -> tuple[bool, bool]:
        """Tell whether the vertical and the horizontal line are middles rather than gutters."""
        return i % 2 != 0 and i <= self.last, self.lines[j].kind == ROW


def grid_of(
    sketch: Sketch,
    columns: Mapping[str, int],
    rows: Mapping[str, int],
    leaf_of: Mapping[str, int],
    floating: frozenset[str],
) -> Grid:
    """Draw up the lines of a plane, and put everything into its cell."""
    lines: list[Line] = []
    blocks: dict[str, int] = {}
    row_line: dict[tuple[int, int], int] = {}
    zones: list[tuple[int, int]] = []
    several = len(sketch.pools) > 1
    leaf = 0
    for pool in sketch.pools:
        if several:
            lines.append(Line(GAP))
        first = len(lines)
        leaves = list(pool.leaves())
        for band in leaves:
            if _is_closed(pool):
                blocks[pool.id] = len(lines)
                lines.append(Line(BLOCK, leaf))
            else:
                _add_band(lines, band, leaf, rows, row_line, blocks, floating)
            leaf += 1
        zones += [(first, len(lines) - 1)] * len(leaves)
    if several:
        lines.append(Line(GAP))
    place = {key: (2 * columns[key] + 1, row_line[leaf_of[key], rows[key]]) for key in rows}
    return Grid(
        columns=max(columns.values(), default=-1) + 1,
        lines=tuple(lines),
        place=place,
        cells={at: key for key, at in place.items() if not sketch.items[key].host},
        blocks=blocks,
        floating=floating,
        zones=tuple(zones),
        outside=several,
    )


def _is_closed(pool: Band) -> bool:
    return pool.kind == "participant" and not pool.bands and not pool.items


def _add_band(
    lines: list[Line],
    band: Band,
    leaf: int,
    rows: Mapping[str, int],
    row_line: dict[tuple[int, int], int],
    blocks: dict[str, int],
    floating: frozenset[str],
) -> None:
    count = max((rows[key] + 1 for key in band.items if key in rows), default=0)
    lines.append(Line(GUTTER, leaf))
    for row in range(count):
        row_line[leaf, row] = len(lines)
        lines += [Line(ROW, leaf), Line(GUTTER, leaf)]
    for key in band.items:
        if key in floating:
            blocks[key] = len(lines)
            lines += [Line(BLOCK, leaf), Line(GUTTER, leaf)]
