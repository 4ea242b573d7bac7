"""Ad-hoc sub-processes: people choose what is done, how often, and in which order.

Every user task that no flow leads to is offered, and offered again when it was done.  What a chain
has done when it ends is told to the whole scope, and the completion condition is asked.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import Node
from engine.bpmn.joins import EndOfScope, close
from engine.bpmn.nodes import LIVE, Choosing, Code, end_scope, follow, step_of, withdraw
from engine.bpmn.shared import share


class AdHocEnd(Choosing, EndOfScope):
    """Where each chain of an ad-hoc sub-process ends; the last one ends the scope."""

    node: Node
    code: Code
    offers: tuple[str, ...] = ()
    """the specs of the tasks that people may choose"""

    def _update_hook(self, task: Any) -> bool:
        task._inherit_data()
        return True

    def _run_hook(self, task: Any) -> bool:
        workflow, root = task.workflow, task.workflow.task_tree
        before = root.data
        seen = {**before, **task.data}
        ends = "closing" in root.internal_data or self._enough(task, seen)
        share(workflow, before, task.data)
        task.data = root.data
        if ends:
            self.offer_no_more(workflow)
            if self.node.cancels_rest:
                end_scope(workflow, keep=task)
        if not ends or self._others(task):
            follow(task, [])
            return True
        close(workflow)
        follow(task, [self.outputs[0].name])
        return True

    def offer_no_more(self, workflow: Any) -> None:
        workflow.task_tree.internal_data["closing"] = True
        for offer in self._offered(workflow):
            withdraw(offer)

    def at_rest(self, workflow: Any) -> None:
        """Offer what may be chosen now: in a sequence, only while nothing else is under way."""
        root = workflow.task_tree
        begun = root.has_state(TaskState.COMPLETED) and not workflow.completed
        if not begun or "closing" in root.internal_data:
            return
        offered = self._offered(workflow)
        if self.node.sequential and len(self._living(workflow)) > len(offered):
            for offer in offered:
                withdraw(offer)
            return
        there = {offer.task_spec.name for offer in offered}
        for name in self.offers:
            if name not in there:
                spec = workflow.spec.task_specs[name]
                spec._update(root._add_child(spec, TaskState.FUTURE))

    def _enough(self, task: Any, seen: dict[str, Any]) -> bool:
        assert self.code.until is not None
        return step_of(task).holds(self.code.until, seen, self.node.id)

    def _offered(self, workflow: Any) -> list[Any]:
        return [t for t in self._living(workflow) if t.task_spec.name in self.offers]

    def _living(self, workflow: Any) -> list[Any]:
        tokens = list(workflow.tasks.values())
        return [t for t in tokens if t._state & LIVE and not t.task_spec.idles(t)]

    def _others(self, task: Any) -> list[Any]:
        return [token for token in self._living(task.workflow) if token is not task]
