"""How large things are drawn: items by their kind and name, labels by their text."""

from __future__ import annotations

import math
from collections.abc import Iterable

from engine.bpmn.diagram import ACTIVITIES
from engine.bpmn.layout.sketch import CONTAINERS, Item
from engine.bpmn.picture_text import LEADING, width_of, wrap

GATEWAY, EVENT, TASK_HEIGHT = 50, 36, 80
# The narrowest in which every name of a model fits is used for all its tasks.
TASK_WIDTHS = (104, 116, 128, 140, 156)
TASK_LINES = 3
# Between the middles of two boundary events on one host, and of more, whose names stand between.
BESIDE, SPREAD = 52, 84
NOTE_WIDTH = 140
DATA = {"dataObjectReference": (36, 50), "dataStoreReference": (50, 50)}
# The head of a sub-process, which holds its name, and the room around its content.
HEAD, ROOM = 34, 20
# More room above the border that boundary events stand on.
UNDER = 18


def task_width(names: Iterable[tuple[str, str]]) -> int:
    """Choose how wide all tasks of a model are."""
    tasks = [name for kind, name in names if kind in ACTIVITIES]
    for width in TASK_WIDTHS[:-1]:
        room = width - 14
        if all(
            len(wrap(name, room, 9)) <= TASK_LINES
            and all(width_of(word) <= room for word in name.split())
            for name in tasks
        ):
            return width
    return TASK_WIDTHS[-1]


def size_of(item: Item, width: int, hosted: int = 0) -> tuple[int, int]:
    """Give width and height of what has no content; `hosted` counts its boundary events."""
    if item.kind.endswith("Event"):
        return EVENT, EVENT
    if item.kind.endswith("Gateway"):
        return GATEWAY, GATEWAY
    if item.kind == "textAnnotation":
        lines = wrap(item.name, NOTE_WIDTH - 12, 20)
        return NOTE_WIDTH, _even(max(len(lines), 2) * LEADING + 8)
    if item.kind in DATA:
        return DATA[item.kind]
    if item.kind in CONTAINERS:
        return max(140, hosted * beside(hosted)), 100
    return max(width, hosted * beside(hosted)), TASK_HEIGHT


def beside(hosted: int) -> int:
    """Give the distance between so many boundary events."""
    return BESIDE if hosted <= 2 else SPREAD


def is_labelled(item: Item) -> bool:
    """Tell whether the name stands outside the shape."""
    outside = item.kind.endswith(("Event", "Gateway")) or item.kind in DATA
    return bool(item.name) and outside


def label_size(text: str, wish: float, lines: int) -> tuple[int, int]:
    """Give width and height of a label that the picture will break into at most some lines."""
    width = wish
    while len(wrap(text, width, lines + 1)) > lines or _is_cut(text, width):
        if width > 400:
            break
        width += 10
    while True:
        found = wrap(text, width, lines)
        size = _even(max(width_of(line) for line in found))
        # The picture gives a label a little more room than its box says.
        drawn = wrap(text, max(size + 12, 60), lines)
        if max(width_of(line) for line in drawn) <= size:
            return size, int(len(drawn) * LEADING)
        width = max(size + 12, 60, width + 1)


def _is_cut(text: str, width: float) -> bool:
    return any(width_of(word) > width for word in text.split())


def _even(value: float) -> int:
    return math.ceil(value / 2) * 2
