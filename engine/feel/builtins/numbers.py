"""Built-in functions on numbers: rounding, modulo, roots, logarithms."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from functools import cache
from typing import Any

from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.numbers import MAX_EXPONENT, NUMBERS, ZERO, calculate, too_big
from engine.feel.run import Run
from engine.feel.temporal import DaysTimeDuration, YearsMonthsDuration

_LEAST_SCALE, _MOST_SCALE = -6111, 6176  # DMN 1.5 table 76


def rounded(number: Decimal, scale: Decimal, how: str) -> Decimal:
    """Round to so many digits after the point; raises NoResult for a scale FEEL doesn't know."""
    if not _LEAST_SCALE <= scale <= _MOST_SCALE:
        raise NoResult(f"Expected a scale from {_LEAST_SCALE} to {_MOST_SCALE}, but got {scale:f}.")
    digits = int(scale)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if number.adjusted() + digits >= NUMBERS.prec:
        return number if exponent >= -digits else _quantized(number, digits, how) or number
    if exponent >= -digits and digits > NUMBERS.prec:
        return number
    return _quantized(number, digits, how) or ZERO


@cache
def _context(how: str) -> Context:
    """Give the context that rounds so, wide enough for whatever is between two results."""
    context = NUMBERS.copy()
    context.rounding = how
    context.Emax = 999_999
    context.Emin = -999_999
    return context


def _quantized(number: Decimal, digits: int, how: str) -> Decimal | None:
    context = _context(how)
    result = calculate(lambda: number.quantize(Decimal((0, (1,), -digits)), context=context))
    if result and result.adjusted() > MAX_EXPONENT:
        raise too_big()
    return result.copy_abs() if result is not None and result == 0 else result


def _rounding(name: str, how: str) -> None:
    @builtin(f"{name}(n: number, scale: number)", steps=16)
    def round_to(run: Run, n: Decimal, scale: Decimal) -> Decimal:
        return rounded(n, scale, how)


for _name, _how in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    _rounding(_name, _how)


@builtin("floor(n: number, scale: number?)", steps=16)
def floor(run: Run, n: Decimal, scale: Decimal = ZERO) -> Decimal:
    return rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale: number?)", steps=16)
def ceiling(run: Run, n: Decimal, scale: Decimal = ZERO) -> Decimal:
    return rounded(n, scale, ROUND_CEILING)


@builtin("abs(n: number)")
def absolute(run: Run, n: Decimal) -> Decimal:
    return n.copy_abs()


@builtin("abs(n: duration)")
def absolute_duration(run: Run, n: Any) -> Any:
    if type(n) is YearsMonthsDuration:
        return YearsMonthsDuration(abs(n.months))
    return DaysTimeDuration(abs(n.nanos))


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    if divisor == 0:
        raise NoResult("Expected a divisor other than 0, but it is 0.")
    rest = calculate(lambda: NUMBERS.remainder(dividend, divisor))
    if rest is not None and rest != 0 and (rest < 0) != (divisor < 0):
        rest = NUMBERS.add(rest, divisor)
    return rest


@builtin("sqrt(number: number)", steps=10)
def square_root(run: Run, number: Decimal) -> Decimal | None:
    if number < 0:
        raise NoResult("Expected a number from 0 on, but it is negative.")
    return calculate(lambda: NUMBERS.sqrt(number))


@builtin("log(number: number)", steps=220)
def logarithm(run: Run, number: Decimal) -> Decimal | None:
    if number <= 0:
        raise NoResult("Expected a number above 0 for a logarithm, but it is not.")
    return calculate(lambda: NUMBERS.ln(number))


@builtin("exp(number: number)", steps=100)
def exponential(run: Run, number: Decimal) -> Decimal | None:
    return calculate(lambda: NUMBERS.exp(number))


@builtin("odd(number: number)")
def odd(run: Run, number: Decimal) -> bool:
    return _rest_of_two(number) == 1


@builtin("even(number: number)")
def even(run: Run, number: Decimal) -> bool:
    return _rest_of_two(number) == 0


def _rest_of_two(number: Decimal) -> Decimal:
    if number.adjusted() >= NUMBERS.prec:
        return ZERO
    return NUMBERS.remainder(number.copy_abs(), Decimal(2))
