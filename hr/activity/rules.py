"""What an entry must be and what a month adds up to: pure (domain.md P02, DT08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from engine.errors import Problem

FILED, APPROVED, RETURNED, REJECTED, AUTO = "FILED", "APPROVED", "RETURNED", "REJECTED", "AUTO"
PLACES = ("OFFICE", "FIELD", "WFH")
FEWEST_MINUTES, MOST_MINUTES = 5, 720
DAY_MINUTES = 450  # Perpres 21/2023; beyond it, an overtime order
SHORTEST, LONGEST = 20, 1000
SHORTEST_REASON = 20
MOST_PHOTOS = 3
DAYS_IN_TIME = 2  # working days after the day itself
COPIED_DAYS = 5
_DAY = 24 * 60


class Entry(Protocol):
    """What the rules look at of an entry, stored or not."""

    @property
    def day(self) -> date: ...
    @property
    def starts(self) -> int: ...
    @property
    def ends(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def late_reason(self) -> str: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True)
class Photo:
    """A picture that is kept already, by its SHA-256; `size` in bytes."""

    name: str
    sha256: str
    mime: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to have written down.  `starts` and `ends` are minutes of the day."""

    day: date
    starts: int
    ends: int
    text: str
    row_id: int | None = None
    quantity: Decimal | None = None
    measure: str = ""
    place: str = "OFFICE"
    late_reason: str = ""
    overtime_order: str = ""
    photos: tuple[Photo, ...] = ()

    @property
    def minutes(self) -> int:
        """Give how long it took."""
        return self.ends - self.starts


@dataclass(frozen=True)
class Totals:
    """What a month adds up to; a day does not conform where one of its entries does not."""

    minutes: int
    entries: int
    days_filed: int
    days_non_conforming: int
    unreviewed: int


def digest(text: str) -> str:
    """Give the same short text for texts that differ in case and spaces only."""
    return sha256(" ".join(text.casefold().split()).encode()).hexdigest()[:32]


def month_of(period: str) -> tuple[date, date]:
    """Give first and last day of a month such as `2026-07`; ValueError where it is none."""
    first = date.fromisoformat(f"{period}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def is_late(day: date, today: date, last_day_in_time: date) -> bool:
    """Tell whether an entry for a day comes after D+2 working days."""
    return day < today and today > last_day_in_time


def problems(
    draft: Draft,
    others: Sequence[Entry],
    *,
    today: date,
    last_day_in_time: date,
    on_leave: bool,
    rows: Collection[int],
) -> list[Problem]:
    """Name everything that keeps a draft from being written down.

    others -- the person's other entries of the day; rows -- the rows of the plan that is valid then
    """
    late = is_late(draft.day, today, last_day_in_time)
    spent = draft.minutes + sum(each.ends - each.starts for each in others)
    checks = (
        (draft.day > today, "day", "future"),
        (on_leave, "day", "on_leave"),
        (not 0 <= draft.starts < draft.ends <= _DAY, "ends", "reversed"),
        (not FEWEST_MINUTES <= draft.minutes <= MOST_MINUTES, "ends", "minutes"),
        (any(_overlap(draft, each) for each in others), "starts", "overlap"),
        (not SHORTEST <= len(draft.text.strip()) <= LONGEST, "text", "length"),
        (late and len(draft.late_reason.strip()) < SHORTEST_REASON, "late_reason", "late"),
        (spent > DAY_MINUTES and not draft.overtime_order.strip(), "overtime_order", "overtime"),
        (draft.place not in PLACES, "place", "unknown"),
        (draft.row_id is not None and draft.row_id not in rows, "row_id", "unknown"),
        (draft.quantity is not None and draft.quantity < 0, "quantity", "minimum"),
        (len(draft.photos) > MOST_PHOTOS, "photo", "too_many"),
    )
    return [Problem(path, code, _sentence(code)) for holds, path, code in checks if holds]


def _sentence(code: str) -> str:
    return f"Expected an activity that can be written down, but it cannot: {code}."


def _overlap(draft: Draft, other: Entry) -> bool:
    return draft.starts < other.ends and other.starts < draft.ends


def conforms(entry: Entry) -> bool:
    """Tell whether an entry counts at the month's close; a late one needs the superior's consent.

    What nobody reviewed counts against the superior, not against who did the work.
    """
    if entry.state == APPROVED:
        return True
    return entry.state in (AUTO, FILED) and not entry.late_reason


def totals(entries: Iterable[Entry]) -> Totals:
    """Sum up a month."""
    known = list(entries)
    bad = {each.day for each in known if not conforms(each)}
    return Totals(
        minutes=sum(each.ends - each.starts for each in known if conforms(each)),
        entries=len(known),
        days_filed=len({each.day for each in known}),
        days_non_conforming=len(bad),
        unreviewed=sum(each.state in (AUTO, FILED) for each in known),
    )


def copied(entries: Iterable[tuple[str, date]]) -> frozenset[str]:
    """Give the digests of texts that stand under five or more days; of pairs of text and day."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for text, day in entries:
        days[text].add(day)
    return frozenset(text for text, found in days.items() if len(found) >= COPIED_DAYS)


def free_slot(others: Iterable[Entry], starts: int, ends: int) -> tuple[int, int]:
    """Give when the same work fits on another day: at its time, else after all that is there."""
    known = list(others)
    if not any(starts < each.ends and each.starts < ends for each in known):
        return starts, ends
    begin = max(each.ends for each in known)
    return begin, begin + ends - starts
