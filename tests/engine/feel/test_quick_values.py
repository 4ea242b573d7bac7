"""The quick way to take values in gives what the careful way gives, text by text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import exact, values
from engine.feel.large import WORTH_PARTS
from engine.feel.temporal import Date
from engine.feel.values import Kept, normalize, to_json


class Colour(StrEnum):
    RED = "red"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | TEXTS
    | st.integers()
    | st.integers(-(10**60), 10**60)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)
    | st.sampled_from([Decimal("-0"), Decimal("0E-20000"), Decimal("1.10"), Decimal("1E+400")])
    | st.sampled_from([Date(2026, 7, 1), dt.date(2026, 7, 1), Colour.RED])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_both_ways_write_the_same_text(value: Any) -> None:
    careful = values._normalize(value, "", 0)
    assert to_json(value) == exact.written(careful)
    quick = normalize(value)
    assert repr(quick) == repr(careful)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_a_large_value_is_written_and_read_like_a_small_one(value: Any) -> None:
    large = {"value": value, "filling": "-" * WORTH_PARTS}
    careful = values._normalize(large, "", 0)
    kept = Kept.of(large)
    assert kept.text.decode() == exact.written(careful)
    assert exact.written(kept.value) == exact.written(careful)


def test_a_large_value_is_read_when_somebody_asks() -> None:
    rows = [{"code": f"SKP-{n}", "target": Decimal(n)} for n in range(100)]
    kept = Kept.of({"rows": rows})
    assert not kept.is_read
    rows[0]["target"] = Decimal(7)
    assert kept.value["rows"][:2] == [
        {"code": "SKP-0", "target": Decimal(0)},
        {"code": "SKP-1", "target": Decimal(1)},
    ]


@pytest.mark.parametrize(
    "value",
    ["half \ud800", {"\udfff": 1}, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), {1: 2}],
)
def test_what_cannot_be_written_is_refused(value: Any) -> None:
    for take in (normalize, to_json):
        for filling in ("", "-" * WORTH_PARTS):
            with pytest.raises(ValueError, match="Expected"):
                take({"a": [value], "filling": filling})


def test_what_is_given_in_may_change_afterwards() -> None:
    rows = [{"n": Decimal(1)}]
    taken = normalize({"rows": rows})
    rows[0]["n"] = Decimal(2)
    assert taken == {"rows": [{"n": Decimal(1)}]}


def test_a_value_may_be_a_hundred_levels_deep_and_no_more() -> None:
    value: Any = []
    for _ in range(100):
        value = [value]
    assert normalize(value) == value
    with pytest.raises(ValueError, match="levels"):
        normalize([value])
