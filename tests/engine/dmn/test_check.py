"""The static checker: each kind of finding with its example, and tables that are clean."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn.cells import catches, read_cell
from engine.dmn.check import check
from engine.dmn.regions import Space, pieces
from engine.errors import Finding
from tests.engine.dmn.files import decision, function, literal, model, table
from tests.engine.dmn.files import given as input_data

Rules = list[tuple[list[str], list[str]]]


def findings(
    inputs: list[str],
    tests: list[list[str]],
    policy: str = "UNIQUE",
    outputs: list[str] | None = None,
    **more: Any,
) -> list[Finding]:
    rules: Rules = [(t, [outputs[i] if outputs else f'"o{i}"']) for i, t in enumerate(tests)]
    return check(model(decision("d", table(inputs, rules, policy, **more))))


def said(*args: Any, **more: Any) -> list[tuple[str, str]]:
    return [(f.rule, f.message) for f in findings(*args, **more)]


def test_a_gap_between_numbers_is_shown_by_an_example() -> None:
    (found,) = findings(["x:number"], [["<= 5"], [">= 6"]])
    assert (found.rule, found.example) == ("gap", "x = 5.5")
    assert "x = 5.5" in found.message


@pytest.mark.parametrize(
    ("tests", "example"),
    [
        ([["< 5"], ["> 5"]], "x = 5"),
        ([["< 5"], ["[5..10)"]], "x = 10"),
        ([["[0..5)"], [">= 5"]], "x = -1"),
        ([["5"]], "x = 4"),
    ],
)
def test_gaps_in_numbers_are_exact(tests: list[list[str]], example: str) -> None:
    ((rule, message),) = said(["x:number"], tests)
    assert (rule, message.rstrip(".").endswith(example)) == ("gap", True)


@pytest.mark.parametrize(
    "tests",
    [
        [["< 5"], [">= 5"]],
        [["not(5)"], ["5"]],
        [["-"]],
        [
            [
                "< 5",
            ],
            ["[5..10)"],
            ["10, > 10"],
        ],
    ],
)
def test_tables_without_gap_or_overlap_are_clean(tests: list[list[str]]) -> None:
    assert said(["x:number"], tests) == []


def test_a_gap_is_an_error_where_the_possible_values_are_declared_else_a_warning() -> None:
    tests = [["<= 5"], [">= 6"]]
    assert [f.severity for f in findings(["x:number"], tests)] == ["warning"]
    assert [f.severity for f in findings(["x:number"], tests, allowed=["[0..9]"])] == ["error"]


def test_dates_are_counted_in_days() -> None:
    days = ['<= date("2026-01-01")'], ['>= date("2026-01-02")']
    assert said(["day:date"], [list(d) for d in days]) == []
    ((rule, message),) = said(["day:date"], [['< @"2026-01-01"'], ['> @"2026-01-01"']])
    assert (rule, "2026-01-01" in message) == ("gap", True)


def test_enumerations_and_booleans_are_complete_when_every_value_has_its_rule() -> None:
    both = [['"A"', "true"], ['"A"', "false"], ['"B"', "-"]]
    assert said(["g:string", "b:boolean"], both, allowed=['"A", "B"']) == []
    ((rule, message),) = said(["g:string", "b:boolean"], both, allowed=['"A", "B", "C"'])
    assert (rule, 'g = "C"' in message) == ("gap", True)


def test_open_texts_need_a_catch_all() -> None:
    (finding,) = findings(["g:string"], [['"A"'], ['"B"']])
    assert (finding.rule, finding.severity) == ("missing-catch-all", "warning")
    assert said(["g:string"], [['"A"'], ['not("A")']]) == []


def test_a_default_output_or_a_collecting_policy_needs_no_catch_all() -> None:
    assert said(["x:number"], [["< 5"]], defaults=['"none"']) == []
    assert said(["x:number"], [["< 5"]], "COLLECT") == []


def test_an_overlap_names_both_rules_and_an_input() -> None:
    ((rule, message),) = said(
        ["x:number", "b:boolean"], [["<= 5", "-"], ["[5..9]", "true"], ["> 5", "-"]]
    )[:1]
    assert rule == "overlap"
    assert "r1 and r2" in message
    assert "x = 5, b = true" in message


def test_any_allows_overlaps_with_equal_outputs_only() -> None:
    tests = [["<= 5"], [">= 5"]]
    assert said(["x:number"], tests, "ANY", ['"same"', '"same"']) == []
    assert said(["x:number"], tests, "ANY", ["1", "1.0"]) == []
    assert [rule for rule, _ in said(["x:number"], tests, "ANY")] == ["overlap"]


def test_a_rule_below_one_that_catches_more_is_unreachable_under_first() -> None:
    ((rule, message),) = said(["x:number"], [["> 5"], ["> 7"], ["-"]], "FIRST")
    assert (rule, "r2" in message) == ("rule-unreachable", True)
    covered = said(["x:number"], [["< 5"], [">= 5"], ["[3..7]"], ["-"]], "FIRST")
    assert [r for r, _ in covered] == ["rule-unreachable", "rule-unreachable"]


def test_a_rule_outside_the_allowed_values_never_matches() -> None:
    ((rule, message),) = said(["g:string"], [['"A", "B"'], ['"X"']], allowed=['"A", "B"'])
    assert (rule, "r2" in message) == ("rule-never-matches", True)
    assert said(["x:number"], [["[5..1]"], ["-"]])[0][0] == "rule-never-matches"


def test_cells_that_only_feel_can_read_never_raise_a_false_alarm() -> None:
    tests = [["? > limit"], ["<= 5"]]
    body = input_data("x", "number") + input_data("limit", "number")
    rules: Rules = [(t, ["1"]) for t in tests]
    assert check(model(body + decision("d", table(["x"], rules), "in:x", "in:limit"))) == []


def test_a_cell_of_another_type_is_an_error_at_its_cell() -> None:
    (finding,) = findings(["x:number"], [['"a"'], ["-"]])
    assert (finding.rule, finding.severity) == ("wrong-type", "error")
    assert "number" in finding.message


def test_an_output_of_another_type_or_value_is_an_error() -> None:
    rules: Rules = [(["true"], ['"a"']), (["false"], ["1"])]
    body = table(["b:boolean"], rules, outputs=["out:number"])
    assert [f.rule for f in check(model(decision("d", body)))] == ["wrong-type"]
    named = table(["b:boolean"], [(["-"], ['"c"'])], ranking=['"a", "b"'])
    assert [f.rule for f in check(model(decision("d", named)))] == ["not-allowed"]


def test_null_counts_only_where_it_is_an_allowed_value() -> None:
    assert said(["x:number"], [["< 5"], [">= 5"]], allowed=[">= 0"]) == []
    ((rule, message),) = said(["x:number"], [["< 5"], [">= 5"]], allowed=["null, >= 0"])
    assert (rule, "x = null" in message) == ("gap", True)
    assert said(["x:number"], [["null, < 5"], [">= 5"]], allowed=["null, >= 0"]) == []


def test_a_missing_requirement_is_an_error_with_a_hint() -> None:
    body = input_data("a") + input_data("b") + decision("d", literal("a + b"), "in:a")
    (finding,) = check(model(body))
    assert (finding.rule, finding.element_id) == ("missing-requirement", "id_d")
    assert finding.hint


def test_a_reference_to_nothing_is_an_error() -> None:
    (finding,) = check(model(decision("d", literal("1"), "in:gone")))
    assert finding.rule == "dangling-reference"


def test_a_type_that_nobody_defines_is_an_error() -> None:
    (finding,) = check(model(decision("d", literal("1"), type_="tGone")))
    assert finding.rule == "unknown-type"


def test_tables_inside_functions_are_checked_too() -> None:
    body = function("f", [("x", "number")], table(["x"], [(["< 5"], ["1"])]))
    assert [f.rule for f in check(model(body))] == ["gap"]


def test_two_elements_of_a_name_or_id_are_errors() -> None:
    twice = decision("d", literal("1")) + decision("d", literal("2"))
    assert [f.rule for f in check(model(twice))] == ["duplicate-id", "duplicate-name"]


NUMBERS = st.sampled_from(
    ["-", "1", "2", "< 1", "<= 2", "> 1", ">= 2", "[1..2]", "(1..2)", "not(1)", "1, 3"]
)
WORDS = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")'])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(rules=st.lists(st.tuples(NUMBERS, WORDS), min_size=1, max_size=6))
def test_gaps_and_overlaps_are_exactly_those_of_trying_every_place(
    rules: list[tuple[str, str]],
) -> None:
    space = Space(
        [
            pieces([r[0] for r in rules], "number", ""),
            pieces([r[1] for r in rules], "string", '"a", "b", "c"'),
        ],
        len(rules),
    )
    places = list(product([0, 1, 1.5, 2, 2.5, 3, 4], ["a", "b", "c"]))
    cells = [(read_cell(n), read_cell(w)) for n, w in rules]

    def caught(place: tuple[float, str]) -> list[int]:
        x, word = Decimal(str(place[0])), place[1]
        return [
            i for i, (n, w) in enumerate(cells) if n and w and catches(n, x) and catches(w, word)
        ]

    hits = [caught(place) for place in places]
    assert (space.uncovered(space.all) is None) is all(hits)
    for i in range(len(rules)):
        wanted = {j for found in hits if i in found for j in found} - {i}
        assert {j for j in range(len(rules)) if space.overlapping(i) >> j & 1} == wanted


@pytest.mark.parametrize(
    ("text", "rule", "feel"),
    [
        ("x == 1 && y", "feel-syntax", "x = 1 and y"),
        ("'a' if x else 'b'", "feel-syntax", 'if x then "a" else "b"'),
        ('x.startsWith("B")', "feel-foreign", 'starts with(x, "B")'),
        ("x > 2026-07-01", "feel-foreign", 'x > @"2026-07-01"'),
        ("x > @2026-07-01T08:00:00", "feel-syntax", 'x > @"2026-07-01T08:00:00"'),
        ("Math.max(x, y)", "feel-foreign", "max(x, y)"),
    ],
)
def test_an_expression_of_another_language_is_offered_in_feel(
    text: str, rule: str, feel: str
) -> None:
    body = decision("d", literal(text), "in:x", "in:y") + input_data("x") + input_data("y")
    (found,) = [f for f in check(model(body)) if f.hint.startswith("In FEEL")]
    assert (found.rule, found.hint) == (rule, f"In FEEL: {feel}")
