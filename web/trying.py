"""Trying a decision table from outside a process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from typing import Any

from engine.dmn import load
from web.bootstrap import workflows_root


def asked(name: str, decision: str, inputs: Mapping[str, Any]) -> Any:
    """Ask a decision of a table that several processes share, as the package brought it."""
    return _shared(name).evaluate(decision, inputs)


@cache
def _shared(name: str) -> Any:
    return load((workflows_root() / "_shared" / f"{name}.dmn").read_bytes(), file=f"{name}.dmn")


class Tried:
    """What a decision of a DMN file says for some inputs, as JSON text and in words."""

    def __init__(self, file: str, content: bytes, decision: str, inputs: Mapping[str, Any]) -> None:
        model = load(content, file=file)
        self._explained = model.explain(decision, inputs)
        known = {slot.name for slot in model.inputs(decision)}
        self._strange = sorted(inputs.keys() - known) if known else []

    def value(self) -> str:
        """Give the value as JSON."""
        return _json(self._explained.value)

    def trace(self) -> str:
        """Give value and trace as one JSON object."""
        steps = [asdict(step) for step in self._explained.trace]
        return _json({"value": self._explained.value, "trace": steps})

    def words(self) -> Iterator[str]:
        """Say line by line which decision saw what, which rules matched, what came out and why."""
        for step in self._explained.trace:
            yield f"{step.name} ({step.kind})"
            for name, value in step.inputs.items():
                yield f"    {name} = {_json(value)}"
            if step.matched:
                yield f"    rules: {', '.join(step.matched)}"
            yield f"    gives {_json(step.value)}"
            yield from (f"    {reason}" for reason in step.reasons)
        for name in self._strange:
            yield f"{name} was given, but the decision does not ask for it."


def _json(value: Any) -> str:
    """Write FEEL values as plain JSON: decimals in full, dates and durations as text."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_text(k)}: {_json(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_json(item) for item in value) + "]"
        case Decimal():
            return f"{value:f}"
        case None | bool() | int() | str():
            return _text(value)
        case _:
            return _text(str(value))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
