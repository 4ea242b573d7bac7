"""Working off jobs, and what is left when one keeps failing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.commands import deliveries
from engine.commands.context import Command, Context
from engine.errors import NotFound
from engine.feel.values import from_json
from engine.history.events import JobFailed
from engine.model import JobState, StreamKind

_FIRST_WAIT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class RunJob(Command[bool]):
    """Do a due job and mark it done, both or neither; tell whether there was anything to do."""

    job_id: int

    def execute(self, ctx: Context) -> bool:
        job = ctx.store.jobs.lock(self.job_id)
        if job is None or job.run_at > ctx.now:
            return False
        payload = from_json(job.payload)
        own = deliveries.command_for(job.kind, payload)
        if own is not None:
            ctx.run(own)
        else:
            kind = ctx.ports.job_kinds.get(job.kind)
            if kind is None:
                raise NotFound(f"Expected a kind of job named {job.kind!r}, but the host has none.")
            kind.run(ctx, payload)
        ctx.store.jobs.change(
            job.id,
            state=JobState.DONE,
            finished_at=ctx.now,
            attempts=job.attempts + 1,
            last_error="",
        )
        return True


@dataclass(frozen=True, kw_only=True)
class PutOffJob(Command[None]):
    """Note that a job failed: try again later, or, after the last try, open an incident."""

    job_id: int
    error: str

    def execute(self, ctx: Context) -> None:
        job = ctx.store.jobs.lock(self.job_id)
        if job is None:
            return
        attempts = job.attempts + 1
        columns: dict[str, Any] = {"attempts": attempts, "last_error": self.error[:2000]}
        if attempts < job.max_attempts:
            wait = timedelta(seconds=_FIRST_WAIT_SECONDS * 2 ** (attempts - 1))
            ctx.store.jobs.change(job.id, run_at=ctx.now + wait, **columns)
            return
        ctx.store.jobs.change(job.id, state=JobState.FAILED, finished_at=ctx.now, **columns)
        ctx.store.jobs.open_incident(
            job_id=job.id, element_id="", kind="JOB", message=self.error[:2000], opened_at=ctx.now
        )
        ctx.record(
            JobFailed(
                job_id=job.id, job_kind=job.kind, message=self.error[:500], attempts=attempts
            ),
            (StreamKind.NETWORK, f"jobs/{ctx.now.date().isoformat()}"),
        )
