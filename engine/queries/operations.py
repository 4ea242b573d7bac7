"""What an administrator sees: jobs, schedules, workers, how late things are.  Never an answer.

Cases are known here by number, process and element; titles and names of people are not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, distinct, func, or_, select, text

from engine.library import library_of
from engine.model import SILENT
from engine.queries.page import Page, cut, read_key
from engine.store import Store
from engine.store.base import table_of
from engine.store.job_tables import Job, Schedule, WorkerRow
from engine.store.tables import (
    Incident,
    Instance,
    Resolution,
    Task,
    Timer,
    TreeCheckpoint,
)

_job = table_of(Job)
_timer = table_of(Timer)
_task = table_of(Task)
_worker = table_of(WorkerRow)
_schedule = table_of(Schedule)
_incident = table_of(Incident)
_instance = table_of(Instance)
_resolution = table_of(Resolution)
_checkpoint = table_of(TreeCheckpoint)

JOB_STATES = ("DUE", "WAITING", "FAILED", "CANCELLED", "DONE")
_DUE = text("job.state = 'DUE'")
_FREE = text("NOT timer.held")


@dataclass(frozen=True)
class Overview:
    """How the platform stands at a moment; lateness is of the oldest, None where nothing is late.

    waiting -- jobs of suspended cases; held -- timers of suspended cases, or that failed before
    """

    at: datetime
    jobs_due: int
    jobs_late: timedelta | None
    jobs_taken: int
    jobs_waiting: int
    jobs_failed: int
    timers_due: int
    timers_late: timedelta | None
    timers_held: int
    steps_due: int
    steps_late: timedelta | None
    incidents: int
    proposals: int
    suspended: int
    workers: int
    checkpoint: timedelta | None


def overview(connection: Connection, *, now: datetime) -> Overview:
    """Say how the platform stands, in one statement."""
    due = (_DUE, _job.c.run_at <= now)
    timers = (_FREE, _timer.c.due_at <= now)
    steps = (text("task.state = 'CREATED'"), _task.c.next_step_at <= now)
    alive = (_worker.c.stopped_at.is_(None), _worker.c.heartbeat_at > now - SILENT)
    row = connection.execute(
        select(
            _count(_job, *due),
            _first(_job.c.run_at, *due),
            _count(_job, _DUE, _job.c.leased_until > now),
            _count(_job, _job.c.state == "WAITING"),
            _count(_incident, _incident.c.state == "OPEN", _incident.c.job_id.is_not(None)),
            _count(_timer, *timers),
            _first(_timer.c.due_at, *timers),
            _count(_timer, _timer.c.held),
            _count(_task, *steps),
            _first(_task.c.next_step_at, *steps),
            _count(_incident, _incident.c.state == "OPEN"),
            _count(_resolution, text("resolution.state = 'PROPOSED'")),
            _count(_instance, _instance.c.suspended_at.is_not(None)),
            _count(_worker, *alive, _worker.c.name != "relay"),
            select(func.max(_checkpoint.c.at)).scalar_subquery(),
        )
    ).one()
    late: list[Any] = [now - value if isinstance(value, datetime) else value for value in row]
    return Overview(now, *late)


def _count(table: Any, *chosen: Any) -> Any:
    return select(func.count()).select_from(table).where(*chosen).scalar_subquery()


def _first(column: ColumnElement[Any], *chosen: Any) -> Any:
    return select(func.min(column)).where(*chosen).scalar_subquery()


@dataclass(frozen=True)
class JobRow:
    """A job; `taken_by` names the worker that has it now, `incident_id` what to retry it with."""

    id: int
    kind: str
    state: str
    priority: int
    run_at: datetime
    created_at: datetime
    finished_at: datetime | None
    taken_by: str | None
    attempts: int
    max_attempts: int
    last_error: str
    progress_done: int
    progress_total: int | None
    cancel_requested: bool
    incident_id: int | None


def jobs(
    connection: Connection,
    *,
    now: datetime,
    state: str = "DUE",
    kind: str = "",
    after: str | None = None,
    limit: int = 25,
) -> Page[JobRow]:
    """Give a page of jobs in a state, newest first."""
    chosen = [_job.c.state == state]
    if kind:
        chosen.append(_job.c.kind == kind)
    if after:
        chosen.append(_job.c.id < read_key(after, [int])[0])
    incident = (
        select(func.max(_incident.c.id))
        .where(_incident.c.job_id == _job.c.id, _incident.c.state == "OPEN")
        .scalar_subquery()
    )
    rows = connection.execute(
        select(_job, incident.label("incident_id"))
        .where(*chosen)
        .order_by(_job.c.id.desc())
        .limit(limit + 1)
    ).all()
    page, following = cut(rows, limit, lambda r: (r.id,))
    return Page(tuple(_job_row(r, now) for r in page), following)


def _job_row(row: Any, now: datetime) -> JobRow:
    taken = row.leased_until is not None and row.leased_until > now
    return JobRow(
        id=row.id,
        kind=row.kind,
        state=row.state,
        priority=row.priority,
        run_at=row.run_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
        taken_by=row.worker if taken else None,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        last_error=row.last_error,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        cancel_requested=row.cancel_requested,
        incident_id=row.incident_id,
    )


@dataclass(frozen=True)
class ScheduleRow:
    """A job that comes again and again; `last_state` and `last_error` are of its last job."""

    name: str
    kind: str
    rule: str
    enabled: bool
    next_at: datetime
    last_run: datetime | None
    last_state: str | None
    last_error: str | None


def schedules(connection: Connection) -> tuple[ScheduleRow, ...]:
    """Give every schedule by name."""
    rows = connection.execute(
        select(_schedule, _job.c.state.label("last_state"), _job.c.last_error)
        .outerjoin(_job, _job.c.id == _schedule.c.last_job_id)
        .order_by(_schedule.c.name)
    )
    return tuple(
        ScheduleRow(
            r.name, r.kind, r.rule, r.enabled, r.next_at, r.last_run, r.last_state, r.last_error
        )
        for r in rows
    )


@dataclass(frozen=True)
class WorkerView:
    name: str
    executor: str
    host: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime
    jobs_done: int
    alive: bool


def workers(connection: Connection, *, now: datetime) -> tuple[WorkerView, ...]:
    """Give the processes that work jobs off, those that live first."""
    rows = connection.execute(select(_worker).order_by(_worker.c.heartbeat_at.desc()).limit(50))
    views = [
        WorkerView(
            name=r.name,
            executor=r.executor,
            host=r.host,
            pid=r.pid,
            started_at=r.started_at,
            heartbeat_at=r.heartbeat_at,
            jobs_done=r.jobs_done,
            alive=r.stopped_at is None and now - r.heartbeat_at < SILENT,
        )
        for r in rows
    ]
    return tuple(sorted(views, key=lambda view: not view.alive))


@dataclass(frozen=True)
class TechnicalCase:
    """A case as an administrator may see it: where it stands, and not whom it is about."""

    id: int
    case_no: str
    process_key: str
    process_name: str
    version: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    suspended_at: datetime | None
    open_tasks: int
    timers: int
    incidents: int


def cases(
    connection: Connection,
    *,
    text_: str = "",
    suspended: bool = False,
    besides: int | None = None,
    limit: int = 25,
) -> tuple[TechnicalCase, ...]:
    """Find cases whose number begins so, or those suspended; never about person `besides`."""
    chosen: list[Any] = [or_(_instance.c.subject_id.is_(None), _instance.c.subject_id != besides)]
    if suspended:
        chosen.append(_instance.c.suspended_at.is_not(None))
    if wanted := text_.strip().upper():
        chosen.append(_instance.c.case_no.startswith(wanted, autoescape=True))
    elif not suspended:
        return ()
    rows = connection.execute(
        select(
            _instance,
            _open_tasks().label("open_tasks"),
            _count(_timer, _timer.c.instance_id == _instance.c.id).label("timers"),
            _count(
                _incident, _incident.c.instance_id == _instance.c.id, _incident.c.state == "OPEN"
            ).label("incidents"),
        )
        .where(*chosen)
        .order_by(_instance.c.case_no)
        .limit(limit)
    ).all()
    library, store = library_of(connection), Store(connection)
    return tuple(_technical(r, library.get(store, r.definition_id)) for r in rows)


def _open_tasks() -> Any:
    """Count a case's open tasks; an anonymous group is one, however many have answered."""
    mine = (_task.c.instance_id == _instance.c.id, _task.c.state == "CREATED")
    groups = select(func.count(distinct(_task.c.element_id))).where(*mine, _task.c.anonymous)
    return _count(_task, *mine, ~_task.c.anonymous) + groups.scalar_subquery()


