"""What is asked about the calendar: holidays of a year, working days from a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Transaction

from hr.calendar import rules, store

_YEARS: WeakKeyDictionary[Transaction, dict[int, set[date]]] = WeakKeyDictionary()
_ENDS: WeakKeyDictionary[Transaction, dict[tuple[datetime, int], datetime]] = WeakKeyDictionary()


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
    """Give the holidays of the years from `first` to `last`; read once per year and transaction."""
    known = _known(connection)
    missing = [year for year in range(first.year, last.year + 1) if year not in known]
    if missing:
        known.update({year: set() for year in range(missing[0], missing[-1] + 1)})
        span = date(missing[0], 1, 1), date(missing[-1], 12, 31)
        for row in store.between(connection, *span):
            known[row["day"].year].add(row["day"])
    return frozenset().union(*(known[year] for year in range(first.year, last.year + 1)))


def _known(connection: Connection) -> dict[int, set[date]]:
    # A step asks for many due dates; the rows can't change under it, and the next step reads anew.
    transaction = connection.get_transaction()
    return {} if transaction is None else _YEARS.setdefault(transaction, {})


def add_working_days(connection: Connection, start: datetime, days: int) -> datetime:
    """Give the end of the `days`-th working day after `start` by the city's calendar, as UTC."""
    transaction = connection.get_transaction()
    told = {} if transaction is None else _ENDS.setdefault(transaction, {})
    end = told.get((start, days))
    if end is None:  # the cases of a chunk ask for the same few days
        first, last = rules.span_to_read(rules.local_day(start), days)
        closed = closed_days(connection, first, last)
        end = told[start, days] = rules.add_working_days(start, days, closed)
    return end


def working_days_between(connection: Connection, first: date, last: date) -> int:
    """Count working days from `first` to `last`, both included."""
    return rules.working_days_between(first, last, closed_days(connection, first, last))
