"""Searching the history: who did what where, newest first, a page at a time, always by an index.

What machines did between two steps (TOKENS_MOVED, VARIABLE_CHANGED) is read in its case, not here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.exc import DBAPIError

from engine.errors import Busy
from engine.history import said
from engine.library import library_of
from engine.queries.page import Page, cut, read_key
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import (
    SEARCHED,
    Definition,
    History,
    Instance,
    Stream,
    Task,
)

_history = table_of(History)
_instance = table_of(Instance)
_stream = table_of(Stream)
_task = table_of(Task)
_definition = table_of(Definition)

COUNTED = 1000
"""Hits are counted up to so many; beyond that a page says "more than"."""
SECONDS = 5
"""How long a search that no index answers may take before it is given up."""

# What each named search looks for.  An order of the kinds is no order of the hits.
NAMED: dict[str, tuple[str, ...]] = {
    "refused": ("DENIED",),
    "sent_back": ("TASK_SENT_BACK", "TASK_WITHDRAWN"),
    "handed_over": (
        "TASK_ASSIGNED",
        "TASK_TAKEN_OVER",
        "TASK_LENT",
        "TASK_GIVEN_BACK",
    ),
    "overrides": (
        "EXTENSION_DECIDED",
        "TIMER_MOVED",
        "INSTANCE_CANCELLED",
        "INSTANCE_SUSPENDED",
        "RESOLUTION_APPROVED",
    ),
    "repairs": (
        "RESOLUTION_PROPOSED",
        "RESOLUTION_APPROVED",
        "RESOLUTION_REFUSED",
        "INCIDENT_RETRIED",
        "INSTANCE_MIGRATED",
        "MIGRATION_UNDONE",
    ),
    "escalated": ("TASK_ESCALATED",),
    "late": ("TASK_COMPLETED",),
    "substituted": (),
    "taken_out": ("EXPORTED", "DOSSIER_OPENED"),
    "rules": (
        "DEFINITION_DEPLOYED",
        "DEFINITION_RETIRED",
        "DRAFT_CREATED",
        "DRAFT_SUBMITTED",
        "DRAFT_RETURNED",
        "DRAFT_PUBLISHED",
        "DRAFT_CLOSED",
        "VERSION_PROPOSED",
        "VERSION_DECIDED",
        "MIGRATION_ASKED",
        "ROLE_CHANGED",
        "ROW_CHANGED",
    ),
    "failed": ("INCIDENT_OPENED", "JOB_FAILED"),
    "submitted": ("TASK_COMPLETED",),
    "cases": ("INSTANCE_STARTED",),
}


class TooWide(Busy):
    """Expected a search that an index answers, but this one reads too much; narrow by period."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is searched for; what is empty bounds nothing.

    not_by -- done by somebody other than this person; version -- only with process_key
    late -- done after its due date; substituted -- done for somebody else
    """

    kinds: tuple[str, ...] = ()
    person_id: int | None = None
    not_by: int | None = None
    on_behalf_of: int | None = None
    subject_id: int | None = None
    element_id: str = ""
    process_key: str = ""
    version: int | None = None
    period: str = ""
    path_prefix: str = ""
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    substituted: bool = False

    @property
    def of_cases(self) -> bool:
        """Tell whether something is asked that only an event of a case can have."""
        return bool(
            self.process_key or self.version or self.period or self.path_prefix or self.subject_id
        )


@dataclass(frozen=True)
class Hit:
    """An event that was found, and its case where it has one.

    element_name -- as the case's version draws it
    stream_kind, stream_key -- whose chain it stands in: a case's, a person's, a definition's ...
    """

    stream_id: int
    seq: int
    at: datetime
    kind: str
    person_id: int | None
    person_name: str
    on_behalf_of: int | None
    element_id: str | None
    element_name: str
    outcome: str
    reason: str
    detail: Mapping[str, Any]
    stream_kind: str
    stream_key: str
    instance_id: int | None
    case_no: str
    case_title: str
    process_key: str
    subject_id: int | None


def found(
    connection: Connection, wanted: Wanted, *, after: str | None = None, limit: int = 25
) -> Page[Hit]:
    """Give a page of hits, newest first; raise TooWide where the search takes too long."""
    place = read_key(after, [datetime, int, int]) if after else None
    with _bounded(connection):
        if _is_of_one_subject(wanted):
            keys = connection.execute(_of_subject(wanted, place, limit)).all()
        else:
            keys = connection.execute(_keys(wanted, place, limit + 1)).all()
        page, following = cut(keys, limit, lambda row: (row.at, row.stream_id, row.seq))
        return Page(tuple(_told(connection, page)), following)


def count(connection: Connection, wanted: Wanted) -> int:
    """Count hits, no further than COUNTED + 1."""
    with _bounded(connection):
        statement = (
            _of_subject(wanted, None, COUNTED)
            if _is_of_one_subject(wanted)
            else _keys(wanted, None, COUNTED + 1)
        )
        return connection.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _is_of_one_subject(wanted: Wanted) -> bool:
    """Tell whether the cases of one person are few enough to be read whole."""
    return wanted.subject_id is not None


def _keys(wanted: Wanted, place: Sequence[Any] | None, limit: int) -> Select[Any]:
    """Select where the newest hits stand.

    Each kind is a range of an index that ends with the time: cut per kind, then merged.
    """
    branches = [_branch(wanted, kind, place, limit) for kind in wanted.kinds or (None,)]
    if len(branches) == 1:
        return branches[0]
    merged = union_all(*(select(one.subquery()) for one in branches)).subquery()
    return (
        select(merged)
        .order_by(merged.c.at.desc(), merged.c.stream_id.desc(), merged.c.seq.desc())
        .limit(limit)
    )


def _branch(
    wanted: Wanted, kind: str | None, place: Sequence[Any] | None, limit: int
) -> Select[Any]:
    statement = select(_history.c.at, _history.c.stream_id, _history.c.seq)
    if wanted.of_cases:
        # Asked of each event in the index's order: a join would begin with the cases and sort.
        same = _instance.c.stream_id == _history.c.stream_id
        statement = statement.where(exists(select(_instance.c.id).where(same, *_of_case(wanted))))
    return (
        statement.where(*_conditions(wanted, kind, place))
        .order_by(_history.c.at.desc(), _history.c.stream_id.desc(), _history.c.seq.desc())
        .limit(limit)
    )


def _conditions(
    wanted: Wanted, kind: str | None, place: Sequence[Any] | None
) -> Iterator[ColumnElement[bool]]:
    # Word for word the condition of the indexes: SQLite uses a partial one for nothing else.
    yield literal_column(f"history.{SEARCHED}")
    if kind:
        yield literal_column(f"history.kind = '{kind}'")
    if wanted.person_id is not None:
        yield _history.c.person_id == wanted.person_id
    if wanted.not_by is not None:
        others = _history.c.person_id != wanted.not_by
        yield and_(_history.c.person_id.is_not(None), others)
    if wanted.on_behalf_of is not None:
        yield _history.c.on_behalf_of == wanted.on_behalf_of
    if wanted.substituted or wanted.on_behalf_of is not None:
        yield _history.c.on_behalf_of.is_not(None)
    if wanted.element_id:
        yield _history.c.element_id == wanted.element_id
    if wanted.late:
        yield exists(
            select(_task.c.id).where(
                _task.c.id == _history.c.task_id, _task.c.due_at < _history.c.at
            )
        )
    if wanted.since is not None:
        yield _history.c.at >= wanted.since
    if wanted.until is not None:
        yield _history.c.at < wanted.until
    if place is not None:
        at, stream_id, seq = place
        # Said twice: the first bounds the index (and the month), the second is exact.
        yield _history.c.at <= at
        yield tuple_(_history.c.at, _history.c.stream_id, _history.c.seq) < tuple_(
            at, stream_id, seq
        )


def _of_case(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.process_key:
        yield _instance.c.process_key == wanted.process_key
    if wanted.period:
        yield _instance.c.period == wanted.period
    if wanted.path_prefix:
        yield _instance.c.scope_path.startswith(wanted.path_prefix, autoescape=True)
    if wanted.subject_id is not None:
        yield _instance.c.subject_id == wanted.subject_id
    if wanted.version is not None:
        same = (_definition.c.key == _instance.c.process_key) & (
            _definition.c.version == wanted.version
        )
        now = _definition.c.id == _instance.c.definition_id
        yield exists(select(_definition.c.id).where(same, now))


def _of_subject(wanted: Wanted, place: Sequence[Any] | None, limit: int) -> Select[Any]:
    """Select the hits in one person's cases: his streams by their index, then each one's events."""
    kinds = _history.c.kind.in_(wanted.kinds) if wanted.kinds else true()
    return (
        select(_history.c.at, _history.c.stream_id, _history.c.seq)
        .select_from(_instance.join(_history, _history.c.stream_id == _instance.c.stream_id))
        .where(kinds, *_of_case(wanted), *_conditions(wanted, None, place))
        .order_by(_history.c.at.desc(), _history.c.stream_id.desc(), _history.c.seq.desc())
        .limit(limit + 1)
    )


def _told(connection: Connection, keys: Sequence[Any]) -> Iterator[Hit]:
    if not keys:
        return
    rows = _rows(connection, [(key.stream_id, key.seq, key.at) for key in keys])
    # Whoever stands behind a command is told in its first event, of the same moment.
    unsaid = [
        (row.stream_id, row.envelope_seq, row.at) for row in rows.values() if row.envelope_seq
    ]
    envelopes = _rows(connection, unsaid) if unsaid else {}
    cases = _cases(connection, {stream_id for stream_id, _ in rows})
    library, store = library_of(connection), Store(connection)
    for key in keys:
        row, case = rows[key.stream_id, key.seq], cases[key.stream_id]
        name = row.element_id or ""
        if name and case.definition_id is not None:
            name = library.get(store, case.definition_id).element_name(name)
        yield _hit(row, envelopes.get((row.stream_id, row.envelope_seq)), case, name)


def _rows(
    connection: Connection, places: Sequence[tuple[int, int, datetime]]
) -> dict[tuple[int, int], Any]:
    """Read events by their places; the moments tell PostgreSQL which months it need not look at."""
    found = connection.execute(
        select(_history).where(
            _history.c.stream_id.in_({stream_id for stream_id, _, _ in places}),
            _history.c.seq.in_({seq for _, seq, _ in places}),
            _history.c.at.in_({at for _, _, at in places}),
        )
    )
    return {(row.stream_id, row.seq): row for row in found}


def _cases(connection: Connection, streams: Collection[int]) -> dict[int, Any]:
    """Give for streams what they are of, with their case where they have one."""
    found = connection.execute(
        select(
            _stream.c.id.label("stream_id"),
            _stream.c.kind,
            _stream.c.key,
            _instance.c.id,
            _instance.c.case_no,
            _instance.c.title,
            _instance.c.process_key,
            _instance.c.subject_id,
            _instance.c.definition_id,
        )
        .outerjoin(_instance, _instance.c.stream_id == _stream.c.id)
        .where(_stream.c.id.in_(sorted(streams)))
    )
    return {row.stream_id: row for row in found}


def _hit(row: Any, envelope: Any, of: Any, element_name: str) -> Hit:
    told = said(json.loads(row.body), json.loads(envelope.body).get("by") if envelope else None)
    return Hit(
        stream_id=row.stream_id,
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        person_id=row.person_id,
        person_name=told.name,
        on_behalf_of=row.on_behalf_of,
        element_id=row.element_id,
        element_name=element_name,
        outcome=row.outcome,
        reason=told.reason,
        detail=told.detail,
        stream_kind=of.kind,
        stream_key=of.key,
        instance_id=of.id,
        case_no=of.case_no or "",
        case_title=of.title or "",
        process_key=of.process_key or "",
        subject_id=of.subject_id,
    )


@contextmanager
def _bounded(connection: Connection) -> Iterator[None]:
    """Give up on PostgreSQL after SECONDS: whoever waits longer would rather be told why."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text(f"SET LOCAL statement_timeout = {SECONDS * 1000}"))
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == "57014":  # query_canceled
            raise TooWide from error
        raise
    connection.execute(text("SET LOCAL statement_timeout TO DEFAULT"))


def named(name: str) -> Wanted:
    """Give what a named search looks for, before it is narrowed."""
    return replace(
        Wanted(kinds=NAMED[name]), late=name == "late", substituted=name == "substituted"
    )
