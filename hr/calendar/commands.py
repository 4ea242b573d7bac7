"""Changes of the city's calendar; due dates that stand already stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine import Command, Context, RowChanged
from engine.errors import Conflict, InvalidForm, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from hr.calendar import store
from hr.calendar.tables import Holiday
from hr.statements import add

KINDS = frozenset({"NATIONAL", "JOINT", "LOCAL"})


@dataclass(frozen=True, kw_only=True)
class AddHoliday(Command[None]):
    """Close offices on a day; the agency may."""

    day: date
    name: str
    kind: str = "LOCAL"
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        if self.kind not in KINDS or not self.name.strip():
            raise InvalidForm([Problem("name", "required", "Expected a name and a known kind.")])
        if store.between(ctx.connection, self.day, self.day):
            raise Conflict(f"Expected an open day, but {self.day} is a holiday.")
        row = {"day": self.day, "name": self.name.strip(), "kind": self.kind}
        add(ctx.connection, Holiday, [row])
        _note(ctx, self.day, None, self.name, self.reason)


@dataclass(frozen=True, kw_only=True)
class RemoveHoliday(Command[None]):
    """Open offices on a day that was a holiday; the agency may."""

    day: date
    reason: str

    def execute(self, ctx: Context) -> None:
        _authorize(ctx)
        known = store.between(ctx.connection, self.day, self.day)
        if not known:
            raise NotFound(f"Expected a holiday on {self.day}, but there is none.")
        store.remove(ctx.connection, self.day)
        _note(ctx, self.day, known[0]["name"], None, self.reason)


def _authorize(ctx: Context) -> None:
    # What the agency publishes; the calendar itself knows nobody.
    ctx.authorize(Act.PUBLISH, CaseFacts(None, "calendar", None, ""))


def _note(ctx: Context, day: date, old: str | None, new: str | None, reason: str) -> None:
    event = RowChanged(
        noun="holiday",
        key=day.isoformat(),
        old=None if old is None else {"name": old},
        new=None if new is None else {"name": new},
        reason=reason,
    )
    ctx.record(event, (StreamKind.NETWORK, f"calendar/{day.year}"))
