"""What is asked about the calendar: holidays and seasons of a year, working days from a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Transaction

from engine.model import StreamKind
from engine.queries import history
from hr.calendar import rules, store

_Ends = dict[tuple[datetime, int, str], datetime]
_YEARS: WeakKeyDictionary[Transaction, dict[int, set[date]]] = WeakKeyDictionary()
_SEASONS: WeakKeyDictionary[Transaction, tuple[rules.Season, ...]] = WeakKeyDictionary()
_MOST_CHANGES = 500  # of one year's calendar
_ENDS: WeakKeyDictionary[Transaction, _Ends] = WeakKeyDictionary()


@dataclass(frozen=True)
class HolidayView:
    day: date
    name: str
    kind: str
    estimated: bool


@dataclass(frozen=True)
class SeasonView:
    """Days, both included, with hours of their own; estimated while no decree has fixed them."""

    first_day: date
    last_day: date
    name: str
    opens: time
    closes: time
    closes_on_friday: time
    estimated: bool


def holidays(connection: Connection, year: int) -> tuple[HolidayView, ...]:
    """List a year's holidays in order."""
    rows = store.between(connection, date(year, 1, 1), date(year, 12, 31))
    return tuple(HolidayView(**row) for row in rows)


def seasons(connection: Connection, year: int) -> tuple[SeasonView, ...]:
    """List the seasons that have days in a year, in order."""
    rows = store.seasons(connection, date(year, 1, 1), date(year, 12, 31))
    return tuple(SeasonView(**row) for row in rows)


def removed_seasons(connection: Connection, year: int) -> tuple[tuple[date, date], ...]:
    """Give first and last day of the seasons of a year that somebody took away again.

    The history knows them: whoever removed an estimate does not want it back.
    """
    stream = (StreamKind.NETWORK, f"calendar/{year}")
    found = history.newest(connection, *stream, kinds=("ROW_CHANGED",), limit=_MOST_CHANGES)
    gone = (
        each.detail["old"]
        for each in found
        if each.detail["noun"] == "hours_season" and each.detail.get("new") is None
    )
    return tuple(
        (date.fromisoformat(old["first_day"]), date.fromisoformat(old["last_day"])) for old in gone
    )


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


def add_working_days(
    connection: Connection, start: datetime, days: int, zone: ZoneInfo | None = None
) -> datetime:
    """Give the end of the `days`-th working day after `start` by the city's calendar, as UTC.

    zone -- where it is the end of the day; the city's unless given
    """
    zone = zone or rules.city_zone()
    transaction = connection.get_transaction()
    told = {} if transaction is None else _ENDS.setdefault(transaction, {})
    end = told.get((start, days, zone.key))
    if end is None:  # the cases of a chunk ask for the same few days
        first, last = rules.span_to_read(rules.local_day(start, zone), days)
        closed = closed_days(connection, first, last)
        hours = _all_seasons(connection)
        end = rules.add_working_days(start, days, closed, hours, zone)
        told[start, days, zone.key] = end
    return end


def end_of_day(connection: Connection, day: date, zone: ZoneInfo | None = None) -> datetime:
    """Give the moment at which a day's work is done by the city's calendar, as UTC."""
    return rules.end_of_day(day, _all_seasons(connection), zone)


def _all_seasons(connection: Connection) -> tuple[rules.Season, ...]:
    # One a year, so all of them are few; read once in a transaction, like the years.
    transaction = connection.get_transaction()
    known = None if transaction is None else _SEASONS.get(transaction)
    if known is None:
        known = tuple(
            rules.Season(
                row["first_day"],
                row["last_day"],
                rules.Hours(row["opens"], row["closes"], row["closes_on_friday"]),
            )
            for row in store.seasons(connection, date.min, date.max)
        )
        if transaction is not None:
            _SEASONS[transaction] = known
    return known


def working_days_between(connection: Connection, first: date, last: date) -> int:
    """Count working days from `first` to `last`, both included."""
    return rules.working_days_between(first, last, closed_days(connection, first, last))
