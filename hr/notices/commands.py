"""Reading a notice."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context
from engine.errors import NotAllowed
from hr.notices import store


@dataclass(frozen=True, kw_only=True)
class MarkRead(Command[None]):
    """Note that the actor has read a notice of his; anybody else's stays as it is."""

    notice_id: int

    def execute(self, ctx: Context) -> None:
        if ctx.actor.person_id is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        store.mark_read(ctx.connection, self.notice_id, ctx.actor.person_id, ctx.now)
