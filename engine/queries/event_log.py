"""Cases and their events, one after the other in constant memory: what exports are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from engine.history import said
from engine.library import Readied, library_of
from engine.queries.lineage import CHANGES
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import History, Instance

_instance = table_of(Instance)
_history = table_of(History)
_ROWS_AT_ONCE = 2000

# The transition of a work item's life (XES lifecycle) that an event of this kind is; others are
# "unknown" there.
TRANSITIONS = {
    "TASK_CREATED": "schedule",
    "ANONYMOUS_TASKS_CREATED": "schedule",
    "TASK_CLAIMED": "start",
    "TASK_UNCLAIMED": "stop",
    "TASK_ASSIGNED": "reassign",
    "TASK_ESCALATED": "reassign",
    "TASK_COMPLETED": "complete",
    "TASK_CANCELLED": "withdraw",
    "SERVICE_CALLED": "complete",
    "DECISION_MADE": "complete",
    "TIMER_FIRED": "complete",
    "MESSAGE_CAUGHT": "complete",
    "SIGNAL_CAUGHT": "complete",
    "CALL_STARTED": "start",
    "CALL_RETURNED": "complete",
    "INCIDENT_OPENED": "ate_abort",
    "INSTANCE_STARTED": "start",
    "INSTANCE_COMPLETED": "complete",
    "INSTANCE_CANCELLED": "pi_abort",
    "INSTANCE_SUSPENDED": "suspend",
    "INSTANCE_RESUMED": "resume",
}


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """Which cases: those of a process, a period, a part of the city, begun in a time."""

    process_key: str = ""
    period: str = ""
    path_prefix: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def words(self) -> str:
        """Give the filter as the history notes it."""
        told = {name: value for name, value in vars(self).items() if value}
        return " ".join(f"{name}={value}" for name, value in told.items())


@dataclass(frozen=True)
class LoggedCase:
    """A case and the version of the definition that it runs on."""

    id: int
    case_no: str
    process_key: str
    process_name: str
    version: int
    definition_sha256: str
    subject_id: int | None
    unit: str
    period: str
    state: str
    title: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class LoggedEvent:
    """An event of a case.

    activity -- the name drawn on the element, or the kind where there is none; transition -- see
    TRANSITIONS; post, unit -- of the person at that time; lane -- whose step it was
    """

    seq: int
    at: datetime
    kind: str
    activity: str
    element_id: str | None
    transition: str
    person_id: int | None
    person: str
    post: str
    unit: str
    on_behalf_of: int | None
    lane: str
    outcome: str
    reason: str
    task_id: int | None
    hash: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def event_log(
    connection: Connection, wanted: LogFilter
) -> Iterator[tuple[LoggedCase, Iterator[LoggedEvent]]]:
    """Give each case with its events in order; take the events of one before asking for the next.

    Anonymous answers stand under their pseudonyms and days, as in the history itself.
    """
    library, store = library_of(connection), Store(connection)
    rows = iter(_read(connection, _events_of(wanted)))
    row = next(rows, None)
    for case in _read(connection, _cases(wanted)):
        definition = library.get(store, case.definition_id)

        def told(stream_id: int, definition: Readied) -> Iterator[LoggedEvent]:
            nonlocal row
            envelopes: dict[int, Mapping[str, Any]] = {}
            while row is not None and row.stream_id <= stream_id:
                current, row = row, next(rows, None)
                if current.kind in CHANGES and current.definition_id is not None:
                    definition = library.get(store, current.definition_id)
                if current.stream_id == stream_id:
                    yield _event(current, definition, envelopes)

        yield _case(case, definition), told(case.stream_id, definition)


def count_cases(connection: Connection, wanted: LogFilter) -> int:
    """Give how many cases an export will have, for its progress."""
    from sqlalchemy import func

    return connection.scalar(_cases(wanted).with_only_columns(func.count()).order_by(None)) or 0


def _cases(wanted: LogFilter) -> Select[Any]:
    return narrowed(select(_instance), wanted).order_by(_instance.c.stream_id)


def _events_of(wanted: LogFilter) -> Select[Any]:
    joined = select(_history).join(_instance, _instance.c.stream_id == _history.c.stream_id)
    return narrowed(joined, wanted).order_by(_history.c.stream_id, _history.c.seq)


def narrowed(statement: Select[Any], wanted: LogFilter) -> Select[Any]:
    """Leave of a statement on cases those that the filter wants; what has no number is no case."""
    if wanted.process_key:
        statement = statement.where(_instance.c.process_key == wanted.process_key)
    if wanted.period:
        statement = statement.where(_instance.c.period == wanted.period)
    if wanted.path_prefix:
        inside = _instance.c.scope_path.startswith(wanted.path_prefix, autoescape=True)
        statement = statement.where(inside)
    if wanted.since:
        statement = statement.where(_instance.c.started_at >= wanted.since)
    if wanted.until:
        statement = statement.where(_instance.c.started_at < wanted.until)
    return statement.where(_instance.c.case_no.is_not(None))


def _read(connection: Connection, statement: Select[Any]) -> Iterable[Any]:
    return connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE})


def _case(row: Any, definition: Readied) -> LoggedCase:
    return LoggedCase(
        id=row.id,
        case_no=row.case_no,
        process_key=row.process_key,
        process_name=definition.name,
        version=definition.version,
        definition_sha256=definition.sha256,
        subject_id=row.subject_id,
        unit=row.scope_path,
        period=row.period,
        state=row.state,
        title=row.title,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _event(row: Any, definition: Readied, envelopes: dict[int, Mapping[str, Any]]) -> LoggedEvent:
    body = json.loads(row.body)
    if "by" in body:
        envelopes[row.seq] = body["by"]
    told = said(body, envelopes.get(row.envelope_seq or 0))
    model = definition.compiled.user_tasks.get(row.element_id or "")
    return LoggedEvent(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        activity=definition.element_name(row.element_id) if row.element_id else row.kind,
        element_id=row.element_id,
        transition=TRANSITIONS.get(row.kind, "unknown"),
        person_id=row.person_id,
        person=told.name,
        post=told.post,
        unit=told.unit,
        on_behalf_of=row.on_behalf_of,
        lane=(model.lane or "") if model else "",
        outcome=row.outcome,
        reason=told.reason,
        task_id=row.task_id,
        hash=row.hash.hex(),
        detail=told.detail,
    )
