"""Reads dates, times and durations from text as FEEL writes them; None where the text is none."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.feel.calendar import DAY, NANO, zone
from engine.feel.temporal import (
    Date,
    DateTime,
    DaysTimeDuration,
    Temporal,
    Time,
    YearsMonthsDuration,
    Zone,
)

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:(?P<utc>Z)|(?P<offset>[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)|@(?P<zone>[A-Za-z0-9_+/-]+))?"
)
_DATE_ONLY = re.compile(_DATE)
_TIME_ONLY = re.compile(_TIME)
_DATE_TIME = re.compile(f"{_DATE}T{_TIME}")
_MONTHS = re.compile(r"(-?)P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
_DAYS = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]*))?S)?)?"
)
_MAX_OFFSET = 18 * 3600
_MAX_DIGITS = 18  # of one number in a duration


def parse_date(text: str) -> Date | None:
    """Read `2026-07-01`."""
    match = _DATE_ONLY.fullmatch(text)
    return _date(match) if match else None


def parse_time(text: str) -> Time | None:
    """Read `13:20:00`, with fraction, offset or zone."""
    match = _TIME_ONLY.fullmatch(text)
    read = _time(match) if match else None
    return read[0] if read else None


def parse_date_time(text: str) -> DateTime | None:
    """Read `2026-07-01T13:20:00`, with fraction, offset or zone; a date alone is its midnight."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        day = parse_date(text)
        return DateTime(day, Time(0, 0, 0)) if day else None
    day, read = _date(match), _time(match)
    if day is None or read is None:
        return None
    try:
        return DateTime(day.plus_days(read[1]), read[0])
    except ValueError:
        return None


def parse_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """Read `P1Y2M` or `P3DT4H5M6.7S`, with an optional sign."""
    if len(text) > 100:
        return None
    match = _MONTHS.fullmatch(text)
    if match:
        sign, years, months = match.groups()
        if any(part and len(part) > _MAX_DIGITS for part in (years, months)):
            return None
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonthsDuration(-total if sign else total)
    match = _DAYS.fullmatch(text)
    if not match:
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    if any(part and len(part) > _MAX_DIGITS for part in (days, hours, minutes, seconds)):
        return None
    total = (
        int(days or 0) * DAY + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    )
    nanos = total * NANO + _nanos(fraction)
    return DaysTimeDuration(-nanos if sign else nanos)


@lru_cache(maxsize=1024)
def parse_temporal(text: str) -> Temporal | None:
    """Read what an at-literal may hold: a date, a time, a date and time or a duration."""
    if "P" in text[:2]:
        return parse_duration(text)
    return parse_date(text) or parse_time(text) or (parse_date_time(text) if "T" in text else None)


def _date(match: re.Match[str]) -> Date | None:
    try:
        return Date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _time(match: re.Match[str]) -> tuple[Time, int] | None:
    """Give the time and the days to carry: 24:00:00 is midnight of the next day."""
    zone_ = _zone(match)
    if zone_ is False:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    nano = _nanos(match["fraction"])
    carry = 0
    if (hour, minute, second, nano) == (24, 0, 0, 0):
        hour, carry = 0, 1
    try:
        return Time(hour, minute, second, nano, zone_), carry
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> Zone | bool:
    """Give offset, name or None; False where there is none such."""
    if match["utc"]:
        return 0
    if match["zone"]:
        return match["zone"] if zone(match["zone"]) is not None else False
    if not match["offset"]:
        return None
    hours, minutes, *rest = match["offset"][1:].split(":")
    if int(minutes) > 59 or (rest and int(rest[0]) > 59):
        return False
    total = int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0)
    if total > _MAX_OFFSET:
        return False
    return -total if match["offset"][0] == "-" else total


def _nanos(fraction: str | None) -> int:
    return int((fraction + "000000000")[:9]) if fraction else 0
