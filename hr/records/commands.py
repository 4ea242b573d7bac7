"""Changes of records one by one: leave, sanctions.  Whole files: `hr.dossier`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.directory.queries import person
from hr.permissions.queries import standing
from hr.permissions.rules import HRC, HRO
from hr.records.tables import Leave, Sanction
from hr.statements import add_one

LEAVES = frozenset({"ANNUAL", "SICK", "MATERNITY", "IMPORTANT", "TRAVEL"})
LEVELS = frozenset({"LIGHT", "MEDIUM", "HEAVY"})


@dataclass(frozen=True, kw_only=True)
class RecordLeave(Command[int]):
    """Write a leave or official travel; the office's personnel officer or the agency may."""

    person_id: int
    kind: str
    valid_from: date
    valid_to: date

    def execute(self, ctx: Context) -> int:
        _refuse_strangers(ctx, self.person_id, HRO, HRC)
        _check(self.kind in LEAVES, "kind", "option")
        _check(self.valid_from <= self.valid_to, "valid_to", "before_start")
        return _write(
            ctx,
            self.person_id,
            "leave",
            Leave,
            {
                "person_id": self.person_id,
                "kind": self.kind,
                "valid_from": self.valid_from,
                "valid_to": self.valid_to,
            },
        )


@dataclass(frozen=True, kw_only=True)
class RecordSanction(Command[int]):
    """Write a disciplinary sanction that an official has decided; the agency may."""

    person_id: int
    level: str
    measure: str
    decree: str
    valid_from: date
    valid_to: date

    def execute(self, ctx: Context) -> int:
        _refuse_strangers(ctx, self.person_id, HRC)
        _check(self.level in LEVELS, "level", "option")
        _check(bool(self.decree.strip()), "decree", "required")
        _check(self.valid_from <= self.valid_to, "valid_to", "before_start")
        return _write(
            ctx,
            self.person_id,
            "sanction",
            Sanction,
            {
                "person_id": self.person_id,
                "level": self.level,
                "measure": self.measure,
                "decree": self.decree,
                "valid_from": self.valid_from,
                "valid_to": self.valid_to,
            },
        )


def _write(
    ctx: Context,
    person_id: int,
    noun: str,
    table: type[Leave] | type[Sanction],
    row: dict[str, object],
) -> int:
    number = add_one(ctx.connection, table, row)
    new = {name: str(value) for name, value in row.items()}
    event = RowChanged(noun=noun, key=str(number), new=new)
    ctx.record(event, (StreamKind.PERSON, str(person_id)))
    return number


def _refuse_strangers(ctx: Context, person_id: int, *roles: str) -> None:
    if ctx.actor.is_platform:
        return
    path = person(ctx.connection, person_id, ctx.now).unit_path
    held = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now).grants
    fits = [grant for grant in held if grant.role in roles and path.startswith(grant.unit_path)]
    if not fits or person_id == ctx.actor.person_id:
        raise NotAllowed("Expected somebody in charge of this person's records, but you are not.")


def _check(fine: bool, path: str, code: str) -> None:
    if not fine:
        raise InvalidForm([Problem(path, code, f"Expected another value for {path}: {code}.")])
