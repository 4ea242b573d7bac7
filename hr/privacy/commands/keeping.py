"""Opening, holding and erasing what is kept about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine import PLATFORM, Command, Context, EraseSubject, Noted, RowChanged
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.accounts.commands import CloseAccount
from hr.accounts.queries import account_of
from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.permissions.queries import is_agency, may_about
from hr.privacy import store
from hr.privacy.queries import OPENED, holds, may_be_erased_on
from hr.privacy.rules import EVERYTHING, SERIES

LONGEST_REASON = 400


@dataclass(frozen=True, kw_only=True)
class OpenPerson(Command[None]):
    """Note that somebody opens the records of another, and why; his own need no note."""

    person_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        if not may_about(ctx.connection, ctx.actor, "R", "person", self.person_id, ctx.now):
            raise NotAllowed("Expected somebody in charge of this person, but you are not.")
        if self.person_id == ctx.actor.person_id:
            return
        event = Noted(what=OPENED, reason=reason_of(self.reason))
        ctx.record(event, (StreamKind.PERSON, str(self.person_id)))


@dataclass(frozen=True, kw_only=True)
class SetHold(Command[int]):
    """Keep a series of records of one person, or of everybody, whatever its time; the agency may.

    series -- a key of `SERIES`, or `*` for all of them
    """

    series: str
    reason: str
    person_id: int | None = None

    def execute(self, ctx: Context) -> int:
        _require_agency(ctx)
        if self.series not in (*SERIES, EVERYTHING):
            raise InvalidForm([Problem("series", "option", f"Expected one of {list(SERIES)}.")])
        if self.person_id is not None:
            person_of(ctx, self.person_id)
        row = {
            "series": self.series,
            "person_id": self.person_id,
            "reason": reason_of(self.reason),
            "set_by": ctx.actor.person_id,
            "set_at": ctx.now,
        }
        number = store.add_hold(ctx.connection, row)
        new = {"series": self.series, "person_id": self.person_id}
        _note_hold(ctx, number, None, new, self.reason)
        return number


@dataclass(frozen=True, kw_only=True)
class LiftHold(Command[None]):
    """Let a hold end."""

    hold_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        _require_agency(ctx)
        row = store.hold(ctx.connection, self.hold_id)
        if row is None:
            raise NotFound(f"Expected a hold {self.hold_id} that runs, but there is none.")
        store.lift_hold(ctx.connection, self.hold_id, ctx.actor.person_id, ctx.now)
        old = {"series": row["series"], "person_id": row["person_id"]}
        _note_hold(ctx, self.hold_id, old, {"lifted": True}, reason_of(self.reason))


@dataclass(frozen=True, kw_only=True)
class ErasePerson(Command[Mapping[str, int]]):
    """Take away what is personal about somebody whose time has passed; the agency may.

    What an office did (posts held, results, decrees) stays, about somebody without a name.  The
    history stays as it is: its sealed values go, its chain holds.  Gives rows erased, by table.

    early -- before the longest series has ended: only by the command line, with a reason
    """

    person_id: int
    reason: str
    early: bool = False

    def execute(self, ctx: Context) -> Mapping[str, int]:
        _require_agency(ctx)
        if self.person_id == ctx.actor.person_id:
            raise NotAllowed("Expected somebody else to erase you, but you asked yourself.")
        row = person_of(ctx, self.person_id)
        reason = reason_of(self.reason)
        self._refuse_too_early(ctx, row)
        if kept := holds(ctx.connection, self.person_id):
            said = ", ".join(sorted({hold.series for hold in kept}))
            raise InvalidState(f"Expected no hold on this person's records, but {said} is held.")
        done: dict[str, int] = {}
        for series in SERIES.values():
            for name, table in series.tables.items() if series.erased else ():
                done[name] = store.erase(ctx.connection, name, table, self.person_id)
        account = account_of(ctx.connection, self.person_id)
        if account is not None:
            close = CloseAccount(account_id=account.id, reason=reason)
            close.execute(replace(ctx, actor=PLATFORM))
        nobody = _nobody(row, local_day(ctx.now))
        store.forget(ctx.connection, self.person_id, nobody, row["left_on"])
        emptied = ctx.run(
            EraseSubject(subject_id=self.person_id, title=nobody["name"], reason=reason)
        )
        return {**done, "cases": emptied.cases, "values": emptied.values}

    def _refuse_too_early(self, ctx: Context, row: Mapping[str, Any]) -> None:
        if row["erased_on"] is not None:
            raise InvalidState("Expected somebody who is not erased yet, but this one is.")
        if row["left_on"] == FOREVER or row["left_on"] >= local_day(ctx.now):
            raise InvalidState("Expected somebody who has left service, but this one has not.")
        free = may_be_erased_on(row["left_on"])
        if free > local_day(ctx.now) and not (self.early and ctx.actor.is_platform):
            raise InvalidState(f"Expected records that may go, but they are kept until {free}.")


def _nobody(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Give what stands where a person stood: unique, and nobody's."""
    born: date = row["born_on"]
    return {
        "nip": f"X{row['id']:017d}",
        "name": f"Pegawai {row['id']}",
        "born_on": date(born.year, 1, 1),
        "email": "",
        "phone": "",
        "erased_on": day,
    }


def person_of(ctx: Context, person_id: int) -> Mapping[str, Any]:
    """Read a person with all columns; NotFound where there is none."""
    row = store.person(ctx.connection, person_id)
    if row is None:
        raise NotFound(f"Expected a person with number {person_id}, but there is none.")
    return row


def reason_of(text: str) -> str:
    """Give a reason in one line; InvalidForm where there is none."""
    reason = " ".join(text.split())[:LONGEST_REASON]
    if not reason:
        raise InvalidForm([Problem("reason", "required", "Expected a reason, but it is empty.")])
    return reason


def _note_hold(
    ctx: Context,
    number: int,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    reason: str,
) -> None:
    event = RowChanged(noun="legal_hold", key=str(number), old=old, new=new, reason=reason)
    ctx.record(event, (StreamKind.NETWORK, f"privacy/{ctx.now:%Y-%m-%d}"))


def _require_agency(ctx: Context) -> None:
    if not is_agency(ctx.connection, ctx.actor, ctx.now):
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NOT_HRC")
