"""What a token needs to wait: a holder and due date, a timer's moment, a correlation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.deadlines import remember
from engine.bpmn.due import next_round
from engine.bpmn.environment import Environment
from engine.bpmn.events import Boundary, correlation_text
from engine.bpmn.outcome import WaitingCall, WaitingMessage, WaitingTask, WaitingTimer
from engine.bpmn.step import ElementFailed, Step


def open_task(task: Any, step: Step) -> WaitingTask:
    """Compute who a user task waits for, until when, and under which title."""
    spec = task.task_spec
    code = spec.code
    facts = task.internal_data
    real = step.real_items.get(task.id)
    data = {**task.data, **real} if real else task.data
    if code.assignee is not None:
        assignee = step.evaluate(code.assignee, data)
    else:
        assignee = next(iter(real.values())) if real else None
    group = None if code.candidate_group is None else step.evaluate(code.candidate_group, task.data)
    if group is not None and not isinstance(group, str):
        raise ElementFailed("EXPRESSION", "Expected candidateGroup to give a text, but it did not.")
    due = None if code.due is None else step.moment(code.due, task.data)
    if due is not None and code.due is not None:
        remember(code.due, due, facts, step)
    return WaitingTask(
        token=task.id,
        element_id=spec.bpmn_id,
        item_index=facts.get("index"),
        assignee=assignee,
        candidate_group=group,
        due_at=None if due is None else due.at,
        # The title is stored and shown, so the real item of an anonymous group stays out of it.
        title=code.title.fill(step.evaluate, task.data) if code.title else spec.node.name,
        lane=spec.node.lane,
        pseudonym=facts.get("pseudonym"),
    )


def arm(task: Any, step: Step) -> None:
    """Compute when a timer is due, or which message a catch waits for."""
    spec = task.task_spec
    facts = task.internal_data
    if spec.node.event_kind == "timer":
        assert spec.code.timer is not None
        found = step.moment(spec.code.timer, task.data)
        facts["due"] = found.at.isoformat()
        remember(spec.code.timer, found, facts, step)
        if found.step:
            facts["every"] = found.step
            facts["left"] = -1 if found.left is None else found.left
    elif spec.code.correlation is not None:
        facts["correlation"] = correlation_text(
            step.evaluate(spec.code.correlation, task.data), spec.bpmn_id
        )


def call_out(task: Any, step: Step) -> WaitingCall:
    """Compute which case a call starts, and with which variables: all, or those of its payload."""
    spec = task.task_spec
    given = spec.node.properties
    values: Any = dict(task.data)
    if spec.code.payload is not None:
        values = step.evaluate(spec.code.payload, task.data)
        if not isinstance(values, dict):
            raise ElementFailed(
                "EXPRESSION", f"Expected the payload of {spec.bpmn_id} to be a context."
            )
    return WaitingCall(
        task.id,
        spec.bpmn_id,
        spec.node.called,
        given.get("binding", "").strip(),
        given.get("people", "").strip() == "inherit",
        step.keep(values, "payload"),
    )


def next_cycle(task: Any, env: Environment) -> None:
    """Set the next round of a cycle beside the event that goes off now."""
    facts = task.internal_data
    left = int(facts.get("left", 0))
    if left == 0 or not (isinstance(task.task_spec, Boundary) or task.task_spec.guards):
        return
    following = next_round(datetime.fromisoformat(facts["due"]), facts["every"], env)
    twin = task.parent._add_child(task.task_spec, TaskState.FUTURE)
    twin.triggered = True
    twin.task_spec._update(twin)
    twin.internal_data = {
        "armed": True,
        "due": following.isoformat(),
        "every": facts["every"],
        "left": left - 1 if left > 0 else -1,
    }


def waiting_timer(task: Any) -> WaitingTimer:
    """Describe a timer that is set."""
    facts = task.internal_data
    return WaitingTimer(
        task.id,
        task.task_spec.bpmn_id,
        datetime.fromisoformat(facts["due"]),
        bool(facts.get("left")),
    )


def waiting_message(task: Any) -> WaitingMessage:
    """Describe a catch that is open."""
    node = task.task_spec.node
    return WaitingMessage(
        task.id,
        node.id,
        node.event.name if node.event is not None else "",
        str(task.internal_data.get("correlation", "")),
        node.event_kind,
    )
