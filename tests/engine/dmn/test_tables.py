"""Decision tables: types, allowed values, the index against FEEL itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import load
from engine.dmn.index import Column
from engine.feel import compile
from engine.feel.values import normalize
from tests.engine.dmn.files import decision, file, model, table
from tests.engine.dmn.files import given as input_data


def test_an_input_outside_its_allowed_values_gives_null_and_says_so() -> None:
    body = table(["grade:string"], [(["-"], ["1"])], allowed=['"A", "B"'])
    said = model(decision("d", body)).explain("d", {"grade": "C"})
    assert said.value is None
    assert '"A", "B"' in said.reasons[0]


def test_an_output_outside_its_allowed_values_is_null_and_says_so() -> None:
    body = table(["x:number"], [(["-"], ['"C"'])], ranking=['"A", "B"'])
    said = model(decision("d", body)).explain("d", {"x": 1})
    assert said.value is None
    assert '"A", "B"' in said.reasons[0]


def test_an_input_of_the_wrong_type_matches_no_typed_test() -> None:
    body = table(["x:number"], [(["< 5"], ['"low"']), (["null"], ['"unknown"'])])
    assert model(decision("d", body)).evaluate("d", {"x": "3"}) == "unknown"


@pytest.mark.parametrize("value", [5, 5.0, Decimal("5.00"), "5"])
def test_python_numbers_are_feel_numbers_but_texts_are_not(value: Any) -> None:
    body = table(["x"], [(["5"], ['"five"'])])
    assert model(decision("d", body)).evaluate("d", {"x": value}) == (
        None if value == "5" else "five"
    )


def test_dates_are_compared_as_dates() -> None:
    body = table(
        ["day:date"],
        [(['< date("2026-01-01")'], ['"old"']), (['>= @"2026-01-01"'], ['"new"'])],
    )
    found = model(decision("d", body))
    assert found.evaluate("d", {"day": dt.date(2025, 12, 31)}) == "old"
    assert found.evaluate("d", {"day": dt.date(2026, 1, 1)}) == "new"


def test_a_cell_may_be_any_unary_test() -> None:
    rules = [(["? > limit and odd(?)"], ['"a"']), (["[limit..limit + 1]"], ['"b"'])]
    body = input_data("x") + input_data("limit")
    body += decision("d", table(["x"], rules, "FIRST"), "in:x", "in:limit")
    found = model(body)
    assert found.evaluate("d", {"x": 7, "limit": 3}) == "a"
    assert found.evaluate("d", {"x": 4, "limit": 3}) == "b"
    assert found.evaluate("d", {"x": 9, "limit": 30}) is None


def test_input_columns_stand_in_the_trace_by_their_expression() -> None:
    body = table(["x * 2:number"], [(["> 5"], ['"big"'])])
    said = model(decision("d", body)).explain("d", {"x": 3})
    assert said.trace[-1].inputs == {"x * 2": Decimal(6)}
    assert (said.trace[-1].matched, said.trace[-1].value) == (("r1",), "big")


CELLS = st.sampled_from(
    [
        "-", "null", "not(null)", "5", "-5", "5, 7", "< 5", "<= 5", "> 5", ">= 5.5", "[1..5]",
        "(1..5]", "]1..5[", "[5..1]", "not(5)", "not(< 5)", "not(5, null)", "null, 3", '"a"',
        '"a", "b"', 'not("a")', "true", "false", 'date("2026-01-01")', '< @"2026-01-02"',
        '[@"2025-12-31"..@"2026-01-01"]', 'duration("P1D")', '> @"PT1H"', '"a", 5', "? = 5", "1e1",
        '@"P1Y"', '<= duration("P13M")', '"say \\"a\\""', ".5",
    ]
)  # fmt: skip
VALUES = st.sampled_from(
    [
        None, 5, -5, 0, 7, 5.5, 1, Decimal("0.5"), 10, "a", "b", 'say "a"', "5", True, False, [5],
        dt.date(2026, 1, 1), dt.date(2025, 12, 31), dt.timedelta(days=1), dt.timedelta(hours=1),
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(cells=st.lists(CELLS, min_size=1, max_size=12), value=VALUES)
def test_the_index_finds_exactly_what_feel_finds(cells: list[str], value: Any) -> None:
    tests = {cell: compile(cell, (), unary=True) for cell in cells}
    feel = normalize(value)

    def ask(text: str, asked: Any) -> bool:
        return tests[text].evaluate({}, input=asked) is True

    everything = (1 << len(cells)) - 1
    wanted = sum(1 << i for i, cell in enumerate(cells) if ask(cell, feel))
    assert Column(cells).match(feel, everything, ask) == wanted


def test_a_large_table_asks_feel_nothing_and_finds_its_rule() -> None:
    cells = [f"[{i * 10}..{i * 10 + 10})" for i in range(1000)]

    def ask(text: str, asked: Any) -> bool:
        raise AssertionError(f"FEEL was asked about {text}")

    column = Column(cells)
    for i in (0, 1, 499, 999):
        assert column.match(Decimal(i * 10), (1 << 1000) - 1, ask) == 1 << i
    assert column.match(Decimal(10_000), (1 << 1000) - 1, ask) == 0


def test_models_are_cached_by_their_content() -> None:
    data = file(decision("d", table(["x"], [(["-"], ["1"])])))
    assert load(data) is load(bytes(data))
    assert load(data) is not load(data + b" ")
