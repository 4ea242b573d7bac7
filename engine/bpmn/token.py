"""A token: SpiffWorkflow's task, numbered densely, sharing its data, without log records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import patches
from engine.feel.values import Kept

patches.check()

NOTHING: dict[str, Kept] = {}


class Token(Task):  # type: ignore[misc]
    """One place in a running scope.

    Its data map names to `Kept` values.  Neither a mapping nor a value ever changes: a change
    gives the token another mapping, so that tokens of one branch share what they have in common.

    own -- variables that it has beside those of its parent, such as the item of a multi-instance
    given -- the payload that a catch got, the queue of a sequence
    caught -- the variables that came with an error or escalation
    internal_data -- small facts, fit for JSON
    stored -- its row in the state that was read, with its data, its own and its parent's data then
    """

    # The library's own bookkeeping, which nothing here reads.
    thread_id = 0
    last_state_change = 0.0

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.MAYBE,
        id: int | None = None,
    ) -> None:
        # Numbered per instance: small, stable, and no random id in the state.
        number = id or workflow.top_workflow.take_token()
        self.id = number
        self.workflow = workflow
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        self.task_spec = task_spec
        self.data: dict[str, Kept] = {}
        self.internal_data: dict[str, Any] = {}
        self.own: dict[str, Kept] = NOTHING
        self.given: dict[str, Kept] = NOTHING
        self.caught: dict[str, Kept] = NOTHING
        self.stored: tuple[Any, ...] | None = None
        workflow.tasks[number] = self
        if parent is not None:
            parent._children.append(number)

    def _inherit_data(self) -> None:
        # The library merges into what is there and rewrites lists; a token sees what its parent
        # saw, and what is its own.
        seen = self.workflow.tasks[self._parent].data
        self.data = {**seen, **self.own} if self.own else seen

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    # ----- for speed only: the same without these

    def _sync_children(self, task_specs: Iterable[Any], state: int = TaskState.MAYBE) -> None:
        if self._children:
            super()._sync_children(list(task_specs), state)
            return
        for spec in task_specs:
            Token(self.workflow, spec, self, state)

    def _set_state(self, value: int) -> None:
        # The library writes a log record each time, with the data of the process in it.
        self._state = value
