"""Statements on holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, delete, select

from hr.calendar.tables import Holiday
from hr.statements import Row, rows

_BETWEEN = (
    select(Holiday.day, Holiday.name, Holiday.kind)
    .where(Holiday.day.between(bindparam("first"), bindparam("last")))
    .order_by(Holiday.day)
)


def between(connection: Connection, first: date, last: date) -> list[Row]:
    """Read the holidays from `first` to `last`, in order."""
    return rows(connection, _BETWEEN, {"first": first, "last": last})


def remove(connection: Connection, day: date) -> None:
    """Make a day a working day again."""
    connection.execute(delete(Holiday).where(Holiday.day == day))
