"""Tables of vectors: one line an expression, an arrow, and its value as `to_json` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.feel import evaluate
from engine.feel.values import to_json

_CUT = len('{"v":')


def table(text: str) -> list[Any]:
    """Turn `expression => value` lines into parameters named after the expression."""
    rows = [line.strip() for line in text.strip().splitlines() if line.strip()]
    pairs = [row.rsplit(" => ", 1) for row in rows]
    return [pytest.param(*pair, id=pair[0]) for pair in pairs]


def plain(value: Any) -> str:
    """Write a value as JSON without what tells its types."""
    text = to_json(value)
    start = text.index('},"v":') + 6 if text.startswith('{"t":') else _CUT
    return text[start:-1]


def value_of(expression: str, context: Mapping[str, Any] | None = None) -> str:
    """Evaluate, and write the value as the tables do."""
    return plain(evaluate(expression, context or {}))
