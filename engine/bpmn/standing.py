"""The tokens of an instance by number, and those that wait for somebody outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import CalledCase, all_tokens
from engine.bpmn.instance import Instance
from engine.bpmn.nodes import UserTask
from engine.errors import InvalidState


@dataclass(frozen=True)
class Standing:
    """The tokens that wait for somebody outside, by their number."""

    tasks: dict[int, Any]
    timers: dict[int, Any]
    catches: dict[int, Any]
    calls: dict[int, Any]


class Tokens:
    """What a run asks its tokens: which one it is, and what it waits for."""

    instance: Instance

    def _token(self, number: int) -> Any:
        for workflow in (self.instance, *self.instance.subprocesses.values()):
            if number in workflow.tasks:
                return workflow.tasks[number]
        return None

    def _standing(self) -> Standing:
        """Look once at every token for those that wait for somebody outside."""
        found = Standing({}, {}, {}, {})
        for task in all_tokens(self.instance):
            if task._state == TaskState.READY:
                if task.internal_data.get("opened") and isinstance(task.task_spec, UserTask):
                    found.tasks[task.id] = task
            elif task._state == TaskState.WAITING and task.internal_data.get("armed"):
                kind = task.task_spec.node.event_kind
                if kind == "timer":
                    found.timers[task.id] = task
                elif kind in ("message", "signal"):
                    found.catches[task.id] = task
                elif isinstance(task.task_spec, CalledCase):
                    found.calls[task.id] = task
        return found

    def _is_open(self, task: Any) -> bool:
        return (
            task._state == TaskState.READY
            and bool(task.internal_data.get("opened"))
            and isinstance(task.task_spec, UserTask)
        )

    def _call(self, number: int) -> Any:
        task = self._token(number)
        if number not in self._standing().calls:
            raise InvalidState(f"Expected token {number} to wait for a case, but it does not.")
        return task

    def _catch(self, number: int, *kinds: str) -> Any:
        task = self._token(number)
        if (
            task is None
            or task._state != TaskState.WAITING
            or not task.internal_data.get("armed")
            or task.task_spec.node.event_kind not in kinds
        ):
            raise InvalidState(
                f"Expected token {number} to wait for a {kinds[0]}, but it does not."
            )
        return task
