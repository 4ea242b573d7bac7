"""Draws pools and lanes as bands around the lines of the grid that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.layout.grid import Grid
from engine.bpmn.layout.sketch import Band, Sketch
from engine.bpmn.layout.spacing import HEADER, Spacing
from engine.bpmn.picture_layout import Box


@dataclass(frozen=True)
class Frame:
    """A pool or a lane in its place."""

    id: str
    kind: str
    box: Box


def frames(sketch: Sketch, grid: Grid, space: Spacing) -> list[Frame]:
    """List the frames, outer ones first."""
    found: list[Frame] = []
    leaf = 0
    for pool in sketch.pools:
        found += _frames(pool, leaf, 0, grid, space)
        leaf += len(list(pool.leaves()))
    return found


def _frames(band: Band, leaf: int, left: float, grid: Grid, space: Spacing) -> Iterator[Frame]:
    count = len(list(band.leaves()))
    if band.id:
        lines = [j for j, line in enumerate(grid.lines) if leaf <= line.leaf < leaf + count]
        top, bottom = space.band(lines[0])[0], space.band(lines[-1])[1]
        yield Frame(band.id, band.kind, Box(left, top, space.width - left, bottom - top))
        left += HEADER
    for inner in band.bands:
        yield from _frames(inner, leaf, left, grid, space)
        leaf += len(list(inner.leaves()))
