"""Statements on holds, on requests, and on whatever a series of records has about a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Table, cast, delete, func, or_, select, update

from engine import Base
from hr.accounts.tables import Account
from hr.columns import FOREVER
from hr.directory.tables import Holding, Person
from hr.privacy import rules
from hr.privacy.tables import CorrectionRequest, LegalHold, UnmaskRequest
from hr.statements import Row, add_one, first, rows


def holds(connection: Connection, person_id: int | None = None) -> list[Row]:
    """Read the holds that run: all of them, or those that keep a person's records."""
    found = select(*LegalHold.__table__.c).where(LegalHold.lifted_at.is_(None))
    if person_id is not None:
        found = found.where(or_(LegalHold.person_id.is_(None), LegalHold.person_id == person_id))
    return rows(connection, found.order_by(LegalHold.id))


def hold(connection: Connection, number: int) -> Row | None:
    """Read a hold that runs."""
    found = select(*LegalHold.__table__.c).where(
        LegalHold.id == number, LegalHold.lifted_at.is_(None)
    )
    return first(connection, found)


def add_hold(connection: Connection, row: dict[str, Any]) -> int:
    """Write a hold."""
    return add_one(connection, LegalHold, row)


def lift_hold(connection: Connection, number: int, by: int | None, at: datetime) -> None:
    """Let a hold end."""
    one = update(LegalHold).where(LegalHold.id == number)
    connection.execute(one.values(lifted_by=by, lifted_at=at))


def person(connection: Connection, person_id: int) -> Row | None:
    """Read a person, with all columns."""
    return first(connection, select(*Person.__table__.c).where(Person.id == person_id))


def about(connection: Connection, name: str, kept: rules.Table, person_id: int) -> list[Row]:
    """Read what a table has about a person; none where the program has no such table."""
    table = _table(name)
    if table is None:
        return []
    return rows(connection, select(table).where(table.c[kept.person] == person_id))


def erase(connection: Connection, name: str, kept: rules.Table, person_id: int) -> int:
    """Delete what a table has about a person, and say how many rows that were."""
    table = _table(name)
    if table is None:
        return 0
    return connection.execute(delete(table).where(table.c[kept.person] == person_id)).rowcount


def due(
    connection: Connection, name: str, kept: rules.Table, before: date, held: set[int]
) -> tuple[int, int]:
    """Count the rows of a table that are older than a day: those that may go, those on hold."""
    table = _table(name)
    if table is None:
        return 0, 0
    who = table.c[kept.person]
    old = Person.left_on < before
    if kept.dated is not None:
        column = table.c[kept.dated]
        on_day = column if isinstance(column.type, Date) else func.date(column)
        old = cast(on_day, Date) < before if isinstance(column.type, Date) else on_day < str(before)
    found = select(who.in_(held).label("held"), func.count().label("rows"))
    found = found.select_from(table).join(Person, Person.id == who)
    found = found.where(old, Person.erased_on.is_(None)).group_by(who.in_(held))
    counted = {bool(row["held"]): row["rows"] for row in rows(connection, found)}
    return counted.get(False, 0), counted.get(True, 0)


def correct(connection: Connection, person_id: int, values: Mapping[str, Any]) -> None:
    """Change a person's own columns."""
    connection.execute(update(Person).where(Person.id == person_id).values(**values))


def corrections(
    connection: Connection, *, person_id: int | None = None, limit: int = 100
) -> list[Row]:
    """Read what waits for an answer, the oldest first; or all that one person asked for."""
    found = select(
        *CorrectionRequest.__table__.c, Person.name, Person.email, Person.phone, Person.education
    ).join(Person, Person.id == CorrectionRequest.person_id)
    if person_id is None:
        found = found.where(CorrectionRequest.state == "OPEN").order_by(CorrectionRequest.id)
    else:
        found = found.where(CorrectionRequest.person_id == person_id)
        found = found.order_by(CorrectionRequest.id.desc())
    return rows(connection, found.limit(limit))


def correction(connection: Connection, number: int, *, lock: bool = False) -> Row | None:
    """Read a request for correction."""
    found = select(*CorrectionRequest.__table__.c).where(CorrectionRequest.id == number)
    return first(connection, found.with_for_update() if lock else found)


def count_open_corrections(connection: Connection, person_id: int) -> int:
    """Count what somebody asked for and nobody answered."""
    mine = select(func.count()).select_from(CorrectionRequest)
    return (
        connection.scalar(
            mine.where(CorrectionRequest.person_id == person_id, CorrectionRequest.state == "OPEN")
        )
        or 0
    )


def add_correction(connection: Connection, row: dict[str, Any]) -> int:
    """Write a request for correction."""
    return add_one(connection, CorrectionRequest, row)


def change_correction(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Note what came of a request for correction."""
    one = update(CorrectionRequest).where(CorrectionRequest.id == number)
    connection.execute(one.values(**values))


def forget(connection: Connection, person_id: int, row: Mapping[str, Any], last: date) -> None:
    """Put what says nothing in place of who somebody was; his posts end with his service."""
    correct(connection, person_id, row)
    login = {"username": row["nip"], "short_name": None, "password_hash": ""}
    connection.execute(update(Account).where(Account.person_id == person_id).values(**login))
    held = update(Holding).where(Holding.person_id == person_id, Holding.valid_to == FOREVER)
    connection.execute(held.values(valid_to=last))


def _table(name: str) -> Table | None:
    return Base.metadata.tables.get(name)


def unmask_requests(connection: Connection, limit: int) -> list[Row]:
    """Read requests to unmask, the newest first."""
    found = select(*UnmaskRequest.__table__.c).order_by(UnmaskRequest.id.desc()).limit(limit)
    return rows(connection, found)


def unmask_request(connection: Connection, number: int, *, lock: bool = False) -> Row | None:
    """Read a request to unmask."""
    found = select(*UnmaskRequest.__table__.c).where(UnmaskRequest.id == number)
    return first(connection, found.with_for_update() if lock else found)


def add_unmask_request(connection: Connection, row: dict[str, Any]) -> int:
    """Write a request to unmask."""
    return add_one(connection, UnmaskRequest, row)


def change_unmask_request(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Note what came of a request."""
    one = update(UnmaskRequest).where(UnmaskRequest.id == number)
    connection.execute(one.values(**values))
