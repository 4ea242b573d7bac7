"""Statements on jobs and incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.base import insert_row, table_of, update_row
from engine.store.tables import Incident, Instance, Job

_instance = table_of(Instance)
_job = table_of(Job)
_incident = table_of(Incident)

_ADD = insert(_job)
_DUE = select(_job).where(_job.c.id == bindparam("job_id"), _job.c.state == "DUE")
_LOCK = _DUE.with_for_update(skip_locked=True)
_MINE = _DUE.where(_job.c.worker == bindparam("worker_name"))
_LOCK_MINE = _MINE.with_for_update()
_REVIVE = (
    update(_job)
    .where(_job.c.id == bindparam("job_id"), _job.c.state == "FAILED")
    .values(state="DUE", attempts=0, finished_at=None, leased_until=None, cancel_requested=False)
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

    def kind(self, job_id: int) -> str | None:
        """Tell of which kind a job is; None where there is none."""
        found = select(_job.c.kind).where(_job.c.id == job_id)
        return self.connection.scalars(found).first()

    def lock(self, job_id: int, worker: str = "") -> Any:
        """Lock a job that nobody else is working on; None where it is gone, done or held.

        worker -- who may have it: then nobody else is working on it.  Somebody who looked for free
        jobs just before it was given may still hold its row, though he does not get it (PostgreSQL
        locks a row before it looks at what has become of it): he is waited for.
        """
        row = self.connection.execute(_LOCK, {"job_id": job_id}).first()
        if row is not None or not worker:
            return row
        named = {"job_id": job_id, "worker_name": worker}
        if self.connection.execute(_MINE, named).first() is None:
            return None
        return self.connection.execute(_LOCK_MINE, named).first()

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

    def count_incidents(self, wanted: Mapping[str, Any]) -> int:
        """Count the open incidents that fit: process_key, element_id, kind, message; empty: any."""
        fitting = _fitting(wanted, 0).subquery()
        return self.connection.scalars(select(func.count()).select_from(fitting)).one()

    def find_incidents(self, wanted: Mapping[str, Any], after: int, most: int) -> list[int]:
        """Name the next open incidents that fit."""
        return list(self.connection.scalars(_fitting(wanted, after).limit(most)))

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


def _fitting(wanted: Mapping[str, Any], after: int) -> Select[Any]:
    found = (
        select(_incident.c.id)
        .join(_instance, _instance.c.id == _incident.c.instance_id, isouter=True)
        .where(_incident.c.state == "OPEN", _incident.c.id > after)
        .order_by(_incident.c.id)
    )
    if wanted["process_key"]:
        found = found.where(_instance.c.process_key == wanted["process_key"])
    for column in ("element_id", "kind", "message"):
        if wanted[column]:
            found = found.where(_incident.c[column] == wanted[column])
    # A task of nobody is settled by giving it to somebody, never by trying again.
    return found.where(_incident.c.kind != "NOBODY")
