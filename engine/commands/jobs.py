"""Working off jobs: in the job's transaction, or, what leaves the house, between two of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.commands import deliveries, upkeep
from engine.commands.context import Command, Context
from engine.commands.giving_up import LONGEST_ERROR, give_up
from engine.errors import NotFound
from engine.feel.values import from_json, to_json
from engine.model import JobState
from engine.ports import Again, JobKind, Ports

FORMAT = 1
"""What this version of the engine writes into a job's row; an older worker leaves newer ones."""
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_LEAST_URGENT = 9
_FREE = {"leased_until": None, "worker": None}


def kinds(ports: Ports) -> frozenset[str]:
    """Name every kind of job that this process can do."""
    return frozenset(ports.job_kinds) | deliveries.KINDS | upkeep.KINDS


@dataclass(frozen=True, kw_only=True)
class RunJob(Command[bool]):
    """Do a due job and mark it done, both or neither; tell whether there was anything to do.

    worker -- who has taken it; empty: nobody need have
    """

    job_id: int
    worker: str = ""

    def execute(self, ctx: Context) -> bool:
        job = _ready(ctx, self.job_id, self.worker)
        if job is None:
            return False
        said = _do(ctx, job)
        if isinstance(said, Again):
            _go_on(ctx, job, said)
        else:
            _finish(ctx, job)
        return True


@dataclass(frozen=True)
class Prepared:
    """What a job is to send out of the house; `key` is the same each time it is tried."""

    job_id: int
    key: str
    what: Any


@dataclass(frozen=True, kw_only=True)
class PrepareJob(Command[Prepared | None]):
    """Read what a job is to send; None where there is nothing to send, and the job is done."""

    job_id: int
    worker: str

    def execute(self, ctx: Context) -> Prepared | None:
        job = _ready(ctx, self.job_id, self.worker)
        if job is None:
            return None
        what = _do(ctx, job)
        if what is None:
            _finish(ctx, job)
            return None
        return Prepared(job.id, f"{job.id}.{job.created_at.timestamp():.6f}", what)


@dataclass(frozen=True, kw_only=True)
class FinishJob(Command[bool]):
    """Mark a job done whose sending went well; tell whether it was still this worker's."""

    job_id: int
    worker: str

    def execute(self, ctx: Context) -> bool:
        job = ctx.store.jobs.lock(self.job_id, self.worker)
        if job is None or job.worker != self.worker:
            return False
        _finish(ctx, job)
        return True


@dataclass(frozen=True, kw_only=True)
class PutOffJob(Command[None]):
    """Note that a job failed: try again later, or, after the last try, open an incident.

    counted -- False: it was not the job's fault, such as a worker too old for it
    """

    job_id: int
    error: str
    worker: str = ""
    counted: bool = True

    def execute(self, ctx: Context) -> None:
        job = ctx.store.jobs.lock(self.job_id, self.worker)
        if job is None or (self.worker and job.worker != self.worker):
            return
        attempts = job.attempts + self.counted
        if attempts >= job.max_attempts:
            give_up(ctx, job, self.error, attempts)
            return
        ctx.store.jobs.change(
            job.id,
            attempts=attempts,
            last_error=self.error[:LONGEST_ERROR],
            # What fails falls behind what has not: others do not wait for it.
            priority=min(job.priority + self.counted, max(job.priority, _LEAST_URGENT)),
            run_at=ctx.now + _wait(attempts or 1),
            **_FREE,
        )


def _wait(attempts: int) -> timedelta:
    # Never all at once: what failed together would fail together again.
    longest: timedelta = min(_FIRST_WAIT * 2 ** min(attempts - 1, 20), _LONGEST_WAIT)
    return longest * random.uniform(0.6, 1.0)


def _ready(ctx: Context, job_id: int, worker: str) -> Any:
    """Lock a job that is due and whose lease is still this worker's; None where it is not."""
    job = ctx.store.jobs.lock(job_id, worker)
    if job is None or job.run_at > ctx.now:
        return None
    others = job.leased_until is not None and job.leased_until > ctx.now
    if (worker and job.worker != worker) or (not worker and others):
        return None
    if job.cancel_requested:
        columns = {"state": JobState.CANCELLED, "finished_at": ctx.now}
        ctx.store.jobs.change(job.id, **columns, **_FREE)
        return None
    return job


def _do(ctx: Context, job: Any) -> Any:
    payload: Mapping[str, Any] = from_json(job.payload)
    own = deliveries.command_for(job.kind, payload) or upkeep.command_for(job.kind, payload)
    if own is not None:
        return ctx.run(own)
    return kind_of(ctx.ports, job.kind).run(ctx, payload)


def kind_of(ports: Ports, name: str) -> JobKind:
    """Give a kind of job of the host's."""
    kind = ports.job_kinds.get(name)
    if kind is None:
        raise NotFound(f"Expected a kind of job named {name!r}, but the host has none.")
    return kind


def _go_on(ctx: Context, job: Any, rest: Again) -> None:
    ctx.store.jobs.change(
        job.id,
        payload=to_json(dict(rest.payload)),
        progress_done=job.progress_done + rest.done,
        run_at=ctx.now + rest.pause,
        attempts=0,
        last_error="",
        **_FREE,
    )


def _finish(ctx: Context, job: Any) -> None:
    ctx.store.jobs.change(
        job.id,
        state=JobState.DONE,
        finished_at=ctx.now,
        attempts=job.attempts + 1,
        last_error="",
        **_FREE,
    )
