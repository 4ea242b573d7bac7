"""How messages and signals get from one case to others: one job for each case that is meant.

The sender's transaction only writes down what it sends and who waits for it at that moment; each
target is then moved by a job of its own, so that no transaction ever holds two cases.  Fan-out jobs
write those jobs in chunks, and strike out each target in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.commands.context import Command, Context
from engine.feel.values import to_json

CHUNK = 50
DELIVER = {"message": "deliver_message", "signal": "deliver_signal"}
FAN_OUT = "fan_out"
DAYS_KEPT = 30
"""How long an expired message, and who caught it, can still be looked up."""


def send(
    ctx: Context,
    kind: str,
    name: str,
    correlation: str,
    payload: Any,
    *,
    source_id: int | None,
    expires_at: datetime,
    but: int | None = None,
) -> tuple[int, int]:
    """Keep a message or signal for everybody who waits for it now, `but` one instance.

    Gives its id, and how many instances are meant.
    """
    message_id = ctx.store.messages.publish(
        kind=kind,
        name=name,
        correlation=correlation,
        payload=to_json(payload),
        source_id=source_id,
        published_at=ctx.now,
        expires_at=expires_at,
    )
    count = ctx.store.messages.aim(
        message_id, kind=kind, name=name, correlation=correlation, but=but
    )
    if count > CHUNK:
        ctx.enqueue(FAN_OUT, {"message_id": message_id})
    elif count:
        _chunk(ctx, kind, message_id)
    return message_id, count


def _chunk(ctx: Context, kind: str, message_id: int) -> int:
    """Write the jobs of the next targets; give how many."""
    targets = ctx.store.messages.targets(message_id, CHUNK)
    ctx.enqueue_all(
        DELIVER[kind],
        [
            {"message_id": message_id, "instance_id": target.instance_id, "token": target.token}
            for target in targets
        ],
    )
    ctx.store.messages.hit(message_id, [target.instance_id for target in targets])
    return len(targets)


def look_for_messages(ctx: Context, catches: Sequence[tuple[int, Any]]) -> None:
    """Write jobs for messages that were there before their catchers: one for each of them.

    catches -- (instance, its token that waits for a message of this name and correlation)
    """
    wanted = Counter((c.name, c.correlation, instance_id) for instance_id, c in catches)
    # In a fixed order, so that two commands never wait for each other's messages.
    for place in sorted({(name, correlation) for name, correlation, _ in wanted}):
        ctx.store.messages.meet(*place)
    for (name, correlation, instance_id), count in wanted.items():
        found = ctx.store.messages.uncaught(instance_id, name, correlation, ctx.now, count)
        ctx.enqueue_all(
            DELIVER["message"],
            [{"message_id": message_id, "instance_id": instance_id} for message_id in found],
        )


@dataclass(frozen=True, kw_only=True)
class FanOut(Command[int]):
    """Write the jobs of the next chunk of targets, and go on in another job while there are more.

    Gives how many jobs it wrote.
    """

    message_id: int

    def execute(self, ctx: Context) -> int:
        message = ctx.store.messages.get(self.message_id)
        if message is None:
            return 0
        count = _chunk(ctx, message.kind, message.id)
        if count == CHUNK:
            ctx.enqueue(FAN_OUT, {"message_id": message.id})
        return count


@dataclass(frozen=True, kw_only=True)
class ForgetMessages(Command[int]):
    """Delete messages and signals that expired long ago; give how many.

    What was sent and caught stays in the histories.  What still waits for its fan-out is kept.
    """

    most: int = 1_000

    def execute(self, ctx: Context) -> int:
        return ctx.store.messages.forget(ctx.now - timedelta(days=DAYS_KEPT), self.most)
