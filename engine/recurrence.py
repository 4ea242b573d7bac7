"""When something comes again: `daily 06:00`, `monthly workday 1 06:00`, `every 10 minutes`.  Pure.

Times of day are the city's; the calendar says which days are working days.  A rule may also be an
ISO 8601 cycle with its first time, such as `R3/2026-09-01T08:00:00+07:00/P1M`; it may end.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY = re.compile(r"every (?P<count>[1-9]\d{0,4}) (?P<unit>minutes?|hours?)")
_AT = re.compile(
    r"(?:(?P<daily>daily)|(?P<workday>workday)|weekly (?P<weekday>mon|tue|wed|thu|fri|sat|sun)"
    r"|monthly (?P<day>[1-9]|[12]\d|3[01])|monthly workday (?P<nth>-?[1-9]|-?1\d))"
    r" (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
)
_NOON = time(12)
DURATION = re.compile(
    r"(?P<sign>-?)P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
WORKING = re.compile(r"(?P<days>-?\d{1,4})\s+hari\s+kerja", re.IGNORECASE)
_CYCLE = re.compile(r"R(?P<count>\d{0,4})/(?P<start>[^/]+)/(?P<step>[^/]+)")

WorkingDays = Callable[[datetime, int], datetime]
"""Gives the end of the n-th working day after (negative: before) a moment."""


@dataclass(frozen=True)
class Place:
    """Where a rule is meant: the zone of its times of day, and the calendar of its working days."""

    zone: tzinfo
    add_working_days: WorkingDays


class Over(ValueError):
    """Expected another time of a rule, but it has come to its end."""


def is_rule(text: str) -> bool:
    """Tell whether a text is a rule that `following` understands."""
    if _EVERY.fullmatch(text) or _AT.fullmatch(text):
        return True
    try:
        return _cycle(text) is not None
    except ValueError:
        return False


def following(rule: str, after: datetime, place: Place) -> datetime:
    """Give the first time of a rule later than a moment, as UTC.

    Raises ValueError where it is no rule, Over where a cycle has no further time.
    """
    cycle = _cycle(rule)
    if cycle is not None:
        return cycle.following(after, place)
    if every := _EVERY.fullmatch(rule):
        seconds = int(every["count"]) * (3600 if every["unit"].startswith("hour") else 60)
        return after.astimezone(UTC) + timedelta(seconds=seconds)
    at = _AT.fullmatch(rule)
    if at is None:
        raise ValueError(f"Expected a rule such as `daily 06:00`, but found {rule!r}.")
    moment = time(int(at["hour"]), int(at["minute"]))
    # The day of `after` itself may come first; a month's day may lie in the month before its turn.
    for day in _days(at, after.astimezone(place.zone).date(), place):
        found = datetime.combine(day, moment, place.zone).astimezone(UTC)
        if found > after:
            return found
    raise AssertionError("unreachable: the days of a rule have no end")


def latest(rule: str, first: datetime, now: datetime, place: Place) -> datetime:
    """Give the last time of a rule up to now, of those from `first` on, itself one of them."""
    if _EVERY.fullmatch(rule):
        step = following(rule, first, place) - first
        return first + step * ((now - first) // step)
    found = first
    with suppress(Over):
        while (after := following(rule, found, place)) <= now:
            found = after
    return found


def before(rule: str, now: datetime, place: Place) -> datetime:
    """Give the last time of a rule up to now."""
    start = now - timedelta(days=40)
    return latest(rule, following(rule, start, place), now, place)


def _days(at: re.Match[str], day: date, place: Place) -> Iterator[date]:
    if at["workday"]:
        while True:
            day = _working_day(day - timedelta(days=1), 1, place)
            yield day
            day += timedelta(days=1)
    if at["daily"] or at["weekday"]:
        step = 1
        if at["weekday"]:
            day += timedelta(days=(DAYS.index(at["weekday"]) - day.weekday()) % 7)
            step = 7
        while True:
            yield day
            day += timedelta(days=step)
    month = day.replace(day=1)
    while True:
        yield _of_month(at, month, place)
        month = _next_month(month)


def _of_month(at: re.Match[str], month: date, place: Place) -> date:
    if at["day"]:
        return month.replace(day=min(int(at["day"]), monthrange(month.year, month.month)[1]))
    nth = int(at["nth"])
    return _working_day(month - timedelta(days=1) if nth > 0 else _next_month(month), nth, place)


def _working_day(day: date, nth: int, place: Place) -> date:
    noon = datetime.combine(day, _NOON, place.zone)
    return place.add_working_days(noon, nth).astimezone(place.zone).date()


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class _Cycle:
    """So many times from the first one on, each a step later; count -- None: without end."""

    first: datetime
    step: str
    count: int | None

    def following(self, after: datetime, place: Place) -> datetime:
        """Give the first time later than a moment; raises Over."""
        near = self._at(1, place) - self.first
        # About how many steps lie between; months differ, and so do the days of a weekend.
        number = max(0, int((after - self.first) / near) if near else 0)
        while number and self._at(number - 1, place) > after:
            number -= 1
        while (self.count is None or number < self.count) and self._at(number, place) <= after:
            number += 1
        if self.count is not None and number >= self.count:
            raise Over(f"Expected a time after {after.isoformat()}, but {self.first} was the last.")
        return self._at(number, place)

    def _at(self, number: int, place: Place) -> datetime:
        """Give the time after so many steps, on the clocks of the place."""
        if not number:
            return self.first
        working = WORKING.fullmatch(self.step)
        if working is not None:
            days = int(working["days"]) * number
            return place.add_working_days(self.first, days).astimezone(UTC)
        local = self.first.astimezone(place.zone)
        return add_duration(local, self.step, number).astimezone(UTC)


def _cycle(text: str) -> _Cycle | None:
    """Read a cycle; None where the text is none, ValueError where its parts are nothing."""
    found = _CYCLE.fullmatch(text)
    if found is None:
        return None
    first = datetime.fromisoformat(found["start"])
    if first.tzinfo is None:
        raise ValueError(f"Expected a first time with its zone, but found {found['start']}.")
    step, count = found["step"], found["count"]
    working = WORKING.fullmatch(step)
    if working is None and add_duration(first, step) - first < timedelta(minutes=1):
        raise ValueError(f"Expected a step of a minute or more, but found {step}.")
    if (working is not None and int(working["days"]) < 1) or count == "0":
        raise ValueError(f"Expected a cycle that moves on, but {text} does not.")
    return _Cycle(first.astimezone(UTC), step, int(count) if count else None)


def add_duration(start: datetime, text: str, times: int = 1) -> datetime:
    """Add an ISO 8601 duration in calendar time, so many times; a day that a month lacks becomes
    its last."""
    found = DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"Expected a duration such as P5D, but found {text!r}.")
    parts = {
        key: found[key] or "0" for key in ("years", "months", "weeks", "days", "hours", "minutes")
    }
    sign = -times if found["sign"] else times
    months = sign * (int(parts["years"]) * 12 + int(parts["months"]))
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    try:
        moved = start.replace(
            year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1])
        )
        return moved + sign * timedelta(
            weeks=int(parts["weeks"]),
            days=int(parts["days"]),
            hours=int(parts["hours"]),
            minutes=int(parts["minutes"]),
            seconds=float(found["seconds"] or 0),
        )
    except (OverflowError, ValueError):
        raise ValueError(
            f"Expected a moment that the calendar has, but {text} is too far."
        ) from None
