"""Reads what is to be placed: items, links, pools and lanes, without any place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.parse_parts import bpmn_children, clean, qualified, tag_of, text_of

CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
SATELLITES = frozenset({"textAnnotation", "dataObjectReference", "dataStoreReference"})


@dataclass(frozen=True, kw_only=True)
class Item:
    """What gets a shape; `host` is the activity a boundary event sits on, `inner` the content."""

    id: str
    kind: str
    name: str = ""
    host: str = ""
    inner: Sketch | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """What gets an edge; `kind` is its tag name."""

    id: str
    kind: str
    source: str
    target: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Band:
    """A pool or lane, or (without id) the room of a process or sub-process drawn without frame."""

    id: str = ""
    kind: str = ""
    name: str = ""
    items: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()

    def leaves(self) -> Iterator[Band]:
        """Give the bands that hold items, from top to bottom."""
        if not self.bands:
            yield self
        for band in self.bands:
            yield from band.leaves()

    @property
    def depth(self) -> int:
        """Count how deep bands lie in it."""
        return 1 + max((band.depth for band in self.bands), default=-1) if self.bands else 0


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """Everything on one plane or in one sub-process."""

    items: Mapping[str, Item] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    pools: tuple[Band, ...] = ()

    def host_of(self, item: str) -> str:
        """Give the activity that carries a boundary event; anything else carries itself."""
        return self.items[item].host or item

    def names(self) -> Iterator[tuple[str, str]]:
        """Give kind and name of every item, those in sub-processes too."""
        for item in self.items.values():
            if item.inner is None:
                yield item.kind, item.name
            else:
                yield from item.inner.names()


def sketch_of(root: etree._Element) -> tuple[str, Sketch]:
    """Read a BPMN document: the id of what its plane shows, and what is to be placed on it."""
    reader = _Reader()
    processes = [
        child for child in root if child.tag == qualified("process") and reader.claim(child)
    ]
    participants = [
        (whole, part)
        for whole in root.iterchildren(qualified("collaboration"))
        for part in whole.iterchildren(qualified("participant"))
        if reader.claim(part)
    ]
    if participants:
        drawn = participants[0][0]
        known = {process.get("id") or "": process for process in processes}
        pools = [reader.pool(part, known) for of, part in participants if of is drawn]
        ends = {pool.id for pool in pools}
        reader.scope(drawn, ends)
        shown = drawn.get("id") or ""
    else:
        shown = _first(processes)
        pools = [reader.process(process) for process in processes]
        pools = [pool for pool in pools if any(leaf.items for leaf in pool.leaves())]
    return shown, reader.sketch(pools)


def _first(processes: list[etree._Element]) -> str:
    """Choose what the plane shows where no pools are drawn: the first process with content."""
    full = [p for p in processes if any(tag_of(child) in FLOW_NODES for child in bpmn_children(p))]
    return next((process.get("id") or "" for process in full or processes), "")


class _Reader:
    """Collects items and links of one plane; ids that come twice count once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.items: dict[str, Item] = {}
        self.links: list[Link] = []
        self.inside: dict[str, str] = {}

    def claim(self, element: etree._Element) -> bool:
        identifier = element.get("id") or ""
        new = bool(identifier) and identifier not in self.seen
        self.seen.add(identifier)
        return new

    def pool(self, part: etree._Element, processes: Mapping[str, etree._Element]) -> Band:
        process = processes.get((part.get("processRef") or "").rpartition(":")[2])
        frame = Band() if process is None else self.process(process)
        return Band(
            id=part.get("id") or "",
            kind="participant",
            name=clean(part.get("name")),
            items=frame.items,
            bands=frame.bands,
        )

    def process(self, process: etree._Element) -> Band:
        ids = self.scope(process, set())
        lanes = [
            self._lane(lane)
            for lane_set in process.iterchildren(qualified("laneSet"))
            for lane in lane_set.iterchildren(qualified("lane"))
            if self.claim(lane)
        ]
        if not lanes:
            return Band(items=tuple(ids))
        return Band(bands=_filled(lanes, ids, self.items, self.links))

    def _lane(self, lane: etree._Element) -> Band:
        inner = [
            self._lane(child)
            for lane_set in lane.iterchildren(qualified("childLaneSet"))
            for child in lane_set.iterchildren(qualified("lane"))
            if self.claim(child)
        ]
        return Band(
            id=lane.get("id") or "",
            kind="lane",
            name=clean(lane.get("name")),
            items=tuple(text_of(ref) for ref in lane.iterchildren(qualified("flowNodeRef"))),
            bands=tuple(inner),
        )

    def scope(self, element: etree._Element, ends: set[str]) -> list[str]:
        """Read what is drawn directly in an element; `ends` are pools that messages may reach."""
        drawn: list[tuple[etree._Element, Item]] = []
        for child in bpmn_children(element):
            tag = tag_of(child)
            if tag in FLOW_NODES | SATELLITES | CONTAINERS and self.claim(child):
                drawn.append((child, self._item(child, tag)))
        ids = {item.id for _, item in drawn}
        for child, item in drawn:
            hosted = item.kind == "boundaryEvent" and item.host in ids
            self.items[item.id] = item if hosted else _unhosted(item)
            self._data(child)
        for child in bpmn_children(element):
            if tag_of(child) in ("sequenceFlow", "messageFlow", "association"):
                self._link(child, child.get("sourceRef") or "", child.get("targetRef") or "", ends)
        return [item.id for _, item in drawn]

    def _item(self, element: etree._Element, tag: str) -> Item:
        identifier = element.get("id") or ""
        text = element.find(qualified("text"))
        name = clean(element.get("name")) or ("" if text is None else clean(text_of(text)))
        inner = None
        if tag in CONTAINERS:
            reader = _Reader()
            reader.seen = self.seen
            band = Band(items=tuple(reader.scope(element, set())))
            inner = reader.sketch([band])
            for key in [*reader.items, *reader.inside]:
                self.inside[key] = identifier
        return Item(
            id=identifier,
            kind=tag,
            name=name,
            host=(element.get("attachedToRef") or "") if tag == "boundaryEvent" else "",
            inner=inner if inner is not None and inner.items else None,
        )

    def _data(self, element: etree._Element) -> None:
        """Read the lines between an activity and its data."""
        activity = element.get("id") or ""
        for child in bpmn_children(element):
            tag = tag_of(child)
            if tag in ("dataInputAssociation", "dataOutputAssociation"):
                ref = child.find(qualified("sourceRef" if "Input" in tag else "targetRef"))
                other = "" if ref is None else text_of(ref)
                ends = (other, activity) if "Input" in tag else (activity, other)
                self._link(child, *ends, set())

    def _link(self, element: etree._Element, source: str, target: str, ends: set[str]) -> None:
        if element.get("id") and self.claim(element):
            # A message may end deep inside: it is drawn to the outermost frame around its end.
            if ends:
                source, target = self.inside.get(source, source), self.inside.get(target, target)
            link = Link(
                id=element.get("id") or "",
                kind=tag_of(element),
                source=source,
                target=target,
                name=clean(element.get("name")),
            )
            self.links.append(link)

    def sketch(self, pools: list[Band]) -> Sketch:
        frames = {pool.id for pool in pools if pool.id}
        known = set(self.items) | frames
        placed = {key for pool in pools for leaf in pool.leaves() for key in leaf.items}
        loose = tuple(key for key in self.items if key not in placed)
        if loose and pools:
            pools = [_with_items(pools[0], loose), *pools[1:]]
        links = tuple(
            link
            for link in self.links
            if link.source in known
            and link.target in known
            and (link.kind == "messageFlow" or not frames & {link.source, link.target})
        )
        return Sketch(items=dict(self.items), links=links, pools=tuple(pools))


