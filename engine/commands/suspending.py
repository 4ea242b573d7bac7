"""Stopping a case for a while, for a reason: nothing in it moves, and nothing of it is lost.

Timers and due steps wait, messages and signals that come are put aside as jobs; when the case goes
on, what became due meanwhile happens then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.commands import offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidForm, InvalidState, Problem
from engine.feel.values import to_json
from engine.history.events import InstanceResumed, InstanceSuspended
from engine.model import Act, InstanceState, TaskState


@dataclass(frozen=True, kw_only=True)
class SuspendInstance(Command[None]):
    """Stop a case until it is resumed."""

    instance_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        case = Case.lock(ctx, self.instance_id)
        ctx.authorize(Act.SUSPEND, case.facts)
        require_reason(self.reason)
        case.require_active()
        ctx.store.suspensions.stop(case.id)
        ctx.store.instances.save(case.id, state=InstanceState.SUSPENDED, suspended_at=ctx.now)
        case.events.append(InstanceSuspended(reason=self.reason))
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class ResumeInstance(Command[None]):
    """Let a suspended case go on: what came or became due meanwhile happens now."""

    instance_id: int
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        case = Case.lock(ctx, self.instance_id)
        ctx.authorize(Act.RESUME, case.facts)
        if not case.is_suspended:
            raise InvalidState(
                f"Expected a suspended case, but {case.row.case_no} is {case.row.state}."
            )
        go_on(case)
        ctx.store.instances.save(case.id, state=InstanceState.ACTIVE, suspended_at=None)
        case.events.append(InstanceResumed(reason=self.reason))
        case.write_events()


def go_on(case: Case) -> None:
    """Take back what suspending did to a case's timers, tasks and jobs."""
    open_tasks = [task for task in case.tasks.values() if task.state == TaskState.CREATED]
    steps = {task.id: _next_step(case, task) for task in open_tasks}
    case.ctx.store.suspensions.go_on(case.id, steps, case.ctx.now)


def kept_for_later(case: Case, kind: str, payload: Mapping[str, Any]) -> bool:
    """Where a case is suspended, put aside the job that came for it; tell whether it is."""
    if not case.is_suspended:
        return False
    case.ctx.store.suspensions.keep_job(case.id, kind, to_json(dict(payload)), case.ctx.now)
    return True


def require_reason(reason: str) -> None:
    """Raise InvalidForm where none is given."""
    if not reason.strip():
        message = "Expected a reason, but none was given."
        raise InvalidForm([Problem("reason", "required", message)])


def _next_step(case: Case, task: Any) -> datetime | None:
    steps = case.ctx.ports.escalations.get(task.escalation, ())
    if task.due_at is None or task.escalation_step >= len(steps):
        return None
    return offering.step_at(case, task.due_at, steps[task.escalation_step].days)
