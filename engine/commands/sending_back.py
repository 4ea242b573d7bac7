"""Sending a task back to an earlier step of the same way, for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import bpmn
from engine.commands import acting, offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidState
from engine.feel.values import to_json
from engine.history.handing import TaskSentBack
from engine.model import Act, Actor, TaskState
from engine.ports import Allowed


@dataclass(frozen=True, kw_only=True)
class SendBack(Command[None]):
    """Let an earlier step be done again, its answers filled in; what runs beside stays as it is.

    to_element -- a user task that was done on this token's own way, with nothing on the way that
    left the case: no service, message, number, branch, join, repetition or sub-process
    """

    task_id: int
    to_element: str
    reason: str

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        allowed = acting.authorize(case, task, Act.SEND_BACK)
        reason = acting.said(self.reason)
        if task.owner_id is not None:
            raise InvalidState("Expected to decide this task, but you were asked to look.")
        flows = bpmn.flows_taken(ctx.store.desk.moves(case.row.stream_id))
        possible = bpmn.steps_back(case.definition.compiled, task.element_id, flows)
        before = _latest(case, self.to_element)
        if self.to_element not in possible or before is None:
            raise InvalidState(
                f"Expected a step that {task.element_id} can go back to, but"
                f" {self.to_element} is none."
            )
        run = case.load()
        answers = run.context_of(task.token)
        bpmn.send_back(run, task.token, self.to_element)
        run.advance()
        case.events.append(
            TaskSentBack(
                element_id=task.element_id,
                task_id=task.id,
                to=self.to_element,
                reason=reason,
                on_behalf_of=allowed.on_behalf_of,
            )
        )
        case.settle(run)
        acting.comment(case, task, "BACK", reason)
        self._prefill(case, before, answers)
        case.write_events()

    def _prefill(self, case: Case, before: Any, answers: Any) -> None:
        """Give the step to whoever did it, where he may have it, with what he had answered."""
        ctx = case.ctx
        fresh = ctx.store.tasks.lock_all(case.id).values()
        again = [t for t in fresh if t.element_id == self.to_element and t.state == "CREATED"]
        if not again:
            return  # it could not be opened: an incident says why
        task, person = again[-1], before.on_behalf_of or before.completed_by
        if task.assignee_id is None and _may_have(case, task, person):
            ctx.store.tasks.change(task.id, assignee_id=person, claimed_at=ctx.now)
        elif task.assignee_id is not None:
            person = task.assignee_id
        model = case.definition.compiled.user_tasks[self.to_element]
        kept = answers.get(model.result or "")
        if kept is not None:
            ctx.store.tasks.save_draft(task.id, person, to_json(kept.value), ctx.now)
        acting.tell(case, "SENT_BACK", person, title=task.title, reason=self.reason.strip())


def _latest(case: Case, element_id: str) -> Any:
    done = [
        task
        for task in case.tasks.values()
        if task.element_id == element_id and task.state == TaskState.COMPLETED
    ]
    return done[-1] if done else None


def _may_have(case: Case, task: Any, person: int) -> bool:
    ctx = case.ctx
    answer = ctx.ports.people.may_act(
        ctx.connection, Actor(person_id=person), Act.CLAIM, offering.facts_of(task), ctx.now
    )
    return isinstance(answer, Allowed)
