"""Reminding whoever has a task, at most once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.commands import acting, offering
from engine.commands.context import Command, Context
from engine.errors import InvalidState
from engine.history.handing import HolderReminded
from engine.model import Act

_EVERY = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True)
class RemindHolder(Command[None]):
    """Remind whoever has a task; who did an earlier step of the case may, and who the host says."""

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        person = acting.person_of(ctx)
        if not any(one.completed_by == person for one in case.tasks.values()):
            ctx.authorize(Act.REMIND, offering.facts_of(task))
        acting.require_open(case, task)
        if task.assignee_id in (None, person):
            raise InvalidState("Expected somebody else to have this task, but nobody else has.")
        if task.reminded_at is not None and ctx.now - task.reminded_at < _EVERY:
            raise InvalidState("Expected nobody to have reminded today, but somebody has.")
        ctx.store.tasks.change(task.id, reminded_at=ctx.now)
        event = HolderReminded(
            element_id=task.element_id, task_id=task.id, assignee_id=task.assignee_id
        )
        case.events.append(event)
        acting.tell(case, "REMINDED", task.assignee_id, title=task.title)
        case.write_events()