def _unhosted(item: Item) -> Item:
    return Item(id=item.id, kind=item.kind, name=item.name, inner=item.inner)


def _with_items(band: Band, more: tuple[str, ...]) -> Band:
    """Put items into the first leaf of a band."""
    if band.bands:
        bands = (_with_items(band.bands[0], more), *band.bands[1:])
        return Band(id=band.id, kind=band.kind, name=band.name, bands=bands)
    return Band(id=band.id, kind=band.kind, name=band.name, items=band.items + more)


def _filled(
    lanes: list[Band], ids: list[str], items: Mapping[str, Item], links: list[Link]
) -> tuple[Band, ...]:
    """Give every item of a process exactly one lane: its own, its host's, or a neighbour's."""
    own: dict[str, str] = {}
    leaves = [leaf for lane in lanes for leaf in lane.leaves()]
    for lane in lanes:
        for band, leaf in _bands(lane):
            for key in band.items:
                if key in items and (key not in own or not band.bands):
                    own[key] = leaf.id
    near = [(link.source, link.target) for link in links]
    near += [(link.target, link.source) for link in links]
    near = [(items[key].host, key) for key in ids if items[key].host] + near
    changed = True
    while changed:
        changed = False
        for start, end in near:
            if start in own and end in items and end not in own:
                own[end] = own[start]
                changed = True
    for key in ids:
        host = items[key].host
        own[key] = own.get(host, "") if host else own.get(key, leaves[0].id)

    def fill(band: Band) -> Band:
        return Band(
            id=band.id,
            kind=band.kind,
            name=band.name,
            items=() if band.bands else tuple(key for key in ids if own[key] == band.id),
            bands=tuple(fill(inner) for inner in band.bands),
        )

    return tuple(fill(lane) for lane in lanes)


def _bands(lane: Band) -> Iterator[tuple[Band, Band]]:
    """Give a lane and those in it, each with the leaf that its items go to."""
    yield lane, next(lane.leaves())
    for band in lane.bands:
        yield from _bands(band)
