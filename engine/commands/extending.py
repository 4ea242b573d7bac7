"""A later due date: asked by who has the task, decided by who comes next when it escalates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.commands import acting, offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.history.handing import ExtensionAsked, ExtensionDecided
from engine.model import Act
from engine.ports import Holder


@dataclass(frozen=True, kw_only=True)
class AskExtension(Command[int]):
    """Ask for a later due date, for a reason; gives the number of the request."""

    task_id: int
    wanted_at: datetime
    reason: str

    def execute(self, ctx: Context) -> int:
        case, task = acting.open_case_of(ctx, self.task_id)
        person = acting.person_of(ctx)
        acting.authorize(case, task, Act.ASK_EXTENSION)
        reason = acting.said(self.reason)
        if task.due_at is None or self.wanted_at <= max(task.due_at, ctx.now):
            message = "Expected a date after the due date, but it is not."
            raise InvalidForm([Problem("wanted_at", "too_early", message)])
        if ends_by_itself(case, task):
            raise InvalidState("Expected a due date that can move, but the model ends the step.")
        if ctx.store.desk.asked_extension(task.id) is not None:
            raise InvalidState("Expected no request to be open, but there is one.")
        upper = offering.allowed_above(case, offering.facts_of(task)) or Holder()
        if upper.person_id is None and upper.group is None:
            raise InvalidState("Expected somebody who can grant it, but nobody is above.")
        number = ctx.store.desk.ask_extension(
            task_id=task.id,
            asked_by=person,
            asked_at=ctx.now,
            wanted_at=self.wanted_at,
            reason=reason,
            approver_id=upper.person_id,
            approver_group=upper.group,
        )
        case.events.append(
            ExtensionAsked(
                element_id=task.element_id,
                task_id=task.id,
                wanted_at=self.wanted_at,
                approver_id=upper.person_id,
                approver_group=upper.group,
                reason=reason,
            )
        )
        acting.tell(case, "EXTENSION_ASKED", upper.person_id, title=task.title)
        case.write_events()
        return number


def ends_by_itself(case: Case, task: Any) -> bool:
    """Tell whether an event on the step may end it: a later due date would promise too much."""
    elements = case.definition.compiled.elements.values()
    return any(one.attached_to == task.element_id for one in elements)


@dataclass(frozen=True, kw_only=True)
class DecideExtension(Command[None]):
    """Grant a later due date, or refuse it."""

    extension_id: int
    granted: bool
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        known = ctx.store.desk.extension(self.extension_id)
        if known is None:
            raise NotFound(f"Expected a request {self.extension_id}, but there is none.")
        case, task = acting.open_case_of(ctx, known.task_id)
        asked = ctx.store.desk.extension(self.extension_id)  # as it is under the lock
        person = acting.person_of(ctx)
        if person == asked.asked_by:
            raise NotAllowed("Expected somebody else's request, but it is yours.", reason="OWN")
        if asked.approver_id != person:
            ctx.authorize(Act.EXTEND, offering.facts_of(task))
        acting.require_open(case, task)
        if asked.state != "ASKED":
            raise InvalidState(f"Expected an open request, but it is {asked.state}.")
        if not self.granted:
            acting.said(self.reason)
        state = "GRANTED" if self.granted else "REFUSED"
        ctx.store.desk.decide_extension(asked.id, state, person, ctx.now)
        if self.granted:
            _move(case, task, asked.wanted_at)
        case.events.append(
            ExtensionDecided(
                element_id=task.element_id,
                task_id=task.id,
                granted=self.granted,
                old=task.due_at,
                new=asked.wanted_at if self.granted else None,
                reason=self.reason.strip(),
            )
        )
        notice = "EXTENSION_GRANTED" if self.granted else "EXTENSION_REFUSED"
        acting.tell(case, notice, asked.asked_by, title=task.title)
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class ExtendTask(Command[None]):
    """Give a task a later due date that nobody asked for, as whoever may decide on it."""

    task_id: int
    due_at: datetime
    reason: str

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        ctx.authorize(Act.EXTEND, offering.facts_of(task))
        acting.require_open(case, task)
        reason = acting.said(self.reason)
        if task.due_at is None or self.due_at <= max(task.due_at, ctx.now):
            raise InvalidState("Expected a due date before the new one, but it is not.")
        if ends_by_itself(case, task):
            raise InvalidState("Expected a due date that can move, but the model ends the step.")
        _move(case, task, self.due_at)
        case.events.append(
            ExtensionDecided(
                element_id=task.element_id,
                task_id=task.id,
                granted=True,
                old=task.due_at,
                new=self.due_at,
                reason=reason,
            )
        )
        acting.tell(case, "EXTENSION_GRANTED", task.assignee_id, title=task.title)
        case.write_events()


def _move(case: Case, task: Any, due_at: datetime) -> None:
    step, next_at = offering.first_step(case, task.escalation, due_at)
    case.ctx.store.tasks.change(
        task.id, due_at=due_at, order_at=due_at, escalation_step=step, next_step_at=next_at
    )
