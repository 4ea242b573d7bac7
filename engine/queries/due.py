"""What the platform has to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Incident, Job, Timer

_job = table_of(Job)
_timer = table_of(Timer)
_incident = table_of(Incident)


@dataclass(frozen=True)
class Work:
    """Ids of what is due: instances with timers, tasks with a step of their policy, jobs."""

    instances: tuple[int, ...]
    tasks: tuple[int, ...]
    jobs: tuple[int, ...]


def work(connection: Connection, *, now: datetime, limit: int = 200) -> Work:
    """Name what is due now, most urgent first, at most `limit` of each."""
    store = Store(connection)
    return Work(
        instances=tuple(store.instances.instances_with_due_timers(now, limit)),
        tasks=tuple(store.tasks.with_due_step(now, limit)),
        jobs=tuple(store.jobs.due(now, limit)),
    )


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
