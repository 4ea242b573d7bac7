"""Statements on jobs and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from engine.store.base import insert_row, table_of, update_row
from engine.store.tables import Incident, Job

_job = table_of(Job)
_incident = table_of(Incident)

_DUE = (
    select(_job.c.id)
    .where(
        _job.c.state == text("'DUE'"),
        _job.c.run_at <= bindparam("now"),
        or_(_job.c.leased_until.is_(None), _job.c.leased_until <= bindparam("now")),
    )
    .order_by(_job.c.priority, _job.c.run_at, _job.c.id)
    .limit(bindparam("most"))
)
_ADD = insert(_job)
_LOCK = (
    select(_job)
    .where(_job.c.id == bindparam("job_id"), _job.c.state == "DUE")
    .with_for_update(skip_locked=True)
)
_REVIVE = (
    update(_job)
    .where(_job.c.id == bindparam("job_id"), _job.c.state == "FAILED")
    .values(state="DUE", attempts=0, finished_at=None)
)
_INCIDENT = select(_incident).where(_incident.c.id == bindparam("incident_id"))
_OPEN_INCIDENTS = select(_incident).where(
    _incident.c.instance_id == bindparam("instance_id"), _incident.c.state == "OPEN"
)


class JobStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, **columns: Any) -> int | None:
        """Add a job and give its id; None where a job with its `dedup_key` was there before."""
        if columns.get("dedup_key") is None:
            return insert_row(self.connection, _job, state="DUE", **columns)
        try:
            with self.connection.begin_nested():
                return insert_row(self.connection, _job, state="DUE", **columns)
        except IntegrityError:
            return None

    def add_all(self, rows: list[dict[str, Any]]) -> None:
        """Add jobs without a `dedup_key`."""
        if rows:
            self.connection.execute(_ADD, [{"state": "DUE", **row} for row in rows])

    def due(self, now: datetime, limit: int) -> list[int]:
        """Name due jobs that nobody holds, most urgent first."""
        return list(self.connection.scalars(_DUE, {"now": now, "most": limit}))

    def lock(self, job_id: int) -> Any:
        """Lock a job that nobody else is working on; None where it is gone, done or held."""
        return self.connection.execute(_LOCK, {"job_id": job_id}).first()

    def revive(self, job_id: int, now: datetime) -> bool:
        """Make a job due again that was given up; False where it is no longer given up."""
        return bool(self.connection.execute(_REVIVE, {"job_id": job_id, "run_at": now}).rowcount)

    def change(self, job_id: int, **columns: Any) -> None:
        """Change a job."""
        update_row(self.connection, _job, job_id, **columns)

    # ---- incidents

    def open_incident(self, **columns: Any) -> int:
        """Write an incident down."""
        return insert_row(self.connection, _incident, state="OPEN", **columns)

    def incident(self, incident_id: int) -> Any:
        """Give an incident, or None."""
        return self.connection.execute(_INCIDENT, {"incident_id": incident_id}).first()

    def open_incidents(self, instance_id: int) -> list[Any]:
        """Give the open incidents of an instance."""
        return list(self.connection.execute(_OPEN_INCIDENTS, {"instance_id": instance_id}))

    def resolve_incident(self, incident_id: int, at: datetime, by: int | None) -> None:
        """Close an incident."""
        update_row(
            self.connection,
            _incident,
            incident_id,
            state="RESOLVED",
            resolved_at=at,
            resolved_by=by,
        )
