"""Dates, times and durations as immutable values; reading them from text is iso.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.feel.calendar import (
    DAY,
    MAX_YEAR,
    NANO,
    day_number,
    days_in_month,
    from_day_number,
    local_seconds,
    offset_at,
)

Zone = int | str | None  # seconds east of UTC, an IANA name, or local time
_DAY_NANOS = DAY * NANO


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day, year -999,999,999 to 999,999,999."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if abs(self.year) > MAX_YEAR or not 1 <= self.month <= 12:
            raise ValueError(f"Expected a date, but got {self.year}-{self.month}-{self.day}.")
        if not 1 <= self.day <= days_in_month(self.year, self.month):
            raise ValueError(f"Expected a day of the month, but got {self.day}.")

    @classmethod
    def from_number(cls, number: int) -> Date:
        """Give the day that lies so many days after 1970-01-01."""
        return cls(*from_day_number(number))

    @property
    def number(self) -> int:
        """Count the days since 1970-01-01."""
        return day_number(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """Give the day of the week, 1 Monday to 7 Sunday."""
        return (self.number + 3) % 7 + 1

    def plus_months(self, months: int) -> Date:
        """Move by months; a day that the month lacks becomes its last."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        if abs(year) > MAX_YEAR:
            raise ValueError(f"Expected a year within {MAX_YEAR}, but got {year}.")
        return Date(year, month + 1, min(self.day, days_in_month(year, month + 1)))

    def plus_days(self, days: int) -> Date:
        """Move by days."""
        return Date.from_number(self.number + days)

    def to_python(self) -> dt.date:
        """Give a datetime.date; raises ValueError outside the years 1 to 9999."""
        return dt.date(self.year, self.month, self.day)

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local or with an offset or zone."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    zone: Zone = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise ValueError(f"Expected a time, but got {self.hour}:{self.minute}:{self.second}.")

    @classmethod
    def from_nanos(cls, nanos: int, zone: Zone = None) -> Time:
        """Give the time so long after midnight; whole days are dropped."""
        seconds, nano = divmod(nanos % _DAY_NANOS, NANO)
        return cls(seconds // 3600, seconds % 3600 // 60, seconds % 60, nano, zone)

    @property
    def seconds(self) -> int:
        """Count the whole seconds since midnight."""
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def nanos(self) -> int:
        """Count the nanoseconds since midnight."""
        return self.seconds * NANO + self.nano

    @property
    def offset(self) -> int | None:
        """Give the offset from UTC in seconds (a named zone's on 1970-01-01), None for local."""
        return offset_at(self.zone, self.seconds) if isinstance(self.zone, str) else self.zone

    @property
    def instant(self) -> int:
        """Give the nanoseconds since midnight UTC, or since local midnight."""
        return self.nanos - (self.offset or 0) * NANO

    def to_python(self) -> dt.time:
        """Give a datetime.time, cut to microseconds."""
        return dt.time(self.hour, self.minute, self.second, self.nano // 1000, _tzinfo(self.zone))

    def __str__(self) -> str:
        fraction = f".{self.nano:09d}".rstrip("0") if self.nano else ""
        return (
            f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}{_zone_text(self.zone)}"
        )


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date with a time of day, local or with an offset or zone."""

    date: Date
    time: Time

    @classmethod
    def from_nanos(cls, nanos: int, zone: Zone = None) -> DateTime:
        """Give the local date and time so many nanoseconds after 1970, marked with a zone."""
        day, rest = divmod(nanos, _DAY_NANOS)
        return cls(Date.from_number(day), Time.from_nanos(rest, zone))

    @property
    def zone(self) -> Zone:
        """Give the offset, the zone's name, or None."""
        return self.time.zone

    @property
    def local(self) -> int:
        """Give the nanoseconds since 1970-01-01T00:00 on the local clock."""
        return self.date.number * _DAY_NANOS + self.time.nanos

    @property
    def offset(self) -> int | None:
        """Give the offset from UTC in seconds, None for local time."""
        zone = self.time.zone
        return offset_at(zone, self.local // NANO) if isinstance(zone, str) else zone

    @property
    def instant(self) -> int:
        """Give the nanoseconds since 1970-01-01T00:00Z, or on the local clock."""
        return self.local - (self.offset or 0) * NANO

    def plus_nanos(self, nanos: int) -> DateTime:
        """Move along the time line; in a named zone the clock changes with it."""
        zone = self.time.zone
        if isinstance(zone, str) and 1 < self.date.year < 9990:
            seconds, nano = divmod(self.instant + nanos, NANO)
            return DateTime.from_nanos(local_seconds(zone, seconds) * NANO + nano, zone)
        return DateTime.from_nanos(self.local + nanos, zone)

    def plus_months(self, months: int) -> DateTime:
        """Move by months on the local clock."""
        return DateTime(self.date.plus_months(months), self.time)

    def to_python(self) -> dt.datetime:
        """Give a datetime.datetime, cut to microseconds; ValueError outside years 1 to 9999."""
        return dt.datetime.combine(self.date.to_python(), self.time.to_python())

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class DaysTimeDuration:
    """A length of time in nanoseconds."""

    nanos: int

    @property
    def parts(self) -> tuple[int, int, int, int, int]:
        """Give days, hours, minutes, seconds and nanoseconds of the absolute value."""
        seconds, nano = divmod(abs(self.nanos), NANO)
        return seconds // DAY, seconds % DAY // 3600, seconds % 3600 // 60, seconds % 60, nano

    def to_python(self) -> dt.timedelta:
        """Give a datetime.timedelta, cut to microseconds; raises OverflowError beyond its range."""
        return dt.timedelta(microseconds=self.nanos // 1000)

    def __str__(self) -> str:
        days, hours, minutes, seconds, nano = self.parts
        fraction = f".{nano:09d}".rstrip("0") if nano else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        clock += f"{seconds}{fraction}S" if seconds or nano else ""
        if not days and not clock:
            return "PT0S"
        sign = "-" if self.nanos < 0 else ""
        return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A length of time in calendar months."""

    months: int

    def to_python(self) -> str:
        """Give its ISO text, since Python has no such type."""
        return str(self)

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        if not self.months:
            return "P0M"
        sign = "-" if self.months < 0 else ""
        return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


Temporal = Date | Time | DateTime | DaysTimeDuration | YearsMonthsDuration


def from_python(value: dt.date | dt.time | dt.datetime | dt.timedelta) -> Temporal:
    """Turn a value of the datetime module into ours."""
    if isinstance(value, dt.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value.timetz(), value))
    if isinstance(value, dt.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, dt.timedelta):
        micros = (value.days * DAY + value.seconds) * 1_000_000 + value.microseconds
        return DaysTimeDuration(micros * 1000)
    return _time(value, None)


def _time(value: dt.time, day: dt.datetime | None) -> Time:
    zone: Zone = None
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key not in (None, "UTC"):
        zone = value.tzinfo.key
    elif value.tzinfo is not None:
        offset = (day or value).utcoffset()
        zone = int(offset.total_seconds()) if offset is not None else None
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, zone)


def _tzinfo(zone: Zone) -> dt.tzinfo | None:
    if isinstance(zone, str):
        return ZoneInfo(zone)
    return None if zone is None else dt.timezone(dt.timedelta(seconds=zone))


def _zone_text(zone: Zone) -> str:
    if zone is None:
        return ""
    if isinstance(zone, str):
        return f"@{zone}"
    if zone == 0:
        return "Z"
    hours, rest = divmod(abs(zone), 3600)
    text = f"{'-' if zone < 0 else '+'}{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text
