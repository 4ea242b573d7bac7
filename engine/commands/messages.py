"""Messages between cases, timers, and due-date steps: what moves a case without a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from engine.commands import acting, offering
from engine.commands.beginning import BEGIN
from engine.commands.bounding import moved_by_itself
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.sending import look_for_messages, send
from engine.commands.suspending import kept_for_later
from engine.feel.values import from_json, normalize
from engine.history import Event
from engine.history.events import (
    MessageCaught,
    MessagePublished,
    TaskEscalated,
    TaskReminded,
    TimerFired,
)
from engine.model import Act, CaseFacts, InstanceState, StreamKind, TaskState

_MOST_AT_ONCE = 20
"""How many timers of one case are fired before others have their turn."""

DAYS_A_MESSAGE_WAITS = 90
"""How long a message is kept for late catchers where its sender does not say."""


def publish(
    ctx: Context,
    *,
    name: str,
    correlation: str,
    payload: Any,
    source_id: int | None,
    events: list[Event],
    expires_at: datetime | None = None,
) -> int:
    """Keep a message until it expires, and write a job for every case that waits for it now."""
    ctx.store.messages.meet(name, correlation)
    message_id, _ = send(
        ctx,
        "message",
        name,
        correlation,
        payload,
        source_id=source_id,
        expires_at=expires_at or ctx.now + timedelta(days=DAYS_A_MESSAGE_WAITS),
    )
    begun = ctx.store.messages.starts("message", name)
    ctx.enqueue_all(BEGIN, [{"message_id": message_id, "key": key} for key in begun])
    events.append(MessagePublished(message_id=message_id, name=name, correlation=correlation))
    return message_id


@dataclass(frozen=True, kw_only=True)
class PublishMessage(Command[int]):
    """Tell every case that waits for this, now or within `ttl_days`; give the message's id."""

    name: str
    correlation: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ttl_days: int = DAYS_A_MESSAGE_WAITS

    def execute(self, ctx: Context) -> int:
        ctx.authorize(Act.PUBLISH, CaseFacts(None, "", None, ""))
        events: list[Event] = []
        message_id = publish(
            ctx,
            name=self.name,
            correlation=self.correlation,
            payload=normalize(dict(self.payload)),
            source_id=None,
            events=events,
            expires_at=ctx.now + timedelta(days=self.ttl_days),
        )
        for event in events:
            ctx.record(event, (StreamKind.NETWORK, ctx.now.date().isoformat()))
        return message_id


@dataclass(frozen=True, kw_only=True)
class DeliverMessage(Command[bool]):
    """Hand a message to one case that waits for it; once. Tell whether the case caught it.

    It was sent in time, so it is handed over even where this job comes after it expired.
    """

    message_id: int
    instance_id: int

    def execute(self, ctx: Context) -> bool:
        message = ctx.store.messages.get(self.message_id)
        case = Case.lock(ctx, self.instance_id)
        if message is None or case.row.state in (InstanceState.COMPLETED, InstanceState.CANCELLED):
            return False
        if kept_for_later(case, "deliver_message", vars(self)):
            return False
        name, correlation = message.name, message.correlation
        waiting = ctx.store.messages.waiting(case.id, "message", name, correlation)
        if not waiting:
            return False
        if not ctx.store.messages.catch(message.id, case.id):
            # Two of its tokens were promised this one: the other looks for the next.
            look_for_messages(ctx, [(case.id, other) for other in waiting])
            return False
        run = case.load()
        run.deliver(waiting[0].token, from_json(message.payload))
        run.advance(beyond=moved_by_itself(case, ctx.now))
        case.events.append(
            MessageCaught(element_id=waiting[0].element_id, message_id=message.id, name=name)
        )
        case.settle(run)
        case.write_events()
        return True


