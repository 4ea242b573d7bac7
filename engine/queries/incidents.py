"""What could not go on by itself, for those who repair it.  Elements and errors, never answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from engine.feel.values import from_json
from engine.library import Readied, library_of
from engine.model import Scope
from engine.queries.cases import visible
from engine.queries.page import Page, cut, read_key
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Definition, Incident, Instance, Resolution

_incident = table_of(Incident)
_instance = table_of(Instance)
_definition = table_of(Definition)
_resolution = table_of(Resolution)


@dataclass(frozen=True)
class IncidentRow:
    """An open incident; scope_path, period -- those of its case."""

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
    scope_path: str
    period: str


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
            _instance.c.scope_path,
            _instance.c.period,
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
                scope_path=r.scope_path,
                period=r.period,
            )
        )
    return Page(tuple(found), following)


@dataclass(frozen=True)
class Proposal:
    """What somebody wants done about an incident; `given` holds the values, by variable."""

    id: int
    action: str
    given: Mapping[str, Any]
    reason: str
    proposed_by: int | None
    proposed_at: datetime


@dataclass(frozen=True)
class TechnicalIncident:
    """An incident as an administrator may see it: element and error, and not whom it is about."""

    id: int
    instance_id: int
    case_no: str
    process_key: str
    process_name: str
    element_id: str
    element_name: str
    kind: str
    message: str
    opened_at: datetime
    is_parked: bool
    suspended: bool
    proposal: Proposal | None


@dataclass(frozen=True)
class IncidentGroup:
    """How many open incidents one element has, of one kind."""

    process_key: str
    element_id: str
    kind: str
    count: int
    oldest: datetime


def technical(
    connection: Connection,
    *,
    process: str = "",
    element: str = "",
    kind: str = "",
    proposed: bool = False,
    besides: int | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Page[TechnicalIncident]:
    """Give a page of open incidents of cases, oldest first; never about person `besides`."""
    chosen = [_incident.c.state == "OPEN", _not_about(besides), *_narrow(process, element, kind)]
    if proposed:
        chosen.append(_resolution.c.id.is_not(None))
    if after:
        chosen.append(_incident.c.id > read_key(after, [int])[0])
    rows = connection.execute(
        select(
            _incident,
            _instance.c.case_no,
            _instance.c.process_key,
            _instance.c.definition_id,
            _instance.c.state.label("case_state"),
            _resolution.c.id.label("resolution_id"),
            _resolution.c.action,
            _resolution.c.given,
            _resolution.c.reason,
            _resolution.c.proposed_by,
            _resolution.c.proposed_at,
        )
        .join(_instance, _instance.c.id == _incident.c.instance_id)
        .outerjoin(
            _resolution,
            (_resolution.c.incident_id == _incident.c.id) & (_resolution.c.state == "PROPOSED"),
        )
        .where(*chosen)
        .order_by(_incident.c.id)
        .limit(limit + 1)
    ).all()
    page, following = cut(rows, limit, lambda r: (r.id,))
    library, store = library_of(connection), Store(connection)
    found = tuple(_technical(r, library.get(store, r.definition_id)) for r in page)
    return Page(found, following)


def grouped(connection: Connection, *, besides: int | None = None) -> tuple[IncidentGroup, ...]:
    """Count the open incidents of cases by element and kind, the most first."""
    count = func.count().label("count")
    rows = connection.execute(
        select(
            _instance.c.process_key,
            _incident.c.element_id,
            _incident.c.kind,
            count,
            func.min(_incident.c.opened_at).label("oldest"),
        )
        .join(_instance, _instance.c.id == _incident.c.instance_id)
        .where(_incident.c.state == "OPEN", _not_about(besides))
        .group_by(_instance.c.process_key, _incident.c.element_id, _incident.c.kind)
        .order_by(count.desc(), _incident.c.element_id)
        .limit(50)
    )
    return tuple(IncidentGroup(*row) for row in rows)


def _not_about(person_id: int | None) -> Any:
    return or_(_instance.c.subject_id.is_(None), _instance.c.subject_id != person_id)


def _narrow(process: str, element: str, kind: str) -> list[Any]:
    wanted = [
        (_instance.c.process_key, process),
        (_incident.c.element_id, element),
        (_incident.c.kind, kind),
    ]
    return [column == value for column, value in wanted if value]


def _technical(row: Any, definition: Readied) -> TechnicalIncident:
    proposal = None
    if row.resolution_id is not None:
        proposal = Proposal(
            id=row.resolution_id,
            action=row.action,
            given=from_json(row.given),
            reason=row.reason,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
        )
    return TechnicalIncident(
        id=row.id,
        instance_id=row.instance_id,
        case_no=row.case_no or "",
        process_key=row.process_key,
        process_name=definition.name,
        element_id=row.element_id,
        element_name=definition.element_name(row.element_id),
        kind=row.kind,
        message=row.message,
        opened_at=row.opened_at,
        is_parked=row.token is not None and row.kind != "NOBODY",
        suspended=row.case_state == "SUSPENDED",
        proposal=proposal,
    )
