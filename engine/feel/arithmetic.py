"""The operators + - * / ** over numbers, texts, dates and durations (DMN 1.5 table 55ff)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.feel.calendar import DAY, NANO
from engine.feel.numbers import NUMBERS, calculate, power
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.types import type_of

_MAX_NANOS = 10**30
_TIME_STEPS = 20  # what moving a date, a time or a duration costs beside a number
_ZONE_STEPS = 60  # and where the clock of a named zone has to be asked
_POWER_STEPS = 10
_ROOT_STEPS = 400  # of an exponent that is no whole number
_DURATIONS = (DaysTimeDuration, YearsMonthsDuration)


def add(left: Any, right: Any, run: Run, at: int) -> Any:
    """left + right"""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return calculate(lambda: NUMBERS.add(left, right))
    if kind is str and other is str:
        run.budget.written(len(left) + len(right))
        return left + right
    if other not in _DURATIONS:
        return _checked(_plus(right, left, 1, run), left, "+", right, run, at)
    return _checked(_plus(left, right, 1, run), left, "+", right, run, at)


def subtract(left: Any, right: Any, run: Run, at: int) -> Any:
    """left - right"""
    if type(left) is Decimal and type(right) is Decimal:
        return calculate(lambda: NUMBERS.subtract(left, right))
    if type(right) in _DURATIONS:
        return _checked(_plus(left, right, -1, run), left, "-", right, run, at)
    run.budget.spend(_TIME_STEPS)
    return _checked(_difference(left, right), left, "-", right, run, at)


def multiply(left: Any, right: Any, run: Run, at: int) -> Any:
    """left * right"""
    if type(left) is Decimal:
        if type(right) is Decimal:
            return calculate(lambda: NUMBERS.multiply(left, right))
        return _checked(_scale(right, left), left, "*", right, run, at)
    if type(right) is Decimal:
        return _checked(_scale(left, right), left, "*", right, run, at)
    return _checked(None, left, "*", right, run, at)


def divide(left: Any, right: Any, run: Run, at: int) -> Any:
    """left / right"""
    kind = type(left)
    if type(right) is Decimal:
        if right == 0:
            run.note(at, "division-by-zero", "Expected a divisor other than 0, but it is 0.")
            return None
        if kind is Decimal:
            return calculate(lambda: NUMBERS.divide(left, right))
        if kind in _DURATIONS:
            return _checked(_shrink(left, right), left, "/", right, run, at)
    elif kind is type(right) and kind in _DURATIONS:
        length, unit = (
            (left.months, right.months)
            if kind is YearsMonthsDuration
            else (left.nanos, right.nanos)
        )
        if unit == 0:
            run.note(at, "division-by-zero", "Expected a divisor other than 0, but it is 0.")
            return None
        return calculate(lambda: NUMBERS.divide(Decimal(length), Decimal(unit)))
    return _checked(None, left, "/", right, run, at)


def exponentiate(left: Any, right: Any, run: Run, at: int) -> Any:
    """left ** right"""
    if type(left) is Decimal and type(right) is Decimal:
        whole = right == right.to_integral_value()
        run.budget.spend(_POWER_STEPS if whole else _ROOT_STEPS)
        return _checked(power(left, right), left, "**", right, run, at)
    return _checked(None, left, "**", right, run, at)


def negate(value: Any, run: Run, at: int) -> Any:
    """-value"""
    kind = type(value)
    if kind is Decimal:
        return NUMBERS.minus(value)
    if kind is DaysTimeDuration:
        return DaysTimeDuration(-value.nanos)
    if kind is YearsMonthsDuration:
        return YearsMonthsDuration(-value.months)
    run.note(at, "type", f"Expected a number or duration after `-`, but got {type_of(value)}.")
    return None


OPERATORS: dict[str, Callable[[Any, Any, Run, int], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": exponentiate,
}


def _checked(result: Any, left: Any, sign: str, right: Any, run: Run, at: int) -> Any:
    if result is None:
        kinds = f"{type_of(left)} {sign} {type_of(right)}"
        run.note(
            at, "type", f"Expected values that can be calculated with, but {kinds} has no result."
        )
    return result


def _plus(value: Any, duration: Any, sign: int, run: Run) -> Any:
    """Add a duration to a moment or a duration of its kind; None where that can't be."""
    zoned = type(value) is DateTime and isinstance(value.zone, str)
    run.budget.spend(_ZONE_STEPS if zoned else _TIME_STEPS)
    try:
        if type(duration) is YearsMonthsDuration:
            if type(value) is YearsMonthsDuration:
                return YearsMonthsDuration(value.months + sign * duration.months)
            if type(value) in (Date, DateTime):
                return value.plus_months(sign * duration.months)
        elif type(duration) is DaysTimeDuration:
            nanos = sign * duration.nanos
            if type(value) is DaysTimeDuration:
                return _days_time(value.nanos + nanos)
            if type(value) is DateTime:
                return value.plus_nanos(nanos)
            if type(value) is Date:
                return value.plus_days(nanos // (DAY * NANO))
            if type(value) is Time:
                return Time.from_nanos(value.nanos + nanos, value.zone)
    except ValueError:
        return None
    return None


def _difference(left: Any, right: Any) -> DaysTimeDuration | None:
    """Subtract one moment from another; a date is its midnight in UTC (kit 0100)."""
    if type(left) is Time and type(right) is Time:
        comparable = (left.zone is None) == (right.zone is None)
        return DaysTimeDuration(left.instant - right.instant) if comparable else None
    if type(left) is Date and type(right) is Date:
        return DaysTimeDuration((left.number - right.number) * DAY * NANO)
    one, other = _midnight(left), _midnight(right)
    if one is None or other is None or (one.zone is None) != (other.zone is None):
        return None
    return DaysTimeDuration(one.instant - other.instant)


def _midnight(value: Any) -> DateTime | None:
    if type(value) is Date:
        return DateTime(value, Time(0, 0, 0, 0, 0))
    return value if type(value) is DateTime else None


def _scale(duration: Any, factor: Decimal) -> Any:
    """Multiply a duration; months are cut to whole ones."""
    if type(duration) not in _DURATIONS:
        return None
    return _resized(duration, calculate(lambda: NUMBERS.multiply(_length(duration), factor)))


def _shrink(duration: Any, divisor: Decimal) -> Any:
    return _resized(duration, calculate(lambda: NUMBERS.divide(_length(duration), divisor)))


def _length(duration: DaysTimeDuration | YearsMonthsDuration) -> Decimal:
    return Decimal(duration.months if isinstance(duration, YearsMonthsDuration) else duration.nanos)


def _resized(
    duration: Any, length: Decimal | None
) -> DaysTimeDuration | YearsMonthsDuration | None:
    if length is None or length.adjusted() > 30:
        return None
    whole = int(length.to_integral_value(ROUND_DOWN))
    return _days_time(whole) if type(duration) is DaysTimeDuration else YearsMonthsDuration(whole)


def _days_time(nanos: int) -> DaysTimeDuration | None:
    return DaysTimeDuration(nanos) if abs(nanos) < _MAX_NANOS else None
