"""Whom a campaign reaches, what a period is, and when one begins by itself: pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hr.calendar.rules import quarter_days

CHUNK = 50
FEWEST_SERVICE_DAYS = 30
TOO_SHORT, NO_POST, NO_RATER, ALREADY = "TOO_SHORT", "NO_POST", "NO_RATER", "ALREADY"
ON_LEAVE, RATER_AWAY, NO_PLAN = "ON_LEAVE", "RATER_AWAY", "NO_PLAN"
MONTH, QUARTER, HALF, YEAR = "MONTH", "QUARTER", "HALF", "YEAR"
EVERY = (MONTH, QUARTER, HALF, YEAR)
POST_KINDS = ("JPT", "ADMINISTRATOR", "PENGAWAS", "JF", "PELAKSANA")
MOST_DAYS_AFTER = 400

# What our own processes are launched for: a quarterly evaluation of a month would be nonsense.  Of
# a process drawn by the city nothing is known: any period goes.
_RHYTHMS = {
    "quarterly_evaluation": QUARTER,
    "daily_activity": MONTH,
    "monthly_report": MONTH,
    "perf_planning": YEAR,
    "annual_appraisal": YEAR,
}
# What may be done once more in a period when it is over: a plan has versions.
AGAIN = frozenset({"perf_planning"})
NEEDS_PLAN = frozenset({"quarterly_evaluation", "daily_activity", "annual_appraisal"})
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})|Q([1-4])|H([12]))?", re.ASCII)
_MONTHS = {MONTH: 1, QUARTER: 3, HALF: 6, YEAR: 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reach:
    """For whom a campaign is: no offices, every office; no kinds, every kind of post."""

    offices: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    least_days: int = FEWEST_SERVICE_DAYS

    def holds(self, path: str, kind: str) -> bool:
        """Tell whether a post lies in it; who has none lies in the whole city only."""
        inside = not self.offices or any(path.startswith(each) for each in self.offices)
        return inside and (not self.kinds or kind in self.kinds)

    def text(self) -> str:
        """Write it as it is kept."""
        known = {"offices": self.offices, "kinds": self.kinds, "least_days": self.least_days}
        return json.dumps(known)


WHOLE_CITY = Reach()


def reach_of(text: str) -> Reach:
    """Read what `Reach.text` wrote; campaigns of before it say nothing."""
    known: Mapping[str, Any] = json.loads(text)
    least = int(known.get("least_days", FEWEST_SERVICE_DAYS))
    return Reach(tuple(known.get("offices", ())), tuple(known.get("kinds", ())), least)


@dataclass(frozen=True)
class Member:
    """A person as a campaign looks at him."""

    person_id: int
    joined_on: date
    left_on: date
    scope_path: str
    post_kind: str = ""


def rhythm_of(process_key: str) -> str:
    """Say for what kind of period a process is launched; empty where any goes."""
    return _RHYTHMS.get(process_key, "")


def least_days_of(process_key: str) -> int:
    """Give how many days of service a case asks for where nobody said otherwise (P04: 30)."""
    return FEWEST_SERVICE_DAYS if process_key == "quarterly_evaluation" else 1


def rhythm(period: str) -> str:
    """Say what kind of period a text is: 2026-07, 2026Q2, 2026H1, 2026; ValueError for others."""
    found = _PERIOD.fullmatch(period)
    if found is None or (found[2] and not 1 <= int(found[2]) <= 12) or int(found[1]) < 2000:
        raise ValueError(
            f"Expected a period such as 2026-07, 2026Q2, 2026H1 or 2026, but got {period!r}."
        )
    kinds = zip((MONTH, QUARTER, HALF), (found[2], found[3], found[4]), strict=True)
    return next((kind for kind, part in kinds if part), YEAR)


def period_days(period: str) -> tuple[date, date]:
    """Give first and last day of a period; ValueError where it is none."""
    kind, year = rhythm(period), int(period[:4])
    if kind == QUARTER:
        return quarter_days(period)
    number = {MONTH: period[-2:], HALF: period[-1:], YEAR: "1"}[kind]
    span = _MONTHS[kind]
    return _span(year, (int(number) - 1) * span + 1, span)


def period_of(every: str, day: date) -> str:
    """Name the period of a kind that a day lies in."""
    number = (day.month - 1) // _MONTHS[every] + 1
    ends = {MONTH: f"-{number:02d}", QUARTER: f"Q{number}", HALF: f"H{number}", YEAR: ""}
    return f"{day.year:04d}{ends[every]}"


def due_period(every: str, days_after: int, today: date) -> tuple[str, date]:
    """Name the newest period that should have begun by today, and the day on which it should.

    days_after -- from the last day of the period
    """
    day = today + max(-days_after, 0) * _DAY  # a later period cannot have begun
    while True:
        period = period_of(every, day)
        first, last = period_days(period)
        begins = last + days_after * _DAY
        if begins <= today:
            return period, begins
        day = first - _DAY


def next_period(every: str, days_after: int, today: date) -> tuple[str, date]:
    """Name the first period that begins after today, and its day; as of `due_period`."""
    _, last = period_days(due_period(every, days_after, today)[0])
    period = period_of(every, last + _DAY)
    return period, period_days(period)[1] + days_after * _DAY


def _span(year: int, month: int, months: int) -> tuple[date, date]:
    after = month + months
    following = date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return date(year, month, 1), following - _DAY


def service_days(member: Member, first: date, last: date) -> int:
    """Count the calendar days of a period on which somebody was in service."""
    start, end = max(member.joined_on, first), min(member.left_on, last)
    return max((end - start).days + 1, 0)


def left_out(
    member: Member,
    rated: Collection[int],
    first: date,
    last: date,
    *,
    least: int = FEWEST_SERVICE_DAYS,
    reached: Collection[int] = (),
) -> str:
    """Say why somebody gets no case, or nothing (domain.md P04: 30 service days in the quarter).

    reached -- who has a case of this process and period already
    """
    if member.person_id in reached:
        return ALREADY
    if service_days(member, first, last) < least:
        return TOO_SHORT
    if not member.scope_path:
        return NO_POST
    return "" if member.person_id in rated else NO_RATER


def in_chunks(persons: Iterable[int], size: int = CHUNK) -> Mapping[int, int]:
    """Number the chunk that each person is started in, from 0."""
    return {person: place // size for place, person in enumerate(persons)}
