"""Checkpoints of the history: every few minutes a signed root over all that has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.commands.context import Command, Context
from engine.errors import NotFound
from engine.history.checkpoint import Checkpoint, batch_leaf, signed
from engine.history.merkle import root_of
from engine.store.tree import News, frontier_of

PUBLISH_CHECKPOINT = "publish_checkpoint"

# A transaction notes the moment at which it began: look back further than one may last (a minute
# idle, half a minute a statement).  What lasted longer is taken by the daily look at everything.
_OVERLAP = timedelta(minutes=15)
_AHEAD = timedelta(days=1)  # what another machine's clock may be before ours, and far more
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
        edge = frontier_of(last)
        if last is None or self.whole:
            news = tree.behind(_MOST_STREAMS)
        else:
            news = tree.news(last.at - _OVERLAP, ctx.now + _AHEAD, _MOST_STREAMS)
        if not news:
            return Checkpointed(0, edge.size, more=False)
        batches = [_batch(each, place) for place, each in enumerate(news, edge.size)]
        edge = edge.add(batch["hash"] for batch in batches)
        point = Checkpoint(notary.origin, edge.size, edge.root())
        tree.add(batches, ctx.now, edge, signed(point, notary.public_key, notary.sign))
        if PUBLISH_CHECKPOINT in ctx.ports.job_kinds:
            ctx.enqueue(
                PUBLISH_CHECKPOINT, {"size": edge.size}, dedup_key=f"checkpoint:{edge.size}"
            )
        return Checkpointed(len(batches), edge.size, more=len(news) == _MOST_STREAMS)


def _batch(news: News, position: int) -> dict[str, Any]:
    first, last = news.first_seq, news.last_seq
    return {
        "position": position,
        "stream_id": news.stream_id,
        "first_seq": first,
        "last_seq": last,
        "hash": batch_leaf(news.stream_id, first, last, root_of(news.hashes)),
    }