@dataclass(frozen=True, kw_only=True)
class FireTimers(Command[int]):
    """Fire the due timers of a case; give how many fired, or were held for being too many."""

    instance_id: int

    def execute(self, ctx: Context) -> int:
        case = Case.seize(ctx, self.instance_id)
        if case is None:  # whoever is at it leaves what is due, and the next look finds it
            return 0
        fired, began = 0, monotonic()
        while case.row.state == InstanceState.ACTIVE:
            # One at a time: an interrupting timer may take the next one's token with it.
            due = ctx.store.instances.due_timers(case.id, ctx.now)
            # What is left is still due: others come first, however long this case takes, by the
            # clock on the wall, since it is they who wait.
            if not due or fired >= _MOST_AT_ONCE or monotonic() - began > ctx.ports.bounds.seconds:
                break
            self._fire(case, due[0])
            fired += 1
            case = _again(case)
        case.write_events()
        return fired

    def _fire(self, case: Case, timer: Any) -> None:
        run = case.load()
        beyond = moved_by_itself(case, timer.due_at)
        if beyond is not None:
            run.park(timer.token, beyond)
        else:
            run.fire(timer.token)
            run.advance()
            case.events.append(TimerFired(element_id=timer.element_id, due_at=timer.due_at))
        case.ctx.store.instances.drop_timers(case.id, [timer.token])
        case.settle(run)


def _again(case: Case) -> Case:
    # The stored state has moved on; the head and the events not yet written stay with us.
    fresh = Case.lock(case.ctx, case.id)
    fresh.events = case.events
    return fresh


@dataclass(frozen=True, kw_only=True)
class ServeDueTask(Command[bool]):
    """Take the next step of a task's escalation policy: remind, or hand it on to the next level.

    Tells whether there was one to take.

    held -- it failed before and was held back: its time has come
    """

    task_id: int
    held: bool = False

    def execute(self, ctx: Context) -> bool:
        case, task = Case.of_task(ctx, self.task_id)
        if task.state != TaskState.CREATED or not self._is_due(task, ctx.now):
            return False
        steps = ctx.ports.escalations.get(task.escalation, ())
        if task.escalation_step >= len(steps):
            ctx.store.tasks.change(task.id, next_step_at=None)
            return False
        step = steps[task.escalation_step]
        columns = self._escalate(case, task) if step.act == "ESCALATE" else self._remind(case, task)
        following = steps[task.escalation_step + 1 :]
        ctx.store.tasks.change(
            task.id,
            escalation_step=task.escalation_step + 1,
            next_step_at=offering.step_at(case, task.due_at, following[0].days)
            if following
            else None,
            **columns,
        )
        case.write_events()
        return True

    def _is_due(self, task: Any, now: datetime) -> bool:
        if self.held:
            return task.next_step_at is None and not task.suspended
        return task.next_step_at is not None and task.next_step_at <= now

    def _remind(self, case: Case, task: Any) -> dict[str, Any]:
        if not task.anonymous:
            case.events.append(
                TaskReminded(
                    element_id=task.element_id,
                    task_id=task.id,
                    step=task.escalation_step,
                    assignee_id=task.assignee_id,
                )
            )
            _tell_due(case, "DUE", task, task.assignee_id)
        return {}

    def _escalate(self, case: Case, task: Any) -> dict[str, Any]:
        if task.anonymous:  # nobody else can answer in a rater's place
            return {}
        asked = offering.facts_of(task)
        upper = offering.allowed_above(case, asked)
        if upper is None or (upper.person_id, upper.group) == (
            task.assignee_id,
            task.candidate_group,
        ):
            return {}
        case.events.append(
            TaskEscalated(
                element_id=task.element_id,
                task_id=task.id,
                step=task.escalation_step,
                old=task.assignee_id,
                new=upper.person_id,
                group=upper.group,
            )
        )
        _tell_due(case, "ESCALATED", task, upper.person_id)
        return {
            "assignee_id": upper.person_id,
            "candidate_group": upper.group,
            "claimed_at": None,
            "owner_id": None,
            "escalated_from": task.owner_id or task.assignee_id,
        }


def _tell_due(case: Case, notice: str, task: Any, person_id: int | None) -> None:
    due = task.due_at.astimezone(case.ctx.ports.zone).date()
    acting.tell(case, notice, person_id, title=task.title, due=due)
