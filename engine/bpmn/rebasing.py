"""Puts a loaded case on another version of its definition; whether it may go is `migration.py`.

Tokens stay: their numbers, data, items, sealed answers and set dates.  Only what they stand on is
exchanged, and the events that wait with an activity or behind an event gateway follow the new
drawing.  What a finished token stood on is history, so one that has no equal stands on the start.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.deadlines import remember
from engine.bpmn.due import Moment
from engine.bpmn.events import Attachment, Boundary, Catch, EventGateway, all_tokens
from engine.bpmn.interpreter import Run
from engine.bpmn.mapping import VersionMap
from engine.bpmn.migration import (
    leaves_quietly,
    moves_on_quietly,
    same_event,
    waits_to_meet,
    way_in,
)
from engine.bpmn.migration_shapes import rename_facts
from engine.bpmn.nodes import LIVE, UserTask, withdraw
from engine.bpmn.outcome import WaitingMessage, WaitingTimer
from engine.bpmn.step import ElementFailed
from engine.bpmn.token import Token
from engine.bpmn.waiting import waiting_message, waiting_timer

_MOVING = LIVE | TaskState.FUTURE
_FRAMES = (Attachment, EventGateway)


def rebase(run: Run, mapping: VersionMap, retime: Collection[str] = ()) -> None:
    """Put a case without obstacles on the new version, and set the events that are new there.

    retime -- new ids of timers that are to count from now
    """
    workflows = [run.instance, *run.instance.subprocesses.values()]
    for token in all_tokens(run.instance):
        if token._state & _MOVING and _leaves(token, mapping):
            withdraw(token)
    moves = [_move(token, mapping) for token in all_tokens(run.instance)]
    above = [(token, spec) for token, spec, _ in moves if spec is not None]
    frames = [(token, frame) for token, _, frame in moves if frame is not None]
    old_specs = {id(token): token.task_spec for token in all_tokens(run.instance)}
    targets = [
        (token, mapping.spec(token.task_spec, token.workflow.spec.name))
        for token in all_tokens(run.instance)
    ]
    run.instance.subprocess_specs = mapping.new.sub_specs
    for workflow in workflows:
        new = mapping.scope(workflow.spec.name)
        if new is not None:
            workflow.spec = new
    for token, spec in targets:
        token.task_spec = token.workflow.spec.start if spec is None else spec
        rename_facts(token, mapping)
    for token, spec in above:
        _insert_above(token, spec)
    for token, frame in frames:
        _surround(token.parent, frame, old_specs.get(id(token.parent)), mapping)
    for workflow in workflows:
        root = workflow.task_tree
        if root._state == TaskState.COMPLETED and not workflow.completed:
            _surround(root, root.task_spec, old_specs[id(root)], mapping)
    run.compiled = mapping.new
    _retime(run, retime)
    run.advance()


def _leaves(token: Any, mapping: VersionMap) -> bool:
    new = mapping.spec(token.task_spec, token.workflow.spec.name)
    if new is None:
        return leaves_quietly(token, mapping)
    return moves_on_quietly(token, new, mapping)


def _move(token: Any, mapping: VersionMap) -> tuple[Any, Any, Any]:
    """Give a token, what must stand between it and its parent, and the frame it waits in."""
    scope = token.workflow.spec.name
    new = mapping.spec(token.task_spec, scope) if token._state & _MOVING else None
    if (
        new is None
        or token.parent is None
        or token.triggered
        or isinstance(new, Boundary)
        or new.guards
    ):
        return token, None, None
    before = mapping.spec(token.parent.task_spec, scope)
    if waits_to_meet(token):
        way = way_in(token, mapping)
        between = before is None or before.name != way
        return token, new._wf_spec.task_specs[way] if between else None, None
    frame = _frame(new)
    return token, None if frame is before else frame, frame


def _frame(spec: Any) -> Any:
    """Give what starts events together with an element: an attachment, or an event gateway."""
    for name in spec._inputs:
        found = spec._wf_spec.task_specs[name]
        if isinstance(found, Attachment):
            return found
        if isinstance(found, EventGateway) and len(spec._inputs) == 1:
            return found
    return None


def _insert_above(token: Any, spec: Any) -> None:
    """Put a token that is done between a token and its parent."""
    parent, tokens = token.parent, token.workflow.tasks
    done = Token(token.workflow, spec, parent, TaskState.COMPLETED)
    done.data = parent.data
    done._children = [token.id]
    parent._children.remove(done.id)
    parent._children[parent._children.index(token.id)] = done.id
    token._parent = done.id
    # A parent stands before its children, in memory as in the state.
    del tokens[done.id]
    order = list(tokens.items())
    tokens.clear()
    for number, each in order:
        if number == token.id:
            tokens[done.id] = done
        tokens[number] = each


def _surround(parent: Any, frame: Any, before: Any, mapping: VersionMap) -> None:
    """Set the events that wait below a token, and did not below what it stood on before."""
    there = {child.task_spec.name for child in parent.children}
    for old in before.outputs if type(before) is type(frame) else ():
        new = mapping.spec(old, old._wf_spec.name)
        if new is not None and same_event(old, new):
            there.add(new.name)
    for spec in frame.outputs:
        waits = isinstance(spec, Catch) if isinstance(frame, _FRAMES) else spec.guards
        if waits and spec.name not in there:
            spec._update(parent._add_child(spec, TaskState.FUTURE))


def _retime(run: Run, elements: Collection[str]) -> None:
    """Let timers and due dates count from now."""
    for token in all_tokens(run.instance):
        spec, facts = token.task_spec, token.internal_data
        if not token._state & LIVE or getattr(spec, "bpmn_id", "") not in elements:
            continue
        if isinstance(spec, UserTask):
            _forget(facts, "basis", "since")
            if spec.code.due is not None and (found := _due(run, token)) is not None:
                remember(spec.code.due, found, facts, run.step)
        elif isinstance(spec, Catch) and spec.node.event_kind == "timer":
            _forget(facts, "armed", "due", "every", "left", "basis", "since")


def _forget(facts: dict[str, Any], *names: str) -> None:
    for name in names:
        facts.pop(name, None)


def _due(run: Run, token: Any) -> Moment | None:
    due = token.task_spec.code.due
    try:
        return None if due is None else run.step.moment(due, token.data)
    except ElementFailed:
        return None


# ----- where it stands now


@dataclass(frozen=True)
class StandingTask:
    """An open task as the version that its case runs on describes it.

    due_at -- only where it was asked to count from now; title -- None where it can't be computed
    """

    token: int
    element_id: str
    title: str | None
    lane: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """Everything of a case that waits for somebody outside, and what is parked, by token."""

    tasks: dict[int, StandingTask]
    timers: dict[int, WaitingTimer]
    catches: dict[int, WaitingMessage]
    elements: dict[int, str]


def standing(run: Run, retime: Collection[str] = ()) -> Standing:
    """Describe what waits, as the definition of the run says it now."""
    found = Standing({}, {}, {}, {})
    for token in all_tokens(run.instance):
        spec, facts = token.task_spec, token.internal_data
        if not token._state & LIVE or getattr(spec, "node", None) is None:
            continue
        found.elements[token.id] = spec.node.id
        if token._state == TaskState.READY and isinstance(spec, UserTask) and facts.get("opened"):
            found.tasks[token.id] = _task(run, token, spec.bpmn_id in retime)
        elif token._state == TaskState.WAITING and facts.get("armed"):
            if spec.node.event_kind == "timer":
                found.timers[token.id] = waiting_timer(token)
            elif spec.node.event_kind in ("message", "signal"):
                found.catches[token.id] = waiting_message(token)
    return found


def _task(run: Run, token: Any, retimed: bool) -> StandingTask:
    spec, due = token.task_spec, None
    title: str | None = spec.node.name
    if spec.code.title is not None:
        try:
            title = spec.code.title.fill(run.step.evaluate, token.data)
        except ElementFailed:
            title = None
    if retimed and (found := _due(run, token)) is not None:
        due = found.at
    return StandingTask(token.id, spec.bpmn_id, title, spec.node.lane, due)
