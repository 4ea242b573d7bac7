"""Pure rules of a year's appraisal: its days, segments of raters, the sample, levels (P05)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hr.evaluation.rules import weighted as weighted

SAMPLE_PERCENT = 20
PREDICATES = ("SK", "K", "BP", "B", "SB")  # from the lowest
ALWAYS = frozenset({"SB", "K", "SK"})  # what the team looks at in every case
TOO_NEW, LEFT_SERVICE = "TOO_NEW", "LEFT_SERVICE"


@dataclass(frozen=True)
class Segment:
    """Who rated somebody from when to when in a year."""

    rater_id: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """Give the number of days, both ends included."""
        return (self.last - self.first).days + 1


def year_days(period: str) -> tuple[date, date]:
    """Give first and last day of a year such as `2026`."""
    if len(period) != 4 or not period.isascii() or not period.isdigit() or period < "1900":
        raise ValueError(f"Expected a year such as 2026, but got {period!r}.")
    return date(int(period), 1, 1), date(int(period), 12, 31)


def quarters_of(period: str) -> tuple[str, ...]:
    """Name the four quarters of a year."""
    year_days(period)
    return tuple(f"{period}Q{number}" for number in range(1, 5))


def service_months(joined_on: date, left_on: date, period: str) -> int:
    """Count the full months of service in a year: 3 October to 31 December are two."""
    first, last = year_days(period)
    begin, end = max(joined_on, first), min(left_on, last)
    if begin > end:
        return 0
    after = end + timedelta(days=1)
    months = (after.year - begin.year) * 12 + after.month - begin.month
    return months - (after.day < begin.day)


def segments(changes: Iterable[tuple[date, int | None]], last: date) -> tuple[Segment, ...]:
    """Make segments of who rated from which day on (by day); days without a rater are left out.

    Two changes on one day: the later one counts.  The same rater twice in a row is one segment.
    """
    joined: list[tuple[date, int | None]] = []
    for day, rater in changes:
        if joined and joined[-1][0] == day:
            joined.pop()
        if not joined or joined[-1][1] != rater:
            joined.append((day, rater))
    ends = [*(day - timedelta(days=1) for day, _ in joined[1:]), last]
    return tuple(
        Segment(rater, day, end)
        for (day, rater), end in zip(joined, ends, strict=False)
        if rater is not None and day <= end
    )


def main_rater(parts: Sequence[Segment]) -> int | None:
    """Give who rated for most days of the year; of equals the later one.

    A transfer on the last day leaves the year to whoever saw the work.
    """
    days: dict[int, int] = {}
    for part in parts:
        days[part.rater_id] = days.pop(part.rater_id, 0) + part.days
    return max(reversed(days), key=days.__getitem__, default=None)


def levels_apart(one: str, other: str) -> int:
    """Give how many steps two predicates lie apart; 0 where one is missing."""
    if one not in PREDICATES or other not in PREDICATES:
        return 0
    return abs(PREDICATES.index(one) - PREDICATES.index(other))


def sampled_because(predicate: str, flags: Collection[str], case_no: str) -> str:
    """Say why the team looks at a case: PREDICATE, FLAG or DRAWN; empty where it does not.

    The draw is the SHA-256 of the case number, so that anybody can repeat it.
    """
    if predicate in ALWAYS:
        return "PREDICATE"
    if flags:
        return "FLAG"
    lot = int.from_bytes(hashlib.sha256(f"sample:{case_no}".encode()).digest()[:4], "big")
    return "DRAWN" if lot % 100 < SAMPLE_PERCENT else ""
