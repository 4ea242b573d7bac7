"""The running tree of tokens: SpiffWorkflow's workflow, numbered densely, without its scanning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn import patches
from engine.bpmn.step import Step

patches.install()


class _Quiet:
    """Leaves to the run what the library does after every completed task."""

    def update_waiting_tasks(self) -> None:
        """Do nothing: the run settles joins itself."""


class Inner(_Quiet, BpmnSubWorkflow):  # type: ignore[misc]
    """A sub-process or called process that runs inside an instance."""


class Instance(_Quiet, BpmnWorkflow):  # type: ignore[misc]
    """One process instance; `step` is what its elements use while they run."""

    def __init__(
        self, spec: Any, sub_specs: Mapping[str, Any], step: Step, *, restoring: bool = False
    ) -> None:
        self.last_token = 0
        self.last_arrival = 0
        self.step = step
        # An object that is never asked: no expression goes through the library.
        super().__init__(spec, dict(sub_specs), object(), deserializing=restoring)

    def take_token(self) -> int:
        """Give the next token number."""
        self.last_token += 1
        return self.last_token

    def take_arrival(self) -> int:
        """Give the next place in the order of arrivals at joins."""
        self.last_arrival += 1
        return self.last_arrival

    def create_subprocess(self, my_task: Any, spec_name: str) -> Inner:
        """Start a scope inside a token."""
        inner = Inner(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = inner
        return inner

    def restore_subprocess(self, token: int, spec_name: str) -> Inner:
        """Make an empty scope inside a token, to be filled by the codec."""
        inner = Inner(self.subprocess_specs[spec_name], token, self, deserializing=True)
        self.subprocesses[token] = inner
        return inner