def _technical(row: Any, definition: Any) -> TechnicalCase:
    return TechnicalCase(
        id=row.id,
        case_no=row.case_no or "",
        process_key=row.process_key,
        process_name=definition.name,
        version=definition.version,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        suspended_at=row.suspended_at,
        open_tasks=row.open_tasks,
        timers=row.timers,
        incidents=row.incidents,
    )


@dataclass(frozen=True)
class Storage:
    """How much the database holds: bytes, months of history, and events without a month."""

    kind: str
    bytes: int
    months: int
    strays: int


def storage(connection: Connection) -> Storage:
    """Measure the database; a file has no months, and so no strays."""
    if connection.dialect.name != "postgresql":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return Storage("SQLite", int(pages) * int(size), 0, 0)
    row = connection.execute(text(_PARTITIONS)).one()
    strays = 0
    if row.rest:
        strays = int(connection.execute(text("SELECT count(*) FROM history_rest")).scalar_one())
    return Storage("PostgreSQL", int(row.bytes), int(row.months), strays)


_PARTITIONS = """
SELECT pg_database_size(current_database()) AS bytes,
       count(*) FILTER (WHERE c.relname <> 'history_rest') AS months,
       count(*) FILTER (WHERE c.relname = 'history_rest') AS rest
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'history'::regclass
"""
