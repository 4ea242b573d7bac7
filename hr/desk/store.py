"""Statements on saved filters and calendars."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from hr.desk.tables import CalendarFeed, SavedFilter
from hr.statements import Row, add_one, first, rows


def filters(connection: Connection, person_id: int, groups: Collection[str]) -> list[Row]:
    """Read a person's filters and those shared with his groups, by name."""
    found = select(*SavedFilter.__table__.c).where(
        or_(SavedFilter.person_id == person_id, SavedFilter.group_key.in_(sorted(groups)))
    )
    return rows(connection, found.order_by(SavedFilter.name, SavedFilter.id))


def save_filter(
    connection: Connection, person_id: int, name: str, query: str, group_key: str | None
) -> int:
    """Keep a filter under a name; an older one of that name is replaced."""
    mine = (SavedFilter.person_id == person_id, SavedFilter.name == name)
    known = connection.execute(select(SavedFilter.id).where(*mine)).scalar_one_or_none()
    row = {"person_id": person_id, "name": name, "query": query, "group_key": group_key}
    if known is None:
        return add_one(connection, SavedFilter, row)
    connection.execute(update(SavedFilter).where(SavedFilter.id == known).values(**row))
    return known


def count_filters(connection: Connection, person_id: int) -> int:
    """Count a person's own filters."""
    return len(rows(connection, select(SavedFilter.id).where(SavedFilter.person_id == person_id)))


def drop_filter(connection: Connection, number: int, person_id: int) -> bool:
    """Forget a person's filter; tell whether there was one."""
    own = delete(SavedFilter).where(SavedFilter.id == number, SavedFilter.person_id == person_id)
    return bool(connection.execute(own).rowcount)


def set_calendar(
    connection: Connection, person_id: int, token_hash: str | None, now: datetime
) -> None:
    """Give a person's calendar another address, or none."""
    connection.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    if token_hash is not None:
        row = {"person_id": person_id, "token_hash": token_hash, "made_at": now}
        connection.execute(insert(CalendarFeed).values(**row))


def person_of_calendar(connection: Connection, token_hash: str) -> int | None:
    """Find whose calendar has this address."""
    found = first(
        connection, select(CalendarFeed.person_id).where(CalendarFeed.token_hash == token_hash)
    )
    return None if found is None else int(found["person_id"])


def calendar_since(connection: Connection, person_id: int) -> datetime | None:
    """Say since when a person has an address for his calendar."""
    found = first(
        connection, select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id)
    )
    return None if found is None else found["made_at"]
