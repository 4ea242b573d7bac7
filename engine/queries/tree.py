"""The tree over the history: does it hold, and the proof that one event is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from engine.history import Broken
from engine.history.checkpoint import Checkpoint, NotACheckpoint, batch_leaf, opened
from engine.history.merkle import Frontier, inclusion_proof, root_of
from engine.store.base import table_of
from engine.store.tables import History, TreeBatch, TreeCheckpoint
from engine.store.tree import frontier_of

__all__ = [
    "NO_STREAM",
    "Anchored",
    "Checkpoint",
    "EventProof",
    "NotACheckpoint",
    "at_size",
    "check_tree",
    "event_proof",
    "newest",
    "opened",
]

_history = table_of(History)
_batch = table_of(TreeBatch)
_checkpoint = table_of(TreeCheckpoint)

# The stream of what belongs to none: a checkpoint is named by the tree's size.
NO_STREAM = 0
Opener = Callable[[str], Checkpoint]  # reads a note; raises NotACheckpoint

_EVENTS_OF_BATCHES = (
    select(_batch, _history.c.seq, _history.c.hash.label("event_hash"))
    .outerjoin(
        _history,
        (_history.c.stream_id == _batch.c.stream_id)
        & _history.c.seq.between(_batch.c.first_seq, _batch.c.last_seq),
    )
    .order_by(_batch.c.position, _history.c.seq)
)
_PRECEDING = func.coalesce(
    func.lag(_batch.c.last_seq).over(partition_by=_batch.c.stream_id, order_by=_batch.c.first_seq),
    0,
)
_WITH_PRECEDING = select(
    _batch.c.stream_id, _batch.c.first_seq, _PRECEDING.label("preceding")
).subquery()
_GAPS = select(_WITH_PRECEDING).where(
    _WITH_PRECEDING.c.first_seq != _WITH_PRECEDING.c.preceding + 1
)


@dataclass(frozen=True)
class Anchored:
    """The newest checkpoint: the tree's size, when, and the note that others may keep."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True)
class EventProof:
    """What shows, without its content, that an event is under a signed checkpoint.

    in_batch -- from the event's hash to its batch's root; in_tree -- from there to the checkpoint's
    """

    stream_id: int
    seq: int
    event_hash: bytes
    first_seq: int
    last_seq: int
    in_batch: tuple[bytes, ...]
    position: int
    in_tree: tuple[bytes, ...]
    size: int
    note: str
    note_at: datetime


def newest(connection: Connection) -> Anchored | None:
    """Give the newest checkpoint, or None where there is none yet."""
    row = connection.execute(
        select(_checkpoint).order_by(_checkpoint.c.size.desc()).limit(1)
    ).first()
    return None if row is None else Anchored(row.size, row.at, row.note)


def at_size(connection: Connection, size: int) -> Anchored | None:
    """Give the checkpoint of a size."""
    row = connection.execute(select(_checkpoint).where(_checkpoint.c.size == size)).first()
    return None if row is None else Anchored(row.size, row.at, row.note)


def check_tree(
    connection: Connection, opener: Opener, kept: Mapping[int, bytes] | None = None
) -> tuple[Broken, ...]:
    """Rebuild the tree from the history and compare it with every checkpoint; name what differs.

    kept -- roots by size that somebody keeps elsewhere; they must be this tree's roots too
    """
    return tuple(_misfits(connection, opener, dict(kept or {})))


