"""Erasing what is personal in somebody's cases, while the chain of events holds as before."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn import emptied
from engine.commands.context import Command, Context
from engine.errors import InvalidState, NotAllowed
from engine.history.events import Noted
from engine.model import StreamKind


@dataclass(frozen=True)
class Erased:
    """How many cases were emptied, and how many sealed values are gone."""

    cases: int
    values: int


@dataclass(frozen=True, kw_only=True)
class EraseSubject(Command[Erased]):
    """Take answers, values, words and titles out of every case about somebody who has none open.

    The events stay, with their salted digests: the history can be verified as before, and says no
    more what was answered.  A host runs it inside a command of its own, which checks the right.

    title -- what stands where the cases' titles stood
    """

    subject_id: int
    title: str
    reason: str

    def execute(self, ctx: Context) -> Erased:
        if ctx.command == type(self).__name__ and not ctx.actor.is_platform:
            raise NotAllowed("Expected the host to erase, but you asked yourself.")
        store = ctx.store.erasure
        if still := store.open_cases(self.subject_id):
            raise InvalidState(
                f"Expected no open case about this person, but {len(still)} are open."
            )
        cases = values = 0
        for instance_id, stream_id, header in list(store.cases(self.subject_id)):
            store.case(instance_id, emptied(header), self.title)
            values += store.values_of_stream(stream_id)
            cases += 1
        own = store.own_stream(self.subject_id)
        values += store.values_of_stream(own) if own is not None else 0
        about = {"cases": cases, "values": values}
        event = Noted(what="PERSON_ERASED", about=about, reason=self.reason)
        ctx.record(event, (StreamKind.PERSON, str(self.subject_id)))
        return Erased(cases, values)
