"""Statements on the tree over all streams: what is not in it yet, its leaves, its checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from engine.history.merkle import Frontier
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
_MOVED = (
    select(_stream.c.id, _stream.c.head_seq, _IN_TREE.label("in_tree"))
    .where(_stream.c.head_seq > _IN_TREE)
    .order_by(_stream.c.id)
    .limit(bindparam("most"))
)
_TOUCHED = _MOVED.where(
    _stream.c.id.in_(select(_history.c.stream_id).where(_history.c.at >= bindparam("since")))
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


class TreeStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def last(self) -> Any:
        """Give the newest checkpoint's row, or None."""
        return self.connection.execute(_LAST).first()

    def moved(self, since: datetime | None, most: int) -> Sequence[Any]:
        """Give streams (id, head_seq, in_tree) with events that are not in the tree yet.

        since -- look only at streams with an event from then on; None looks at every stream
        """
        if since is None:
            return self.connection.execute(_MOVED, {"most": most}).all()
        return self.connection.execute(_TOUCHED, {"most": most, "since": since}).all()

    def hashes(self, streams: Iterable[int]) -> Iterable[Any]:
        """Give the events (stream_id, seq, hash) of streams that are not in the tree yet."""
        return self.connection.execute(_HASHES, {"ids": list(streams)})

    def add(
        self, batches: Sequence[Mapping[str, Any]], at: datetime, frontier: Frontier, note: str
    ) -> None:
        """Write leaves and the checkpoint over them."""
        self.connection.execute(insert(_batch), batches)
        self.connection.execute(
            insert(_checkpoint),
            {"size": frontier.size, "at": at, "peaks": b"".join(frontier.peaks), "note": note},
        )


def frontier_of(checkpoint: Any) -> Frontier:
    """Give the tree's right edge at a checkpoint's row; the empty tree's for None."""
    if checkpoint is None:
        return Frontier()
    peaks: bytes = checkpoint.peaks
    return Frontier(checkpoint.size, tuple(peaks[at : at + 32] for at in range(0, len(peaks), 32)))
