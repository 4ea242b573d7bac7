"""Letting every case of a batch go back that has not moved since it went over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from engine.commands.context import Command, Context
from engine.commands.migrating import CHUNK, UndoMigration, allow_back
from engine.commands.suspending import require_reason
from engine.errors import InvalidState, NotFound
from engine.history.events import MigrationAsked
from engine.model import Actor, Channel, StreamKind
from engine.ports import Again
from engine.store.database import savepoint

UNDO_MANY, UNDO_ONE = "undo_migrations", "undo_migration"
KINDS = frozenset({UNDO_MANY, UNDO_ONE})


def command_for(kind: str, payload: Mapping[str, Any]) -> Command[Any] | None:
    """Give what a job of this kind does; None where the kind is not one of these."""
    match kind:
        case "undo_migrations":
            return _UndoChunk(payload)
        case "undo_migration":
            return _UndoFor(payload)
    return None


@dataclass(frozen=True, kw_only=True)
class UndoMigrations(Command[int | None]):
    """Let the cases of a batch go back, each by a job of its own; give the job, None where none.

    A case that has moved since stays where it is.
    """

    batch_id: int
    reason: str

    def execute(self, ctx: Context) -> int | None:
        batch = ctx.store.migrations.batch(self.batch_id)
        if batch is None:
            raise NotFound(f"Expected a batch {self.batch_id}, but there is none.")
        old = ctx.library.get(ctx.store, batch.from_id)
        new = ctx.library.get(ctx.store, batch.to_id)
        allow_back(ctx, old.key)
        require_reason(self.reason)
        count = ctx.store.migrations.count_undoable(batch.id)
        if not count:
            return None
        event = MigrationAsked(
            definition_id=old.id,
            batch_id=batch.id,
            old_version=new.version,
            new_version=old.version,
            cases=count,
            reason=self.reason,
        )
        ctx.record(event, (StreamKind.DEFINITION, old.key))
        person = ctx.actor.person_id or 0
        payload = {"batch_id": batch.id, "after": 0, "person_id": person, "reason": self.reason}
        group = f"migration/{batch.id}"
        return ctx.enqueue(UNDO_MANY, payload, group_key=group, progress_total=count)


@dataclass(frozen=True)
class _UndoChunk(Command[Again | None]):
    payload: Mapping[str, Any]

    def execute(self, ctx: Context) -> Again | None:
        batch_id, after = int(self.payload["batch_id"]), int(self.payload["after"])
        found = ctx.store.migrations.undoable(batch_id, after, CHUNK)
        given = {name: self.payload[name] for name in ("person_id", "reason")}
        ctx.enqueue_all(UNDO_ONE, [{"instance_id": row.instance_id, **given} for row in found])
        if len(found) < CHUNK:
            return None
        return Again({**self.payload, "after": found[-1].id}, done=len(found))


@dataclass(frozen=True)
class _UndoFor(Command[None]):
    payload: Mapping[str, Any]

    def execute(self, ctx: Context) -> None:
        person = int(self.payload["person_id"]) or None
        actor = Actor(person_id=person, channel=Channel.WORKER)
        mine = replace(ctx, actor=actor, _card=None, _pending={})
        instance_id = int(self.payload["instance_id"])
        # One that has moved since stays where it is.
        with suppress(InvalidState), savepoint(ctx.connection):
            mine.run(UndoMigration(instance_id=instance_id, reason=str(self.payload["reason"])))
