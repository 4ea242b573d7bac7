"""Says of every link where it may leave and arrive, and in which order links choose their ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.layout.grid import DOWN, LEFT, RIGHT, UP, Grid
from engine.bpmn.layout.ranking import Ranks
from engine.bpmn.layout.sketch import SATELLITES, Link, Sketch

# What leaving or entering costs on a side that is not the usual one.
SIDE = 8.0


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """Where a link starts or ends: a cell and what leaving it on each side costs, or a whole line.

    splits -- whether several flows leave a gateway here
    shift -- how far beside the middle of its column a boundary event stands, as part of a line
    """

    at: tuple[int, int]
    sides: Mapping[int, float]
    shift: float = 0.0
    block: bool = False
    splits: bool = False


@dataclass(frozen=True, kw_only=True)
class Job:
    """A link to be routed, with the lines it may use."""

    link: Link
    source: Terminal
    target: Terminal
    zone: tuple[int, int]
    widest: int


def jobs_of(
    sketch: Sketch,
    grid: Grid,
    ranks: Ranks,
    leaf_of: Mapping[str, int],
    shifts: Mapping[str, float],
) -> list[Job]:
    """List the links in the order in which they choose their ways: the straight ones first."""
    outgoing: dict[str, int] = {}
    for link in sketch.links:
        outgoing[link.source] = outgoing.get(link.source, 0) + 1
    jobs = []
    for place, link in enumerate(sketch.links):
        job = _job(sketch, grid, leaf_of, shifts, link, outgoing)
        if job is not None:
            jobs.append((_turn(sketch, grid, ranks, job), place, job))
    return [job for _, _, job in sorted(jobs, key=lambda row: (row[0], row[1]))]


def _job(
    sketch: Sketch,
    grid: Grid,
    leaf_of: Mapping[str, int],
    shifts: Mapping[str, float],
    link: Link,
    outgoing: Mapping[str, int],
) -> Job | None:
    ends = []
    for key, out in ((link.source, True), (link.target, False)):
        terminal = _terminal(sketch, grid, shifts, link, key, out, outgoing)
        if terminal is None:
            return None
        ends.append(terminal)
    zones = [grid.zones[leaf_of[key]] for key in (link.source, link.target) if key in leaf_of]
    whole = (0, len(grid.lines) - 1)
    within = len(zones) == 2 and zones[0] == zones[1] and link.kind != "messageFlow"
    return Job(
        link=link,
        source=ends[0],
        target=ends[1],
        zone=zones[0] if within else whole,
        widest=grid.last if within or not grid.outside else grid.last + 1,
    )


def _terminal(
    sketch: Sketch,
    grid: Grid,
    shifts: Mapping[str, float],
    link: Link,
    key: str,
    out: bool,
    outgoing: Mapping[str, int],
) -> Terminal | None:
    if key in grid.blocks:
        return Terminal(at=(1, grid.blocks[key]), sides={}, block=True)
    if key not in grid.place:
        return None
    at = grid.place[key]
    item = sketch.items[key]
    if item.host:
        shift = shifts[key]
        side = DOWN if shift_side(sketch, grid, key) > 0 else UP
        return Terminal(at=at, sides={side: 0.0}, shift=shift + 0.001 * beside_event(link, key))
    kept = {
        DOWN if shift_side(sketch, grid, other.id) > 0 else UP
        for other in sketch.items.values()
        if other.host == key
    }
    gateway = item.kind.endswith("Gateway")
    upright = {side: 0.0 if gateway else SIDE for side in (UP, DOWN) if side not in kept}
    level = RIGHT if out else LEFT
    if link.kind == "messageFlow":
        return Terminal(at=at, sides={level: 3 * SIDE, **dict.fromkeys(upright, 0.0)})
    if link.kind != "sequenceFlow" and item.kind in SATELLITES:
        return Terminal(at=at, sides={level: 0.0, **dict.fromkeys(upright, 0.0)})
    if link.kind != "sequenceFlow":
        return Terminal(at=at, sides={level: SIDE, **dict.fromkeys(upright, 0.0)})
    if gateway and out and outgoing.get(key, 0) < 2:
        upright = dict.fromkeys(upright, SIDE / 2)
    splits = gateway and out and outgoing.get(key, 0) > 1
    return Terminal(at=at, sides={level: 0.0, **upright}, splits=splits)


def beside_event(link: Link, event: str) -> int:
    """Say how far from the middle of a boundary event a link meets it: messages keep aside."""
    if link.kind != "messageFlow":
        return 0
    return 9 if event == link.target else -9


def shift_side(sketch: Sketch, grid: Grid, event: str) -> int:
    """Say where a host carries its boundary events: 1 below, or -1 above if all lead upward."""
    host = sketch.items[event].host
    events = {item.id for item in sketch.items.values() if item.host == host}
    line = grid.place[host][1]
    targets = [
        grid.place[link.target][1]
        for link in sketch.links
        if link.source in events and link.target in grid.place
    ]
    return -1 if targets and all(target < line for target in targets) else 1


def _turn(sketch: Sketch, grid: Grid, ranks: Ranks, job: Job) -> tuple[int, int]:
    link = job.link
    across = abs(job.source.at[0] - job.target.at[0])
    along = abs(job.source.at[1] - job.target.at[1])
    apart = across + along
    if link.kind == "messageFlow":
        return 5, apart
    if link.kind != "sequenceFlow":
        return 1, apart
    if link.id in ranks.back:
        return 4, apart
    if job.source.shift:
        return 3, apart
    return (0 if not across or not along else 2), apart
