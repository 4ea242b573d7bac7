"""The baseline of `steps`: SpiffWorkflow as its documentation shows it, one JSON text per case."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from bench import evaluation


class Stock:
    """Stock parser, script engine and serializer."""

    name = "stock SpiffWorkflow"
    new_values: tuple[bytes, ...] = ()
    """what it keeps beside its text: nothing"""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(evaluation.bpmn(evaluation.PYTHON))
        parser.add_dmn_str(evaluation.dmn(evaluation.PYTHON))
        self.spec = parser.get_spec("evaluation")
        self.subprocesses = parser.get_subprocess_specs("evaluation")
        self.engine = PythonScriptEngine()
        registry = BpmnWorkflowSerializer.configure(SPIFF_CONFIG)
        self.serializer = BpmnWorkflowSerializer(registry)

    def start(self, variables: dict[str, Any]) -> bytes:
        """Start a case and give its state."""
        workflow = BpmnWorkflow(self.spec, self.subprocesses, self.engine)
        workflow.task_tree.data.update(variables)
        workflow.do_engine_steps()
        return self._save(workflow)

    def waiting(self, state: bytes) -> str | None:
        """Name the element of the next user task, None at the end."""
        task = self._next(self._load(state))
        return task.task_spec.bpmn_id if task else None

    def complete(self, state: bytes, answers: dict[str, Any]) -> bytes:
        """Load, complete the next user task, run on, save."""
        workflow = self._load(state)
        task = self._next(workflow)
        element = task.task_spec.bpmn_id
        task.data["answer" if element == "peer" else element] = answers
        task.run()
        workflow.do_engine_steps()
        return self._save(workflow)

    def _next(self, workflow: Any) -> Any:
        return workflow.get_next_task(state=TaskState.READY, manual=True)

    def _load(self, state: bytes) -> Any:
        workflow = self.serializer.deserialize_json(state.decode())
        workflow.script_engine = self.engine
        return workflow

    def _save(self, workflow: Any) -> bytes:
        text: str = self.serializer.serialize_json(workflow)
        return text.encode()
