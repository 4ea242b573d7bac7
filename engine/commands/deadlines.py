"""Timers and due dates that come to stand at another moment: by their variables, or by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.bpmn import Outcome, Run
from engine.commands import offering
from engine.errors import InvalidForm, InvalidState, Problem
from engine.history.events import DueMoved, TimerMoved

if TYPE_CHECKING:
    from engine.commands.case import Case


def reschedule(case: Case, run: Run, element_id: str, due_at: datetime, reason: str) -> None:
    """Let a waiting timer of a case go off at another moment, for a reason.

    The case is settled by the caller, who has authorized it.  The variables of its model have the
    last word again when they give another moment than they did.  Raises InvalidForm without a
    reason, InvalidState where no such timer waits.
    """
    if not reason.strip():
        raise InvalidForm([Problem("reason", "required", "Expected a reason, but none was given.")])
    timer = case.ctx.store.instances.timer_of(case.id, element_id)
    if timer is None:
        raise InvalidState(f"Expected a timer waiting at {element_id}, but there is none.")
    run.reschedule(timer.token, due_at)
    case.because[timer.token] = reason.strip()


def write_moved(case: Case, outcome: Outcome) -> None:
    """Enter the new moments of a run into the due-time index and the tasks."""
    store = case.ctx.store
    for timer in outcome.timers_moved:
        store.instances.move_timer(case.id, timer.token, timer.due_at)
        case.events.append(
            TimerMoved(
                element_id=timer.element_id,
                old=timer.before,
                new=timer.due_at,
                reason=case.because.get(timer.token, ""),
            )
        )
    if not outcome.dues_moved:
        return
    open_tasks = {task.token: task for task in case.tasks.values() if task.state == "CREATED"}
    for due in outcome.dues_moved:
        task = open_tasks.get(due.token)
        if task is None:
            continue  # opened in this very run, with the moment that counts
        step, next_at = offering.first_step(case, task.escalation, due.due_at)
        store.tasks.change(
            task.id,
            due_at=due.due_at,
            order_at=due.due_at,
            escalation_step=step,
            next_step_at=next_at,
        )
        if not task.anonymous:
            case.events.append(
                DueMoved(
                    element_id=task.element_id, task_id=task.id, old=task.due_at, new=due.due_at
                )
            )
