"""Whom a campaign reaches: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

CHUNK = 50
FEWEST_SERVICE_DAYS = 30
TOO_SHORT, NO_POST, NO_RATER = "TOO_SHORT", "NO_POST", "NO_RATER"


@dataclass(frozen=True)
class Member:
    """A person as a campaign looks at him."""

    person_id: int
    joined_on: date
    left_on: date
    scope_path: str


def service_days(member: Member, first: date, last: date) -> int:
    """Count the calendar days of a period on which somebody was in service."""
    start, end = max(member.joined_on, first), min(member.left_on, last)
    return max((end - start).days + 1, 0)


def left_out(member: Member, rated: Collection[int], first: date, last: date) -> str:
    """Say why somebody gets no case, or nothing (domain.md P04: 30 service days in the quarter)."""
    if service_days(member, first, last) < FEWEST_SERVICE_DAYS:
        return TOO_SHORT
    if not member.scope_path:
        return NO_POST
    return "" if member.person_id in rated else NO_RATER


def in_chunks(persons: Iterable[int], size: int = CHUNK) -> Mapping[int, int]:
    """Number the chunk that each person is started in, from 0."""
    return {person: place // size for place, person in enumerate(persons)}
