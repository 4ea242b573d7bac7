"""The cells of decision tables."""

from __future__ import annotations

from typing import Any

import pytest

from engine.feel import compile


def check(cell: str, value: Any, **context: Any) -> Any:
    return compile(cell, context, unary=True).evaluate(context, input=value)


@pytest.mark.parametrize(
    ("cell", "value", "verdict"),
    [
        ("-", 1, True),
        ("-", None, True),
        ("5", 5, True),
        ("5", "5", None),
        ('"Baik"', "Baik", True),
        ('"Baik", "Sangat Baik"', "Sangat Baik", True),
        ('"Baik", "Sangat Baik"', "Kurang", False),
        ('not("Baik")', "Kurang", True),
        ('not("Baik", "Kurang")', "Kurang", False),
        ("not(5)", None, True),
        ("< 5", 4, True),
        (">= 110", 110, True),
        ("< 5", None, None),
        ("[90..110)", 110, False),
        ("[90..110)", 90, True),
        ("]90..110]", 90, False),
        ("< 0, > 100", 101, True),
        ("null", None, True),
        ("null", 1, False),
        ("true", True, True),
        ("true", False, False),
        ("false", None, False),
        ("? > 3 and ? < 9", 5, True),
        ("? > 3 and ? < 9", 9, False),
        ('contains(?, "ai")', "Baik", True),
        ("? in [1, 2]", 2, True),
        ("[1, 2, 3]", 2, True),
        ('date("2026-07-01")', "x", None),
        ("[[1..3], 7]", 7, True),
        ("every x in ? satisfies x > 0", [1, 2], True),
        ("-1", -1, True),
        ("- 1", -1, True),
        ("not(?)", False, True),
    ],
)
def test_cells(cell: str, value: Any, verdict: bool | None) -> None:
    assert check(cell, value) is verdict


def test_a_cell_can_use_other_variables() -> None:
    assert check("<= limit", 3, limit=4) is True
    assert check("limit", 4, limit=4) is True
    assert check("limit", 2, limit=[1, 2]) is True
    assert check("score > limit", "anything", score=5, limit=4) is True
