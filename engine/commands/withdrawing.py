"""Taking back what one has sent, while nobody and nothing has gone on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import bpmn
from engine.bpmn import Run
from engine.commands import acting, offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidState, NotAllowed
from engine.feel.values import to_json
from engine.history.events import TaskCancelled
from engine.history.handing import TaskWithdrawn
from engine.model import TaskState


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command[None]):
    """Take back my own submission: the case stands where it stood, my answers are a draft.

    Possible while no other person or job has acted on the case since, and where no service,
    message or number followed from the submission itself.
    """

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        person = acting.person_of(ctx)
        if task.state != TaskState.COMPLETED:
            raise InvalidState(f"Expected a task that is done, but task {task.id} is {task.state}.")
        if task.completed_by != person:
            raise NotAllowed(
                "Expected something that you sent, but you did not.", reason="NOT_YOURS"
            )
        case.require_active()
        kept = ctx.store.desk.undo(case.id)
        if kept is None or (kept.task_id, kept.seq) != (task.id, case.head.seq):
            raise InvalidState("Expected nothing to have followed, but the case has moved on.")
        now, before = case.load(), _before(case, kept.header)
        undone = bpmn.difference(now, before)
        gone = [
            one
            for one in case.tasks.values()
            if one.token in undone.tasks_gone and one.state == TaskState.CREATED
        ]
        if undone.tasks_back != (task.token,) or ctx.store.desk.typed_at([t.id for t in gone]):
            raise InvalidState("Expected nothing to have followed, but somebody has begun.")
        self._restore(case, task, kept.header, undone, gone)
        self._reopen(case, task, person, now)
        case.events.append(TaskWithdrawn(element_id=task.element_id, task_id=task.id))
        case.write_events()

    def _restore(self, case: Case, task: Any, header: bytes, undone: Any, gone: list[Any]) -> None:
        store = case.ctx.store
        store.tasks.cancel(case.id, [one.token for one in gone], case.ctx.now)
        for one in gone:
            case.events.append(TaskCancelled(element_id=one.element_id, task_id=one.id))
        store.instances.drop_timers(case.id, undone.timers_gone)
        store.instances.add_timers(
            [
                {
                    "instance_id": case.id,
                    "token": one.token,
                    "element_id": one.element_id,
                    "due_at": one.due_at,
                }
                for one in undone.timers_back
            ]
        )
        store.instances.save(case.id, header=header)
        store.desk.drop_undo(case.id)

    def _reopen(self, case: Case, task: Any, person: int, now: Run) -> None:
        ctx = case.ctx
        step, next_at = offering.first_step(case, task.escalation, task.due_at)
        ctx.store.tasks.change(
            task.id,
            state=TaskState.CREATED,
            assignee_id=task.on_behalf_of or person,
            completed_by=None,
            on_behalf_of=None,
            ended_at=None,
            request_digest=None,
            escalation_step=step,
            next_step_at=next_at,
        )
        model = case.definition.compiled.user_tasks[task.element_id]
        answers = now.variables().get(model.result or "")
        if isinstance(answers, dict):
            ctx.store.tasks.save_draft(task.id, person, to_json(answers), ctx.now)


def _before(case: Case, header: bytes) -> Run:
    store, instance_id = case.ctx.store.instances, case.id
    return bpmn.load(
        case.definition.compiled,
        header,
        lambda digest: store.value(instance_id, digest),
        case.env,
    )
