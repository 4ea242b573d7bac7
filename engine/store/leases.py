"""Statements by which workers share jobs out: who has which until when, and how many per minute."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from engine.store.base import any_of, table_of
from engine.store.tables import Incident, Job, JobLimit

_job = table_of(Job)
_limit = table_of(JobLimit)
_incident = table_of(Incident)

# Written as in the partial index, so that both databases use it.
_FREE = text("state = 'DUE' AND leased_until IS NULL")
_HELD = text("state = 'DUE' AND leased_until IS NOT NULL")
_UNDERSTOOD = and_(
    any_of(_job.c.kind, "kinds"),
    _job.c.format <= bindparam("format"),
)
_ORDER = (_job.c.priority, _job.c.run_at, _job.c.id)
_FREE_DUE: Select[Any] = (
    select(_job.c.id)
    .where(_FREE, _job.c.run_at <= bindparam("now"), _UNDERSTOOD)
    .order_by(*_ORDER)
    .limit(bindparam("most"))
)
# A lease that ends long after any could: the clock was put back since.
_LEFT_DUE: Select[Any] = (
    select(_job.c.id)
    .where(
        _HELD,
        or_(_job.c.leased_until <= bindparam("now"), _job.c.leased_until > bindparam("never")),
        _job.c.run_at <= bindparam("now"),
        _UNDERSTOOD,
    )
    .order_by(_job.c.leased_until)
    .limit(bindparam("most"))
)
# Chosen and taken in two statements: inside one, the choice may be made more than once.
_TAKE = (
    update(_job)
    .where(any_of(_job.c.id, "ids"))
    .values(
        worker=bindparam("worker_name"),
        leased_until=bindparam("until"),
        started_at=bindparam("now"),
        attempts=_job.c.attempts + bindparam("died"),
    )
    .returning(_job.c.id, _job.c.kind, _job.c.attempts, _job.c.max_attempts, *_ORDER[:2])
)
_FREE_LOCKED = _FREE_DUE.with_for_update(skip_locked=True)
_LEFT_LOCKED = _LEFT_DUE.with_for_update(skip_locked=True)
_ONE_FREE = _FREE_LOCKED.where(_job.c.id == bindparam("job_id"))
_ONE_LEFT = _LEFT_LOCKED.where(_job.c.id == bindparam("job_id"))
_RENEW = (
    update(_job)
    .where(_HELD, _job.c.worker == bindparam("worker_name"), any_of(_job.c.id, "ids"))
    .values(leased_until=bindparam("until"))
)
_RELEASE = (
    update(_job)
    .where(_HELD, _job.c.worker == bindparam("worker_name"), any_of(_job.c.id, "ids"))
    .values(leased_until=None, worker=None)
)
_CANCEL_FREE = (
    update(_job)
    .where(_FREE, _job.c.id == bindparam("job_id"))
    .values(state="CANCELLED", finished_at=bindparam("now"), cancel_requested=True)
)
_CANCEL_HELD = (
    update(_job).where(_HELD, _job.c.id == bindparam("job_id")).values(cancel_requested=True)
)
_LIMITS = select(_limit).order_by(_limit.c.kind)
_LOCK_LIMIT = select(_limit).where(_limit.c.kind == bindparam("of_kind")).with_for_update()
_MOVE_LIMIT = update(_limit).where(_limit.c.kind == bindparam("of_kind"))
_WAITS = (
    select(func.count())
    .select_from(_job)
    .where(_FREE, _job.c.run_at <= bindparam("now"), _job.c.kind == bindparam("of_kind"))
)
# What a person still has to look at is kept; `literal_column` since the incident's state is meant.
_LOOKED_AT = ~exists(
    select(literal_column("1")).where(
        _incident.c.job_id == _job.c.id, _incident.c.state == literal_column("'OPEN'")
    )
)
_OLD = (
    select(_job.c.id)
    .where(
        or_(
            and_(_job.c.state.in_(("DONE", "CANCELLED")), _job.c.finished_at < bindparam("done")),
            and_(_job.c.state == "FAILED", _job.c.finished_at < bindparam("failed"), _LOOKED_AT),
        ),
        _job.c.finished_at < bindparam("done"),
    )
    .order_by(_job.c.finished_at)
    .limit(bindparam("most"))
)
_FORGET = delete(_job).where(_job.c.id.in_(_OLD))


class LeaseStore:
    """Who works on which job.  All on one open connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # ---- looking

    def free(self, wanted: dict[str, Any], most: int) -> list[int]:
        """Name due jobs that nobody has, most urgent first.

        wanted -- `now`, and what the worker understands: `kinds` and `format`
        """
        return list(self.connection.scalars(_FREE_DUE, {**wanted, "most": most}))

    def left(self, wanted: dict[str, Any], most: int) -> list[int]:
        """Name due jobs that a dead worker had; `wanted` as above, with `never`."""
        return list(self.connection.scalars(_LEFT_DUE, {**wanted, "most": most}))

    # ---- taking

    def take_free(self, wanted: dict[str, Any], lease: dict[str, Any], most: int) -> list[Any]:
        """Take due jobs that nobody has, most urgent first; lease -- `worker_name` and `until`."""
        return self._take(_FREE_LOCKED, {**wanted, "most": most}, lease, 0)

    def take_left(self, wanted: dict[str, Any], lease: dict[str, Any]) -> list[Any]:
        """Take one job that a dead worker had: alone, since it may have killed him."""
        return self._take(_LEFT_LOCKED, {**wanted, "most": 1}, lease, 1)

    def take_one(self, job_id: int, wanted: dict[str, Any], lease: dict[str, Any]) -> list[Any]:
        """Take a certain job, if it is due and nobody has it."""
        named = {**wanted, "job_id": job_id, "most": 1}
        return self._take(_ONE_FREE, named, lease, 0) or self._take(_ONE_LEFT, named, lease, 1)

    def _take(
        self, choice: Any, wanted: dict[str, Any], lease: dict[str, Any], died: int
    ) -> list[Any]:
        ids = list(self.connection.scalars(choice, wanted))
        if not ids:
            return []
        named = {**lease, "ids": ids, "now": wanted["now"], "died": died}
        rows = self.connection.execute(_TAKE, named)
        return sorted(rows, key=lambda row: (row.priority, row.run_at, row.id))

    # ---- keeping and giving back

    def renew(self, worker: str, ids: Collection[int], until: datetime) -> None:
        """Keep jobs that a worker has for longer."""
        if ids:
            named = {"worker_name": worker, "ids": list(ids), "until": until}
            self.connection.execute(_RENEW, named)

    def release(self, worker: str, ids: Collection[int]) -> None:
        """Give back what a worker has not begun."""
        if ids:
            self.connection.execute(_RELEASE, {"worker_name": worker, "ids": list(ids)})

    def cancel(self, job_id: int, now: datetime) -> str:
        """Cancel a job; say what it is now: CANCELLED, REQUESTED (somebody is at it), or empty."""
        named = {"job_id": job_id, "now": now}
        if self.connection.execute(_CANCEL_FREE, named).rowcount:
            return "CANCELLED"
        return "REQUESTED" if self.connection.execute(_CANCEL_HELD, named).rowcount else ""

    def forget(self, done: datetime, failed: datetime, most: int) -> int:
        """Delete jobs finished before `done`, and before `failed` those given up and settled."""
        named = {"done": done, "failed": failed, "most": most}
        return self.connection.execute(_FORGET, named).rowcount

    # ---- how many per minute

    def limits(self) -> list[Any]:
        """Give every limit: kind, per_minute, free_at."""
        return list(self.connection.execute(_LIMITS))

    def lock_limit(self, kind: str) -> Any:
        """Lock the limit of a kind; None where it has none."""
        return self.connection.execute(_LOCK_LIMIT, {"of_kind": kind}).first()

    def set_limit(self, kind: str, per_minute: int, now: datetime) -> None:
        """Write how many jobs of a kind may begin per minute."""
        if not self.move_limit(kind, per_minute=per_minute):
            row = {"kind": kind, "per_minute": per_minute, "free_at": now}
            self.connection.execute(_limit.insert(), row)

    def move_limit(self, kind: str, **columns: Any) -> bool:
        """Write columns of a limit; False where there is none."""
        return bool(self.connection.execute(_MOVE_LIMIT, {"of_kind": kind, **columns}).rowcount)

    def waits(self, kind: str, now: datetime) -> int:
        """Count the due jobs of a kind that nobody has."""
        return self.connection.scalars(_WAITS, {"of_kind": kind, "now": now}).one()


def span_of_burst(per_minute: int) -> timedelta:
    """Give how much unused time of a limit may be made up for at once: two seconds, or one job."""
    return max(timedelta(seconds=2), timedelta(minutes=1) / per_minute)


def room(limit: Any, now: datetime) -> int:
    """Say how many jobs a limit lets begin now."""
    step = timedelta(minutes=1) / limit.per_minute
    return max(0, int((now + span_of_burst(limit.per_minute) - taken_until(limit, now)) / step))


def taken_until(limit: Any, now: datetime) -> datetime:
    """Give the moment up to which a limit is used up."""
    if limit.free_at > now + timedelta(minutes=2):  # the clock was put back
        return now
    free_at: datetime = limit.free_at
    return max(free_at, now)
