"""Built-in functions that turn values into texts and numbers, and `not` and `is`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.feel.budget import MAX_VALUE_DEPTH, too_deep
from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.compare import equal
from engine.feel.numbers import plain, read_number
from engine.feel.ranges import Range
from engine.feel.run import Run
from engine.feel.temporal import DateTime, Time

_PART_STEPS = 4  # what writing one value costs beside its characters
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[^\W\d][\w ]*")


@builtin("not(negand: any)")
def negation(run: Run, value: Any) -> bool | None:
    return (not value) if type(value) is bool else None


@builtin("is(value1: any, value2: any)")
def identical(run: Run, one: Any, other: Any) -> bool:
    """Tell whether two values are the same element of the same domain; zones count here."""
    if type(one) is not type(other):
        return False
    if type(one) in (Time, DateTime):
        return bool(one == other)
    return equal(one, other, run.budget) is True


@builtin("number(from: string)", steps=6)
def number_from_text(run: Run, text: str) -> Decimal:
    return _number(text)


@builtin("number(from: string, grouping separator: any, decimal separator: any?)", steps=6)
def number_with_separators(run: Run, text: str, grouping: Any, point: Any = None) -> Decimal:
    if grouping not in (None, " ", ",", "."):
        raise NoResult(
            "Expected a space, comma or full stop between thousands, but got something else."
        )
    if point not in (None, ",", "."):
        raise NoResult("Expected a comma or full stop before the fraction, but got something else.")
    if grouping is not None and grouping == point:
        raise NoResult("Expected two different separators, but they are the same.")
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = "" if "." in text else text.replace(",", ".")
    return _number(text)


def _number(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) is None or len(text) > 1_000:
        raise NoResult(f'Expected a number, but got "{text:.40}".')
    return read_number(text)


@builtin("string(from: any)")
def string(run: Run, value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    return written(run, value, 0)


def written(run: Run, value: Any, level: int) -> str:
    """Write a value as an expression that gives it."""
    run.budget.spend(_PART_STEPS)
    kind = type(value)
    if kind is Decimal:
        text = plain(value)
        run.budget.written(len(text))
        return text
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is str:
        run.budget.written(len(value))
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'
    if level > MAX_VALUE_DEPTH:
        raise too_deep(MAX_VALUE_DEPTH)
    if kind is list:
        text = f"[{', '.join(written(run, item, level + 1) for item in value)}]"
    elif kind is dict:
        entries = (f"{_key(k)}: {written(run, v, level + 1)}" for k, v in value.items())
        text = f"{{{', '.join(entries)}}}"
    elif kind is Range:
        text = _range(run, value, level)
    else:
        text = str(value)
    run.budget.written(len(text))
    return text


def _key(key: str) -> str:
    return (
        key if _NAME.fullmatch(key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


def _range(run: Run, range_: Range, level: int) -> str:
    start, end = (written(run, bound, level + 1) for bound in (range_.start, range_.end))
    if range_.form:
        return f"{range_.form} {start if range_.end is None else end}"
    opening, closing = "[" if range_.start_included else "(", "]" if range_.end_included else ")"
    return f"{opening}{start}..{end}{closing}"
