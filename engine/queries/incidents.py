"""What could not go on by itself, for those who repair it.  Elements and errors, never answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.library import library_of
from engine.model import Scope
from engine.queries.cases import visible
from engine.queries.page import Page, cut, read_key
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Definition, Incident, Instance

_incident = table_of(Incident)
_instance = table_of(Instance)
_definition = table_of(Definition)


@dataclass(frozen=True)
class IncidentRow:
    id: int
    instance_id: int
    case_no: str
    case_title: str
    process_key: str
    process_name: str
    element_id: str
    element_name: str
    kind: str
    message: str
    opened_at: datetime


@dataclass(frozen=True)
class JobIncident:
    id: int
    job_id: int
    message: str
    opened_at: datetime


def open_incidents(
    connection: Connection, scope: Scope, *, after: str | None = None, limit: int = 50
) -> Page[IncidentRow]:
    """Give a page of open incidents of cases, oldest first."""
    chosen = [_incident.c.state == "OPEN", visible(scope)]
    if after:
        chosen.append(_incident.c.id > read_key(after, [int])[0])
    rows = connection.execute(
        select(
            _incident,
            _instance.c.case_no,
            _instance.c.title,
            _instance.c.process_key,
            _instance.c.definition_id,
        )
        .join(_instance, _instance.c.id == _incident.c.instance_id)
        .where(*chosen)
        .order_by(_incident.c.id)
        .limit(limit + 1)
    ).all()
    page, following = cut(rows, limit, lambda r: (r.id,))
    library, store = library_of(connection), Store(connection)
    found = []
    for r in page:
        definition = library.get(store, r.definition_id)
        found.append(
            IncidentRow(
                id=r.id,
                instance_id=r.instance_id,
                case_no=r.case_no or "",
                case_title=r.title,
                process_key=r.process_key,
                process_name=definition.name,
                element_id=r.element_id,
                element_name=definition.element_name(r.element_id),
                kind=r.kind,
                message=r.message,
                opened_at=r.opened_at,
            )
        )
    return Page(tuple(found), following)


def job_incidents(connection: Connection, *, limit: int = 50) -> tuple[JobIncident, ...]:
    """Give the open incidents of jobs that were given up."""
    rows = connection.execute(
        select(_incident)
        .where(
            _incident.c.state == "OPEN",
            _incident.c.job_id.is_not(None),
            _incident.c.instance_id.is_(None),  # those of a case stand with the case
        )
        .order_by(_incident.c.id)
        .limit(limit)
    )
    return tuple(JobIncident(r.id, r.job_id, r.message, r.opened_at) for r in rows)
