"""What is asked about the calendar: holidays of a year, working days from a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from hr.calendar import rules, store


@dataclass(frozen=True)
class HolidayView:
    day: date
    name: str
    kind: str


def holidays(connection: Connection, year: int) -> tuple[HolidayView, ...]:
    """List a year's holidays in order."""
    rows = store.between(connection, date(year, 1, 1), date(year, 12, 31))
    return tuple(HolidayView(**row) for row in rows)


def closed_days(connection: Connection, first: date, last: date) -> frozenset[date]:
    """Give the holidays from `first` to `last` as a set for the rules."""
    return frozenset(row["day"] for row in store.between(connection, first, last))


def add_working_days(connection: Connection, start: datetime, days: int) -> datetime:
    """Give the end of the `days`-th working day after `start` by the city's calendar, as UTC."""
    first, last = rules.span_to_read(rules.local_day(start), days)
    return rules.add_working_days(start, days, closed_days(connection, first, last))


def working_days_between(connection: Connection, first: date, last: date) -> int:
    """Count working days from `first` to `last`, both included."""
    return rules.working_days_between(first, last, closed_days(connection, first, last))
