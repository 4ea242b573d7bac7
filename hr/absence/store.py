"""Statements on absences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Integer, bindparam, select, update

from hr.absence.tables import Absence
from hr.statements import Row, add_one, first, rows

_ALL = select(*Absence.__table__.c)
_STANDS_IN = select(Absence.person_id, Absence.processes).where(
    Absence.substitute_id == bindparam("person", type_=Integer),
    Absence.valid_to >= bindparam("day", type_=Date),
    Absence.valid_from <= bindparam("day", type_=Date),
)


def stands_in(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read for whom somebody stands in on a day: (person_id, processes)."""
    return rows(connection, _STANDS_IN, {"person": person_id, "day": day})


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write an absence."""
    return add_one(connection, Absence, row)


def get(connection: Connection, number: int) -> Row | None:
    """Read an absence."""
    return first(connection, _ALL.where(Absence.id == number))


def end(connection: Connection, number: int, last_day: date) -> None:
    """Let an absence end with a day."""
    connection.execute(update(Absence).where(Absence.id == number).values(valid_to=last_day))


def overlapping(connection: Connection, person_id: int, start: date, end: date) -> list[Row]:
    """Read a person's absences that share a day with these."""
    return rows(
        connection,
        _ALL.where(
            Absence.person_id == person_id, Absence.valid_from <= end, Absence.valid_to >= start
        ),
    )


def from_day(
    connection: Connection, day: date, *, person_id: int | None = None, substitute_id: int | None
) -> list[Row]:
    """Read absences that last until a day or longer, of a person, or covered by one, or all."""
    found = _ALL.where(Absence.valid_to >= day, Absence.valid_to >= Absence.valid_from)
    if person_id is not None:
        found = found.where(Absence.person_id == person_id)
    if substitute_id is not None:
        found = found.where(Absence.substitute_id == substitute_id)
    return rows(connection, found.order_by(Absence.valid_from, Absence.id).limit(200))
