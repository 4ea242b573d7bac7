"""Learning who wrote an anonymous answer: one auditor asks, another agrees; the key is away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import Command, Context, Noted
from engine.errors import InvalidState, NotAllowed, NotFound
from engine.model import StreamKind
from engine.queries.unmasking import MaskedAnswer, masked_answer
from hr.permissions.queries import may_unmask
from hr.privacy import store
from hr.privacy.commands.keeping import reason_of
from hr.statements import Row


@dataclass(frozen=True, kw_only=True)
class ProposeUnmask(Command[int]):
    """Ask who wrote an anonymous answer, and say why; nothing is opened by it."""

    task_id: int
    reason: str

    def execute(self, ctx: Context) -> int:
        _require_right(ctx)
        answer = masked_answer(ctx.connection, self.task_id)
        reason = reason_of(self.reason)
        row = {
            "task_id": answer.task_id,
            "reason": reason,
            "proposed_by": ctx.actor.person_id,
            "proposed_at": ctx.now,
        }
        number = store.add_unmask_request(ctx.connection, row)
        _note(ctx, "UNMASK_PROPOSED", number, answer.case_no, reason)
        return number


@dataclass(frozen=True, kw_only=True)
class DecideUnmask(Command[None]):
    """Agree to a request, or refuse it: never the one who asked."""

    request_id: int
    approve: bool
    reason: str

    def execute(self, ctx: Context) -> None:
        _require_right(ctx)
        row = _request(ctx, self.request_id)
        if row["decided_at"] is not None:
            raise InvalidState("Expected a request that is still open, but it is decided.")
        if row["proposed_by"] == ctx.actor.person_id:
            raise NotAllowed(
                "Expected another auditor than who asked, but it is the same.", reason="SAME_PERSON"
            )
        values: dict[str, Any] = {
            "decided_by": ctx.actor.person_id,
            "decided_at": ctx.now,
            "approved": self.approve,
        }
        store.change_unmask_request(ctx.connection, self.request_id, values)
        what = "UNMASK_APPROVED" if self.approve else "UNMASK_REFUSED"
        _note(ctx, what, self.request_id, "", reason_of(self.reason))


@dataclass(frozen=True, kw_only=True)
class NoteUnmasked(Command[MaskedAnswer]):
    """Note that an answer to which two agreed is opened now, once, and give its ciphertext.

    Whoever has the private key reads it outside this server; the name is in no table and no event.
    """

    request_id: int

    def execute(self, ctx: Context) -> MaskedAnswer:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the command line, where the key is, but this is a page.")
        row = _request(ctx, self.request_id)
        if not row["approved"]:
            raise InvalidState("Expected a request that another auditor agreed to, but none did.")
        if row["opened_at"] is not None:
            raise InvalidState("Expected a request that was not used yet, but it was opened.")
        answer = masked_answer(ctx.connection, row["task_id"])
        store.change_unmask_request(ctx.connection, self.request_id, {"opened_at": ctx.now})
        _note(ctx, "UNMASKED", self.request_id, answer.case_no, "")
        return answer


def _request(ctx: Context, number: int) -> Row:
    row = store.unmask_request(ctx.connection, number, lock=True)
    if row is None:
        raise NotFound(f"Expected a request {number}, but there is none.")
    return row


def _note(ctx: Context, what: str, number: int, case_no: str, reason: str) -> None:
    about = {"request": number, **({"case_no": case_no} if case_no else {})}
    event = Noted(what=what, about=about, reason=reason)
    ctx.record(event, (StreamKind.NETWORK, f"unmask/{ctx.now:%Y-%m-%d}"))


def _require_right(ctx: Context) -> None:
    if not may_unmask(ctx.connection, ctx.actor, ctx.now):
        raise NotAllowed("Expected an auditor, but you are none.", reason="NO_ROLE")
