"""Conditions that only compare variables with constants: decided from the values alone.

They spend none of the budget, so nothing has to be set up for them; most gateways ask no more.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel import nodes as n

UNSURE: Any = object()  # what only a whole evaluation can answer, with its reasons

Shortcut = Callable[[Mapping[str, Any]], Any]

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
    "=": python.eq,
    "!=": python.ne,
}


def shortcut(node: n.Node) -> Shortcut | None:
    """Give the way to decide a condition by FEEL values of its variables, None where it has none.

    The way gives true or false, or UNSURE where a value is missing or of another type.
    """
    if isinstance(node, n.Compare):
        return _comparison(node)
    if isinstance(node, n.Logic):
        operands = [shortcut(operand) for operand in node.operands]
        ways = [way for way in operands if way is not None]
        if len(ways) < len(operands):
            return None
        decisive = node.operator == "or"
        return _both(ways[0], ways[1], decisive) if len(ways) == 2 else _all(ways, decisive)
    return None


def _comparison(node: n.Compare) -> Shortcut | None:
    if not (isinstance(node.left, n.Name) and isinstance(node.right, n.Literal)):
        return None
    constant, kind = node.right.value, type(node.right.value)
    if kind is not Decimal and kind is not str:
        return None
    name, compare = node.left.name, ORDERS[node.operator]

    def decide(values: Mapping[str, Any]) -> Any:
        value = values.get(name)
        return compare(value, constant) if type(value) is kind else UNSURE

    return decide


def _both(first: Shortcut, second: Shortcut, decisive: bool) -> Shortcut:
    def decide(values: Mapping[str, Any]) -> Any:
        found = first(values)
        return second(values) if found is (not decisive) else found

    return decide


def _all(ways: list[Shortcut], decisive: bool) -> Shortcut:
    def decide(values: Mapping[str, Any]) -> Any:
        for way in ways:
            found = way(values)
            if found is UNSURE or found is decisive:
                return found
        return not decisive

    return decide
