"""Taking over what somebody else of the group has begun."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands import acting, offering
from engine.commands.context import Command, Context
from engine.errors import InvalidState
from engine.history.handing import TaskTakenOver
from engine.model import Act


@dataclass(frozen=True, kw_only=True)
class TakeOverTask(Command[None]):
    """Go on with a task of the group that somebody else has claimed, for a reason."""

    task_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        person = acting.person_of(ctx)
        allowed = acting.authorize(case, task, Act.TAKE_OVER)
        reason = acting.said(self.reason)
        if task.assignee_id in (None, person) or task.owner_id is not None:
            raise InvalidState("Expected a task that a colleague has, but nobody of them has.")
        offering.separate(case, task.element_id, person, allowed)
        ctx.store.tasks.change(task.id, assignee_id=person, claimed_at=ctx.now)
        event = TaskTakenOver(
            element_id=task.element_id,
            task_id=task.id,
            old=task.assignee_id,
            new=person,
            reason=reason,
        )
        case.events.append(event)
        acting.tell(case, "TAKEN_OVER", task.assignee_id, title=task.title, reason=reason)
        case.write_events()
