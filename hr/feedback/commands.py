"""Giving feedback, and writing a note that three may read."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context, Noted, RowChanged, StreamKind
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.ports import Told
from hr.directory import queries as directory
from hr.feedback import store

KINDS = ("PRAISE", "ADVICE")
VALUES = (
    "service_oriented",
    "accountable",
    "competent",
    "harmonious",
    "loyal",
    "adaptive",
    "collaborative",
)
SHORTEST, LONGEST = 20, 1000
NOTICE = "FEEDBACK_GIVEN"


@dataclass(frozen=True, kw_only=True)
class GiveFeedback(Command[int]):
    """Tell somebody about his work, by name: one's own people, colleagues, or one's superior.

    The person and his rater read it.
    """

    person_id: int
    kind: str
    text: str
    value: str = ""

    def execute(self, ctx: Context) -> int:
        me = _me(ctx)
        if not is_near(ctx, me, self.person_id):
            raise NotAllowed("Expected somebody one works with, but this is somebody else.")
        text = _text(self.text, self.kind in KINDS and self.value in ("", *VALUES))
        row = {
            "person_id": self.person_id,
            "by_id": me,
            "at": ctx.now,
            "kind": self.kind,
            "value": self.value,
            "text": text,
        }
        number = store.add_feedback(ctx.connection, row)
        new = {"person": self.person_id, "kind": self.kind, "value": self.value, "text": text}
        event = RowChanged(noun="feedback", key=str(number), new=new)
        ctx.record(event, (StreamKind.PERSON, str(me)))
        if ctx.ports.notices is not None:
            name = directory.names(ctx.connection, [me]).get(me, "")
            told = Told(
                person_id=self.person_id,
                notice=NOTICE,
                process_key="",
                instance_id=0,
                case_no="",
                values={"name": name},
            )
            ctx.ports.notices.tell(ctx.connection, [told], ctx.now)
        return number


@dataclass(frozen=True, kw_only=True)
class WriteNote(Command[int]):
    """Write a coaching note about one of one's own people; he and a named counsellor read it, too.

    The history keeps that it was written, never its words.
    """

    person_id: int
    text: str
    counsellor_id: int | None = None

    def execute(self, ctx: Context) -> int:
        me = _me(ctx)
        if directory.superior(ctx.connection, self.person_id, ctx.now) != me:
            raise NotAllowed("Expected one of your own people, but this is somebody else.")
        if self.counsellor_id in (me, self.person_id):
            message = "Expected a third person, but this is one of the two."
            raise InvalidForm([Problem("counsellor", "same", message)])
        row = {
            "person_id": self.person_id,
            "by_id": me,
            "counsellor_id": self.counsellor_id,
            "at": ctx.now,
            "text": _text(self.text, True),
        }
        number = store.add_note(ctx.connection, row)
        about = {"person": self.person_id, "note": number}
        ctx.record(Noted(what="COACHING_NOTE", about=about), (StreamKind.PERSON, str(me)))
        return number


def is_near(ctx: Context, me: int, person_id: int) -> bool:
    """Tell whether somebody is one's superior, one of one's people, or a colleague beside one."""
    if me == person_id:
        return False
    above = directory.superiors(ctx.connection, [me, person_id], ctx.now)
    if above.get(person_id) == me or above.get(me) == person_id:
        return True
    return person_id in directory.peers(ctx.connection, me, ctx.now)


def _me(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected somebody logged in, but nobody is.")
    return ctx.actor.person_id


def _text(text: str, chosen: bool) -> str:
    text = text.strip()
    problems = []
    if not chosen:
        problems.append(Problem("kind", "unknown", "Expected a choice, but got none."))
    if not SHORTEST <= len(text) <= LONGEST:
        message = f"Expected {SHORTEST} to {LONGEST} letters, but got {len(text)}."
        problems.append(Problem("text", "length", message))
    if problems:
        raise InvalidForm(problems)
    return text
