"""What the platform has to do now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.store import Store
from engine.store.base import table_of
from engine.store.leases import room
from engine.store.tables import Incident, Job, Schedule, Task, Timer

_job = table_of(Job)
_timer = table_of(Timer)
_incident = table_of(Incident)
_task = table_of(Task)
_schedule = table_of(Schedule)
# Further ahead than any lease: the clock was put back.
_NEVER = timedelta(minutes=10)


@dataclass(frozen=True)
class Work:
    """Ids of what is due: instances with timers, tasks with a step of their policy, jobs.

    jobs -- that nobody has; no more of a kind than its limit lets begin now.  schedules -- by name
    """

    instances: tuple[int, ...]
    tasks: tuple[int, ...]
    jobs: tuple[int, ...]
    schedules: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.instances or self.tasks or self.jobs or self.schedules)


def work(
    connection: Connection,
    *,
    now: datetime,
    kinds: Collection[str],
    format: int,
    limit: int = 200,
) -> Work:
    """Name what is due now, most urgent first, at most `limit` of each.

    kinds, format -- the jobs that whoever asks understands
    """
    store = Store(connection)
    return Work(
        instances=tuple(store.instances.instances_with_due_timers(now, limit)),
        tasks=tuple(store.tasks.with_due_step(now, limit)),
        jobs=tuple(_jobs(store, now, frozenset(kinds), format, limit)),
        schedules=tuple(store.schedules.due(now)),
    )


def _jobs(store: Store, now: datetime, kinds: frozenset[str], format: int, limit: int) -> list[int]:
    limits = {limit.kind: limit for limit in store.leases.limits() if limit.kind in kinds}
    wanted = {"now": now, "never": now + _NEVER, "format": format}
    found = store.leases.free({**wanted, "kinds": sorted(kinds - set(limits))}, limit)
    for kind, its in limits.items():
        if most := min(room(its, now), limit - len(found)):
            found += store.leases.free({**wanted, "kinds": [kind]}, most)
    if len(found) < limit:
        found += store.leases.left({**wanted, "kinds": sorted(kinds)}, limit - len(found))
    return found


def next_moment(connection: Connection) -> datetime | None:
    """Give when something is due for the first time, past or to come; None where nothing waits."""
    wanted = (
        select(func.min(_timer.c.due_at)),
        select(func.min(_task.c.next_step_at)).where(_task.c.state == "CREATED"),
        select(func.min(_job.c.run_at)).where(_job.c.state == "DUE"),
        select(func.min(_schedule.c.next_at)).where(_schedule.c.enabled),
    )
    moments = [connection.scalars(each).one() for each in wanted]
    return min((moment for moment in moments if moment is not None), default=None)


@dataclass(frozen=True)
class Backlog:
    """How far behind the platform is."""

    jobs: int
    failed_jobs: int
    open_incidents: int
    oldest_timer: datetime | None


def backlog(connection: Connection, *, now: datetime) -> Backlog:
    """Count what waits for the platform, and what it gave up on."""
    due = select(func.count()).select_from(_job).where(_job.c.state == "DUE", _job.c.run_at <= now)
    failed = select(func.count()).select_from(_job).where(_job.c.state == "FAILED")
    incidents = select(func.count()).select_from(_incident).where(_incident.c.state == "OPEN")
    oldest = select(func.min(_timer.c.due_at)).where(_timer.c.due_at <= now)
    return Backlog(
        jobs=connection.scalars(due).one(),
        failed_jobs=connection.scalars(failed).one(),
        open_incidents=connection.scalars(incidents).one(),
        oldest_timer=connection.scalars(oldest).one(),
    )
