"""Puts labels into the cells of the grid: clear of what stands, runs and is written there.

Everything is measured from the middle of a cell.  Nothing but its own item, the lines that run
through its middle and its labels is ever in a cell, so a label that is clear here is clear of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.bpmn.picture_layout import Box

FAR = 10_000.0
_CLEAR = 3.0


@dataclass
class Cell:
    """What a cell holds.  `diamond` is half the width of a gateway, `lines` are thin boxes."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)
    diamond: float = 0.0

    def is_free(self, box: Box) -> bool:
        """Tell whether a box is clear of everything."""
        if any(touch(box, other, _CLEAR) for other in (*self.boxes, *self.lines)):
            return False
        x = max(box.x, -(box.x + box.width), 0)
        y = max(box.y, -(box.y + box.height), 0)
        return not self.diamond or x + y >= self.diamond + _CLEAR

    def write(self, wishes: Iterable[Box], away: tuple[int, int]) -> Box:
        """Take the first free place for a label; if none is, move the last wish farther away."""
        tried = list(wishes)
        for box in tried:
            if self.is_free(box):
                self.boxes.append(box)
                return box
        box = tried[-1]
        while not self.is_free(box):
            box = Box(box.x + away[0], box.y + away[1], box.width, box.height)
        self.boxes.append(box)
        return box

    def run(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Let a straight line run through the cell."""
        self.lines.append(Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)))

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Say how far what stands here reaches to the left, up, right and down."""
        if self.diamond:
            size = self.diamond
            boxes = [*self.boxes, Box(-size, -size, 2 * size, 2 * size)]
        else:
            boxes = self.boxes
        if not boxes:
            return 0, 0, 0, 0
        return (
            max(-box.x for box in boxes),
            max(-box.y for box in boxes),
            max(box.x + box.width for box in boxes),
            max(box.y + box.height for box in boxes),
        )


def touch(one: Box, other: Box, apart: float = 0) -> bool:
    """Tell whether two boxes are less than a distance apart."""
    return (
        one.x < other.x + other.width + apart
        and other.x < one.x + one.width + apart
        and one.y < other.y + other.height + apart
        and other.y < one.y + one.height + apart
    )


def around(width: float, height: float, half: tuple[float, float], order: str) -> list[Box]:
    """List places for a label around a shape; `order` names them by points of the compass."""
    x, y = half
    near = 10 if x == y == 25 else x * 0.75
    places = {
        "S": Box(-width / 2, y + 4, width, height),
        "N": Box(-width / 2, -y - 4 - height, width, height),
        "SE": Box(near + 5, max(y - 12, 5), width, height),
        "SW": Box(-near - 5 - width, max(y - 12, 5), width, height),
        "NE": Box(near + 5, -max(y - 12, 5) - height, width, height),
        "NW": Box(-near - 5 - width, -max(y - 12, 5) - height, width, height),
    }
    return [places[name] for name in order.split()]
