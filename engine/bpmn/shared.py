"""The variables of a scope as one: what its branches have made of them, and a change for them all.

Every token has data of its own, so that branches do not disturb each other.  What stands beside the
branches (an event sub-process, an activity that is undone) needs them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.merge import merge, same
from engine.bpmn.nodes import LIVE
from engine.feel.values import Kept

Data = Mapping[str, Kept]


@dataclass(frozen=True)
class Branch:
    """What the tokens below a place see, up to the latest of them.

    base -- what it began with, where only what it changed since counts: it went on beside others,
    and these may have come together elsewhere with what it has not seen
    """

    latest: int
    data: Data
    base: Data | None = None


def at_fork(fork: Data, branches: list[Branch], *, last_wins: bool) -> Branch:
    """Merge branches where they parted; raises MergeConflict, or takes the later one."""
    if len(branches) == 1:
        return branches[0]
    branches = sorted(branches, key=lambda branch: branch.latest)
    seen = [b.data if b.base is None else applied(fork, b.base, b.data) for b in branches]
    found = merge(fork, seen, last_wins=last_wins)
    alone = all(branch.base is not None for branch in branches)
    data = {name: Kept.of(value) for name, value in found.items()}
    return Branch(branches[-1].latest, data, fork if alone else None)


def above(task: Any, branch: Branch) -> Branch:
    """Give a branch as it counts above a token that it comes from."""
    if not task.task_spec.beside:
        return branch
    return Branch(branch.latest, branch.data, task.parent.data)


def seen_in(workflow: Any, instead: Mapping[int, Data] | None = None) -> dict[str, Kept]:
    """Give what the live branches of a scope have made of its variables, the later change last.

    What stands beside the branches is left out, and so are the items of a multi-instance.
    instead -- what a token counts for, in place of its own data: what is thrown further inside
    """
    instead = instead or {}
    tokens = workflow.tasks
    # From the leaves up: every fork merges what its branches see against what it saw itself.
    found: dict[int, list[Branch]] = {}
    for number in sorted(tokens, reverse=True):
        task = tokens[number]
        if "index" in task.internal_data or task.task_spec.aside(task):
            continue
        below = found.pop(number, [])
        if number in instead:
            view = Branch(workflow.top_workflow.last_token + 1, instead[number])
        elif task._state & LIVE:
            view = Branch(number, task.data)
        elif below:
            view = at_fork(task.data, below, last_wins=True)
        else:
            continue
        if not task._parent:
            return dict(view.data)
        found.setdefault(task._parent, []).append(above(task, view))
    return dict(workflow.task_tree.data)


def share(workflow: Any, before: Data, after: Data) -> None:
    """Apply a change to every token of a scope, and of the scopes inside it.

    Forks get it too: else a join would take it for a change of each of their branches.
    """
    names = [name for name, value in after.items() if not _is(before.get(name), value)]
    if names:
        _apply(workflow, _only(before, names), _only(after, names))


def applied(data: Data, before: Data, after: Data) -> dict[str, Kept]:
    """Give data with the change from `before` to `after` laid over them."""
    names = [name for name, value in after.items() if not _is(before.get(name), value)]
    return _changed(data, _only(before, names), _only(after, names))


def differs(data: Data, base: Data) -> dict[str, Kept]:
    """Give the variables that the base has not, or has otherwise."""
    return {name: value for name, value in data.items() if base.get(name) is not value}


def _apply(workflow: Any, before: Data, after: Data) -> None:
    inside = workflow.top_workflow.subprocesses
    for task in list(workflow.tasks.values()):
        if task.task_spec.remembers or (task._parent and task.parent.task_spec.remembers):
            continue  # what was done is undone with the variables of that time
        mine, theirs = before, after
        if task.own:
            if "index" in task.internal_data:  # an item keeps what is its own
                theirs = {name: value for name, value in after.items() if name not in task.own}
                mine = _only(before, list(theirs))
            else:
                own = {name: value for name, value in after.items() if name in task.own}
                task.own = {**task.own, **_changed(task.own, _only(before, list(own)), own)}
        task.data = _changed(task.data, mine, theirs)
        inner = inside.get(task.id)
        if inner is not None and theirs:
            _apply(inner, mine, theirs)


def _changed(data: Data, before: Data, after: Data) -> dict[str, Kept]:
    merged = _merged(before, [_only(data, list(after)), after])
    return {**data, **merged}


def _only(data: Data, names: list[str]) -> dict[str, Kept]:
    return {name: data[name] for name in names if name in data}


def _merged(base: Data, branches: list[Data]) -> dict[str, Kept]:
    found = merge(base, branches, last_wins=True)
    return {name: Kept.of(value) for name, value in found.items()}


def _is(one: Kept | None, other: Kept) -> bool:
    return one is other or (one is not None and same(one, other))
