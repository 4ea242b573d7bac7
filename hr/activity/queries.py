"""What is asked about activities: one's month, what to repeat, what waits for review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from hr.activity import rules, store
from hr.statements import Row

MOST_WAITING = 200
_REPEATS = 6
_LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True)
class EntryView:
    """An entry; `starts` and `ends` are minutes of the day, `copied` marks a repeated text."""

    id: int
    person_id: int
    day: date
    starts: int
    ends: int
    row_id: int | None
    text: str
    digest: str
    quantity: Decimal | None
    measure: str
    place: str
    late_reason: str
    overtime_order: str
    state: str
    note: str
    filed_at: datetime
    reviewed_at: datetime | None
    copied: bool = False


@dataclass(frozen=True)
class MonthView:
    """A person's month with its entries, the newest day first."""

    entries: tuple[EntryView, ...]
    totals: rules.Totals
    closed_at: datetime | None


def month(connection: Connection, person_id: int, day: date) -> MonthView:
    """Give the month that a day lies in."""
    first, last = rules.month_of(f"{day:%Y-%m}")
    found = store.between(connection, person_id, first, last)
    entries = _views(found)
    known = store.month(connection, person_id, first)
    closed = None if known is None else known["closed_at"]
    return MonthView(entries, rules.totals(entries), closed)


def repeatable(connection: Connection, person_id: int, day: date) -> tuple[EntryView, ...]:
    """Give what was done of late, each text once, the newest first: to be repeated in one tap."""
    found = store.between(connection, person_id, day - _LOOK_BACK, day - timedelta(days=1))
    newest: dict[str, EntryView] = {}
    for view in _views(found):
        newest.setdefault(view.digest, view)
    return tuple(newest.values())[:_REPEATS]


def entry(connection: Connection, entry_id: int) -> EntryView | None:
    """Give one entry, or None."""
    found = _views(store.by_ids(connection, [entry_id]))
    return found[0] if found else None


def entries(connection: Connection, ids: Collection[int]) -> tuple[EntryView, ...]:
    """Give entries by number, in order; unknown ones are left out."""
    return _views(store.by_ids(connection, ids)) if ids else ()


def photos(
    connection: Connection, entry_ids: Collection[int]
) -> dict[int, tuple[rules.Photo, ...]]:
    """Give the photos of entries, by entry; who has none is left out."""
    found: defaultdict[int, list[rules.Photo]] = defaultdict(list)
    for row in store.photos(connection, entry_ids) if entry_ids else ():
        photo = rules.Photo(row["name"], row["sha256"], row["mime"], row["size"])
        found[row["entry_id"]].append(photo)
    return {entry: tuple(each) for entry, each in found.items()}


def waiting(
    connection: Connection, people: Collection[int], limit: int = MOST_WAITING
) -> tuple[EntryView, ...]:
    """List what waits for review of these persons, the oldest first; repeated texts are marked."""
    found = store.waiting(connection, people, limit) if people else []
    if not found:
        return ()
    months = {(row["person_id"], row["day"].replace(day=1)) for row in found}
    marked = {each: _copied(connection, *each) for each in months}
    return tuple(_view(row, marked[row["person_id"], row["day"].replace(day=1)]) for row in found)


def unreviewed(connection: Connection, people: Collection[int]) -> dict[int, int]:
    """Count what waits for review of each of these persons; who has nothing is left out."""
    return store.unreviewed(connection, people) if people else {}


def _copied(connection: Connection, person_id: int, day: date) -> frozenset[str]:
    first, last = rules.month_of(f"{day:%Y-%m}")
    return _marked(store.between(connection, person_id, first, last))


def _marked(found: list[Row]) -> frozenset[str]:
    return rules.copied((row["digest"], row["day"]) for row in found)


def _views(found: list[Row]) -> tuple[EntryView, ...]:
    marked = _marked(found)
    return tuple(_view(row, marked) for row in found)


_SHOWN = [name for name in EntryView.__dataclass_fields__ if name != "copied"]


def _view(row: Row, marked: Collection[str] = ()) -> EntryView:
    return EntryView(**{name: row[name] for name in _SHOWN}, copied=row["digest"] in marked)
