"""Statements on the tree over all streams: what is not in it yet, its leaves, its checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from engine.history.merkle import Frontier
from engine.store import quick
from engine.store.base import table_of
from engine.store.tables import History, Stream, TreeBatch, TreeCheckpoint

_stream = table_of(Stream)
_history = table_of(History)
_batch = table_of(TreeBatch)
_checkpoint = table_of(TreeCheckpoint)

_LAST = select(_checkpoint).order_by(_checkpoint.c.size.desc()).limit(1)
_IN_TREE = func.coalesce(
    select(func.max(_batch.c.last_seq))
    .where(_batch.c.stream_id == _stream.c.id)
    .correlate(_stream)
    .scalar_subquery(),
    0,
)
_BEHIND = (
    select(_stream.c.id, _stream.c.head_seq, _IN_TREE.label("in_tree"))
    .where(_stream.c.head_seq > _IN_TREE)
    .order_by(_stream.c.id)
    .limit(bindparam("most"))
)
# Which months are read is known by the moments alone.
_RECENT = (_history.c.at >= bindparam("since")) & (_history.c.at < bindparam("until"))
_TOUCHED = _BEHIND.where(_stream.c.id.in_(select(_history.c.stream_id).where(_RECENT))).cte(
    "touched"
)
_NEWS = (
    select(_TOUCHED, _history.c.seq, _history.c.hash)
    .outerjoin(
        _history,
        (_history.c.stream_id == _TOUCHED.c.id) & (_history.c.seq > _TOUCHED.c.in_tree) & _RECENT,
    )
    .order_by(_TOUCHED.c.id, _history.c.seq)
)
_HASHES = (
    select(_history.c.stream_id, _history.c.seq, _history.c.hash)
    .select_from(_stream.join(_history, _history.c.stream_id == _stream.c.id))
    .where(
        _stream.c.id.in_(bindparam("ids", expanding=True)),
        _history.c.seq > _IN_TREE,
    )
    .order_by(_history.c.stream_id, _history.c.seq)
)


_ADD_BATCH, _ADD_POINT = insert(_batch), insert(_checkpoint)


@dataclass(frozen=True)
class News:
    """The events of a stream that are not in the tree yet: which they are, and their hashes."""

    stream_id: int
    first_seq: int
    last_seq: int
    hashes: Sequence[bytes]


class TreeStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def last(self) -> Any:
        """Give the newest checkpoint's row, or None."""
        return quick.first(self.connection, _LAST)

    def behind(self, most: int) -> list[News]:
        """Give what no stream has in the tree yet, of so many streams."""
        rows = self.connection.execute(_BEHIND, {"most": most})
        return list(self._whole([row.id for row in rows]))

    def news(self, since: datetime, until: datetime, most: int) -> list[News]:
        """Give the same of streams that have an event of these moments."""
        found: list[News] = []
        hidden: list[int] = []
        known = {"since": since, "until": until, "most": most}
        rows = quick.run(self.connection, _NEWS, known)
        for (stream_id, head, in_tree), members in groupby(rows, itemgetter(0, 1, 2)):
            events = list(members)
            if [event.seq for event in events] == list(range(in_tree + 1, head + 1)):
                found.append(_news(stream_id, events))
            else:  # it has events of other moments between
                hidden.append(stream_id)
        if hidden:
            found += self._whole(hidden)
            found.sort(key=attrgetter("stream_id"))
        return found

    def _whole(self, streams: Iterable[int]) -> Iterator[News]:
        rows = self.connection.execute(_HASHES, {"ids": list(streams)})
        for stream_id, members in groupby(rows, attrgetter("stream_id")):
            yield _news(stream_id, list(members))

    def add(
        self, batches: Sequence[Mapping[str, Any]], at: datetime, frontier: Frontier, note: str
    ) -> None:
        """Write leaves and the checkpoint over them."""
        quick.run_many(self.connection, _ADD_BATCH, batches)
        point = {"size": frontier.size, "at": at, "peaks": b"".join(frontier.peaks), "note": note}
        quick.run(self.connection, _ADD_POINT, point)


def _news(stream_id: int, events: Sequence[Any]) -> News:
    hashes = [event.hash for event in events]
    return News(stream_id, events[0].seq, events[-1].seq, hashes)


def frontier_of(checkpoint: Any) -> Frontier:
    """Give the tree's right edge at a checkpoint's row; the empty tree's for None."""
    if checkpoint is None:
        return Frontier()
    peaks: bytes = checkpoint.peaks
    return Frontier(checkpoint.size, tuple(peaks[at : at + 32] for at in range(0, len(peaks), 32)))
