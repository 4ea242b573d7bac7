"""The running tree of tokens: SpiffWorkflow's workflow, numbered densely, without its scanning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.step import Step
from engine.bpmn.token import Token
from engine.feel.values import Kept


class _Scope:
    """Begins with a token of ours, and leaves to the run what the library does after each task."""

    spec: Any
    task_tree: Token

    def begin(self, data: dict[str, Kept]) -> Token:
        """Put the first token into an empty scope."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree.data = data
        self.task_tree._ready()
        return self.task_tree

    def update_waiting_tasks(self) -> None:
        """Do nothing: the run settles joins itself."""


class Inner(_Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """A sub-process or called process that runs inside an instance."""


class Instance(_Scope, BpmnWorkflow):  # type: ignore[misc]
    """One process instance, still empty; `step` is what its elements use while they run."""

    def __init__(self, spec: Any, sub_specs: Mapping[str, Any], step: Step) -> None:
        self.last_token = 0
        self.last_arrival = 0
        self.step = step
        self.basis: Any = None
        """what was read of its state, until it is saved"""
        # An object that is never asked: no expression goes through the library.
        super().__init__(spec, sub_specs, object(), deserializing=True)

    def take_token(self) -> int:
        """Give the next token number."""
        self.last_token += 1
        return self.last_token

    def take_arrival(self) -> int:
        """Give the next place in the order of arrivals at joins."""
        self.last_arrival += 1
        return self.last_arrival

    def add_scope(self, token: int, spec_name: str) -> Inner:
        """Make an empty scope inside a token."""
        inner = Inner(self.subprocess_specs[spec_name], token, self, deserializing=True)
        self.subprocesses[token] = inner
        return inner
