"""Says in words which part of a value does not fit a type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.dmn.types import Collection, Constrained, Named, Structure, Type

_SHOWN = 60  # characters of a value in a sentence
_MOST_DEEP = 20  # parts inside each other that are looked into


def misfit(value: Any, type_: Type, what: str, level: int = 0) -> str:
    """Give the sentence for a value that does not conform: the first part that is to blame."""
    if isinstance(type_, Named):
        named = type_.target
        if not isinstance(named, Named) and level < _MOST_DEEP:
            return misfit(value, named, what, level + 1)
    if isinstance(type_, Collection) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            if item is not None and not type_.item.conforms(item):
                return misfit(item, type_.item, f"{what}[{number}]", level + 1)
    if isinstance(type_, Structure) and isinstance(value, dict):
        for name, part in type_.components.items():
            if name not in value:
                return (
                    f"Expected {what} to have {name}, but it has {', '.join(value) or 'nothing'}."
                )
            if value[name] is not None and not part.conforms(value[name]):
                return misfit(value[name], part, f"{what}.{name}", level + 1)
    if isinstance(type_, Constrained):
        if not type_.base.conforms(value):
            return misfit(value, type_.base, what, level + 1)
        return f"Expected {what} to be {type_.text}, but it is {show(value)}."
    return f"Expected {what} to be a {type_.name}, but it is {show(value)}."


def show(value: Any) -> str:
    """Give a short text of a value for a sentence, written as in FEEL."""
    text = _written(value, 0)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _written(value: Any, level: int) -> str:
    if isinstance(value, str):
        return f'"{value[:_SHOWN]}"'
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if level > 2:
        return "..."
    if isinstance(value, list):
        return f"[{', '.join(_written(item, level + 1) for item in value[:_SHOWN])}]"
    if isinstance(value, dict):
        entries = list(value.items())[:_SHOWN]
        return "{" + ", ".join(f"{k}: {_written(v, level + 1)}" for k, v in entries) + "}"
    return str(value)
