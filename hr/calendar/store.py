"""Statements on holidays and seasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from hr.calendar.tables import Holiday, HoursSeason
from hr.statements import Row, rows

_BETWEEN = (
    select(Holiday.day, Holiday.name, Holiday.kind, Holiday.estimated)
    .where(Holiday.day.between(bindparam("first"), bindparam("last")))
    .order_by(Holiday.day)
)
_SEASONS = (
    select(
        HoursSeason.first_day,
        HoursSeason.last_day,
        HoursSeason.name,
        HoursSeason.opens,
        HoursSeason.closes,
        HoursSeason.closes_on_friday,
        HoursSeason.estimated,
    )
    .where(HoursSeason.last_day >= bindparam("first"), HoursSeason.first_day <= bindparam("last"))
    .order_by(HoursSeason.first_day)
)


def between(connection: Connection, first: date, last: date) -> list[Row]:
    """Read the holidays from `first` to `last`, in order."""
    return rows(connection, _BETWEEN, {"first": first, "last": last})


def remove(connection: Connection, day: date) -> None:
    """Make a day a working day again."""
    connection.execute(delete(Holiday).where(Holiday.day == day))


def change(connection: Connection, day: date, new: Mapping[str, Any]) -> None:
    """Say of a holiday what is now so; its day may be another, too."""
    connection.execute(update(Holiday).where(Holiday.day == day).values(**new))


def seasons(connection: Connection, first: date, last: date) -> list[Row]:
    """Read the seasons that have a day between `first` and `last`, in order."""
    return rows(connection, _SEASONS, {"first": first, "last": last})


def remove_season(connection: Connection, first_day: date) -> None:
    """Give the days of a season the usual hours again."""
    connection.execute(delete(HoursSeason).where(HoursSeason.first_day == first_day))
