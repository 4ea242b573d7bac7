"""Which tokens of a scope are stored: those that may still matter, each with the nearest above it.

What lies between is history, which is kept elsewhere: a case of many rounds stays small.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import LIVE

_MATTERS = LIVE | TaskState.FUTURE


def kept(workflow: Any) -> dict[int, int]:
    """Choose the tokens that may still matter, each with the number of the one above it, or 0.

    Live ones and their parents; items that are done while their loop is not; the forks above live
    branches, which joins merge against; the root, and the last one of a finished scope.
    """
    tokens = workflow.tasks
    wanted = {workflow.task_tree.id}
    last = workflow.last_task
    if last is not None and last.id in tokens:
        wanted.add(last.id)
    meeting: list[int] = []
    for number, task in tokens.items():
        facts = task.internal_data
        if task._state & _MATTERS or "done" in facts:
            wanted.add(number)
            wanted.add(task._parent or number)
        if "met" in facts:
            meeting.append(number)
    branches: dict[int, int] = {}
    for number in reversed(tokens):
        task = tokens[number]
        parent = task._parent
        if number in branches:
            if branches[number] > 1:
                wanted.add(number)
            elif task.task_spec.beside:  # what it began with is still asked for
                wanted |= {number, parent}
        elif number not in wanted:
            continue
        if parent:
            branches[parent] = branches.get(parent, 0) + 1
    if meeting:
        wanted |= _met(tokens, [n for n in meeting if n in branches or n in wanted], branches)
    if len(wanted) == len(tokens):
        return {number: task._parent or 0 for number, task in tokens.items()}
    above: dict[int, int] = {}
    found: dict[int, int] = {}
    for number, task in tokens.items():
        parent = above[task._parent] if task._parent else 0
        if number in wanted:
            above[number] = number
            found[number] = parent
        else:
            above[number] = parent
    return found


def _met(tokens: Any, meeting: list[int], branches: dict[int, int]) -> set[int]:
    """Name the forks whose branches met others: what they knew is asked for when those come, too.

    With them, the tokens that met these branches.
    """
    met: dict[int, list[int]] = {}
    for number in meeting:
        for fork in tokens[number].internal_data["met"]:
            met.setdefault(fork, []).append(number)
    found: set[int] = set()
    for fork, those in met.items():
        if fork in tokens and len(those) + (fork in branches) > 1:
            found |= {fork, *those}
    return found
