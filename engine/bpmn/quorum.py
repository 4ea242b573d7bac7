"""The complex gateway: goes on as soon as its condition over the tokens that came holds.

After that it is spent: a token that still comes on another flow ends there.  Once every flow had
its token, or none can come any more, the gateway is as new, and waits for the next round.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import Inclusive, Meeting, arrival, brought_together, first_per_input
from engine.bpmn.nodes import follow, step_of
from engine.bpmn.step import ElementFailed


class Complex(Inclusive):
    """Asks its condition whenever a token comes; late tokens end here until the round is over."""

    rest_name = ""

    def _update_hook(self, task: Any) -> bool:
        facts = task.internal_data
        if "arrived" not in facts:
            task._inherit_data()
            facts["arrived"] = task.workflow.top_workflow.take_arrival()
            return True
        # Asked again when nothing else moves: it has waited for what may never come.
        if "taken_by" in facts or self._rest(task.workflow) is not None:
            return False
        if any(token.has_state(TaskState.READY) for token in self.here(task.workflow)):
            return False
        first = first_per_input(self.waiting(task.workflow))
        # One asks for all: the last that came.
        if task is not max(first.values(), key=arrival) or self.awaits(task.workflow, first):
            return False
        facts["last"] = True
        return True

    def _run_hook(self, task: Any) -> bool | None:
        rest = self._rest(task.workflow)
        if rest is not None:
            return self._too_late(task, rest)
        waiting = sorted([*self.waiting(task.workflow), task], key=arrival)
        first = first_per_input(waiting)
        if task not in first.values():
            return _waits(task)
        members = sorted(first.values(), key=arrival)
        if not self._enough(task, members):
            if task.internal_data.pop("last", False):
                raise ElementFailed(
                    "NO_FLOW",
                    f"Expected the condition of {self.bpmn_id} to hold once all that can come has"
                    " come, but it does not.",
                )
            return _waits(task)
        self._go_on(task, members)
        if len(first) < len(self._inputs):
            self._spend(task.workflow, list(first))
        return True

    def here(self, workflow: Any) -> list[Any]:
        """List all tokens of this gateway."""
        return [token for token in workflow.tasks.values() if token.task_spec is self]

    def _too_late(self, task: Any, rest: Any) -> bool | None:
        taken = rest.internal_data["taken"]
        name = task.parent.task_spec.name
        if name in taken:
            return _waits(task)  # it belongs to the next round
        rest.internal_data["taken"] = [*taken, name]
        task.internal_data["late"] = True
        follow(task, [])
        return True

    def _enough(self, task: Any, members: list[Any]) -> bool:
        assert self.code.until is not None
        seen = {
            **brought_together(members, last_wins=True),
            "items_arrived": Decimal(len(members)),
            "items_total": Decimal(len(self._inputs)),
        }
        return step_of(task).holds(self.code.until, seen, self.bpmn_id)

    def _go_on(self, task: Any, members: list[Any]) -> None:
        facts = task.internal_data
        facts["group"] = [member.id for member in members]
        try:
            self.choose_together(task)
        except Exception:
            del facts["group"]
            raise

    def _spend(self, workflow: Any, taken: list[str]) -> None:
        rest = workflow.task_tree._add_child(
            workflow.spec.task_specs[self.rest_name], TaskState.WAITING
        )
        rest.triggered = True
        rest.internal_data["taken"] = taken

    def _rest(self, workflow: Any) -> Any:
        for token in workflow.tasks.values():
            if token.task_spec.name == self.rest_name and token.has_state(TaskState.WAITING):
                return token
        return None


def _waits(task: Any) -> bool | None:
    task._set_state(TaskState.WAITING)
    return None


class Rest(Meeting):
    """Stands beside a complex gateway that is spent, until its round is over."""

    gateway: Complex

    def idles(self, task: Any) -> bool:
        return True

    def aside(self, task: Any) -> bool:
        return True

    def _update_hook(self, task: Any) -> bool:
        taken = task.internal_data["taken"]
        # What has come and is parked belongs to this round.
        if any(token.has_state(TaskState.READY) for token in self.gateway.here(task.workflow)):
            return False
        if all(name in taken for name in self.gateway._inputs):
            return True
        return not self.gateway.awaits(task.workflow, taken)

    def _run_hook(self, task: Any) -> bool:
        # What came for the next round is looked at now.
        for token in self.gateway.waiting(task.workflow):
            token._ready()
        return True
