"""Built-in functions on texts, counted by code point; patterns are XPath's (patterns.py)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.builtins import patterns
from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.run import Run
from engine.feel.types import type_of


@builtin("substring(string: string, start position: number, length: number?)")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str:
    if abs(start) < 1 or abs(start) > len(text):
        raise NoResult(f"Expected a start from 1 to {len(text)}, but got {start:f}.")
    if length is not None and length < 1:
        raise NoResult(f"Expected a length from 1 on, but got {length:f}.")
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    last = len(text) if length is None else first + int(min(length, Decimal(len(text))))
    return _made(run, text[first:last])


@builtin("string length(string: string)")
def string_length(run: Run, text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case(string: string)")
def upper_case(run: Run, text: str) -> str:
    return _made(run, text.upper())


@builtin("lower case(string: string)")
def lower_case(run: Run, text: str) -> str:
    return _made(run, text.lower())


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, text: str, match: str) -> str:
    run.budget.spend(len(text) >> 4)
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, text: str, match: str) -> str:
    run.budget.spend(len(text) >> 4)
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(run: Run, text: str, match: str) -> bool:
    run.budget.spend(len(text) >> 4)
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(run: Run, text: str, match: str) -> bool:
    run.budget.compared(len(match))
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(run: Run, text: str, match: str) -> bool:
    run.budget.compared(len(match))
    return text.endswith(match)


@builtin("matches(input: string, pattern: string, flags: any?)")
def matches(run: Run, text: str, pattern: str, flags: Any = None) -> bool:
    return patterns.search(run, text, pattern, _flags(flags))


@builtin("replace(input: string, pattern: string, replacement: string, flags: any?)")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: Any = None) -> str:
    return _made(run, patterns.replace(run, text, pattern, replacement, _flags(flags)))


def _flags(flags: Any) -> str:
    if flags is None:
        return ""
    if type(flags) is not str:
        raise NoResult(f"Expected flags as text, but got a {type_of(flags)}.")
    return flags


@builtin("split(string: string, delimiter: string)")
def split(run: Run, text: str, delimiter: str) -> list[str]:
    parts = patterns.split(run, text, delimiter)
    run.budget.grown(len(parts))
    return parts


@builtin("string join(list: list, delimiter: any?)")
def string_join(run: Run, values: list[Any], delimiter: Any = None) -> str:
    if delimiter is not None and type(delimiter) is not str:
        raise NoResult(f"Expected a delimiter as text, but got a {type_of(delimiter)}.")
    texts = [value for value in values if value is not None]
    for value in texts:
        if type(value) is not str:
            raise NoResult(f"Expected texts to join, but there is a {type_of(value)}.")
    run.budget.spend(len(values))
    glue = delimiter or ""
    run.budget.written(sum(map(len, texts)) + len(glue) * max(len(texts) - 1, 0))
    return glue.join(texts)


def _made(run: Run, text: str) -> str:
    run.budget.written(len(text))
    return text
