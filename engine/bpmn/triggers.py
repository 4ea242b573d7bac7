"""Event sub-processes: what starts them, and how they see and change the scope they stand in."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import Catch, again
from engine.bpmn.nodes import LIVE, SubProcess, end_scope
from engine.bpmn.repeating import MultiInstance
from engine.bpmn.shared import Data, differs, seen_in, share
from engine.bpmn.token import NOTHING
from engine.feel.values import Kept


class Trigger(Catch):
    """The start of an event sub-process: waits as long as its scope lives.

    One that interrupts ends all else in the scope and goes on with the variables of all branches.
    One that does not leaves the branches alone; what came with the event is told to them at once.
    """

    guards = True

    def idles(self, task: Any) -> bool:
        return bool(task._state & (TaskState.WAITING | TaskState.FUTURE))

    def aside(self, task: Any) -> bool:
        return self.idles(task) or not self.node.interrupting

    def take_in(self, task: Any, thrower: Any, told: Kept) -> None:
        """Catch what a token of the scope, or further inside, throws, with its variables."""
        again(task)
        task.given = {"payload": told}
        inside = _holder(task.workflow, thrower)
        self._begin(task, {inside.id: {**inside.data, **thrower.data}})
        task._ready()

    def _run_hook(self, task: Any) -> bool:
        if "begun" not in task.internal_data:
            self._begin(task, {})
        before = task.data
        super()._run_hook(task)
        if not self.node.interrupting:
            share(task.workflow, before, task.data)
        return True

    def _begin(self, task: Any, instead: dict[int, Data]) -> None:
        workflow = task.workflow
        if self.node.interrupting:
            _close_groups(workflow)
        task.own = differs(seen_in(workflow, instead), task.parent.data)
        task._inherit_data()
        if self.node.interrupting:
            end_scope(workflow, keep=task)
            workflow.spec.end.offer_no_more(workflow)
        task.internal_data["begun"] = True


class Handler(SubProcess):
    """An event sub-process that runs; one that did not interrupt gives its changes to the scope."""

    interrupting = True

    def _run_hook(self, task: Any) -> bool | None:
        if "returned" in task.internal_data and not self.interrupting:
            share(task.workflow, task.parent.data, task.data)
            # It joins the others at the end, where it must not count as a branch of its own.
            task.own = NOTHING
            task.data = task.workflow.task_tree.data
        return super()._run_hook(task)


def _holder(workflow: Any, thrower: Any) -> Any:
    """Find the token of a scope in which, however far inside, another stands."""
    top = workflow.top_workflow
    token = thrower
    while token.workflow is not workflow:
        token = top.get_task_from_id(token.workflow.parent_task_id)
    return token.parent if "index" in token.internal_data else token


def _close_groups(workflow: Any) -> None:
    """Publish what the items of multi-instances gave so far."""
    for task in list(workflow.tasks.values()):
        spec = task.task_spec
        if task.id not in workflow.tasks:
            continue
        running = task._state & LIVE and "count" in task.internal_data
        if isinstance(spec, MultiInstance) and spec.output and running:
            output = spec.collect(task)
            # Nothing may stay that tells, sealed or not, which item gave which answer.
            spec.clear(task)
            spec.publish(task, output)
