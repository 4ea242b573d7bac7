"""Equality, order and membership of values, in three-valued logic (None: there is no answer)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.budget import MAX_VALUE_DEPTH, Budget, too_deep
from engine.feel.calendar import NANO
from engine.feel.ranges import Range
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration

_SCALARS = frozenset({Decimal, str, bool})


def equal(left: Any, right: Any, budget: Budget, level: int = 0) -> bool | None:
    """Tell whether two values are equal; None where their types differ (DMN 1.5 table 53)."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _SCALARS:
        if kind is str:
            budget.compared(len(left))
        return bool(left == right)
    if kind is list:
        return _equal_lists(left, right, budget, level)
    if kind is dict:
        return _equal_contexts(left, right, budget, level)
    if kind is Time or kind is DateTime:
        # the kit (0068) compares the properties, and `second` has no fraction
        if (left.zone is None) != (right.zone is None):
            return None
        return bool(left.instant // NANO == right.instant // NANO)
    if kind is Range:
        return _equal_ranges(left, right, budget, level)
    if kind in (Date, DaysTimeDuration, YearsMonthsDuration):
        return bool(left == right)
    return True if left is right else None


def _equal_lists(left: list[Any], right: list[Any], budget: Budget, level: int) -> bool | None:
    if level > MAX_VALUE_DEPTH:
        raise too_deep(MAX_VALUE_DEPTH)
    if len(left) != len(right):
        return False
    budget.spend(3 + (len(left) << 1))
    verdict: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(one, other, budget, level + 1)
        if same is False:
            return False
        if same is None:
            verdict = None
    return verdict


def _equal_contexts(
    left: dict[str, Any], right: dict[str, Any], budget: Budget, level: int
) -> bool | None:
    if level > MAX_VALUE_DEPTH:
        raise too_deep(MAX_VALUE_DEPTH)
    if left.keys() != right.keys():
        return False
    keys = list(left)
    return _equal_lists([left[k] for k in keys], [right[k] for k in keys], budget, level)


def _equal_ranges(left: Range, right: Range, budget: Budget, level: int) -> bool | None:
    if (left.form, left.start_included, left.end_included) != (
        right.form,
        right.start_included,
        right.end_included,
    ):
        return False
    return _equal_lists([left.start, left.end], [right.start, right.end], budget, level + 1)


def same(left: Any, right: Any, budget: Budget) -> bool:
    """Tell whether two values are certainly equal, as membership in a list needs it."""
    return equal(left, right, budget) is True


def order(left: Any, right: Any) -> int | None:
    """Give -1, 0 or 1; None where the two have no order between them."""
    key, other = sort_key(left), sort_key(right)
    if key is None or other is None or key[0] != other[0]:
        return None
    a, b = key[1], other[1]
    return -1 if a < b else 1 if a > b else 0


def sort_key(value: Any) -> tuple[str, Any] | None:
    """Give a kind and a value that orders within that kind; None where a value has no order."""
    kind = type(value)
    if kind is Decimal:
        return "number", value
    if kind is str:
        return "string", value
    if kind is Date:
        return "date", value.number
    if kind is DateTime:
        return ("local date and time" if value.zone is None else "date and time"), value.instant
    if kind is Time:
        return ("local time" if value.zone is None else "time"), value.instant
    if kind is DaysTimeDuration:
        return "days and time duration", value.nanos
    if kind is YearsMonthsDuration:
        return "years and months duration", value.months
    return None


def less(left: Any, right: Any) -> bool | None:
    """left < right"""
    found = order(left, right)
    return None if found is None else found < 0


def less_or_equal(left: Any, right: Any) -> bool | None:
    """left <= right"""
    found = order(left, right)
    return None if found is None else found <= 0


def both(one: bool | None, other: bool | None) -> bool | None:
    """Give the three-valued `and` of two truth values."""
    if one is False or other is False:
        return False
    return True if one is True and other is True else None


def within(value: Any, range_: Range, budget: Budget) -> bool | None:
    """Tell whether a value lies in a range."""
    if type(value) is str:
        budget.compared(len(value))
    if range_.form == "=":
        return equal(value, range_.start, budget)
    if range_.form == "!=":
        found = equal(value, range_.start, budget)
        return None if found is None else not found
    low: bool | None = True
    high: bool | None = True
    if range_.form not in ("<", "<="):
        low = (less_or_equal if range_.start_included else less)(range_.start, value)
    if range_.form not in (">", ">="):
        high = (less_or_equal if range_.end_included else less)(value, range_.end)
    return both(low, high)


def passes(value: Any, test: Any, budget: Budget) -> bool | None:
    """Tell whether a value meets a test by value: lies in a range, is in a list, or equals."""
    kind = type(test)
    if kind is Range and type(value) is not Range:
        return within(value, test, budget)
    if kind is list:
        if type(value) is list and equal(value, test, budget) is True:
            return True
        budget.spend(len(test))
        return any(passes_one(value, one, budget) for one in test)
    return equal(value, test, budget)


def passes_one(value: Any, test: Any, budget: Budget) -> bool:
    """Tell whether a value equals an element of a list, or lies in an element that is a range."""
    if type(test) is Range and type(value) is not Range:
        return within(value, test, budget) is True
    return equal(value, test, budget) is True
