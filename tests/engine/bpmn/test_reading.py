"""Only what an expression names is read of a big value, and its result stays the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.bpmn.reading import in_part, members
from engine.feel import compile as compile_feel
from engine.feel.large import WORTH_PARTS
from engine.feel.temporal import Date
from engine.feel.values import Kept, from_json, to_json

LONG = "x" * WORTH_PARTS
ROWS: list[dict[str, Any]] = [{"score": 3, "note": LONG}, {"score": 5}, {"note": None}]
DATA: Mapping[str, Any] = {
    "form": {"score": 4, "rows": ROWS, "note": LONG, "inner": {"deep": [1, 2]}},
    "rows": ROWS,
    "dated": {"score": 4, "day": Date(2026, 7, 1), "note": LONG},
    "mixed": [1, {"score": 2, "note": LONG}, None],
    "text": LONG,
    "small": {"score": 1},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("form.score > 3", {"form": {"score"}}),
        ("form.score + form.inner.deep[1]", {"form": {"score", "inner"}}),
        ("if count(rows) > 0 then mean(rows.score) else 0", {"rows": {"score"}}),
        ("form = null or form.score = 1", {"form": {"score"}}),
        ("form != null", {"form": set()}),
        ("form.score = 1 and string length(string(form)) > 0", {}),
        ("rows[score > 3].note", {}),
        ("for form in rows return form.score", {"form": {"score"}}),
        ("{ a: small.score, b: [form.score] }", {"small": {"score"}, "form": {"score"}}),
        ("get value(form, \"score\")", {}),
    ],
)  # fmt: skip
def test_an_expression_tells_which_members_it_reads(
    text: str, expected: dict[str, set[str]]
) -> None:
    assert members(compile_feel(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "form.score",
        "form.rows.score",
        "form.missing",
        "rows.score",
        "count(rows) + sum(rows[score != null].score)",
        "dated.day + duration(\"P1D\")",
        "mixed.score",
        "text.score",
        "count(text)",
        "form != null",
        "rows.note = null",
        "small.score + form.inner.deep[2]",
        "{ s: form.score, whole: small }",
        "every row in rows satisfies row.score = form.score or true",
    ],
)  # fmt: skip
def test_a_value_read_in_part_gives_the_same_result(text: str) -> None:
    expression = compile_feel(text)
    stored = {name: Kept(to_json(value).encode()) for name, value in DATA.items()}
    plain = {name: from_json(to_json(value)) for name, value in DATA.items()}
    assert expression.evaluate(in_part(expression, stored)) == expression.evaluate(plain)


def test_the_rest_of_a_big_value_stays_unread() -> None:
    expression = compile_feel("form.score > 3 and small.score = 1")
    stored = {name: Kept(to_json(value).encode()) for name, value in DATA.items()}
    assert expression.evaluate(in_part(expression, stored)) is True
    assert not stored["form"].is_read
    assert not stored["rows"].is_read
