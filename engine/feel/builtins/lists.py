"""Built-in functions that make lists of lists: cutting, joining, replacing, sorting."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.budget import MAX_VALUE_DEPTH, too_deep
from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.compare import same, sort_key
from engine.feel.functions import Function
from engine.feel.run import Run


@builtin("list contains(list: list, element: any)")
def list_contains(run: Run, values: list[Any], element: Any) -> bool:
    run.budget.spend(len(values))
    return any(same(value, element, run.budget) for value in values)


@builtin("sublist(list: list, start position: number, length: number?)")
def sublist(
    run: Run, values: list[Any], start: Decimal, length: Decimal | None = None
) -> list[Any]:
    first = _place(values, start)
    if length is None:
        return _made(run, values[first:])
    if length < 1 or length > len(values) - first:
        raise NoResult(f"Expected a length from 1 to {len(values) - first}, but got {length:f}.")
    return _made(run, values[first : first + int(length)])


@builtin("append(list: list, item: any*)")
def append(run: Run, values: Any, items: list[Any]) -> list[Any]:
    if values is None:
        raise NoResult("Expected a list to append to, but there is null.")
    return _made(run, [*(values if type(values) is list else [values]), *items])


@builtin("concatenate(list: list*)")
def concatenate(run: Run, lists: list[Any]) -> list[Any]:
    return _made(run, _joined(run, lists))


def _joined(run: Run, lists: list[Any]) -> list[Any]:
    joined: list[Any] = []
    for values in lists:
        if values is None:
            raise NoResult("Expected lists to join, but one is null.")
        joined.extend(values if type(values) is list else [values])
        if len(joined) > run.budget.size:
            run.budget.grown(len(joined))
    return joined


@builtin("union(list: list*)")
def union(run: Run, lists: list[Any]) -> list[Any]:
    return _distinct(run, _joined(run, lists))


@builtin("distinct values(list: list)")
def distinct_values(run: Run, values: list[Any]) -> list[Any]:
    return _distinct(run, values)


def _distinct(run: Run, values: list[Any]) -> list[Any]:
    """Keep the first of equal values; texts and numbers by hash, the rest one by one."""
    run.budget.grown(len(values))
    seen: set[Any] = set()
    others: list[Any] = []
    kept: list[Any] = []
    for value in values:
        if value is None or type(value) in (str, Decimal, bool):
            key = (type(value), value)
            if key not in seen:
                seen.add(key)
                kept.append(value)
            continue
        run.budget.spend(len(others) << 1)
        if not any(same(value, other, run.budget) for other in others):
            others.append(value)
            kept.append(value)
    return kept


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(values, position)
    return _made(run, [*values[:place], item, *values[place:]])


@builtin("remove(list: list, position: number)")
def remove(run: Run, values: list[Any], position: Decimal) -> list[Any]:
    place = _place(values, position)
    return _made(run, values[:place] + values[place + 1 :])


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(values, position)
    return _made(run, [*values[:place], item, *values[place + 1 :]])


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_where(run: Run, values: list[Any], match: Function, item: Any) -> list[Any]:
    replaced: list[Any] = []
    for value in values:
        verdict = match.invoke(run, [value, item], 0)
        if type(verdict) is not bool:
            raise NoResult("Expected the match function to give true or false, but it did not.")
        replaced.append(item if verdict else value)
    return _made(run, replaced)


@builtin("reverse(list: list)")
def reverse(run: Run, values: list[Any]) -> list[Any]:
    return _made(run, values[::-1])


@builtin("index of(list: list, match: any)")
def index_of(run: Run, values: list[Any], match: Any) -> list[Decimal]:
    run.budget.spend(len(values))
    return [Decimal(i) for i, value in enumerate(values, 1) if same(value, match, run.budget)]


@builtin("flatten(list: list)")
def flatten(run: Run, values: list[Any]) -> list[Any]:
    flat: list[Any] = []
    _flatten(run, values, flat, 0)
    return _made(run, flat)


def _flatten(run: Run, values: list[Any], flat: list[Any], level: int) -> None:
    if level > MAX_VALUE_DEPTH:
        raise too_deep(MAX_VALUE_DEPTH)
    run.budget.spend(len(values))
    for value in values:
        if type(value) is list:
            _flatten(run, value, flat, level + 1)
        else:
            flat.append(value)


@builtin("sort(list: list, precedes: function?)")
def sort(run: Run, values: list[Any], precedes: Function | None = None) -> list[Any]:
    run.budget.grown(len(values))
    if precedes is None:
        keys = [sort_key(value) for value in values]
        if any(key is None for key in keys) or len({key[0] for key in keys if key}) > 1:
            raise NoResult("Expected values of one type with an order, but they have none.")
        return sorted(values, key=lambda value: sort_key(value) or ("", 0))
    if len(precedes.parameters) not in (0, 2):
        raise NoResult(
            "Expected a function of two elements to sort by, but it takes another number."
        )

    def compare(one: Any, other: Any) -> int:
        if precedes.invoke(run, [one, other], 0) is True:
            return -1
        return 1 if precedes.invoke(run, [other, one], 0) is True else 0

    return sorted(values, key=cmp_to_key(compare))


def _place(values: list[Any], position: Decimal) -> int:
    """Give the index from 0 of a position from 1, or from -1 backwards; raises NoResult."""
    number = int(position) if abs(position) <= len(values) else 0
    if number == 0:
        raise NoResult(f"Expected a position from 1 to {len(values)}, but got {position:f}.")
    return number - 1 if number > 0 else len(values) + number


def _made(run: Run, values: list[Any]) -> list[Any]:
    run.budget.grown(len(values))
    return values
