"""Statements on holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, select

from hr.calendar.tables import Holiday
from hr.statements import Row, rows


def between(connection: Connection, first: date, last: date) -> list[Row]:
    """Read the holidays from `first` to `last`, in order."""
    found = select(Holiday.day, Holiday.name, Holiday.kind).where(Holiday.day.between(first, last))
    return rows(connection, found.order_by(Holiday.day))


def remove(connection: Connection, day: date) -> None:
    """Make a day a working day again."""
    connection.execute(delete(Holiday).where(Holiday.day == day))
