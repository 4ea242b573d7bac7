"""The variables of a scope as one: what its branches have made of them, and a change for them all.

Every token has data of its own, so that branches do not disturb each other.  What stands beside the
branches (an event sub-process, an activity that is undone) needs them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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
    met -- the forks elsewhere whose branches came together with it
    """

    latest: int
    data: Data
    base: Data | None = None
    met: frozenset[int] = frozenset()


def at_fork(task: Any, branches: list[Branch], met: frozenset[int], *, last_wins: bool) -> Branch:
    """Merge branches where they parted; raises MergeConflict, or takes the later one.

    met -- the forks that branches have met which are merged here or further up
    """
    if not met and len(branches) == 1:
        return branches[0]
    known = branches[0].met.union(*(branch.met for branch in branches[1:]))
    known |= met_at(task, met)
    if len(branches) == 1:
        return replace(branches[0], met=known) if known else branches[0]
    branches = sorted(branches, key=lambda branch: branch.latest)
    fork: Data = task.data
    # What several have learned is no change of theirs: who has changed it since has the last word.
    twice = {number for number in known if sum(number in b.met for b in branches) > 1}
    common = _with_what_was_met(task, twice)
    seen = []
    for branch in branches:
        base = branch.base
        if base is None and not twice <= branch.met:
            base = _with_what_was_met(task, twice & branch.met)
        seen.append(branch.data if base is None else applied(common, base, branch.data))
    found = merge(common, seen, last_wins=last_wins)
    alone = all(branch.base is not None for branch in branches)
    data = {name: Kept.of(value) for name, value in found.items()}
    return Branch(branches[-1].latest, data, fork if alone else None, known)


def _with_what_was_met(task: Any, forks: Iterable[int]) -> Data:
    """Give what a fork saw, with what its branches have learned from other forks."""
    data: Data = task.data
    tokens = task.workflow.tasks
    above_it = set(upwards(tokens, task.id))
    for number in sorted(forks):
        if number not in tokens:
            continue
        shared = next((n for n in upwards(tokens, number) if n in above_it), None)
        if shared is not None:
            data = applied(data, tokens[shared].data, tokens[number].data)
    return data


def upwards(tokens: Mapping[int, Any], number: int) -> Iterator[int]:
    """Name a token and all above it."""
    while number:
        yield number
        number = tokens[number]._parent or 0


def above(task: Any, branch: Branch) -> Branch:
    """Give a branch as it counts above a token that it comes from."""
    if not task.task_spec.beside:
        return branch
    return replace(branch, base=task.parent.data)


def met_at(task: Any, met: frozenset[int]) -> frozenset[int]:
    """Name the forks that a token knows by itself, of those that were met."""
    return met & {task.id, *task.internal_data.get("met", ())} if met else met


def met_by(tokens: Mapping[int, Any], numbers: Iterable[int]) -> frozenset[int]:
    """Name the forks whose branches these tokens, or those above them, met at joins."""
    found: set[int] = set()
    looked: set[int] = set()
    for number in numbers:
        for above_it in upwards(tokens, number):
            if above_it in looked:
                break
            looked.add(above_it)
            found.update(tokens[above_it].internal_data.get("met", ()))
    return frozenset(found)


def seen_in(workflow: Any, instead: Mapping[int, Data] | None = None) -> dict[str, Kept]:
    """Give what the live branches of a scope have made of its variables, the later change last.

    What stands beside the branches is left out, and so are the items of a multi-instance.
    instead -- what a token counts for, in place of its own data: what is thrown further inside
    """
    instead = instead or {}
    tokens = workflow.tasks
    met = met_by(tokens, [number for number, task in tokens.items() if task._state & LIVE])
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
            view = Branch(number, task.data, met=met_at(task, met))
        elif below:
            view = at_fork(task, below, met, last_wins=True)
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
