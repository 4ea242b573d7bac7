"""Helping a parked token on: other variables for it, or past its element, as people decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import trigger
from engine.bpmn.joins import Meeting
from engine.bpmn.nodes import Choosing, Element, step_of
from engine.bpmn.repeating import Repeat
from engine.bpmn.token import NOTHING
from engine.errors import InvalidState
from engine.feel.values import Kept

Changes = dict[str, tuple[Kept | None, Kept]]


def change(task: Any, values: Mapping[str, Any]) -> Changes:
    """Give a token other variables, which stay when it is set back; tell old and new of each.

    At a join every token of the set gets them: it is there that two branches may disagree.
    Raises BoundExceeded, or ValueError for what cannot be kept.
    """
    new = {name: Kept.of(value, f"/{name}") for name, value in values.items()}
    changes: Changes = {name: (task.data.get(name), kept) for name, kept in new.items()}
    spec = task.task_spec
    together = spec.members(task) if isinstance(spec, Meeting) else []
    for token in together or [task]:
        step_of(token).weigh({**token.data, **new})
        token.data = {**token.data, **new}
        token.own = {**token.own, **new}
    return changes


def may_be_skipped(task: Any) -> bool:
    """Tell whether a token can go past its element: a gateway decides, and is not passed over."""
    spec = task.task_spec
    return isinstance(spec, Element) and not isinstance(spec, Choosing | Meeting)


def require_skippable(task: Any) -> None:
    """Raise InvalidState for an element that chooses the way."""
    if not may_be_skipped(task):
        raise InvalidState(
            "Expected an element that can be passed over, but this one decides the way:"
            " change a variable instead."
        )


def let_go(task: Any) -> bool:
    """Free a token of what its element began; tell whether it can leave, or waits to go off."""
    if task._state == TaskState.WAITING:
        trigger(task)
        task.given = NOTHING  # nothing came that could be written
        return False
    if isinstance(task.task_spec, Repeat):
        task.task_spec.clear(task)
    task.internal_data.pop("returned", None)
    return True
