"""Messages between cases, timers, and due-date steps: what moves a case without a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.commands import offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.feel.values import from_json, normalize, to_json
from engine.history import Event
from engine.history.events import (
    MessageCaught,
    MessagePublished,
    TaskEscalated,
    TaskReminded,
    TimerFired,
)
from engine.model import Act, CaseFacts, InstanceState, StreamKind, TaskState

_DAYS_A_MESSAGE_WAITS = 90


def publish(
    ctx: Context,
    *,
    name: str,
    correlation: str,
    payload: Any,
    source_id: int | None,
    events: list[Event],
    ttl_days: int = _DAYS_A_MESSAGE_WAITS,
) -> int:
    """Keep a message, and write a job for everyone who waits for it now."""
    ctx.store.jobs.meet(name, correlation)
    message_id = ctx.store.jobs.publish(
        name=name,
        correlation=correlation,
        payload=to_json(payload),
        source_id=source_id,
        published_at=ctx.now,
        expires_at=ctx.now + timedelta(days=ttl_days),
    )
    for waiting in ctx.store.instances.subscribers(name, correlation):
        ctx.enqueue(
            "deliver_message",
            {"message_id": message_id, "instance_id": waiting.instance_id},
            dedup_key=f"deliver:{message_id}:{waiting.instance_id}:{waiting.token}",
        )
    events.append(MessagePublished(message_id=message_id, name=name, correlation=correlation))
    return message_id


@dataclass(frozen=True, kw_only=True)
class PublishMessage(Command[int]):
    """Tell every case that waits for this, now or within `ttl_days`; give the message's id."""

    name: str
    correlation: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ttl_days: int = _DAYS_A_MESSAGE_WAITS

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
            ttl_days=self.ttl_days,
        )
        for event in events:
            ctx.record(event, (StreamKind.NETWORK, ctx.now.date().isoformat()))
        return message_id


@dataclass(frozen=True, kw_only=True)
class DeliverMessage(Command[bool]):
    """Hand a message to one case that waits for it; once. Tell whether the case caught it."""

    message_id: int
    instance_id: int

    def execute(self, ctx: Context) -> bool:
        message = ctx.store.jobs.message(self.message_id)
        case = Case.lock(ctx, self.instance_id)
        if message is None or case.row.state != InstanceState.ACTIVE:
            return False
        waiting = ctx.store.instances.subscription(case.id, message.name, message.correlation)
        if waiting is None or not ctx.store.jobs.catch(message.id, case.id):
            return False
        run = case.load()
        run.deliver(waiting.token, from_json(message.payload))
        run.advance()
        caught = MessageCaught(
            element_id=waiting.element_id, message_id=message.id, name=message.name
        )
        case.events.append(caught)
        case.settle(run)
        case.write_events()
        return True


@dataclass(frozen=True, kw_only=True)
class FireTimers(Command[int]):
    """Fire the due timers of a case; give how many fired."""

    instance_id: int

    def execute(self, ctx: Context) -> int:
        case = Case.lock(ctx, self.instance_id)
        fired = 0
        while case.row.state == InstanceState.ACTIVE:
            # One at a time: an interrupting timer may take the next one's token with it.
            due = ctx.store.instances.due_timers(case.id, ctx.now)
            if not due or fired >= 100:
                break
            run = case.load()
            run.fire(due[0].token)
            run.advance()
            case.events.append(TimerFired(element_id=due[0].element_id, due_at=due[0].due_at))
            ctx.store.instances.drop_timers(case.id, [due[0].token])
            case.settle(run)
            fired += 1
            case = _again(case)
        case.write_events()
        return fired


def _again(case: Case) -> Case:
    # The stored state has moved on; the head and the events not yet written stay with us.
    fresh = Case.lock(case.ctx, case.id)
    fresh.events = case.events
    return fresh


@dataclass(frozen=True, kw_only=True)
class ServeDueTask(Command[None]):
    """Take the next step of a task's escalation policy: remind, or hand it on to the next level."""

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = Case.of_task(ctx, self.task_id)
        if task.state != TaskState.CREATED or not task.next_step_at or task.next_step_at > ctx.now:
            return
        steps = ctx.ports.escalations.get(task.escalation, ())
        if task.escalation_step >= len(steps):
            ctx.store.tasks.change(task.id, next_step_at=None)
            return
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
        return {
            "assignee_id": upper.person_id,
            "candidate_group": upper.group,
            "claimed_at": None,
            "escalated_from": task.assignee_id,
        }
