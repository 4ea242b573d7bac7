"""Built-in functions that make and read dates, times and durations; the clock is the caller's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import iso
from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.calendar import NANO, day_number, local_seconds, zone
from engine.feel.run import Run
from engine.feel.temporal import (
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    Zone,
    from_python,
)
from engine.feel.types import type_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YEAR = "January February March April May June July August September October November December"
_MONTHS = tuple(_YEAR.split())


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value() or number.adjusted() > 12:
        raise NoResult(f"Expected a whole number, but got {number:f}.")
    return int(number)


@builtin("now()", steps=12)
def now(run: Run) -> Any:
    return from_python(run.moment())


@builtin("today()", steps=6)
def today(run: Run) -> Any:
    return from_python(run.moment().date())


@builtin("date(from: string)", steps=10)
def date_from_text(run: Run, text: str) -> Date:
    found = iso.parse_date(text)
    if found is None:
        raise NoResult(f'Expected a date such as "2026-07-01", but got "{text:.40}".')
    return found


@builtin("date(from: day)")
def date_from_day(run: Run, day: Date | DateTime) -> Date:
    return day.date if isinstance(day, DateTime) else day


@builtin("date(year: number, month: number, day: number)", steps=14)
def date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date:
    try:
        return Date(_whole(year), _whole(month), _whole(day))
    except ValueError as error:
        raise NoResult(str(error)) from None


@builtin("time(from: string)", steps=12)
def time_from_text(run: Run, text: str) -> Time:
    found = iso.parse_time(text)
    if found is None:
        raise NoResult(f'Expected a time such as "13:20:00", but got "{text:.40}".')
    return found


@builtin("time(from: time)")
def time_from_time(run: Run, time: Time) -> Time:
    return time


@builtin("time(from: date and time)")
def time_from_moment(run: Run, moment: DateTime) -> Time:
    return moment.time


@builtin("time(from: date)")
def time_from_date(run: Run, day: Date) -> Time:
    return Time(0, 0, 0, 0, 0)


@builtin("time(hour: number, minute: number, second: number, offset: any?)", steps=10)
def time_from_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: Any = None
) -> Time:
    return _time(hour, minute, second, _offset(offset))


def _time(hour: Decimal, minute: Decimal, second: Decimal, zone_: Zone) -> Time:
    if not 0 <= second < 60:
        raise NoResult(f"Expected seconds from 0 to 59, but got {second:f}.")
    whole, nano = divmod(int(second * NANO), NANO)
    try:
        return Time(_whole(hour), _whole(minute), whole, nano, zone_)
    except ValueError as error:
        raise NoResult(str(error)) from None


def _offset(offset: Any) -> int | None:
    if offset is None:
        return None
    if type(offset) is not DaysTimeDuration or abs(offset.nanos) > 18 * 3600 * NANO:
        raise NoResult(f"Expected an offset of up to 18 hours, but got a {type_of(offset)}.")
    return int(offset.nanos / NANO)


@builtin("date and time(from: string)", steps=60)
def moment_from_text(run: Run, text: str) -> DateTime:
    found = iso.parse_date_time(text)
    if found is None:
        raise NoResult(
            f'Expected a date and time such as "2026-07-01T13:20:00", but got "{text:.40}".'
        )
    return found


@builtin("date and time(from: day)")
def moment_from_day(run: Run, day: Date | DateTime) -> DateTime:
    return day if isinstance(day, DateTime) else DateTime(day, Time(0, 0, 0, 0, 0))


@builtin("date and time(date: day, time: time)", steps=30)
def moment_from_date_and_time(run: Run, day: Date | DateTime, time: Time) -> DateTime:
    return DateTime(day.date if isinstance(day, DateTime) else day, time)


@builtin("date and time(date: date and time, timezone: string)", steps=60)
def moment_in_zone(run: Run, moment: DateTime, name: str) -> DateTime:
    if zone(name) is None:
        raise NoResult(f"Expected a time zone such as Asia/Jakarta, but got {name:.40}.")
    if moment.zone is None:
        return DateTime.from_nanos(moment.local, name)
    seconds, nano = divmod(moment.instant, NANO)
    return DateTime.from_nanos(local_seconds(name, seconds) * NANO + nano, name)


@builtin(
    "date and time(year: number, month: number, day: number,"
    " hour: number, minute: number, second: number, hour offset: any?)",
    steps=30,
)
@builtin(
    "date and time(year: number, month: number, day: number,"
    " hour: number, minute: number, second: number, timezone: any?)",
    steps=30,
)
@builtin(
    "date and time(year: number, month: number, day: number,"
    " hour: number, minute: number, second: number, offset: any?)",
    steps=30,
)
def moment_from_parts(
    run: Run,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    place: Any = None,
) -> DateTime:
    return DateTime(
        date_from_parts(run, year, month, day), _time(hour, minute, second, _zone(place))
    )


def _zone(place: Any) -> Zone:
    """Read an offset in hours, an offset as a duration, or the name of a zone."""
    if type(place) is Decimal:
        if abs(place) > 18:
            raise NoResult(f"Expected an offset of up to 18 hours, but got {place:f}.")
        return int(place * 3600)
    if type(place) is str:
        if zone(place) is None:
            raise NoResult(f"Expected a time zone such as Asia/Jakarta, but got {place:.40}.")
        return place
    return _offset(place)


@builtin("duration(from: string)", steps=12)
def duration_from_text(run: Run, text: str) -> DaysTimeDuration | YearsMonthsDuration:
    found = iso.parse_duration(text)
    if found is None:
        raise NoResult(f'Expected a duration such as "P5D" or "P1Y6M", but got "{text:.40}".')
    return found


@builtin("duration(from: duration)")
def duration_from_duration(run: Run, duration: Any) -> Any:
    return duration


@builtin("years and months duration(from: day, to: day)", steps=6)
def months_between(run: Run, start: Date | DateTime, end: Date | DateTime) -> YearsMonthsDuration:
    """Count whole months between two days; the time of day does not count (kit 1121)."""
    first, last = _calendar(start), _calendar(end)
    sign = 1
    if last < first:
        first, last, sign = last, first, -1
    months = (last[0] - first[0]) * 12 + last[1] - first[1]
    if last[2] < first[2]:
        months -= 1
    return YearsMonthsDuration(sign * months)


def _calendar(value: Date | DateTime) -> tuple[int, int, int]:
    day = value.date if isinstance(value, DateTime) else value
    return day.year, day.month, day.day


@builtin("day of year(date: day)", steps=10)
def day_of_year(run: Run, day: Date | DateTime) -> Decimal:
    date = date_from_day(run, day)
    return Decimal(date.number - day_number(date.year, 1, 1) + 1)


@builtin("day of week(date: day)", steps=4)
def day_of_week(run: Run, day: Date | DateTime) -> str:
    date: Date = date_from_day(run, day)
    return _DAYS[date.weekday - 1]


@builtin("month of year(date: day)")
def month_of_year(run: Run, day: Date | DateTime) -> str:
    date: Date = date_from_day(run, day)
    return _MONTHS[date.month - 1]


@builtin("week of year(date: day)", steps=18)
def week_of_year(run: Run, day: Date | DateTime) -> Decimal:
    """ISO 8601: the week of a day is that of its Thursday."""
    date = date_from_day(run, day)
    thursday = date.plus_days(4 - date.weekday)
    return Decimal((thursday.number - day_number(thursday.year, 1, 1)) // 7 + 1)
