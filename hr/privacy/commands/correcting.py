"""Putting right what is wrong about a person: he asks, the agency corrects or says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.ports import Told
from hr.directory.queries import holders_of_role
from hr.permissions.queries import may_about
from hr.permissions.rules import HRC
from hr.privacy import store
from hr.privacy.commands.keeping import person_of, reason_of
from hr.privacy.rules import CORRECTABLE, OTHER
from hr.records.rules import LEVELS

MOST_OPEN = 10
ASKED, CORRECTED, REFUSED = "CORRECTION_ASKED", "CORRECTION_MADE", "CORRECTION_REFUSED"
_LONGEST = {"name": 160, "email": 160, "phone": 30, "education": 12, OTHER: 160}


@dataclass(frozen=True, kw_only=True)
class CorrectPerson(Command[None]):
    """Put right what is wrong about a person (UU 27/2022); the agency may, and not about itself.

    values -- of `CORRECTABLE`; the history keeps what stood there before, sealed
    """

    person_id: int
    values: Mapping[str, str]
    reason: str

    def execute(self, ctx: Context) -> None:
        _require_right(ctx, self.person_id)
        row = person_of(ctx, self.person_id)
        told = {name: _fitting(name, text) for name, text in self.values.items()}
        new = {name: value for name, value in told.items() if row[name] != value}
        reason = reason_of(self.reason)
        if not new:
            return
        store.correct(ctx.connection, self.person_id, new)
        event = RowChanged(
            noun="person",
            key=str(self.person_id),
            reason=reason,
            sealed={"old": {name: row[name] for name in new}, "new": new},
        )
        ctx.record(event, (StreamKind.PERSON, str(self.person_id)))


@dataclass(frozen=True, kw_only=True)
class AskCorrection(Command[int]):
    """Ask for one's own data to be put right; the agency is told.

    about -- one of `CORRECTABLE`, or `OTHER`: a record that comes in by a file
    value -- what should stand there; with `OTHER` it may be empty
    """

    about: str
    value: str
    reason: str

    def execute(self, ctx: Context) -> int:
        me = ctx.actor.person_id
        if me is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        if self.about not in (*CORRECTABLE, OTHER):
            raise InvalidForm([Problem("about", "option", f"Expected one of {CORRECTABLE}.")])
        value = " ".join(self.value.split())
        if self.about != OTHER:
            value = _fitting(self.about, value)
            if not value:
                raise InvalidForm([Problem("value", "required", "Expected what is right.")])
        reason = reason_of(self.reason)
        # The person's row is the lock: two requests at once cannot both be the tenth.
        history = (StreamKind.PERSON, str(me))
        event = RowChanged(
            noun="correction_request", key=self.about, sealed={"new": value, "reason": reason}
        )
        ctx.record(event, history)
        if store.count_open_corrections(ctx.connection, me) >= MOST_OPEN:
            raise InvalidState(f"Expected at most {MOST_OPEN} open requests, but there are more.")
        row = {
            "person_id": me,
            "about": self.about,
            "value": value[: _LONGEST[OTHER]],
            "reason": reason,
            "asked_at": ctx.now,
            "state": "OPEN",
            "answer": "",
        }
        number = store.add_correction(ctx.connection, row)
        deciders = [one for one in holders_of_role(ctx.connection, HRC, ctx.now) if one != me]
        _tell(ctx, deciders, ASKED, {})
        return number


@dataclass(frozen=True, kw_only=True)
class DecideCorrection(Command[None]):
    """Correct what somebody asked for, or say why not; he is told either way.

    value -- what is written, where it is not what was asked for; records other than `CORRECTABLE`
    are put right by a file first, and the request is answered then
    """

    request_id: int
    approve: bool
    answer: str
    value: str | None = None

    def execute(self, ctx: Context) -> None:
        row = store.correction(ctx.connection, self.request_id, lock=True)
        if row is None:
            raise NotFound(f"Expected a request {self.request_id}, but there is none.")
        person_id = row["person_id"]
        _require_right(ctx, person_id)
        if row["state"] != "OPEN":
            raise InvalidState("Expected a request that waits, but it is answered.")
        answer = reason_of(self.answer)
        if self.approve and row["about"] != OTHER:
            value = row["value"] if self.value is None else self.value
            CorrectPerson(person_id=person_id, values={row["about"]: value}, reason=answer).execute(
                ctx
            )
        state = "DONE" if self.approve else "REFUSED"
        values = {
            "state": state,
            "answer": answer,
            "decided_by": ctx.actor.person_id,
            "decided_at": ctx.now,
        }
        store.change_correction(ctx.connection, self.request_id, values)
        event = RowChanged(
            noun="correction_request", key=row["about"], new={"state": state}, reason=answer
        )
        ctx.record(event, (StreamKind.PERSON, str(person_id)))
        _tell(ctx, [person_id], CORRECTED if self.approve else REFUSED, {"reason": answer})


def _fitting(name: str, text: str) -> str:
    """Give a value as it is written; InvalidForm where it cannot stand there."""
    if name not in CORRECTABLE:
        raise InvalidForm([Problem(name, "option", f"Expected one of {CORRECTABLE}.")])
    value = " ".join(text.split())
    if len(value) > _LONGEST[name] or (name == "name" and not value):
        raise InvalidForm([Problem(name, "length", "Expected a text that fits.")])
    if name == "education" and value and value not in LEVELS:
        raise InvalidForm([Problem(name, "option", f"Expected one of {', '.join(LEVELS)}.")])
    if name == "email" and value and not 0 < value.find("@") < len(value) - 1:
        raise InvalidForm([Problem(name, "email", "Expected an address such as a@kota.go.id.")])
    return value


def _require_right(ctx: Context, person_id: int) -> None:
    if not may_about(ctx.connection, ctx.actor, "U", "person", person_id, ctx.now):
        raise NotAllowed("Expected an officer of the agency, but you are none.")


def _tell(ctx: Context, people: list[int], notice: str, values: Mapping[str, str]) -> None:
    if ctx.ports.notices is None:
        return
    told = [
        Told(person_id=one, notice=notice, process_key="", instance_id=0, case_no="", values=values)
        for one in people
    ]
    ctx.ports.notices.tell(ctx.connection, told, ctx.now)
