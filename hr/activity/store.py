"""Statements on activity entries and months."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

from hr.activity.tables import ActivityEntry, ActivityMonth, ActivityPhoto
from hr.statements import Row, add, add_one, first, rows

_WAITING = "FILED"
_EMPTY = {"minutes": 0, "entries": 0, "days_filed": 0, "days_non_conforming": 0, "unreviewed": 0}


# Built once: the close of a month asks for everybody.
_PERSON = bindparam("who", type_=Integer)
_MONTH = select(*ActivityMonth.__table__.c).where(
    ActivityMonth.person_id == _PERSON, ActivityMonth.month == bindparam("begins", type_=Date)
)
_MONTH_LOCKED = _MONTH.with_for_update()
_DAYS = ActivityEntry.day.between(bindparam("start", type_=Date), bindparam("end", type_=Date))
_BETWEEN = (
    select(*ActivityEntry.__table__.c)
    .where(ActivityEntry.person_id == _PERSON, _DAYS)
    .order_by(ActivityEntry.day.desc(), ActivityEntry.starts)
)


def lock_month(connection: Connection, person_id: int, month: date) -> Row:
    """Lock a person's month, made where it is not there yet: entries of it come one by one."""
    is_postgresql = connection.dialect.name == "postgresql"
    upsert = upsert_postgresql if is_postgresql else upsert_sqlite
    new = {"person_id": person_id, "month": month, **_EMPTY}
    connection.execute(upsert(ActivityMonth).values(**new).on_conflict_do_nothing())
    found = first(connection, _MONTH_LOCKED, {"who": person_id, "begins": month})
    assert found is not None
    return found


def set_month(
    connection: Connection, person_id: int, month: date, values: Mapping[str, Any]
) -> None:
    """Change what is known of a month."""
    same = (ActivityMonth.person_id == person_id, ActivityMonth.month == month)
    connection.execute(update(ActivityMonth).where(*same).values(**values))


def month(connection: Connection, person_id: int, month: date) -> Row | None:
    """Read a person's month."""
    return first(connection, _MONTH, {"who": person_id, "begins": month})


def _entries() -> Select[Any]:
    return select(*ActivityEntry.__table__.c)


def between(connection: Connection, person_id: int, start: date, end: date) -> list[Row]:
    """Read a person's entries of some days, the newest day first."""
    return rows(connection, _BETWEEN, {"who": person_id, "start": start, "end": end})


def waiting(connection: Connection, people: Collection[int], limit: int) -> list[Row]:
    """Read what waits for review of these persons, the oldest first."""
    found = _entries().where(ActivityEntry.person_id.in_(people), ActivityEntry.state == _WAITING)
    return rows(connection, found.order_by(ActivityEntry.day, ActivityEntry.id).limit(limit))


def unreviewed(connection: Connection, people: Collection[int]) -> dict[int, int]:
    """Count what waits for review of each of these persons."""
    found = (
        select(ActivityEntry.person_id, func.count())
        .where(ActivityEntry.person_id.in_(people), ActivityEntry.state == _WAITING)
        .group_by(ActivityEntry.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def by_ids(connection: Connection, ids: Collection[int], *, lock: bool = False) -> list[Row]:
    """Read entries by number, in order; locked where they are to be changed."""
    found = _entries().where(ActivityEntry.id.in_(ids)).order_by(ActivityEntry.id)
    return rows(connection, found.with_for_update() if lock else found)


def of_key(connection: Connection, person_id: int, request_key: str) -> int | None:
    """Give the entry that a request wrote before."""
    same = (ActivityEntry.person_id == person_id, ActivityEntry.request_key == request_key)
    return connection.execute(select(ActivityEntry.id).where(*same)).scalar_one_or_none()


def add_entry(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write an entry and give its number."""
    return add_one(connection, ActivityEntry, row)


def set_entries(connection: Connection, ids: Collection[int], values: Mapping[str, Any]) -> None:
    """Change entries alike."""
    connection.execute(update(ActivityEntry).where(ActivityEntry.id.in_(ids)).values(**values))


def photos(connection: Connection, entry_ids: Collection[int]) -> list[Row]:
    """Read the photos of entries, in the order they were added."""
    found = select(*ActivityPhoto.__table__.c).where(ActivityPhoto.entry_id.in_(entry_ids))
    return rows(connection, found.order_by(ActivityPhoto.id))


def set_photos(connection: Connection, entry_id: int, new: Collection[Mapping[str, Any]]) -> None:
    """Let an entry have these photos and no others."""
    connection.execute(delete(ActivityPhoto).where(ActivityPhoto.entry_id == entry_id))
    add(connection, ActivityPhoto, list(new))


def accept_unreviewed(connection: Connection, person_id: int, start: date, end: date) -> None:
    """Accept what nobody has reviewed by the month's close."""
    same = (ActivityEntry.person_id == person_id, ActivityEntry.day.between(start, end))
    waits = update(ActivityEntry).where(*same, ActivityEntry.state == _WAITING)
    connection.execute(waits.values(state="AUTO"))


def silent(connection: Connection, month: date, start: date, end: date) -> list[int]:
    """List who has an open month and no entry on some days: one statement for everybody."""
    filed = exists().where(
        ActivityEntry.person_id == ActivityMonth.person_id, ActivityEntry.day.between(start, end)
    )
    found = select(ActivityMonth.person_id).where(
        ActivityMonth.month == month, ActivityMonth.closed_at.is_(None), ~filed
    )
    return list(connection.execute(found.order_by(ActivityMonth.person_id)).scalars())


def backlog(connection: Connection, before: datetime) -> dict[int, int]:
    """Count, per person, entries of open months that have waited for review since a moment."""
    found = (
        select(ActivityEntry.person_id, func.count())
        .where(ActivityEntry.state == _WAITING, ActivityEntry.changed_at < before)
        .group_by(ActivityEntry.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def reviewed_share(connection: Connection, rater_id: int, month: date) -> tuple[int, int]:
    """Count what a rater left unreviewed in the months closed so far, and all entries of them."""
    counted = and_(ActivityMonth.rater_id == rater_id, ActivityMonth.month == month)
    closed = case((ActivityMonth.closed_at.is_not(None), 1), else_=0)
    found = select(
        func.coalesce(func.sum(ActivityMonth.unreviewed * closed), 0),
        func.coalesce(func.sum(ActivityMonth.entries * closed), 0),
    ).where(counted)
    left, everything = connection.execute(found).one()
    return int(left), int(everything)
