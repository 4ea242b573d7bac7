"""The arithmetic of FEEL numbers: decimals of 34 digits, bounded in size."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from engine.feel.errors import FeelLimitExceeded

MAX_EXPONENT = 512  # so that a number written out in digits stays short
MIN_EXPONENT = -6143
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=MIN_EXPONENT,
    Emax=MAX_EXPONENT,
    traps=[Overflow, InvalidOperation, DivisionByZero],
)
ZERO = Decimal(0)
ONE = Decimal(1)


def too_big() -> FeelLimitExceeded:
    """Say that a number grew beyond what FEEL numbers hold here."""
    return FeelLimitExceeded(
        "number", f"Expected numbers below 1e{MAX_EXPONENT}, but one is larger."
    )


def calculate(operation: Callable[[], Decimal]) -> Decimal | None:
    """Do arithmetic: None where it has no result, FeelLimitExceeded where it is too big."""
    try:
        return operation()
    except Overflow:
        raise too_big() from None
    except DecimalException:
        return None


def power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """Raise to a power; None where mathematics has no real answer."""
    if base == 0 and exponent < 0:
        return None
    if base == 0 and exponent == 0:
        return ONE
    result = calculate(lambda: NUMBERS.power(base, exponent))
    # a whole result is written as one: 10**5 is 100000, not 1.0E+5
    if result is not None and result == result.to_integral_value() and result.adjusted() < 34:
        return result.quantize(ONE, context=NUMBERS)
    return result


def read_number(text: str) -> Decimal:
    """Read a number's text, rounded to 34 digits; raises FeelLimitExceeded where it is too big."""
    try:
        number = NUMBERS.create_decimal(text)
    except DecimalException:
        raise too_big() from None
    if number and number.adjusted() > MAX_EXPONENT:
        raise too_big()
    return number


def plain(number: Decimal) -> str:
    """Write a number in digits, without an exponent."""
    return format(number, "f") if number else format(number.copy_abs(), "f")
