"""What is asked about absences: for whom somebody stands in, who is away and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from hr.absence import store
from hr.calendar.rules import local_day
from hr.statements import Row


@dataclass(frozen=True)
class AbsenceRow:
    """An absence; `processes` is empty where the substitute does all of them."""

    id: int
    person_id: int
    substitute_id: int
    kind: str
    processes: tuple[str, ...]
    valid_from: date
    valid_to: date


def stands_in(connection: Connection, person_id: int, at: datetime) -> dict[int, frozenset[str]]:
    """Say for whom somebody stands in on the day of a moment, in which processes (none: all)."""
    found: dict[int, frozenset[str]] = {}
    for row in store.stands_in(connection, person_id, local_day(at)):
        keys = frozenset(_keys(row))
        known = found.get(row["person_id"])
        both = keys if known is None else known | keys if known and keys else frozenset()
        found[row["person_id"]] = both
    return found


def of_person(connection: Connection, person_id: int, at: datetime) -> tuple[AbsenceRow, ...]:
    """List a person's own absences that are not over."""
    day = local_day(at)
    return _views(store.from_day(connection, day, person_id=person_id, substitute_id=None))


def of_substitute(connection: Connection, person_id: int, at: datetime) -> tuple[AbsenceRow, ...]:
    """List the absences, not over, in which a person stands in for somebody."""
    return _views(store.from_day(connection, local_day(at), substitute_id=person_id))


def everybody(connection: Connection, at: datetime) -> tuple[AbsenceRow, ...]:
    """List all absences that are not over, the first 200."""
    return _views(store.from_day(connection, local_day(at), substitute_id=None))


def _views(found: list[Row]) -> tuple[AbsenceRow, ...]:
    return tuple(
        AbsenceRow(
            id=row["id"],
            person_id=row["person_id"],
            substitute_id=row["substitute_id"],
            kind=row["kind"],
            processes=tuple(_keys(row)),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
        )
        for row in found
    )


def _keys(row: Row) -> list[str]:
    return [key for key in row["processes"].split(",") if key]
