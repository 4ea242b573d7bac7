"""Trying a decision table from outside a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from engine.dmn import load


def decide(content: bytes, decision: str, inputs: Mapping[str, Any], *, explain: bool) -> str:
    """Evaluate a decision of a DMN file; give its value, or value and trace, as JSON text."""
    model = load(content)
    if not explain:
        return _json(model.evaluate(decision, inputs))
    explained = model.explain(decision, inputs)
    return _json({"value": explained.value, "trace": [asdict(step) for step in explained.trace]})


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
