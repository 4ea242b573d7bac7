"""Bringing records in from a file, all of it or nothing; saying whose forms an office fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.calendar.rules import local_day
from hr.directory.store import end_proxy
from hr.directory.tables import ProxyEntry
from hr.dossier import store
from hr.dossier.kinds import KINDS, Kind
from hr.dossier.queries import Found, Reading, Step
from hr.permissions.queries import is_agency, may_about
from hr.sheets import Sheet, refuse
from hr.statements import add_one

LONGEST_PROXY = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class ImportRecords(Command[Found]):
    """Take in a file of records, all of it or, with any fault, none; the agency may.

    Rows that are known already are passed over; what a person has once (the predicate of a year,
    the attendance of a month) is replaced.

    kind -- a key of `hr.dossier.kinds.KINDS`
    """

    kind: str
    sheet: Sheet
    reason: str = ""
    step: Step | None = None

    def execute(self, ctx: Context) -> Found:
        if not is_agency(ctx.connection, ctx.actor, ctx.now):
            raise NotAllowed("Expected an officer of the agency, but you are none.")
        kind = KINDS.get(self.kind)
        if kind is None:
            raise InvalidForm([Problem("kind", "option", f"Expected one of {', '.join(KINDS)}.")])
        reading = Reading(ctx.connection, kind, self.sheet, ctx.actor.person_id, self.step)
        reading.survey()
        refuse(reading.found.faults)
        for fresh, changed in reading.rows():
            self._write(ctx, kind, fresh, changed)
        return reading.found

    def _write(
        self,
        ctx: Context,
        kind: Kind,
        fresh: Sequence[Mapping[str, Any]],
        changed: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    ) -> None:
        store.add_rows(ctx.connection, kind.name, fresh)
        for _, row in changed:
            store.replace(ctx.connection, kind.name, kind.key, row)
        by_person: dict[int, list[RowChanged]] = {}
        for old, row in [*((None, row) for row in fresh), *changed]:
            by_person.setdefault(row["person_id"], []).append(self._event(kind, old, row))
        history = ctx.store.history
        ctx.append_all(
            [
                (history.lock(StreamKind.PERSON, str(person)), told)
                for person, told in sorted(by_person.items())
            ]
        )

    def _event(
        self, kind: Kind, old: Mapping[str, Any] | None, row: Mapping[str, Any]
    ) -> RowChanged:
        sealed = {"new": _plain(kind, row)} | ({"old": _plain(kind, old)} if old else {})
        return RowChanged(
            noun=kind.name,
            key=".".join(str(row[name]) for name in kind.key),
            reason=self.reason or self.sheet.name,
            sealed=sealed,
        )


@dataclass(frozen=True, kw_only=True)
class AllowProxy(Command[int]):
    """Let an office's personnel officer fill in somebody's own forms for some days, and say why.

    For people without an account or a phone.  What is filled in so says both names; whoever
    checks a form must be somebody else than who filled it in.  That officer or the agency may.
    """

    person_id: int
    reason: str
    valid_to: date

    def execute(self, ctx: Context) -> int:
        _require_officer(ctx, self.person_id)
        today = local_day(ctx.now)
        if not self.reason.strip():
            raise InvalidForm([Problem("reason", "required", "Expected a reason.")])
        if not today <= self.valid_to <= today + LONGEST_PROXY:
            message = "Expected a last day from today to a year from now."
            raise InvalidForm([Problem("valid_to", "range", message)])
        reason = " ".join(self.reason.split())[:400]
        row = {
            "person_id": self.person_id,
            "reason": reason,
            "set_by": ctx.actor.person_id,
            "valid_from": today,
            "valid_to": self.valid_to,
        }
        number = add_one(ctx.connection, ProxyEntry, row)
        new = {"valid_to": self.valid_to.isoformat()}
        _note_proxy(ctx, self.person_id, str(number), new, reason)
        return number


@dataclass(frozen=True, kw_only=True)
class EndProxy(Command[None]):
    """Let nobody fill in somebody's forms any more."""

    person_id: int

    def execute(self, ctx: Context) -> None:
        _require_officer(ctx, self.person_id)
        last = local_day(ctx.now) - timedelta(days=1)
        end_proxy(ctx.connection, self.person_id, last)
        _note_proxy(ctx, self.person_id, "", {"valid_to": last.isoformat()}, "")


def _note_proxy(
    ctx: Context, person_id: int, key: str, new: Mapping[str, str], reason: str
) -> None:
    event = RowChanged(noun="proxy_entry", key=key, new=new, reason=reason)
    ctx.record(event, (StreamKind.PERSON, str(person_id)))


def _require_officer(ctx: Context, person_id: int) -> None:
    noun = "record_attendance"  # whoever keeps a person's daily records
    if not may_about(ctx.connection, ctx.actor, "C", noun, person_id, ctx.now):
        raise NotAllowed("Expected the person's officer or the agency, but you are neither.")


def _plain(kind: Kind, row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(row[name]) for name in kind.columns}
