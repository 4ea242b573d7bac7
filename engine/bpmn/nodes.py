"""The elements that run and go on: tasks, the exclusive gateway, sub-processes.

Each is a task spec of SpiffWorkflow.  `_update_hook` only says whether a token may run and never
computes anything, so that whatever fails, fails in `_run_hook`, and the token can be set back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import Node
from engine.bpmn.due import Due
from engine.bpmn.step import ElementFailed, Step
from engine.bpmn.template import Template
from engine.errors import EngineError
from engine.feel import Expression
from engine.feel.values import Kept

if TYPE_CHECKING:
    from engine.dmn import Model
    from engine.dmn.trace import Explanation

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_FINISHED = TaskState.FINISHED_MASK


@dataclass(frozen=True, kw_only=True)
class Code:
    """The compiled expressions of one element."""

    script: Expression | None = None
    assignee: Expression | None = None
    candidate_group: Expression | None = None
    due: Due | None = None
    title: Template | None = None
    collection: Expression | None = None
    cardinality: Expression | None = None
    loop_condition: Expression | None = None
    until: Expression | None = None
    timer: Due | None = None
    correlation: Expression | None = None
    condition: Expression | None = None
    payload: Expression | None = None
    ttl: Due | None = None
    arguments: Mapping[str, Expression] = field(default_factory=dict)
    decision: Model | None = None


def step_of(task: Any) -> Step:
    """Give the step that a token runs in."""
    step: Step = task.workflow.top_workflow.step
    return step


class Spec(BpmnTaskSpec):  # type: ignore[misc]
    """What all our specs share: they run by themselves, and no future is predicted for them.

    The library would draw the whole way ahead of every token, twice as much with each fork on it;
    nothing here asks for it, and the run adds the next tokens when one is done.
    """

    automatic = True
    guards = False
    """starts an event sub-process of its scope"""
    remembers = False
    """keeps what an activity has done, should it be undone"""
    beside = False
    """its branch goes on beside the others, and counts for no more than what it changes"""
    node: Node | None = None

    def idles(self, task: Any) -> bool:
        """Tell whether a scope may end although this token of it lives."""
        return False

    def aside(self, task: Any) -> bool:
        """Tell whether a token stands beside the branches, and what it leads to with it."""
        return False

    def _predict(self, task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Do nothing."""

    def _run_hook(self, task: Any) -> bool | None:
        return True

    # ----- for speed only: the same without these

    def _update(self, task: Any) -> None:
        if self._update_hook(task):
            task._ready()

    def _update_hook(self, task: Any) -> bool:
        task._inherit_data()
        return True

    def _on_ready(self, task: Any) -> None:
        """Do nothing: the specs were checked when they were built."""

    def _on_complete(self, task: Any) -> None:
        if self.completed_event.hard_subscribers:
            self.completed_event.emit(task.workflow, task)
        tokens = task.workflow.tasks
        for child in [tokens[number] for number in task._children]:
            if not child._state & _FINISHED:
                child.task_spec._update(child)
        workflow = task.workflow
        workflow.last_task = task
        if self.name == "End":
            workflow._mark_complete(task)


class Element(Spec):
    """A drawn element, or one that normalising put in; alone, it passes tokens on."""

    node: Node

    def __init__(self, spec: Any, name: str, node: Node, code: Code | None = None) -> None:
        super().__init__(spec, name, lane=node.lane or None)
        self.node = node
        self.code = code or Code()
        self.bpmn_id = node.id


class UserTask(Element):
    """Waits for a person; `Run.complete` finishes it."""

    automatic = False


class Script(Element):
    """A FEEL context whose entries become variables."""

    def _run_hook(self, task: Any) -> bool:
        step = step_of(task)
        assert self.code.script is not None
        value = step.evaluate(self.code.script, task.data)
        if not isinstance(value, dict):
            raise ElementFailed(
                "EXPRESSION", "Expected the script to give a context, but it did not."
            )
        before = task.data
        try:
            for name, entry in value.items():
                step.write(task, self.bpmn_id, name, entry)
        except Exception:
            task.data = before
            raise
        return True


class Service(Element):
    """Calls one of the host's verbs with FEEL arguments."""

    def _run_hook(self, task: Any) -> bool:
        step = step_of(task)
        operator = self.node.operator
        assert operator is not None
        arguments = {
            name: step.evaluate(expression, task.data)
            for name, expression in self.code.arguments.items()
        }
        value = step.call_service(task, self.bpmn_id, operator.name, arguments)
        if operator.result:
            step.write(task, self.bpmn_id, operator.result, value)
        return True


