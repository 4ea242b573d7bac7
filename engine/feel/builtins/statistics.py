"""Built-in functions that make one value of many: sum, mean, min, all and their kin."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import Any

from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.compare import sort_key
from engine.feel.numbers import NUMBERS, ONE, ZERO, calculate
from engine.feel.run import Run
from engine.feel.types import type_of


def _numbers(run: Run, values: list[Any], least: int = 1) -> list[Decimal]:
    """Check that all are numbers, and enough of them."""
    run.budget.spend(len(values) * 2)
    for value in values:
        if type(value) is not Decimal:
            raise NoResult(f"Expected numbers only, but there is a {type_of(value)}.")
    if len(values) < least:
        raise NoResult(f"Expected at least {least} numbers, but there are {len(values)}.")
    return values


def _sum(numbers: list[Decimal]) -> Decimal | None:
    return calculate(lambda: reduce(NUMBERS.add, numbers, ZERO))


@builtin("count(list: list)")
def count(run: Run, values: list[Any]) -> Decimal:
    return Decimal(len(values))


@builtin("sum(list: list*)")
def total(run: Run, values: list[Any]) -> Decimal | None:
    return _sum(_numbers(run, values))


@builtin("product(list: list*)")
def product(run: Run, values: list[Any]) -> Decimal | None:
    numbers = _numbers(run, values)
    return calculate(lambda: reduce(NUMBERS.multiply, numbers, ONE))


@builtin("mean(list: list*)")
def mean(run: Run, values: list[Any]) -> Decimal | None:
    added = _sum(_numbers(run, values))
    return None if added is None else calculate(lambda: NUMBERS.divide(added, Decimal(len(values))))


@builtin("median(list: list*)")
def median(run: Run, values: list[Any]) -> Decimal | None:
    if not values:
        raise NoResult("Expected at least one number, but the list is empty.")
    ordered = sorted(_numbers(run, values))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return calculate(
        lambda: NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))
    )


@builtin("stddev(list: list*)", steps=30)
def standard_deviation(run: Run, values: list[Any]) -> Decimal | None:
    numbers = _numbers(run, values, 2)

    def deviate() -> Decimal:
        average = NUMBERS.divide(_sum(numbers) or ZERO, Decimal(len(numbers)))
        distances = [NUMBERS.subtract(x, average) for x in numbers]
        squares = [NUMBERS.multiply(x, x) for x in distances]
        return NUMBERS.sqrt(NUMBERS.divide(_sum(squares) or ZERO, Decimal(len(numbers) - 1)))

    return calculate(deviate)


@builtin("mode(list: list*)")
def mode(run: Run, values: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, values, 0):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@builtin("min(list: list*)")
def minimum(run: Run, values: list[Any]) -> Any:
    keyed = _ordered(run, values)
    return min(keyed, key=lambda pair: pair[0])[1]


@builtin("max(list: list*)")
def maximum(run: Run, values: list[Any]) -> Any:
    keyed = _ordered(run, values)
    return max(keyed, key=lambda pair: pair[0])[1]


def _ordered(run: Run, values: list[Any]) -> list[tuple[Any, Any]]:
    """Pair values with what orders them; raises NoResult where they have no common order."""
    if not values:
        raise NoResult("Expected at least one value, but the list is empty.")
    run.budget.spend(len(values))
    pairs: list[tuple[Any, Any]] = []
    kinds: set[str] = set()
    for value in values:
        key = sort_key(value)
        if key is None:
            raise NoResult(f"Expected values with an order, but there is a {type_of(value)}.")
        kinds.add(key[0])
        pairs.append((key[1], value))
    if len(kinds) > 1:
        raise NoResult(f"Expected values of one type, but there are {', '.join(sorted(kinds))}.")
    return pairs


@builtin("all(list: list*)")
def all_true(run: Run, values: list[Any]) -> bool | None:
    return _truth(run, values, decisive=False)


@builtin("any(list: list*)")
def any_true(run: Run, values: list[Any]) -> bool | None:
    return _truth(run, values, decisive=True)


def _truth(run: Run, values: list[Any], *, decisive: bool) -> bool | None:
    run.budget.spend(len(values))
    sure = True
    for value in values:
        if value is decisive:
            return decisive is True
        if type(value) is not bool:
            sure = False
    if not sure:
        raise NoResult("Expected true and false only, but there is something else.")
    return not decisive
