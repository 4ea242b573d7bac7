"""Saying who stands in while one is away; a cover ends by its date, and moves no task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.ports import Told
from hr.absence import store
from hr.calendar.rules import local_day
from hr.directory import queries as directory

KINDS = ("PLH", "PLT")
_LONGEST = timedelta(days=366)
_LONGEST_KEYS = 800


@dataclass(frozen=True, kw_only=True)
class SetAbsence(Command[int]):
    """Name who does somebody's tasks from a day to a day; one's own, or the agency for others.

    processes -- keys; none means all.  What is personal (the case is about oneself, or anonymous)
    waits for oneself in any case.
    """

    person_id: int
    substitute_id: int
    kind: str
    valid_from: date
    valid_to: date
    processes: Sequence[str] = ()

    def execute(self, ctx: Context) -> int:
        _require_right(ctx, self.person_id)
        self._check(ctx)
        row = {
            "person_id": self.person_id,
            "substitute_id": self.substitute_id,
            "kind": self.kind,
            "processes": ",".join(sorted(set(self.processes))),
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "set_by": ctx.actor.person_id,
            "set_at": ctx.now,
        }
        number = store.add(ctx.connection, row)
        new = {name: value for name, value in row.items() if name not in ("set_by", "set_at")}
        _note(ctx, self.person_id, number, None, new)
        _tell(ctx, self.substitute_id, self.person_id, self.valid_from, self.valid_to)
        return number

    def _check(self, ctx: Context) -> None:
        if self.kind not in KINDS:
            raise _wrong("kind", "option")
        if self.valid_to < self.valid_from or self.valid_to - self.valid_from > _LONGEST:
            raise _wrong("valid_to", "before_start")
        if self.valid_to < local_day(ctx.now):
            raise _wrong("valid_to", "too_early")
        if self.substitute_id == self.person_id:
            raise _wrong("substitute", "same_person")
        if len(",".join(self.processes)) > _LONGEST_KEYS:
            raise _wrong("processes", "too_long")
        for person in (self.person_id, self.substitute_id):
            if directory.person(ctx.connection, person, ctx.now).status != directory.ACTIVE:
                raise _wrong("substitute", "left")
        mine = store.overlapping(ctx.connection, self.person_id, self.valid_from, self.valid_to)
        if any(_share(row["processes"], self.processes) for row in mine):
            raise _wrong("valid_from", "overlap")
        # Nobody stands in through somebody who is away himself.
        if store.overlapping(ctx.connection, self.substitute_id, self.valid_from, self.valid_to):
            raise _wrong("substitute", "away")


@dataclass(frozen=True, kw_only=True)
class EndAbsence(Command[None]):
    """Let a cover end before its time, with a day; before its first day it never comes to be."""

    absence_id: int
    last_day: date

    def execute(self, ctx: Context) -> None:
        row = store.get(ctx.connection, self.absence_id)
        if row is None:
            raise NotFound(f"Expected an absence {self.absence_id}, but there is none.")
        _require_right(ctx, row["person_id"])
        last = min(row["valid_to"], max(self.last_day, row["valid_from"] - timedelta(days=1)))
        store.end(ctx.connection, self.absence_id, last)
        old, new = {"valid_to": row["valid_to"]}, {"valid_to": last}
        _note(ctx, row["person_id"], self.absence_id, old, new)


def _share(keys: str, others: Sequence[str]) -> bool:
    known = {key for key in keys.split(",") if key}
    return not known or not others or bool(known & set(others))


def _require_right(ctx: Context, person_id: int) -> None:
    actor = ctx.actor.person_id
    if ctx.actor.is_platform or actor == person_id:
        return
    roles = {grant.role for grant in directory.roles_of(ctx.connection, actor or 0, ctx.now)}
    if "HRC" not in roles:
        raise NotAllowed("Expected your own absence, but it is another's.", reason="NOT_HRC")


def _note(
    ctx: Context,
    person_id: int,
    number: int,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
) -> None:
    plain = {name: str(value) if isinstance(value, date) else value for name, value in new.items()}
    before = old and {name: str(value) for name, value in old.items()}
    event = RowChanged(noun="absence", key=str(number), old=before, new=plain)
    ctx.record(event, (StreamKind.PERSON, str(person_id)))


def _tell(ctx: Context, substitute: int, person: int, start: date, end: date) -> None:
    if ctx.ports.notices is None or substitute == ctx.actor.person_id:
        return
    name = directory.names(ctx.connection, [person]).get(person, "")
    values = {"name": name, "from": str(start), "to": str(end)}
    told = Told(
        person_id=substitute,
        notice="STANDS_IN",
        process_key="",
        instance_id=0,
        case_no="",
        values=values,
    )
    ctx.ports.notices.tell(ctx.connection, [told], ctx.now)


def _wrong(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}, but: {code}.")])