class BusinessRule(Element):
    """Asks a decision; null is never taken for an answer."""

    def _run_hook(self, task: Any) -> bool:
        step = step_of(task)
        step.write(task, self.bpmn_id, self.node.result, self._decide(task.data, step))
        return True

    def _decide(self, data: Mapping[str, Kept], step: Step) -> Any:
        decision = self.code.decision
        assert decision is not None
        name = self.node.decision
        budget = step.budget()
        data = self._asked_with(data, step)
        inputs: Mapping[str, Any] = data
        if decision.imported:  # what an imported model reads may stand inside a value
            inputs = {key: kept.value for key, kept in data.items()}
        try:
            explained = decision.explain(
                name, inputs, functions=step.env.functions, now=step.env.now, budget=budget
            )
        except EngineError as problem:
            raise ElementFailed("DECISION", f"{problem.message} In: {name}") from problem
        step.decided(self.bpmn_id, name, explained.trace, _given(decision, name, data, explained))
        if explained.value is None and budget.used > budget.steps:
            beyond = step.env.bounds.exceeded("feel_steps", "more")
            raise ElementFailed("LIMIT", f"{beyond.message} In: {name}")
        if explained.value is None:
            why = f" {explained.complaint}" if explained.complaint else ""
            raise ElementFailed(
                "DECISION",
                f"Expected decision {name} to give a value, but it yielded nothing.{why}",
            )
        return explained.value

    def _asked_with(self, data: Mapping[str, Kept], step: Step) -> Mapping[str, Kept]:
        """Give the payload's entries, where there is one: then nothing becomes a variable."""
        if self.code.payload is None:
            return data
        given = step.evaluate(self.code.payload, data)
        if not isinstance(given, Mapping):
            told = f"Expected the payload of {self.bpmn_id} to be a context, but it is none."
            raise ElementFailed("DECISION", told)
        return {str(key): step.keep(value, str(key)) for key, value in given.items()}


def _given(
    decision: Model, name: str, data: Mapping[str, Kept], explained: Explanation
) -> dict[str, Any]:
    """Give what a decision reads from outside where its last step alone does not show it.

    With this a changed table can be asked again later.  What comes from an imported model is left
    out: it is asked for by another name there.
    """
    shown = explained.trace[-1].inputs if explained.trace else {}
    wanted = [slot for slot in decision.reads(name) if slot not in shown and "." not in slot]
    return {slot: data[slot].value if slot in data else None for slot in wanted}


class Choosing:
    """Marks the specs that choose among their outputs while they run."""


class Exclusive(Choosing, Element, MultiChoice):  # type: ignore[misc]
    """One way: the first flow whose condition holds, else the default."""

    def __init__(self, spec: Any, name: str, node: Node, code: Code | None = None) -> None:
        super().__init__(spec, name, node, code)
        self.default_name = ""

    def _run_hook(self, task: Any) -> bool:
        chosen = self.default_name
        for condition, name in self.cond_task_specs:
            if condition is not None and step_of(task).holds(condition, task.data, self.bpmn_id):
                chosen = name
                break
        if not chosen:
            raise no_flow(self.bpmn_id)
        follow(task, [chosen])
        return True


def no_flow(element_id: str) -> ElementFailed:
    """Say that no condition of a gateway holds."""
    return ElementFailed(
        "NO_FLOW",
        f"Expected one flow out of {element_id} to apply, but none does and no default is drawn.",
    )


def follow(task: Any, names: list[str]) -> None:
    """Let a token go on to these outputs only."""
    specs = [task.workflow.spec.task_specs[name] for name in names]
    task._sync_children(specs, TaskState.FUTURE)


def follow_all(task: Any) -> None:
    """Let a token that is done go on to all outputs, unless its element has chosen among them."""
    if not isinstance(task.task_spec, Choosing):
        task._sync_children(task.task_spec.outputs, TaskState.FUTURE)


class SubProcess(Element):
    """Runs another scope inside, or a called process; all variables go in and come back."""

    def __init__(self, spec: Any, name: str, node: Node, code: Code | None = None) -> None:
        super().__init__(spec, name, node, code)
        self.scope = node.called if node.kind == "callActivity" else node.id
        self.memory: Any = None
        """what keeps the scope when it has ended, so that it can be undone"""

    def _run_hook(self, task: Any) -> bool | None:
        if task.internal_data.pop("returned", False):
            return True
        top, bounds = task.workflow.top_workflow, step_of(task).env.bounds
        if (depth := getattr(task.workflow, "depth", 0) + 1) > bounds.depth:
            raise bounds.exceeded("depth", depth)
        top.add_scope(task.id, self.scope).begin(task.data)
        return None

    def leave(self, task: Any, inner: Any) -> None:
        """Look at the scope that has ended, before it is gone."""
        if self.memory is not None:
            self.memory.keep(task, inner)


def withdraw(task: Any) -> None:
    """Cancel a live token with everything inside it: items of a loop, the scope it runs."""
    if not task.has_state(TaskState.NOT_FINISHED_MASK):
        return
    top = task.workflow.top_workflow
    inner = top.subprocesses.get(task.id)
    if inner is not None:
        end_scope(inner)
        top.subprocesses.pop(task.id, None)
    for child in list(task.children):
        if child.triggered and child.has_state(LIVE):
            withdraw(child)
        # Nobody will collect what an item gave, so it must not stay, least of all sealed.
        child.internal_data.pop("done", None)
        child.internal_data.pop("sealed", None)
    task.cancel()


def end_scope(workflow: Any, keep: Any = None) -> None:
    """Cancel every live token of a scope, except one; what was done can be undone after it too."""
    for task in list(workflow.tasks.values()):
        if task is keep or task.id not in workflow.tasks or not task.has_state(LIVE):
            continue
        if keep is None or not (task.task_spec.remembers and task.task_spec.idles(task)):
            withdraw(task)
    if keep is None:
        workflow.completed = True
