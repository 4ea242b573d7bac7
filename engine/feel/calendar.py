"""Day numbers of the proleptic Gregorian calendar for any year, and offsets of named time zones."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

MAX_YEAR = 999_999_999
DAY = 86_400  # seconds
NANO = 1_000_000_000  # nanoseconds of a second
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Tell whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Count the days of a month."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """Count the days since 1970-01-01."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return (
        era * 146_097
        + year_of_era * 365
        + year_of_era // 4
        - year_of_era // 100
        + day_of_year
        - 719_468
    )


def from_day_number(number: int) -> tuple[int, int, int]:
    """Give year, month and day of a day counted from 1970-01-01."""
    era, day_of_era = divmod(number + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo | None:
    """Give a time zone by its IANA name, None where there is none of that name."""
    if not name or name[0] in "/." or ".." in name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=4096)
def offset_at(name: str, local_seconds: int) -> int:
    """Give the offset from UTC, in seconds, of a named zone at a local time since 1970."""
    found = zone(name)
    if found is None:
        return 0
    offset = _moment(local_seconds).replace(tzinfo=found).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=4096)
def local_seconds(name: str, instant_seconds: int) -> int:
    """Give the local time, in seconds since 1970-01-01T00:00, of an instant in a named zone."""
    found = zone(name)
    if found is None:
        return instant_seconds
    moment = _moment(instant_seconds).replace(tzinfo=dt.UTC).astimezone(found)
    offset = moment.utcoffset()
    return instant_seconds + (int(offset.total_seconds()) if offset is not None else 0)


def _moment(seconds: int) -> dt.datetime:
    """Give a Python datetime; years beyond its range move by 400-year cycles or to the edge."""
    year, month, day = from_day_number(seconds // DAY)
    if year < 2:
        return dt.datetime(2, 1, 1)
    if year > 9990:
        year = 9600 + year % 400 - (400 if year % 400 > 390 else 0)
    clock = seconds % DAY
    return dt.datetime(year, month, day, clock // 3600, clock % 3600 // 60, clock % 60)
