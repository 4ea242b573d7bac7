"""The text that is hashed never changes: what was written once must verify for ever."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel.temporal import Date
from engine.feel.values import to_json
from engine.history import canonical


class Colour(StrEnum):
    RED = "red"


class Rank(IntEnum):
    FIRST = 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | TEXTS
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.sampled_from([Colour.RED, Rank.FIRST, Date(2026, 7, 1)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def first_written(value: Any) -> str:
    """Write a value as the first release did."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case int() | Decimal():
            return str(value)
        case datetime() | date():
            return json.dumps(value.isoformat())
        case dict():
            pairs = (
                f"{first_written(str(k))}:{first_written(v)}" for k, v in sorted(value.items())
            )
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(first_written, value)) + "]"
        case _:
            return to_json(value)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_the_text_of_a_value_stays_as_it_was_first_written(value: Any) -> None:
    assert canonical(value) == first_written(value)


def test_the_text_of_an_event_is_known_byte_by_byte() -> None:
    body = {
        "kind": "TASK_CREATED",
        "at": datetime(2026, 7, 1, 2, tzinfo=UTC),
        "by": {"person": 7, "name": 'Siti "Ani"\n'},
        "detail": {"due_at": date(2026, 7, 2), "elements": ("a", "ä"), "share": Decimal("1.50")},
    }
    assert canonical(body) == (
        '{"at":"2026-07-01T02:00:00+00:00","by":{"name":"Siti \\"Ani\\"\\n","person":7},'
        '"detail":{"due_at":"2026-07-02","elements":["a","ä"],"share":1.50},'
        '"kind":"TASK_CREATED"}'
    )
