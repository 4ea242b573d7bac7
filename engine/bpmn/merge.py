"""Three-way merge of branches against their fork (pure): only what a branch changed is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.feel.values import Kept

_MISSING: Any = object()


class MergeConflict(Exception):
    """Expected each variable to be changed on one branch only, but two changed it differently."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Expected one parallel branch to change {name}, but two changed it differently."
        )
        self.name = name


def merge(
    base: Mapping[str, Any], branches: Sequence[Mapping[str, Any]], *, last_wins: bool = False
) -> dict[str, Any]:
    """Give the data after a join; branches come in the order of their arrival.

    Contexts merge entry by entry; two lists that both only grew are put one after the other;
    equal changes agree.  Anything else raises MergeConflict, or takes the later one.
    """
    return _merge(base, branches, last_wins, "")


def _merge(
    base: Mapping[str, Any], branches: Sequence[Mapping[str, Any]], last_wins: bool, path: str
) -> dict[str, Any]:
    merged = dict(base)
    changed: set[str] = set()
    for branch in branches:
        for name in [*branch, *(key for key in base if key not in branch)]:
            value = branch.get(name, _MISSING)
            if same(base.get(name, _MISSING), value):
                continue
            now = merged.get(name, _MISSING)
            if name in changed and not same(now, value):
                value = _reconcile(base.get(name), now, value, last_wins, f"{path}{name}")
            if value is _MISSING:
                merged.pop(name, None)
            else:
                merged[name] = value
            changed.add(name)
    return merged


def _reconcile(before: Any, mine: Any, theirs: Any, last_wins: bool, path: str) -> Any:
    before, mine, theirs = map(_read, (before, mine, theirs))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        base = before if isinstance(before, dict) else {}
        return _merge(base, [mine, theirs], last_wins, f"{path}.")
    if isinstance(before, list) and isinstance(mine, list) and isinstance(theirs, list):
        size = len(before)
        if same(mine[:size], before) and same(theirs[:size], before):
            return mine + theirs[size:]
    if last_wins:
        return theirs
    raise MergeConflict(path)


def _read(value: Any) -> Any:
    return value.value if type(value) is Kept else value


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal and of one type: true is not 1."""
    if one is other:
        return True
    if type(one) is Kept and type(other) is Kept:
        # Another text may say the same: 1.0 is 1.
        return one.says(other) or same(one.value, other.value)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return type(one) is type(other) and bool(one == other)
