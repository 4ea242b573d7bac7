"""Ways back: to an earlier step of a token's own path, and to the state before a submission.

Only ways on which nothing left the case are gone back: a service that was called, a message that
was sent, a branch that others run on cannot be unmade.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import Attachment, release
from engine.bpmn.interpreter import Run
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.nodes import UserTask
from engine.bpmn.outcome import Outcome, ServiceCalled, WaitingTimer
from engine.bpmn.repeating import Repeat
from engine.bpmn.waiting import waiting_timer
from engine.errors import InvalidState

# What may lie between a step and the one it is sent back to.
_HARMLESS = frozenset({"userTask", "scriptTask", "businessRuleTask", "exclusiveGateway"})


def flows_taken(bodies: Sequence[str]) -> list[str]:
    """Give every flow that tokens of a case took, in order, from the events that say so."""
    found: list[str] = []
    for body in bodies:
        found += (json.loads(body).get("detail") or {}).get("flows", ())
    return found


def steps_back(
    compiled: CompiledDefinition, element_id: str, flows: Sequence[str]
) -> tuple[str, ...]:
    """Name the user tasks that a task may be sent back to, the nearest first.

    flows -- every drawn flow that tokens of the case took, in order; going back along them from
    the element gives its token's own path
    """
    here = compiled.user_tasks.get(element_id)
    if here is None or here.multi_instance or here.anonymous:
        return ()
    found: dict[str, None] = {}
    at, place = element_id, len(flows)
    while True:
        place = _arrival(compiled, at, flows, place)
        if place < 0:
            return tuple(found)
        at = compiled.flows[flows[place]][0]
        if not _harmless(compiled, at):
            return tuple(found)
        if at in compiled.user_tasks and at != element_id:
            found[at] = None


def earlier_steps(compiled: CompiledDefinition, element_id: str) -> frozenset[str]:
    """Name the user tasks from which a token may have come that nothing keeps from going back.

    By the drawing alone, whatever way a case went: who has none of them can send nothing back.
    """
    here = compiled.user_tasks.get(element_id)
    if here is None or here.multi_instance or here.anonymous:
        return frozenset()
    found: set[str] = set()
    todo, seen = [element_id], {element_id}
    while todo:
        at = todo.pop()
        before = {source for source, target in compiled.flows.values() if target == at} - seen
        seen |= before
        passable = [each for each in before if _harmless(compiled, each)]
        found |= set(passable) & compiled.user_tasks.keys()
        todo += passable
    return frozenset(found)


def _arrival(compiled: CompiledDefinition, at: str, flows: Sequence[str], before: int) -> int:
    """Give the place of the last flow into an element that was taken before a place; -1: none."""
    for place in range(before - 1, -1, -1):
        ends = compiled.flows.get(flows[place])
        if ends is not None and ends[1] == at:
            return place
    return -1


def _harmless(compiled: CompiledDefinition, element_id: str) -> bool:
    element = compiled.elements[element_id]
    if element.kind not in _HARMLESS:
        return False
    task = compiled.user_tasks.get(element_id)
    if task is not None and (task.multi_instance or task.anonymous):
        return False
    spec = compiled.spec.task_specs.get(f"e.{element_id}")
    if spec is None or isinstance(spec, Repeat):  # inside a sub-process, or a loop
        return False
    ways = [source for source, _ in compiled.flows.values() if source == element_id]
    return element.kind == "exclusiveGateway" or len(ways) == 1


def send_back(run: Run, token: int, element_id: str) -> None:
    """Let an open task's token stand at an earlier user task again, with all it knows.

    That the way there may be gone back is the caller's question (`steps_back`).
    """
    task = run.instance.tasks.get(token)
    if task is None or not run._is_open(task):
        raise InvalidState(f"Expected token {token} to be an open task, but it is not.")
    specs = run.instance.spec.task_specs
    spec = specs.get(f"s.{element_id}") or specs.get(f"e.{element_id}")
    if spec is None or not isinstance(specs.get(f"e.{element_id}"), UserTask):
        raise InvalidState(f"Expected {element_id} to be a user task, but it is none.")
    if isinstance(task.parent.task_spec, Attachment):
        release(run.instance, task)
    task._set_state(TaskState.COMPLETED)
    child = task._add_child(spec, TaskState.FUTURE)
    child.task_spec._update(child)


def may_be_undone(run: Run, outcome: Outcome) -> bool:
    """Tell whether a submission touched nothing but the case itself, which still runs."""
    touched = (
        outcome.thrown,
        outcome.signals,
        outcome.groups_closed,
        outcome.incidents,
        outcome.resumed,
        outcome.catches_opened,
        outcome.catches_closed,
        outcome.closed,
    )
    served = any(isinstance(fact, ServiceCalled) for fact in outcome.facts)
    hidden = any(task.pseudonym is not None for task in outcome.opened)
    return not (outcome.completed or served or hidden or any(touched) or run._parked)


@dataclass(frozen=True)
class Undone:
    """What differs where an earlier state returns: tokens that wait no more, timers set again."""

    tasks_gone: tuple[int, ...]
    tasks_back: tuple[int, ...]
    timers_gone: tuple[int, ...]
    timers_back: tuple[WaitingTimer, ...]


def difference(now: Run, before: Run) -> Undone:
    """Compare where a case stands with where it stood."""
    here, there = now._standing(), before._standing()
    return Undone(
        tasks_gone=tuple(sorted(here.tasks.keys() - there.tasks.keys())),
        tasks_back=tuple(sorted(there.tasks.keys() - here.tasks.keys())),
        timers_gone=tuple(sorted(here.timers.keys() - there.timers.keys())),
        timers_back=tuple(
            waiting_timer(there.timers[token])
            for token in sorted(there.timers.keys() - here.timers.keys())
        ),
    )
