"""The stored form of a running instance: a compact header, and big values by their hash.

User data never mix with the structure: a value is the exact JSON of `engine.feel.values`, and no
key inside it is ever looked at.  Data are kept only where a token may still need them; times are
not kept at all, since they would tell who answered when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.instance import Instance
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.nodes import LIVE
from engine.bpmn.outcome import SavedState
from engine.bpmn.step import Step
from engine.errors import InvalidState
from engine.feel.values import from_json

FORMAT = 1
BIG = 1024

_VALUES = frozenset({"payload", "queue"})
_CONTEXTS = frozenset({"own", "caught"})


class Row(msgspec.Struct, array_like=True):
    """One token: numbers and small facts; `values` and `contexts` refer to the value table."""

    id: int
    parent: int
    spec: int
    state: int
    triggered: bool = False
    facts: dict[str, Any] = {}
    values: dict[str, int] = {}
    contexts: dict[str, dict[str, int]] = {}
    data: dict[str, int] = {}


class ScopeState(msgspec.Struct, array_like=True):
    """One scope: the token that runs it (0 for the process) and its tokens."""

    outer: int
    spec: str
    root: int
    last: int
    completed: bool
    rows: list[Row]


class Header(msgspec.Struct, array_like=True):
    format: int
    last_token: int
    last_arrival: int
    parked: list[int]
    specs: list[str]
    small: dict[int, msgspec.Raw]
    big: dict[int, str]
    scopes: list[ScopeState]


class _Values:
    """Gives every different value one number."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.small: dict[int, msgspec.Raw] = {}
        self.big: dict[int, str] = {}
        self.texts: dict[str, bytes] = {}
        self._by_object: dict[int, tuple[Any, int]] = {}
        self._by_text: dict[bytes, int] = {}

    def number(self, value: Any) -> int:
        known = self._by_object.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        text = self.step.text(value)
        index = self._by_text.get(text)
        if index is None:
            index = self._by_text[text] = len(self._by_text)
            if len(text) > BIG:
                digest = hashlib.sha256(text).hexdigest()
                self.big[index] = digest
                self.texts[digest] = text
            else:
                self.small[index] = msgspec.Raw(text)
        self._by_object[id(value)] = (value, index)
        return index

    def context(self, data: dict[str, Any]) -> dict[str, int]:
        return {name: self.number(value) for name, value in data.items()}


def save(instance: Instance, parked: list[int], known: Collection[str]) -> SavedState:
    """Write an instance; `values` of the result leaves out what is known to be stored."""
    values = _Values(instance.step)
    specs: dict[str, int] = {}
    scopes = [_scope_state(0, instance, values, specs)]
    for token, inner in instance.subprocesses.items():
        scopes.append(_scope_state(token, inner, values, specs))
    header = Header(
        FORMAT,
        instance.last_token,
        instance.last_arrival,
        parked,
        list(specs),
        values.small,
        values.big,
        scopes,
    )
    new = {digest: text for digest, text in values.texts.items() if digest not in known}
    return SavedState(msgspec.json.encode(header), new)


def _scope_state(token: int, workflow: Any, values: _Values, specs: dict[str, int]) -> ScopeState:
    rows = []
    for number, parent in _kept(workflow).items():
        task = workflow.tasks[number]
        facts = task.internal_data
        index = specs.setdefault(task.task_spec.name, len(specs))
        rows.append(
            Row(
                number,
                parent,
                index,
                task._state,
                bool(task.triggered),
                {k: v for k, v in facts.items() if k not in _VALUES and k not in _CONTEXTS},
                {name: values.number(facts[name]) for name in _VALUES if name in facts},
                {name: values.context(facts[name]) for name in _CONTEXTS if name in facts},
                values.context(task.data),
            )
        )
    last = workflow.last_task
    return ScopeState(
        token,
        workflow.spec.name,
        workflow.task_tree.id,
        last.id if last is not None and last.id in workflow.tasks else 0,
        bool(workflow.completed),
        rows,
    )


