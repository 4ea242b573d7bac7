"""Changes of the city's calendar; due dates that stand already stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from engine import Command, Context, RowChanged
from engine.errors import Conflict, InvalidForm, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from hr.calendar import store
from hr.calendar.tables import Holiday, HoursSeason
from hr.statements import Row, add

KINDS = frozenset({"NATIONAL", "JOINT", "LOCAL"})
_LONGEST_SEASON = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class AddHoliday(Command[None]):
    """Close offices on a day; the agency may."""

    day: date
    name: str
    kind: str = "LOCAL"
    estimated: bool = False
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        _require_words(self.kind, self.name)
        _require_open(ctx, self.day)
        new = {"name": self.name.strip(), "kind": self.kind, "estimated": self.estimated}
        add(ctx.connection, Holiday, [{"day": self.day, **new}])
        _note(ctx, self.day, None, new, self.reason)


@dataclass(frozen=True, kw_only=True)
class ChangeHoliday(Command[None]):
    """Move or rename a holiday, or say that its day is decreed; the agency may."""

    day: date
    to_day: date
    name: str
    kind: str
    estimated: bool = False
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        _require_words(self.kind, self.name)
        old = _holiday(ctx, self.day)
        if self.to_day != self.day:
            _require_open(ctx, self.to_day)
        new = {
            "day": self.to_day,
            "name": self.name.strip(),
            "kind": self.kind,
            "estimated": self.estimated,
        }
        store.change(ctx.connection, self.day, new)
        _note(ctx, self.day, old, new, self.reason)


@dataclass(frozen=True, kw_only=True)
class RemoveHoliday(Command[None]):
    """Open offices on a day that was a holiday; the agency may."""

    day: date
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        old = _holiday(ctx, self.day)
        store.remove(ctx.connection, self.day)
        _note(ctx, self.day, old, None, self.reason)


@dataclass(frozen=True, kw_only=True)
class SetSeason(Command[None]):
    """Give days hours of their own, Ramadan above all; the agency may.

    replaces -- the first day of the season that this one stands for from now on, if any
    """

    first_day: date
    last_day: date
    name: str
    opens: time
    closes: time
    closes_on_friday: time
    estimated: bool = False
    replaces: date | None = None
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        self._require_sense()
        old = None if self.replaces is None else _season(ctx, self.replaces)
        if self.replaces is not None:
            store.remove_season(ctx.connection, self.replaces)
        others = store.seasons(ctx.connection, self.first_day, self.last_day)
        if others:
            name, day = others[0]["name"], others[0]["first_day"]
            raise Conflict(f"Expected days without hours of their own, but {name} begins on {day}.")
        new = {
            "first_day": self.first_day,
            "last_day": self.last_day,
            "name": self.name.strip(),
            "opens": self.opens,
            "closes": self.closes,
            "closes_on_friday": self.closes_on_friday,
            "estimated": self.estimated,
        }
        add(ctx.connection, HoursSeason, [new])
        _note(ctx, self.replaces or self.first_day, old, new, self.reason, "hours_season")

    def _require_sense(self) -> None:
        days = self.last_day - self.first_day
        if not self.name.strip():
            raise InvalidForm([Problem("name", "required", "Expected a name, but it is empty.")])
        if not timedelta() <= days <= _LONGEST_SEASON:
            message = "Expected a last day after the first, within a year, but not so."
            raise InvalidForm([Problem("last_day", "range", message)])
        if not self.opens < min(self.closes, self.closes_on_friday):
            message = "Expected offices to close after they open, but not so."
            raise InvalidForm([Problem("closes", "range", message)])


@dataclass(frozen=True, kw_only=True)
class RemoveSeason(Command[None]):
    """Give the days of a season the usual hours again; the agency may."""

    first_day: date
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        old = _season(ctx, self.first_day)
        store.remove_season(ctx.connection, self.first_day)
        _note(ctx, self.first_day, old, None, self.reason, "hours_season")


def _authorize(ctx: Context) -> None:
    # What the agency publishes; the calendar itself knows nobody.
    ctx.authorize(Act.PUBLISH, CaseFacts(None, "calendar", None, ""))


def _require_words(kind: str, name: str) -> None:
    if kind not in KINDS or not name.strip():
        raise InvalidForm([Problem("name", "required", "Expected a name and a known kind.")])


def _require_open(ctx: Context, day: date) -> None:
    if store.between(ctx.connection, day, day):
        raise Conflict(f"Expected an open day, but {day} is a holiday.")


def _holiday(ctx: Context, day: date) -> Row:
    known = store.between(ctx.connection, day, day)
    if not known:
        raise NotFound(f"Expected a holiday on {day}, but there is none.")
    return known[0]


def _season(ctx: Context, first_day: date) -> Row:
    for row in store.seasons(ctx.connection, first_day, first_day):
        if row["first_day"] == first_day:
            return row
    raise NotFound(f"Expected hours of their own from {first_day} on, but there are none.")


def _note(
    ctx: Context, day: date, old: Row | None, new: Row | None, reason: str, noun: str = "holiday"
) -> None:
    event = RowChanged(
        noun=noun,
        key=day.isoformat(),
        old=None if old is None else _plain(old),
        new=None if new is None else _plain(new),
        reason=reason,
    )
    ctx.record(event, (StreamKind.NETWORK, f"calendar/{day.year}"))


def _plain(row: Row) -> Row:
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in row.items()
    }
