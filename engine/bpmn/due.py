"""Moments in time that a model writes: `P5D`, `5 hari kerja`, a date, a cycle, or FEEL.

Used for timers and for due dates; whoever waits for a moment is elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol

from engine.bpmn.environment import Environment
from engine.feel import Expression
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, YearsMonthsDuration
from engine.recurrence import DURATION, WORKING, add_duration

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_CYCLE = re.compile(r"R(?P<count>\d{0,4})/(?:(?P<start>[^/]+)/)?(?P<step>[^/]+)")

Evaluate = Callable[[Expression, Mapping[str, Any]], Any]


class When(Protocol):
    """What a moment without variables is counted by."""

    @property
    def now(self) -> datetime: ...
    @property
    def zone(self) -> tzinfo: ...
    @property
    def working_days(self) -> Callable[[datetime, int], datetime]: ...


@dataclass(frozen=True)
class Due:
    """A moment as written; `expression` is set where it is FEEL, computed when it is needed."""

    text: str
    expression: Expression | None = None
    end_of_day: bool = False
    """A date alone means its last second (due dates) rather than its first (timers)."""


@dataclass(frozen=True)
class Moment:
    """When, and how often again: `left` further rounds, None without end, 0 for once."""

    at: datetime
    step: str = ""
    left: int | None = 0


def is_literal(text: str) -> bool:
    """Tell whether a text is a moment of its own, and no FEEL."""
    return any(
        pattern.fullmatch(text.strip())
        for pattern in (DURATION, WORKING, _DATE, _DATE_TIME, _CYCLE)
    )


def is_cycle(text: str) -> bool:
    """Tell whether a text says that something recurs."""
    return _CYCLE.fullmatch(text.strip()) is not None


def resolve(due: Due, data: Mapping[str, Any], env: Environment, evaluate: Evaluate) -> Moment:
    """Give the moment a text means, counted from now; raises ValueError when it means none."""
    if due.expression is None:
        return _from_text(due.text.strip(), env, due.end_of_day)
    value = evaluate(due.expression, data)
    return _from_value(value, env, due.end_of_day)


def resolve_text(text: str, when: When) -> Moment:
    """Give the moment of a text that is one by itself (`is_literal`); raises ValueError."""
    return _from_text(text.strip(), when, False)


def next_round(moment: datetime, step: str, env: Environment) -> datetime:
    """Give the next time of a cycle after `moment`."""
    return _add(moment, step, env)


def _from_text(text: str, env: When, end_of_day: bool) -> Moment:
    cycle = _CYCLE.fullmatch(text)
    if cycle is None:
        return Moment(_moment(text, env, end_of_day))
    step = cycle["step"]
    first = _moment(cycle["start"], env, False) if cycle["start"] else _add(env.now, step, env)
    if _add(first, step, env) <= first:
        raise ValueError(f"Expected a cycle that moves on, but {text} stands still.")
    left = int(cycle["count"]) - 1 if cycle["count"] else None
    if left is not None and left < 0:
        raise ValueError(f"Expected a cycle of at least one round, but found {text}.")
    return Moment(first, step, left)


def _moment(text: str, env: When, end_of_day: bool) -> datetime:
    if _DATE.fullmatch(text):
        return _day(date.fromisoformat(text), env.zone, end_of_day)
    if _DATE_TIME.fullmatch(text):
        return _utc(datetime.fromisoformat(text), env.zone)
    return _add(env.now, text, env)


def _add(start: datetime, step: str, env: When) -> datetime:
    working = WORKING.fullmatch(step)
    if working:
        return env.working_days(start, int(working["days"])).astimezone(UTC)
    return add_duration(start, step)


def _from_value(value: Any, env: Environment, end_of_day: bool) -> Moment:
    if isinstance(value, str):
        return _from_text(value.strip(), env, end_of_day)
    if isinstance(value, DaysTimeDuration | YearsMonthsDuration):
        return Moment(add_duration(env.now, str(value)))
    if isinstance(value, DateTime):
        return Moment(_utc(value.to_python(), env.zone))
    if isinstance(value, Date):
        return Moment(_day(value.to_python(), env.zone, end_of_day))
    raise ValueError(f"Expected a date, a date and time or a duration, but found {_said(value)}.")


def _day(day: date, zone: tzinfo, end_of_day: bool) -> datetime:
    start = datetime.combine(day, time(), zone)
    return (start + timedelta(days=1, seconds=-1) if end_of_day else start).astimezone(UTC)


def _utc(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _said(value: Any) -> str:
    return "null" if value is None else type(value).__name__
