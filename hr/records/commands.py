"""Changes of records: leave, sanctions, and files of what careers rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.directory.queries import person, persons_of_nips
from hr.permissions.queries import standing
from hr.permissions.rules import HRC, HRO
from hr.records import rules, store
from hr.records.tables import Leave, Sanction
from hr.statements import add_one

_MANY = 400
LEAVES = frozenset({"ANNUAL", "SICK", "MATERNITY", "IMPORTANT", "TRAVEL"})
LEVELS = frozenset({"LIGHT", "MEDIUM", "HEAVY"})


@dataclass(frozen=True)
class Imported:
    """How many rows of a file were new, replaced an old one, or were known already."""

    added: int
    changed: int
    known: int


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


@dataclass(frozen=True, kw_only=True)
class ImportRecords(Command[Imported]):
    """Take in a CSV file of career records, all of it or, with any fault, none; the agency may.

    Rows that are known already are passed over; the predicate of a year is replaced.

    kind -- a kind of `hr.records.rules.COLUMNS`; text -- the file, its first line names the columns
    """

    kind: str
    text: str
    source: str = ""

    def execute(self, ctx: Context) -> Imported:
        if not ctx.actor.is_platform:
            held = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now).grants
            if HRC not in {grant.role for grant in held}:
                raise NotAllowed("Expected an officer of the agency, but you are none.")
        _check(self.kind in rules.COLUMNS, "kind", "option")
        lines, faults = rules.read(self.kind, self.text)
        people: dict[str, int] = {}
        for place in range(0, len(lines), _MANY):
            nips = {line.nip for line in lines[place : place + _MANY]}
            people |= persons_of_nips(ctx.connection, nips)
        for line in lines:
            if line.nip not in people:
                message = f"Expected the NIP of a person, but nobody has {line.nip!r}."
                faults.append(rules.Fault(line.number, "nip", message))
        if faults:
            problems = [Problem(f"{f.number}.{f.column}", "line", f.message) for f in faults]
            raise InvalidForm(sorted(problems, key=lambda p: int(p.path.partition(".")[0])))
        rows = [{"person_id": people[line.nip], **line.row} for line in lines]
        added = changed = 0
        for place in range(0, len(rows), _MANY):
            new, other = self._take(ctx, rows[place : place + _MANY])
            added, changed = added + new, changed + other
        return Imported(added, changed, len(rows) - added - changed)

    def _take(self, ctx: Context, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
        ids = {row["person_id"] for row in rows}
        names = ("person_id", *rules.COLUMNS[self.kind])
        known = store.same_rows(ctx.connection, self.kind, ids)
        same = {tuple(row[name] for name in names) for row in known}
        years = {(row["person_id"], row["year"]): row for row in known if "year" in row}
        fresh: dict[tuple[Any, ...], dict[str, Any]] = {}
        changed = 0
        for row in rows:
            key = tuple(row[name] for name in names)
            if key in same:
                continue
            old = years.get((row["person_id"], row["year"])) if "year" in row else None
            if old is not None:
                store.set_predicate(ctx.connection, row)
                changed += 1
            else:
                fresh[key[:2] if "year" in row else key] = row
            self._note(ctx, row, old)
        store.add_rows(ctx.connection, self.kind, fresh.values())
        return len(fresh), changed

    def _note(self, ctx: Context, row: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        names = rules.COLUMNS[self.kind]
        event = RowChanged(
            noun=self.kind,
            key=str(row.get("year", "")),
            old=None if old is None else {name: str(old[name]) for name in names},
            new={name: str(row[name]) for name in names},
            reason=self.source,
        )
        ctx.record(event, (StreamKind.PERSON, str(row["person_id"])))


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
