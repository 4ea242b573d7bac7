"""Jobs of the engine's own: what could not be moved, retries in bulk, and clearing up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.commands.context import Command, Context
from engine.commands.incidents import RetryIncident
from engine.commands.messages import FireTimers, ServeDueTask
from engine.commands.sending import ForgetMessages
from engine.errors import Busy, EngineError
from engine.model import Act, Actor, CaseFacts, Channel
from engine.ports import Again, Recurring
from engine.store.database import savepoint

FIRE, SERVE = "fire_timers", "serve_due_task"
RETRY, RETRY_MANY, CLEAR_UP = "retry_incident", "retry_incidents", "clear_up"
KINDS = frozenset({FIRE, SERVE, RETRY, RETRY_MANY, CLEAR_UP})
SCHEDULES = (Recurring("clear_up", CLEAR_UP, "daily 02:30"),)
CHUNK = 50
UNSENT_KEPT = timedelta(days=14)  # files of drafts that no longer hold them
DONE_KEPT, FAILED_KEPT, WORKERS_KEPT = timedelta(days=14), timedelta(days=90), timedelta(days=2)
_TRIES = 5
_AT_ONCE = 1_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


def command_for(kind: str, payload: Mapping[str, Any]) -> Command[Any] | None:
    """Give what a job of this kind does; None where the kind is not one of these."""
    match kind:
        case "fire_timers":
            return _FireHeld(int(payload["instance_id"]))
        case "serve_due_task":
            return ServeDueTask(task_id=int(payload["task_id"]), held=True)
        case "retry_incident":
            return _RetryFor(int(payload["incident_id"]), int(payload["person_id"]))
        case "retry_incidents":
            return _RetryChunk(payload)
        case "clear_up":
            return ClearUp()
    return None


@dataclass(frozen=True, kw_only=True)
class HoldBack(Command[int | None]):
    """Leave a job behind for what a worker could not move: it tries again, and then gives up once.

    One of both: instance_id -- its due timers are held; task_id -- the step of its policy is
    """

    instance_id: int = 0
    task_id: int = 0
    error: str

    def execute(self, ctx: Context) -> int | None:
        about = self._timers(ctx) if self.instance_id else self._step(ctx)
        if about is None:
            return None
        kind = FIRE if self.instance_id else SERVE
        key = f"{kind}/{self.instance_id or self.task_id}/{ctx.now.isoformat()}"
        job_id = ctx.enqueue(
            kind,
            about,
            run_at=ctx.now + timedelta(seconds=10),
            dedup_key=key,
            max_attempts=_TRIES,
        )
        if job_id is not None:
            ctx.store.jobs.change(job_id, last_error=self.error[:2000])
        return job_id

    def _timers(self, ctx: Context) -> dict[str, Any] | None:
        held = ctx.store.instances.hold_timers(self.instance_id, ctx.now)
        return {"instance_id": self.instance_id, "element_id": held[0]} if held else None

    def _step(self, ctx: Context) -> dict[str, Any] | None:
        row = ctx.store.tasks.hold_step(self.task_id, ctx.now)
        if row is None:
            return None
        return {
            "task_id": self.task_id,
            "instance_id": row.instance_id,
            "element_id": row.element_id,
        }


@dataclass(frozen=True, kw_only=True)
class RetryIncidents(Command[int | None]):
    """Retry every open incident that fits, in a job's chunks, in this person's name; give the job.

    Each is retried by a job of its own, so that one that fails keeps nobody.  Empty: any.
    """

    process_key: str = ""
    element_id: str = ""
    kind: str = ""
    message: str = ""
    reason: str = ""

    def execute(self, ctx: Context) -> int | None:
        ctx.authorize(Act.RETRY, CaseFacts(None, self.process_key, None, ""))
        wanted = {
            "process_key": self.process_key,
            "element_id": self.element_id,
            "kind": self.kind,
            "message": self.message,
        }
        total = ctx.store.jobs.count_incidents(wanted)
        if not total:
            return None
        person = ctx.actor.person_id or 0
        return ctx.enqueue(
            RETRY_MANY,
            {**wanted, "after": 0, "person_id": person, "reason": self.reason},
            progress_total=total,
        )


@dataclass(frozen=True)
class _FireHeld(Command[None]):
    instance_id: int

    def execute(self, ctx: Context) -> None:
        ctx.run(FireTimers(instance_id=self.instance_id))
        ctx.store.instances.free_timers(self.instance_id)  # what is left is due as before


@dataclass(frozen=True)
class _RetryChunk(Command[Again | None]):
    payload: Mapping[str, Any]

    def execute(self, ctx: Context) -> Again | None:
        found = ctx.store.jobs.find_incidents(self.payload, int(self.payload["after"]), CHUNK)
        for incident_id in found:
            ctx.enqueue(
                RETRY,
                {"incident_id": incident_id, "person_id": self.payload["person_id"]},
                max_attempts=1,
            )
        if len(found) < CHUNK:
            return None
        return Again({**self.payload, "after": found[-1]}, done=len(found))


@dataclass(frozen=True)
class _RetryFor(Command[None]):
    incident_id: int
    person_id: int

    def execute(self, ctx: Context) -> None:
        actor = Actor(person_id=self.person_id or None, channel=Channel.WORKER)
        mine = replace(ctx, actor=actor, _card=None, _pending={})
        # Settled meanwhile, not this person's, or failing again: its own incident stays open.
        with suppress(EngineError), savepoint(ctx.connection):
            try:
                mine.run(RetryIncident(incident_id=self.incident_id))
            except Busy:
                raise
            except Exception as error:
                raise EngineError from error
            mine.flush()


@dataclass(frozen=True, kw_only=True)
class ClearUp(Command[Again | None]):
    """Delete finished jobs, old messages, dead workers' rows and unsent files, some at a time.

    Also the states that migrated cases could have gone back to, where they have moved on.
    """

    def execute(self, ctx: Context) -> Again | None:
        now = ctx.now
        gone = ctx.store.leases.forget(now - DONE_KEPT, now - FAILED_KEPT, _AT_ONCE)
        gone += ctx.run(ForgetMessages(most=_AT_ONCE))
        ctx.store.schedules.forget_workers(now - WORKERS_KEPT)
        ctx.store.migrations.forget_passed()
        _sweep_files(ctx)
        return Again({}, done=gone) if gone >= _AT_ONCE else None


def _sweep_files(ctx: Context) -> None:
    if ctx.ports.files is None:
        return
    # Any digest in a draft's text counts: rather keep a file too many.
    held = {name for text in ctx.store.tasks.texts_of_drafts() for name in _DIGEST.findall(text)}
    ctx.ports.files.sweep(ctx.now - UNSENT_KEPT, held)
