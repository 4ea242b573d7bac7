"""Sharing jobs out among workers: taking, keeping and giving back, and how many per minute."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.commands.context import Command, Context
from engine.commands.giving_up import give_up
from engine.errors import InvalidForm, InvalidState, NotFound, Problem
from engine.history.events import Noted
from engine.model import Act, CaseFacts, StreamKind
from engine.store.leases import room, taken_until

LEASE = timedelta(minutes=2)
"""How long a job stays with a worker that is not heard of any more."""
MOST_PER_MINUTE = 100_000


@dataclass(frozen=True)
class Claim:
    """A job that a worker has now."""

    id: int
    kind: str


@dataclass(frozen=True)
class Skills:
    """What a worker understands: kinds of jobs, and the newest format of a job's row."""

    kinds: frozenset[str]
    format: int

    def wanted(self, now: datetime, kinds: Collection[str] | None = None) -> dict[str, Any]:
        """Give it as the statements want it."""
        chosen = self.kinds if kinds is None else self.kinds.intersection(kinds)
        never = now + 5 * LEASE
        return {"now": now, "never": never, "kinds": sorted(chosen), "format": self.format}


@dataclass(frozen=True, kw_only=True)
class ClaimJobs(Command[tuple[Claim, ...]]):
    """Take due jobs, most urgent first, until they are done or the lease ends.

    job_id -- this one alone, if it is due and free; 0: any.  A job whose worker died comes last in
    a batch and alone, with one more attempt counted, and is given up when it has none left.
    """

    worker: str
    skills: Skills
    limit: int = 20
    job_id: int = 0

    def execute(self, ctx: Context) -> tuple[Claim, ...]:
        lease = {"worker_name": self.worker, "until": ctx.now + LEASE}
        rows = self._one(ctx, lease) if self.job_id else self._batch(ctx, lease)
        return tuple(Claim(row.id, row.kind) for row in rows if self._lives(ctx, row))

    def _one(self, ctx: Context, lease: dict[str, Any]) -> list[Any]:
        leases, wanted = ctx.store.leases, self.skills.wanted(ctx.now)
        limited = {limit.kind for limit in leases.limits()}
        free = self.skills.wanted(ctx.now, self.skills.kinds - limited)
        if rows := leases.take_one(self.job_id, free, lease):
            return rows
        kind = ctx.store.jobs.kind(self.job_id)
        if kind is None or kind not in limited or not self._room(ctx, kind):
            return []
        rows = leases.take_one(self.job_id, wanted, lease)
        self._use(ctx, kind, len(rows))
        return rows

    def _batch(self, ctx: Context, lease: dict[str, Any]) -> list[Any]:
        leases = ctx.store.leases
        limited = {row.kind: row for row in leases.limits() if row.kind in self.skills.kinds}
        wanted = self.skills.wanted(ctx.now, self.skills.kinds - set(limited))
        rows = leases.take_free(wanted, lease, self.limit)
        for kind, limit in limited.items():
            most = min(room(limit, ctx.now), self.limit - len(rows))
            if most > 0 and leases.waits(kind, ctx.now):
                most = min(most, self._room(ctx, kind))
                wanted = self.skills.wanted(ctx.now, [kind])
                got = leases.take_free(wanted, lease, most) if most else []
                self._use(ctx, kind, len(got))
                rows += got
        if len(rows) < self.limit:
            rows += leases.take_left(self.skills.wanted(ctx.now), lease)
        return rows

    def _room(self, ctx: Context, kind: str) -> int:
        limit = ctx.store.leases.lock_limit(kind)
        return self.limit if limit is None else room(limit, ctx.now)

    def _use(self, ctx: Context, kind: str, count: int) -> None:
        limit = ctx.store.leases.lock_limit(kind)
        if limit is not None and count:
            used = count * timedelta(minutes=1) / limit.per_minute
            ctx.store.leases.move_limit(kind, free_at=taken_until(limit, ctx.now) + used)

    def _lives(self, ctx: Context, row: Any) -> bool:
        if row.attempts < row.max_attempts:
            return True
        give_up(ctx, ctx.store.jobs.lock(row.id), "Its worker died each time.", row.attempts)
        return False


@dataclass(frozen=True, kw_only=True)
class ReleaseJobs(Command[None]):
    """Give back jobs that a worker took and has not begun."""

    worker: str
    job_ids: Collection[int]

    def execute(self, ctx: Context) -> None:
        ctx.store.leases.release(self.worker, self.job_ids)


@dataclass(frozen=True, kw_only=True)
class CancelJob(Command[bool]):
    """Take a job out that is not done yet; tell whether it is out at once.

    Somebody may be at it: then what is done in one go is done, and work in chunks ends after one.
    """

    job_id: int
    reason: str

    def execute(self, ctx: Context) -> bool:
        ctx.authorize(Act.RETRY, CaseFacts(None, "", None, ""))
        if not self.reason.strip():
            raise InvalidForm([Problem("reason", "required", "Expected a reason, but got none.")])
        said = ctx.store.leases.cancel(self.job_id, ctx.now)
        if not said:
            raise InvalidState("Expected a job that waits, but it is done, given up or cancelled.")
        _note(ctx, "JOB_CANCELLED", {"job_id": self.job_id, "reason": self.reason})
        return said == "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class SetJobLimit(Command[None]):
    """Say how many jobs of a kind may begin per minute, whatever number of workers there is."""

    kind: str
    per_minute: int

    def execute(self, ctx: Context) -> None:
        ctx.authorize(Act.RETRY, CaseFacts(None, "", None, ""))
        if not 1 <= self.per_minute <= MOST_PER_MINUTE:
            raise InvalidForm(
                [Problem("per_minute", "range", f"Expected 1 to {MOST_PER_MINUTE} per minute.")]
            )
        if self.kind not in ctx.ports.job_kinds:
            raise NotFound(f"Expected a kind of job named {self.kind!r}, but the host has none.")
        ctx.store.leases.set_limit(self.kind, self.per_minute, ctx.now)
        _note(ctx, "JOB_LIMIT_SET", {"job_kind": self.kind, "per_minute": self.per_minute})


def _note(ctx: Context, what: str, about: dict[str, Any]) -> None:
    stream = (StreamKind.NETWORK, f"jobs/{ctx.now.date().isoformat()}")
    ctx.record(Noted(what=what, about=about), stream)
