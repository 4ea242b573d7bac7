"""Finds the place of every label: beside its shape, or along its flow, in the cells of the grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.layout.cells import FAR, Cell, around
from engine.bpmn.layout.grid import DOWN, LEFT, RIGHT, STEPS, UP, Grid
from engine.bpmn.layout.jobs import beside_event
from engine.bpmn.layout.routing import Corner, whole_points
from engine.bpmn.layout.sizes import GATEWAY, is_labelled, label_size
from engine.bpmn.layout.sketch import Item, Link, Sketch
from engine.bpmn.picture_layout import Box

_EVENT, _GATE, _CORNER, _FLOW = 96, 84, 64, 96
_GAP = 4

Spot = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """Where a boundary event stands, from the middle of its host; `side` is 1 below, -1 above."""

    shift: int
    side: int


@dataclass(frozen=True)
class _Arm:
    """A piece of a link's way from the middle of a cell outward, or out of a boundary event."""

    spot: Spot
    way: int
    event: str = ""


class Names:
    """Writes all names of a plane into its cells.

    cells -- what each cell holds then; items, links -- the cell and the box of each label in it
    """

    def __init__(
        self,
        sketch: Sketch,
        grid: Grid,
        ways: Mapping[str, list[Corner]],
        sizes: Mapping[str, tuple[int, int]],
        hosted: Mapping[str, Hosted],
    ) -> None:
        self.cells: dict[Spot, Cell] = {}
        self.items: dict[str, Box] = {}
        self.links: dict[str, tuple[Spot, Box]] = {}
        self._sketch = sketch
        self._grid = grid
        self._sizes = sizes
        self._hosted = hosted
        self._arms: dict[_Arm, set[str]] = {}
        self._along: dict[str, list[_Arm]] = {}
        for key, spot in grid.place.items():
            self._stand(sketch.items[key], spot)
        for link in sketch.links:
            if link.id in ways:
                self._run(link, ways[link.id])
        for key in grid.place:
            if is_labelled(sketch.items[key]):
                self._name_item(sketch.items[key])
        for link in sketch.links:
            if link.name and link.id in ways:
                self._name_link(link)

    def _cell(self, spot: Spot) -> Cell:
        return self.cells.setdefault(spot, Cell())

    def _stand(self, item: Item, spot: Spot) -> None:
        cell = self._cell(spot)
        if item.kind.endswith("Gateway"):
            cell.diamond = GATEWAY / 2
            return
        x, y = 0.0, 0.0
        if item.host:
            x, y = self._middle(item.id)
        width, height = self._sizes[item.id]
        cell.boxes.append(Box(x - width / 2, y - height / 2, width, height))

    def _middle(self, event: str) -> tuple[float, float]:
        host = self._sketch.items[event].host
        hosted = self._hosted[event]
        return hosted.shift, hosted.side * self._sizes[host][1] / 2

    # ----- lines

    def _run(self, link: Link, way: list[Corner]) -> None:
        arms = []
        if link.source in self._hosted:
            arms.append(self._stub(link.source, link))
        points = list(whole_points(way))
        for place, spot in enumerate(points):
            if not all(self._grid.centred(*spot)):
                continue
            for other in points[max(place - 1, 0) : place + 2]:
                step = (other[0] - spot[0], other[1] - spot[1])
                if step in STEPS:
                    arms.append(self._arm(spot, STEPS.index(step)))
        if link.target in self._hosted:
            arms.append(self._stub(link.target, link))
        for arm in arms:
            self._arms.setdefault(arm, set()).add(link.id)
        self._along[link.id] = arms

    def _arm(self, spot: Spot, way: int) -> _Arm:
        x, y = self._half(spot)
        step = STEPS[way]
        self._cell(spot).run(x * step[0], y * step[1], FAR * step[0], FAR * step[1])
        return _Arm(spot, way)

    def _stub(self, event: str, link: Link) -> _Arm:
        x, y = self._middle(event)
        side = self._hosted[event].side
        x += beside_event(link, event)
        self._cell(self._grid.place[event]).run(x, y + 18 * side, x, side * FAR)
        return _Arm(self._grid.place[event], DOWN if side > 0 else UP, event)

    def _half(self, spot: Spot) -> tuple[float, float]:
        key = self._grid.cells.get(spot)
        if key is None:
            return 0, 0
        width, height = self._sizes[key]
        return width / 2, height / 2

    # ----- names

    def _name_item(self, item: Item) -> None:
        spot = self._grid.place[item.id]
        gate = item.kind.endswith("Gateway")
        size = label_size(item.name, _GATE if gate else _EVENT, 4)
        if item.host:
            wishes, away = self._beside_host(item), (4, 0)
        else:
            half, corner = self._half(spot), label_size(item.name, _CORNER, 4)
            wishes = around(*size, half, "N S" if gate else "S N")
            wishes += around(*corner, half, "NW SW SE NE" if gate else "SW SE NW NE")
            away = (0, -4)
        self.items[item.id] = self._cell(spot).write(wishes, away)

    def _beside_host(self, item: Item) -> list[Box]:
        events = [key for key in self._hosted if self._sketch.items[key].host == item.host]
        events.sort(key=lambda key: self._hosted[key].shift)
        x, y = self._middle(item.id)
        side = self._hosted[item.id].side
        width, height = label_size(item.name, 74, 4)

        def at(left: float, near: float) -> Box:
            top = y + near if side > 0 else y - near - height
            return Box(left, top, width, height)

        left, right = at(x - 22 - width, 5), at(x + 22, 5)
        below = at(x + 6, 21), at(x - 6 - width, 21)
        if len(events) > 2 and item.id != events[-1]:
            return [*below, right]
        first = [left, right] if item.id == events[0] else [right, left]
        return [*first, *below, right]

    def _name_link(self, link: Link) -> None:
        size = label_size(link.name, _FLOW, 3)
        arms = self._along[link.id]
        ranked = sorted(
            ((self._worth(arm, place), place) for place, arm in enumerate(arms)),
        )
        for _, place in ranked:
            arm = arms[place]
            for box in self._boxes(arm, size):
                if self._cell(arm.spot).is_free(box):
                    self._cell(arm.spot).boxes.append(box)
                    self.links[link.id] = (arm.spot, box)
                    return
        if ranked:
            arm = arms[ranked[0][1]]
            level = arm.way in (LEFT, RIGHT)
            away = (0, -4) if level else (4, 0)
            wish = next(iter(self._boxes(arm, size)))
            self.links[link.id] = (arm.spot, self._cell(arm.spot).write([wish], away))

    def _worth(self, arm: _Arm, place: int) -> float:
        """Rank the pieces of a way for its name: level, its own, near the source."""
        shared = 20.0 if len(self._arms[arm]) > 1 else 0.0
        upright = 6.0 if arm.way in (UP, DOWN) else 0.0
        arriving = 7.0 if place and self._grid.cells.get(arm.spot) else 0.0
        return shared + upright + arriving + 1.5 * place

    def _boxes(self, arm: _Arm, size: tuple[int, int]) -> Iterator[Box]:
        width, height = size
        x, y = self._half(arm.spot)
        item = bool(x)
        if arm.event:
            at, bottom = self._middle(arm.event)
            side = self._hosted[arm.event].side
            top = bottom + 22 if side > 0 else bottom - 22 - height
            yield Box(at + 6, top, width, height)
            yield Box(at - 6 - width, top, width, height)
        elif arm.way in (LEFT, RIGHT):
            left = x + 8 if arm.way == RIGHT else -x - width - (14 if item else 8)
            yield Box(left, -_GAP - height, width, height)
            yield Box(left, _GAP, width, height)
        else:
            top = y + 8 if arm.way == DOWN else -y - 8 - height
            yield Box(6, top, width, height)
            yield Box(-6 - width, top, width, height)
