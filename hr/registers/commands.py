"""Bringing a register in from a file, all of it or nothing; the agency does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import Command, Context, RoleChanged, RowChanged
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.calendar.rules import local_day
from hr.development.commands import GIVE_SEATS
from hr.dossier.queries import Found, Step, said
from hr.permissions.queries import is_agency
from hr.registers import store
from hr.registers.kinds import PATH, REGISTERS, Register
from hr.registers.queries import GOALS, Changed, Reading, Trees
from hr.sheets import Sheet, refuse
from hr.statements import Row

Event = RowChanged | RoleChanged
Stream = tuple[StreamKind, str]


@dataclass(frozen=True, kw_only=True)
class ImportRegister(Command[Found]):
    """Take in a file of a register, all of it or, with any fault, none; the agency may.

    Rows that are known already are passed over; one with the same key is replaced; nothing is
    removed.  A tree of goals that says something else becomes a version of its year, of no case.

    name -- a key of `hr.registers.kinds.REGISTERS`
    """

    name: str
    sheet: Sheet
    reason: str = ""
    step: Step | None = None

    def execute(self, ctx: Context) -> Found:
        if not is_agency(ctx.connection, ctx.actor, ctx.now):
            raise NotAllowed("Expected an officer of the agency, but you are none.")
        register = REGISTERS.get(self.name)
        if register is None:
            wanted = ", ".join(REGISTERS)
            raise InvalidForm([Problem("kind", "option", f"Expected one of {wanted}.")])
        return self._trees(ctx) if self.name == GOALS else self._rows(ctx, register)

    def _rows(self, ctx: Context, register: Register) -> Found:
        today = local_day(ctx.now)
        reading = Reading(
            ctx.connection, register, self.sheet, today, ctx.actor.person_id, self.step
        )
        reading.survey()
        refuse(reading.found.faults)
        for fresh, changed in reading.rows():
            self._write(ctx, reading, fresh, changed)
        return reading.found

    def _write(
        self, ctx: Context, reading: Reading, fresh: list[Row], changed: list[Changed]
    ) -> None:
        register = reading.register
        new = [reading.of_table(row) for row in fresh]
        if register.name == "course_session":
            for row in new:
                _give_seats(ctx, row, store.add_row(ctx.connection, register.table, row))
        else:
            store.add_rows(ctx.connection, register.table, new)
        for _, row in changed:
            told = reading.of_table(row)
            names = _key_columns(register)
            key = {name: told.pop(name) for name in names}
            number = store.change(ctx.connection, register.table, key, told)
            if register.name == "course_session":
                _give_seats(ctx, {**key, **told}, number)
        told_by: dict[Stream, list[Event]] = {}
        for old, row in [*((None, row) for row in fresh), *changed]:
            stream, event = self._event(ctx, reading, old, row)
            told_by.setdefault(stream, []).append(event)
        history = ctx.store.history
        ctx.append_all([(history.lock(*at), told) for at, told in sorted(told_by.items())])

    def _event(
        self, ctx: Context, reading: Reading, old: Row | None, row: Row
    ) -> tuple[Stream, Event]:
        register, reason = reading.register, self.reason or self.sheet.name
        if register.name == "team_member":
            person, role = reading.of_table(row)["person_id"], register.fixed["role"]
            event: Event = RoleChanged(
                person_id=person,
                role=role,
                old="" if old is None else _span(old),
                new=_span(row),
                reason=reason,
            )
            return (StreamKind.PERSON, str(person)), event
        key = " ".join(said(one) for one in register.key_of(row))
        event = RowChanged(
            noun=register.name, key=key, old=_plain(old), new=_plain(row), reason=reason
        )
        return _stream(ctx), event

    def _trees(self, ctx: Context) -> Found:
        trees = Trees(ctx.connection, self.sheet, local_day(ctx.now))
        trees.survey()
        refuse(trees.found.faults)
        for year, tree in trees.fresh():
            goals, measured = tree.as_tables(lambda code: trees.codes.number(PATH, code))
            row = {
                "year": year,
                "vision": tree.vision,
                "instance_id": 0,
                "case_no": "",
                "published_at": ctx.now,
            }
            version = store.add_catalogue(ctx.connection, row, goals, measured)
            new = {"version": version, "goals": len(goals), "indicators": len(measured)}
            event = RowChanged(
                noun=GOALS, key=str(year), new=new, reason=self.reason or self.sheet.name
            )
            ctx.record(event, _stream(ctx))
        return trees.found


def _key_columns(register: Register) -> list[str]:
    refs = register.refs
    names = [refs[name].column if name in refs else name for name in register.key]
    return [*names, *register.fixed]


def _give_seats(ctx: Context, row: Mapping[str, Any], number: int | None) -> None:
    """Let whoever waits for the course have the seats of a session that is still to come."""
    if number is not None and row["starts_on"] > local_day(ctx.now):
        ctx.enqueue(GIVE_SEATS, {"session_id": number}, dedup_key=f"{GIVE_SEATS}/{number}")


def _stream(ctx: Context) -> Stream:
    return (StreamKind.NETWORK, f"registers/{ctx.now:%Y-%m-%d}")


def _span(row: Row) -> str:
    return f"{row['valid_from']}/{row['valid_to']}"


def _plain(row: Row | None) -> dict[str, str] | None:
    return None if row is None else {name: said(value) for name, value in row.items()}