def _misfits(connection: Connection, opener: Opener, kept: dict[int, bytes]) -> Iterator[Broken]:
    points = iter(connection.execute(select(_checkpoint).order_by(_checkpoint.c.size)).all())
    point = next(points, None)
    edge = Frontier()
    for batch, hashes in _batches(connection):
        if batch.position != edge.size:
            yield Broken(NO_STREAM, edge.size, "a leaf of the tree is missing")
            return
        yield from _differences(batch, hashes)
        edge = edge.add([batch.hash])
        if edge.size in kept and kept.pop(edge.size) != edge.root():
            yield Broken(NO_STREAM, edge.size, "the history is not the one whose root was kept")
        if point is not None and point.size == edge.size:
            yield from _point_differences(point, edge, opener)
            point = next(points, None)
    if point is not None:
        yield Broken(NO_STREAM, point.size, "the tree is shorter than its checkpoint")
    for size in sorted(kept):
        yield Broken(NO_STREAM, size, "the tree has never had the size whose root was kept")
    for gap in connection.execute(_GAPS):
        yield Broken(gap.stream_id, gap.first_seq, "events before this one are not in the tree")


def _batches(connection: Connection) -> Iterator[tuple[Any, list[Any]]]:
    rows = connection.execute(_EVENTS_OF_BATCHES, execution_options={"yield_per": 5000})
    for _, members in groupby(rows, key=lambda row: row.position):
        found = list(members)
        yield found[0], [row for row in found if row.seq is not None]


def _differences(batch: Any, events: list[Any]) -> Iterator[Broken]:
    expected = range(batch.first_seq, batch.last_seq + 1)
    missing = sorted(set(expected) - {event.seq for event in events})
    if missing:
        yield Broken(batch.stream_id, missing[0], "an event that was in the tree is gone")
        return
    root = root_of(event.event_hash for event in events)
    if batch_leaf(batch.stream_id, batch.first_seq, batch.last_seq, root) != batch.hash:
        yield Broken(
            batch.stream_id,
            batch.first_seq,
            f"an event from here to {batch.last_seq} is not the one that was in the tree",
        )


def _point_differences(point: Any, edge: Frontier, opener: Opener) -> Iterator[Broken]:
    try:
        signed = opener(point.note)
    except NotACheckpoint as error:
        yield Broken(NO_STREAM, point.size, f"the checkpoint does not hold: {error}")
        return
    if (signed.size, signed.root) != (edge.size, edge.root()):
        yield Broken(NO_STREAM, point.size, "the checkpoint was signed over another history")


def event_proof(connection: Connection, stream_id: int, seq: int) -> EventProof | None:
    """Prove that an event is under the first checkpoint after it; None while there is none yet."""
    batch = connection.execute(
        select(_batch)
        .where(_batch.c.stream_id == stream_id, _batch.c.last_seq >= seq)
        .order_by(_batch.c.last_seq)
        .limit(1)
    ).first()
    if batch is None or batch.first_seq > seq:
        return None
    events = connection.execute(
        select(_history.c.seq, _history.c.hash)
        .where(
            _history.c.stream_id == stream_id,
            _history.c.seq.between(batch.first_seq, batch.last_seq),
        )
        .order_by(_history.c.seq)
    ).all()
    hashes = [event.hash for event in events]
    place = seq - batch.first_seq
    before, after = _points_around(connection, batch.position)
    leaves: Iterable[bytes] = connection.scalars(
        select(_batch.c.hash)
        .where(_batch.c.position >= before.size, _batch.c.position < after.size)
        .order_by(_batch.c.position)
    )
    return EventProof(
        stream_id=stream_id,
        seq=seq,
        event_hash=hashes[place],
        first_seq=batch.first_seq,
        last_seq=batch.last_seq,
        in_batch=inclusion_proof(hashes, place),
        position=batch.position,
        in_tree=inclusion_proof(list(leaves), batch.position, before),
        size=after.size,
        note=after.note,
        note_at=after.at,
    )


def _points_around(connection: Connection, position: int) -> tuple[Frontier, Any]:
    before = connection.execute(
        select(_checkpoint)
        .where(_checkpoint.c.size <= position)
        .order_by(_checkpoint.c.size.desc())
        .limit(1)
    ).first()
    after = connection.execute(
        select(_checkpoint)
        .where(_checkpoint.c.size > position)
        .order_by(_checkpoint.c.size)
        .limit(1)
    ).one()
    return frontier_of(before), after
