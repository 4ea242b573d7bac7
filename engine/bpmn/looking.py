"""What a waiting token can look at: its own variables, and what other branches make of theirs.

A token's data are its own until a join, so a condition or a deadline that depends on what somebody
else changes would never see it.  Nothing seen here is written into the token.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.merge import merge
from engine.bpmn.nodes import step_of
from engine.bpmn.shared import seen_in
from engine.feel.values import Kept


def seen_by(task: Any) -> dict[str, Kept]:
    """Give the variables of a token's whole case as they stand now, seen from where it stands.

    Where two branches have changed one, the later change counts; what is the token's own, such as
    the item of a multi-instance, hides all others of that name.
    """
    workflow = task.workflow
    top = workflow.top_workflow
    seen = _inside(workflow)
    if workflow is not top:
        above = seen_by(top.get_task_from_id(workflow.parent_task_id))
        seen = merge(workflow.task_tree.data, [above, seen], last_wins=True)
    return {**seen, **task.own} if task.own else seen


def _inside(workflow: Any) -> dict[str, Kept]:
    """Merge the branches of a scope, and of the scopes that its tokens run."""
    top = workflow.top_workflow
    running = {
        number: _inside(inner)
        for number, inner in top.subprocesses.items()
        if number in workflow.tasks
    }
    return seen_in(workflow, running)


def holds_now(task: Any) -> bool:
    """Ask the condition of a waiting event, and remember the answer; tell whether it goes off.

    One that waits again afterwards goes off only when its condition has become true anew.
    """
    facts = task.internal_data
    value = step_of(task).evaluate(task.task_spec.code.condition, seen_by(task))
    held = bool(facts.get("held"))
    if value is not True:
        facts.pop("held", None)
        return False
    facts["held"] = True
    return not held
