"""Taking a follow-up up, once."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context, RowChanged
from engine.errors import Conflict, NotFound
from engine.model import Act, CaseFacts, StreamKind
from hr.followup import store


@dataclass(frozen=True, kw_only=True)
class ConsumeFollowup(Command[None]):
    """Mark a follow-up as taken up by a case; a second one is a conflict."""

    followup_id: int
    case_id: int

    def execute(self, ctx: Context) -> None:
        row = store.get(ctx.connection, self.followup_id)
        if row is None:
            raise NotFound(f"Expected a follow-up {self.followup_id}, but there is none.")
        ctx.authorize(Act.START, CaseFacts(None, row["kind"], row["subject_id"], row["scope_path"]))
        if not store.consume(ctx.connection, self.followup_id, self.case_id, ctx.now):
            raise Conflict(f"Expected follow-up {self.followup_id} to be open, but it is taken up.")
        event = RowChanged(
            noun="followup",
            key=str(self.followup_id),
            old={"state": row["state"]},
            new={"state": store.CONSUMED, "case_id": self.case_id},
        )
        ctx.record(event, (StreamKind.NETWORK, f"followups/{ctx.now:%Y-%m-%d}"))