def _kept(workflow: Any) -> dict[int, int]:
    """Choose the tokens that may still matter, each with the nearest of them above it.

    Live ones and their parents; items that are done while their loop is not; the forks above live
    branches, which joins merge against; the root, and the last one of a finished scope.  What lies
    between is history, which is kept elsewhere: a case of many rounds stays small.
    """
    tokens = workflow.tasks
    wanted = {workflow.task_tree.id}
    if workflow.last_task is not None:
        wanted.add(workflow.last_task.id)
    for task in tokens.values():
        if task._state & (LIVE | TaskState.FUTURE) or "done" in task.internal_data:
            wanted |= {task.id, task._parent or task.id}
    branches: dict[int, int] = {}
    for task in reversed(list(tokens.values())):
        count = branches.get(task.id, 0)
        if count > 1:
            wanted.add(task.id)
        if task._parent and (count or task.id in wanted):
            branches[task._parent] = branches.get(task._parent, 0) + 1
    above: dict[int, int] = {}
    kept: dict[int, int] = {}
    for task in tokens.values():
        parent = above[task._parent] if task._parent else 0
        above[task.id] = task.id if task.id in wanted else parent
        if task.id in wanted:
            kept[task.id] = parent
    return kept


def restore(
    compiled: CompiledDefinition, header: bytes, get_value: Callable[[str], bytes], step: Step
) -> tuple[Instance, list[int], set[str]]:
    """Bring an instance back: itself, its parked tokens, the hashes of its big values."""
    try:
        state = msgspec.json.decode(header, type=Header)
    except (msgspec.DecodeError, msgspec.ValidationError) as problem:
        raise InvalidState(f"Expected a stored instance, but {problem}") from problem
    if state.format != FORMAT:
        raise InvalidState(
            f"Expected a stored instance of format {FORMAT}, but it is {state.format}."
        )
    if not state.scopes or state.scopes[0].outer:
        raise InvalidState("Expected a stored instance, but it holds no process.")
    try:
        instance = Instance(compiled.spec, compiled.sub_specs, step, restoring=True)
        instance.last_token = state.last_token
        instance.last_arrival = state.last_arrival
        texts = {index: bytes(raw) for index, raw in state.small.items()}
        for index, digest in state.big.items():
            texts[index] = _checked(digest, get_value(digest))
        values = {index: from_json(text) for index, text in texts.items()}
        for index, value in values.items():
            step.remember(value, texts[index])
        for scope in state.scopes:
            workflow = (
                instance.restore_subprocess(scope.outer, scope.spec) if scope.outer else instance
            )
            _fill(workflow, scope, state.specs, values)
    except KeyError as problem:
        raise InvalidState(
            f"Expected the definition that this instance runs on, but {problem} is missing in it."
        ) from problem
    return instance, state.parked, set(state.big.values())


def _checked(digest: str, text: bytes) -> bytes:
    if hashlib.sha256(text).hexdigest() != digest:
        raise InvalidState(f"Expected the value {digest}, but what is stored under it is another.")
    return text


def _fill(workflow: Any, scope: ScopeState, names: list[str], values: dict[int, Any]) -> None:
    specs = workflow.spec.task_specs
    for row in scope.rows:
        task = Task.__new__(Task)
        task.__dict__.update(
            id=row.id,
            workflow=workflow,
            _parent=row.parent or None,
            _children=[],
            _state=row.state,
            triggered=row.triggered,
            task_spec=specs[names[row.spec]],
            thread_id=0,
            data=_data(row.data, values),
            internal_data={
                **row.facts,
                **_data(row.values, values),
                **{name: _data(refs, values) for name, refs in row.contexts.items()},
            },
            last_state_change=0.0,
        )
        workflow.tasks[row.id] = task
        if row.parent:
            workflow.tasks[row.parent]._children.append(row.id)
    workflow.task_tree = workflow.tasks[scope.root]
    workflow.last_task = workflow.tasks.get(scope.last)
    workflow.completed = scope.completed


def _data(refs: dict[str, int], values: dict[int, Any]) -> dict[str, Any]:
    return {name: values[index] for name, index in refs.items()}


def tokens_in(header: bytes) -> list[int]:
    """List the token numbers of a stored instance."""
    state = msgspec.json.decode(header, type=Header)
    return [row.id for scope in state.scopes for row in scope.rows]
