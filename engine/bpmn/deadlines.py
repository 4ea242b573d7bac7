"""Moments that were computed from variables: computed again when one of these has changed.

They are counted from when they were first set, also where the variable is a duration.  Whoever
moves one by hand has the last word until the variables give another moment than before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.bpmn.due import Due, Moment, resolve
from engine.bpmn.looking import seen_by
from engine.bpmn.step import ElementFailed, Step
from engine.feel import Expression


def remember(due: Due, found: Moment, facts: dict[str, Any], step: Step) -> None:
    """Note on a token what is needed to compute its moment again; a fixed one never changes."""
    if due.expression is not None and due.expression.reads and not found.step:
        facts["since"] = step.env.now.isoformat()
        facts["basis"] = found.at.isoformat()


def moved(task: Any, due: Due | None, changed: Collection[str], step: Step) -> datetime | None:
    """Give the new moment of a waiting token, None where it stays as it is.

    changed -- names of variables; what no longer gives a moment changes nothing, with a note
    """
    facts = task.internal_data
    if due is None or due.expression is None or "basis" not in facts:
        return None
    if due.expression.reads.isdisjoint(changed):
        return None
    env = replace(step.env, now=datetime.fromisoformat(facts["since"]))

    def evaluate(expression: Expression, data: Mapping[str, Any]) -> Any:
        return step.evaluate(expression, data, now=env.now)

    try:
        found = resolve(due, seen_by(task), env, evaluate).at
    except (ElementFailed, ValueError) as problem:
        step.notes.append(f"{task.task_spec.bpmn_id}: the moment stays as it is: {problem}")
        return None
    if found.isoformat() == facts["basis"]:
        return None
    facts["basis"] = found.isoformat()
    return found
