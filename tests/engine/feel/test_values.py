"""Values at the edge: from Python, to exact JSON and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import evaluate
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.values import Range, from_json, normalize, normalize_context, to_json

POISON = ["t", "v", "typename", "__class__", "", "/", "~", "~0", "a/b", "0", "é", "date", "\n", '"']

keys = st.sampled_from(POISON) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6
) | st.integers(-(10**30), 10**30).map(Decimal)
zones = st.none() | st.integers(-18, 18).map(lambda h: h * 3600) | st.just("Asia/Jakarta")
dates = st.dates().map(lambda d: Date(d.year, d.month, d.day))
times = st.builds(
    Time,
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 999_999_999),
    zones,
)
temporals = (
    dates
    | times
    | st.builds(DateTime, dates, times)
    | st.integers(-(10**18), 10**18).map(DaysTimeDuration)
    | st.integers(-(10**6), 10**6).map(YearsMonthsDuration)
)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | temporals
    | st.builds(Range, numbers, dates, st.booleans(), st.booleans())
)
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(keys, v, max_size=4), max_leaves=12
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(values)
def test_json_is_exact_and_canonical(value: Any) -> None:
    text = to_json(value)
    back = from_json(text)
    assert back == value
    assert to_json(back) == text
    assert from_json(text.encode()) == value


def test_no_key_of_a_user_is_ever_interpreted() -> None:
    value = {"t": {"": "date"}, "v": "2026-07-01", "typename": "date"}
    assert to_json(value) == '{"v":{"t":{"":"date"},"typename":"date","v":"2026-07-01"}}'
    assert from_json(to_json(value)) == value


def test_types_stand_outside() -> None:
    value = {"due": Date(2026, 7, 1), "n": Decimal("1.10")}
    assert to_json(value) == '{"t":{"/due":"date"},"v":{"due":"2026-07-01","n":1.10}}'


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "{}",
        '{"v":1,"x":2}',
        '{"t":{"/a":"date"},"v":{}}',
        '{"t":{"":"date"},"v":"x"}',
        '{"t":{"":"spaceship"},"v":"x"}',
        '{"t":{"/5":"date"},"v":[]}',
        '{"t":[],"v":1}',
        '{"v":NaN}',
        "{",
        "[" * 100_000,
    ],
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)


def test_functions_cannot_be_stored() -> None:
    with pytest.raises(ValueError, match="stored"):
        to_json(evaluate("function(x) x", {}))


def test_python_values_become_feel_values() -> None:
    jakarta = ZoneInfo("Asia/Jakarta")
    value = normalize(
        {
            "n": 1.1,
            "i": 7,
            "b": True,
            "d": dt.date(2026, 7, 1),
            "m": dt.datetime(2026, 7, 1, 8, 30, tzinfo=jakarta),
            "u": dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC),
            "t": dt.time(8, 30),
            "l": (dt.timedelta(days=1, microseconds=5),),
        }
    )
    assert value["n"] == Decimal("1.1")
    assert value["b"] is True
    assert {k: str(v) for k, v in value.items() if k in "dmut"} == {
        "d": "2026-07-01",
        "m": "2026-07-01T08:30:00@Asia/Jakarta",
        "u": "2026-07-01T08:30:00Z",
        "t": "08:30:00",
    }
    assert [str(x) for x in value["l"]] == ["P1DT0.000005S"]
    assert value["m"].to_python() == dt.datetime(2026, 7, 1, 8, 30, tzinfo=jakarta)


@pytest.mark.parametrize("value", [{1, 2}, float("inf"), {1: 2}, [object()], b"bytes"])
def test_what_is_no_value_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="Expected"):
        normalize(value)


def test_the_place_of_what_is_no_value_is_named() -> None:
    with pytest.raises(ValueError, match="/people/1/age"):
        normalize({"people": [{"age": 1}, {"age": {2}}]})


def test_a_normalized_context_is_taken_as_it_is() -> None:
    context = normalize_context({"x": [1, 2]})
    assert evaluate("x", context) is context["x"]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(temporals)
def test_temporal_values_read_back_from_their_text(value: Any) -> None:
    assert evaluate(f'@"{value}"', {}) == value


@settings(max_examples=80, deadline=None, derandomize=True)
@given(dates, st.integers(-400_000, 400_000))
def test_adding_days_and_back_is_no_change(date: Date, days: int) -> None:
    assert date.plus_days(days).plus_days(-days) == date
    assert date.to_python().toordinal() - dt.date(1970, 1, 1).toordinal() == date.number
