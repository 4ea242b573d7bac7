"""When something comes again: `daily 06:00`, `monthly workday 1 06:00`, `every 10 minutes`.  Pure.

Times of day are the city's; the calendar says which days are working days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
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

WorkingDays = Callable[[datetime, int], datetime]
"""Gives the end of the n-th working day after (negative: before) a moment."""


@dataclass(frozen=True)
class Place:
    """Where a rule is meant: the zone of its times of day, and the calendar of its working days."""

    zone: tzinfo
    add_working_days: WorkingDays


def is_rule(text: str) -> bool:
    """Tell whether a text is a rule that `following` understands."""
    return bool(_EVERY.fullmatch(text) or _AT.fullmatch(text))


def following(rule: str, after: datetime, place: Place) -> datetime:
    """Give the first time of a rule later than a moment, as UTC; ValueError where it is no rule."""
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
