"""Changes of the directory: people, roles, zones of units.  Who is in a post: `hr.structure`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import Command, Context, RoleChanged, RowChanged
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.calendar.rules import ZONES
from hr.columns import FOREVER
from hr.directory import nip as nips
from hr.directory import store
from hr.directory.noting import note_of_person
from hr.directory.queries import roles_of
from hr.directory.tables import Person, RoleGrant
from hr.statements import add_one

UNIT_ROLES = frozenset({"HRO"})
CITY_ROLES = frozenset({"HRC", "PPK", "TRN", "TIM", "DSN", "AUD", "ADM"})
SECOND_PERSON_ROLES = frozenset({"ADM", "AUD", "DSN", "HRC"})  # proposed by one, given by another


@dataclass(frozen=True, kw_only=True)
class RegisterPerson(Command[int]):
    """Write a civil servant into the directory, by what the NIP says; still without a post."""

    nip: str
    name: str
    reason: str

    def execute(self, ctx: Context) -> int:
        _refuse_strangers(ctx)
        return self.written(ctx)

    def written(self, ctx: Context) -> int:
        """Check what was asked and write it, for commands that know that the actor may."""
        kind = "PPPK" if self.nip[12:14] == nips.PPPK_CODE else "PNS"
        if not nips.is_valid(self.nip, kind=kind):
            raise _invalid("nip", "nip")
        if not self.name.strip():
            raise _invalid("name", "required")
        year, month = int(self.nip[8:12]), int(self.nip[12:14]) if kind == "PNS" else 1
        row = {
            "nip": self.nip,
            "name": self.name.strip()[:160],
            "sex": nips.SEXES[self.nip[14]],
            "born_on": date(int(self.nip[:4]), int(self.nip[4:6]), int(self.nip[6:8])),
            "kind": kind,
            "education": "",
            "email": "",
            "joined_on": date(year, month, 1),
        }
        number = add_one(ctx.connection, Person, row)
        note_of_person(ctx, number, "person", number, None, row, self.reason)
        return number


@dataclass(frozen=True, kw_only=True)
class GrantRole(Command[int]):
    """Give somebody a role from a day on: HRO for a unit, the others for the city.

    Roles that need a second person come by hr.granting alone.
    """

    person_id: int
    role: str
    unit_id: int | None = None
    valid_from: date
    valid_to: date = FOREVER
    reason: str

    def execute(self, ctx: Context) -> int:
        _refuse_strangers(ctx)
        _refuse_self(ctx, self.person_id)
        if self.role in SECOND_PERSON_ROLES and not ctx.actor.is_platform:
            raise NotAllowed(
                f"Expected a role that one person may give, but {self.role} needs a second one.",
                reason="NEEDS_SECOND_PERSON",
            )
        return self.written(ctx)

    def check(self) -> None:
        """Refuse what no grant can be."""
        if self.role not in UNIT_ROLES | CITY_ROLES:
            raise _invalid("role", "option")
        if (self.role in UNIT_ROLES) != (self.unit_id is not None):
            raise _invalid("unit_id", "required" if self.role in UNIT_ROLES else "surplus")
        _refuse_backwards(self.valid_from, self.valid_to)

    def written(self, ctx: Context) -> int:
        """Check what was asked and write it, for commands that know that the actor may."""
        self.check()
        row = {
            "person_id": self.person_id,
            "role": self.role,
            "unit_id": self.unit_id,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }
        number = add_one(ctx.connection, RoleGrant, row)
        event = RoleChanged(
            person_id=self.person_id, role=self.role, new=_span(row), reason=self.reason
        )
        ctx.record(event, (StreamKind.PERSON, str(self.person_id)))
        return number


@dataclass(frozen=True, kw_only=True)
class EndRole(Command[None]):
    """Let the running grants of a role end with a day."""

    person_id: int
    role: str
    last_day: date
    reason: str

    def execute(self, ctx: Context) -> None:
        _refuse_strangers(ctx)
        _refuse_self(ctx, self.person_id)
        self.written(ctx)

    def written(self, ctx: Context, only: Mapping[str, Any] | None = None) -> None:
        """End the grants, or this one alone, for commands that know that the actor may."""
        rows = store.running(ctx.connection, RoleGrant, self.person_id, self.last_day)
        meant = [row for row in rows if row["role"] == self.role] if only is None else [only]
        for row in meant:
            store.end(ctx.connection, RoleGrant, row["id"], self.last_day)
            new = {**row, "valid_to": self.last_day}
            event = RoleChanged(
                person_id=self.person_id,
                role=self.role,
                old=_span(row),
                new=_span(new),
                reason=self.reason,
            )
            ctx.record(event, (StreamKind.PERSON, str(self.person_id)))


@dataclass(frozen=True, kw_only=True)
class SetUnitZone(Command[None]):
    """Say in which of the country's time zones a unit and all below it work.

    zone -- a key of `hr.calendar.rules.ZONES`; None for that of the unit above, or of the city
    """

    path: str
    zone: str | None
    reason: str

    def execute(self, ctx: Context) -> None:
        _refuse_strangers(ctx)
        if self.zone is not None and self.zone not in ZONES:
            raise _invalid("zone", "option")
        known = store.units(ctx.connection, [self.path])
        if not known:
            raise NotFound(f"Expected a unit {self.path}, but there is none.")
        number = known[0]["id"]
        old = store.zones(ctx.connection, [self.path]).get(self.path)
        store.set_zone(ctx.connection, number, self.zone)
        event = RowChanged(
            noun="unit",
            key=str(number),
            old={"time_zone": old},
            new={"time_zone": self.zone},
            reason=self.reason,
        )
        ctx.record(event, (StreamKind.NETWORK, f"units/{number}"))


def _span(row: Mapping[str, Any]) -> str:
    return f"{row['valid_from']} - {row['valid_to']}"


def _refuse_strangers(ctx: Context) -> None:
    if ctx.actor.is_platform:
        return
    held = {grant.role for grant in roles_of(ctx.connection, ctx.actor.person_id or 0, ctx.now)}
    if "HRC" not in held:
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NOT_HRC")


def _refuse_self(ctx: Context, person_id: int) -> None:
    if ctx.actor.person_id == person_id:
        raise NotAllowed(
            "Expected somebody else to decide about you, but you asked yourself.", reason="OWN_CASE"
        )


def _refuse_backwards(first: date, last: date) -> None:
    if last < first:
        raise _invalid("valid_to", "before_start")


def _invalid(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}, but: {code}.")])
