"""Checkpoints of the history: every few minutes a signed root over all that has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from engine.commands.context import Command, Context
from engine.errors import NotFound
from engine.history.checkpoint import Checkpoint, batch_leaf, signed
from engine.history.merkle import root_of
from engine.store.tree import frontier_of

PUBLISH_CHECKPOINT = "publish_checkpoint"

# A transaction notes the moment at which it began: look back further than one can last.
_OVERLAP = timedelta(hours=1)
_MOST_STREAMS = 2000


@dataclass(frozen=True)
class Checkpointed:
    """How many leaves entered the tree, its size now, and whether more wait."""

    batches: int
    size: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class MakeCheckpoint(Command[Checkpointed]):
    """Take what happened since the last checkpoint into the tree, and sign its new root.

    whole -- look at every stream; without it, at those with an event since shortly before the last
    """

    whole: bool = False

    def execute(self, ctx: Context) -> Checkpointed:
        notary = ctx.ports.notary
        if notary is None:
            raise NotFound("Expected a key to sign checkpoints with, but the host has none.")
        tree = ctx.store.tree
        last = tree.last()
        since = None if last is None or self.whole else last.at - _OVERLAP
        moved = tree.moved(since, _MOST_STREAMS)
        edge = frontier_of(last)
        if not moved:
            return Checkpointed(0, edge.size, more=False)
        batches = list(_batches(tree.hashes([row.id for row in moved]), edge.size))
        edge = edge.add(batch["hash"] for batch in batches)
        point = Checkpoint(notary.origin, edge.size, edge.root())
        tree.add(batches, ctx.now, edge, signed(point, notary.public_key, notary.sign))
        if PUBLISH_CHECKPOINT in ctx.ports.job_kinds:
            ctx.enqueue(
                PUBLISH_CHECKPOINT, {"size": edge.size}, dedup_key=f"checkpoint:{edge.size}"
            )
        return Checkpointed(len(batches), edge.size, more=len(moved) == _MOST_STREAMS)


def _batches(events: Any, position: int) -> Iterator[dict[str, Any]]:
    for stream_id, members in groupby(events, key=lambda event: event.stream_id):
        rows = list(members)
        first, last = rows[0].seq, rows[-1].seq
        root = root_of(row.hash for row in rows)
        yield {
            "position": position,
            "stream_id": stream_id,
            "first_seq": first,
            "last_seq": last,
            "hash": batch_leaf(stream_id, first, last, root),
        }
        position += 1
