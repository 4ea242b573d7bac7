"""Turns lines, tracks and cells into coordinates: shapes and edges as they are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.bpmn.layout.frames import frames
from engine.bpmn.layout.grid import BLOCK, grid_of
from engine.bpmn.layout.jobs import beside_event, jobs_of, shift_side
from engine.bpmn.layout.naming import Hosted, Names
from engine.bpmn.layout.placing import leaves_of, rows
from engine.bpmn.layout.ranking import rank
from engine.bpmn.layout.routing import Corner, Router
from engine.bpmn.layout.sizes import HEAD, ROOM, UNDER, beside, size_of
from engine.bpmn.layout.sketch import CONTAINERS, Link, Sketch
from engine.bpmn.layout.spacing import Spacing
from engine.bpmn.layout.tracks import Tracks
from engine.bpmn.picture_layout import Box

Point = tuple[float, float]
_TRIES = 60


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A shape in its place; `kind` is its tag name."""

    id: str
    kind: str
    box: Box
    label: Box | None = None


@dataclass(frozen=True, kw_only=True)
class Routed:
    """An edge on its way."""

    id: str
    points: tuple[Point, ...]
    label: Box | None = None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A plane, or the content of a sub-process, from its upper left corner."""

    shapes: tuple[Placed, ...]
    edges: tuple[Routed, ...]
    width: float
    height: float

    def moved(self, x: float, y: float) -> Drawing:
        """Give the same drawing elsewhere."""

        def box(old: Box) -> Box:
            return Box(old.x + x, old.y + y, old.width, old.height)

        return replace(
            self,
            shapes=tuple(
                replace(shape, box=box(shape.box), label=shape.label and box(shape.label))
                for shape in self.shapes
            ),
            edges=tuple(
                replace(
                    edge,
                    points=tuple((left + x, top + y) for left, top in edge.points),
                    label=edge.label and box(edge.label),
                )
                for edge in self.edges
            ),
        )


def draw(sketch: Sketch, width: int) -> Drawing:
    """Draw a sketch with tasks of some width."""
    return _Plane(sketch, width).drawing()


class _Plane:
    def __init__(self, sketch: Sketch, width: int) -> None:
        self.sketch = sketch
        items = sketch.items
        self.inner = {
            key: draw(item.inner, width) for key, item in items.items() if item.inner is not None
        }
        self.leaf_of, _ = leaves_of(sketch)
        self.sizes = self._sizes(width)
        floating = self._floating()
        ranks = rank(sketch, self.leaf_of, floating)
        placed = rows(sketch, ranks, self.leaf_of)
        self.grid = grid_of(sketch, ranks.columns, placed, self.leaf_of, floating)
        self.hosted = self._boundary()
        shifts = {key: self._share(key) for key in self.hosted}
        router = Router(self.grid, jobs_of(sketch, self.grid, ranks, self.leaf_of, shifts))
        router.run()
        self.links = {link.id: link for link in sketch.links if link.id in router.ways}
        for _ in range(_TRIES):
            self.tracks = Tracks(self.grid, self.links, router.ways)
            if not self.tracks.clashes:
                break
            router.banned |= self.tracks.clashes
            for key in sorted({clash[0] for clash in self.tracks.clashes}):
                router.route(key)
        self.ways = router.ways
        self.names = Names(sketch, self.grid, self.ways, self.sizes, self.hosted)
        self.space = Spacing(sketch, self.grid, self.tracks, self.names.cells, self.sizes)

    # ----- before routing

    def _sizes(self, width: int) -> dict[str, tuple[int, int]]:
        hosted: dict[str, int] = {}
        for item in self.sketch.items.values():
            if item.host:
                hosted[item.host] = hosted.get(item.host, 0) + 1
        sizes = {}
        for key, item in self.sketch.items.items():
            if key in self.inner:
                inner, count = self.inner[key], hosted.get(key, 0)
                wide = max(inner.width + 2 * ROOM, count * beside(count), 140)
                high = inner.height + HEAD + ROOM + (UNDER if count else 0)
                sizes[key] = (_even(wide), _even(high))
            else:
                sizes[key] = size_of(item, width, hosted.get(key, 0))
        return sizes

    def _floating(self) -> frozenset[str]:
        """Name the sub-processes that nothing leads to or from: they get a row of their own."""
        touched = {end for link in self.sketch.links for end in (link.source, link.target)}
        touched |= {item.host for item in self.sketch.items.values()}
        return frozenset(
            key
            for key, item in self.sketch.items.items()
            if item.kind in CONTAINERS and key not in touched
        )

    def _boundary(self) -> dict[str, Hosted]:
        """Spread the boundary events over the borders of their hosts, the last at the right."""
        found: dict[str, Hosted] = {}
        for host in self.sketch.items:
            events = [key for key, item in self.sketch.items.items() if item.host == host]
            for place, key in enumerate(reversed(events)):
                shift = self.sizes[host][0] // 2 - 26 - place * beside(len(events))
                # The very middle belongs to the column's own line.
                side = shift_side(self.sketch, self.grid, key)
                found[key] = Hosted(shift=shift or 6, side=side)
        return found

    def _share(self, event: str) -> float:
        return self.hosted[event].shift / self.sizes[self.sketch.items[event].host][0] * 0.9

    # ----- after routing

    def drawing(self) -> Drawing:
        shapes = [
            Placed(id=frame.id, kind=frame.kind, box=frame.box)
            for frame in frames(self.sketch, self.grid, self.space)
        ]
        edges: list[Routed] = []
        inside: list[Drawing] = []
        for key, item in self.sketch.items.items():
            box = self._box(key)
            name = self.names.items.get(key)
            label = None if name is None else self._in_cell(self.grid.place[key], name)
            shapes.append(Placed(id=key, kind=item.kind, box=box, label=label))
            if key in self.inner:
                inner = self.inner[key]
                left = box.x + math.floor((box.width - inner.width) / 2)
                inside.append(inner.moved(left, box.y + HEAD))
        for link in self.links.values():
            edges.append(self._edge(link))
        for drawing in inside:
            shapes += drawing.shapes
            edges += drawing.edges
        return Drawing(
            shapes=tuple(shapes),
            edges=tuple(edges),
            width=self.space.width,
            height=self.space.height,
        )

    def _box(self, key: str) -> Box:
        width, height = self.sizes[key]
        if key in self.grid.blocks:
            top, _ = self.space.band(self.grid.blocks[key])
            return Box(self.space.left, top, width, height)
        x, y = self._middle(key)
        return Box(x - width / 2, y - height / 2, width, height)

    def _middle(self, key: str) -> Point:
        i, j = self.grid.place[key]
        x, y = self.space.x(i), self.space.y(j)
        if key in self.hosted:
            hosted = self.hosted[key]
            host = self.sketch.items[key].host
            return x + hosted.shift, y + hosted.side * self.sizes[host][1] / 2
        return x, y

    def _in_cell(self, spot: tuple[int, int], box: Box) -> Box:
        x, y = self.space.x(spot[0]), self.space.y(spot[1])
        return Box(x + box.x, y + box.y, box.width, box.height)

    def _edge(self, link: Link) -> Routed:
        way = self.ways[link.id]
        pieces = [self._line(link, way, number) for number in range(len(way) - 1)]
        points: list[Point] = []
        for place in range(len(way)):
            near = pieces[max(place - 1, 0) : place + 1]
            x = next((at for upright, at in near if upright), None)
            y = next((at for upright, at in near if not upright), None)
            if x is None or y is None:
                end = self._end(link, way, place)
                x, y = end[0] if x is None else x, end[1] if y is None else y
            points.append((x, y))
        found = self.names.links.get(link.id)
        label = None if found is None else self._in_cell(*found)
        return Routed(id=link.id, points=tuple(points), label=label)

    def _line(self, link: Link, way: list[Corner], number: int) -> tuple[bool, float]:
        """Give direction and coordinate of a piece of a way."""
        (i, j), (to_i, _) = way[number], way[number + 1]
        track = self.tracks.places.get((link.id, number), 0)
        if i != to_i:
            return False, self.space.y(j, track)
        if float(i).is_integer():
            return True, self.space.x(int(i), track)
        event = link.source if number == 0 else link.target
        return True, self._middle(event)[0] + beside_event(link, event)

    def _end(self, link: Link, way: list[Corner], place: int) -> Point:
        """Give the point where a link meets the border of what it starts or ends at."""
        key = link.target if place else link.source
        near = way[-2] if place else way[1]
        corner = way[place]
        right, below = near[0] > corner[0], near[1] > corner[1]
        line = self.grid.blocks.get(key)
        if line is not None and self.grid.lines[line].kind == BLOCK:
            top, bottom = self.space.band(line)
            return 0, bottom if below else top
        x, y = self._middle(key)
        width, height = self.sizes[key]
        if key in self.hosted:
            reach = 15 if beside_event(link, key) else 18
            return x, y + (reach if below else -reach)
        return x + (width / 2 if right else -width / 2), y + (height / 2 if below else -height / 2)


def _even(value: float) -> int:
    return math.ceil(value / 2) * 2
