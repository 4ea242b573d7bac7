"""Every hit policy: what it gives, and what it says when it is violated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.dmn import Explanation
from tests.engine.dmn.files import decision, model, table

OVERLAPPING = [
    (["< 10"], ['"low"', "1"]),
    (["< 20"], ['"middle"', "2"]),
    (["< 20"], ['"middle"', "2"]),
    (["-"], ['"any"', "3"]),
]


def explain(policy: str, x: Any, **more: Any) -> Explanation:
    body = table(["x:number"], OVERLAPPING, policy, ("word", "number"), **more)
    return model(decision("d", body)).explain("d", {"x": x})


def test_unique_with_one_match_gives_the_outputs_by_name() -> None:
    assert explain("UNIQUE", 30).value == {"word": "any", "number": Decimal(3)}
    assert explain("UNIQUE", 30).matched == ("r4",)


def test_unique_violated_is_null_and_names_the_rules() -> None:
    said = explain("UNIQUE", 15)
    assert said.value is None
    assert said.matched == ("r2", "r3", "r4")
    assert "r2, r3, r4" in said.reasons[0]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [("1", "1.0", 1), ("true", "1", None), ("[1]", "[1]", [1]), ("null", "null", None)],
)
def test_any_compares_outputs_as_feel_does(one: str, other: str, value: Any) -> None:
    body = table(["x:number"], [(["> 1"], [one]), (["> 2"], [other])], "ANY", ("out",))
    said = model(decision("d", body)).explain("d", {"x": 3})
    assert said.value == value
    assert bool(said.reasons) is (one == "true")


def test_any_needs_equal_outputs() -> None:
    rules = [*OVERLAPPING[1:3], (["> 5"], ['"other"', "9"])]
    body = table(["x:number"], rules, "ANY", ("word", "number"))
    found = model(decision("d", body))
    assert found.evaluate("d", {"x": 1}) == {"word": "middle", "number": 2}
    said = found.explain("d", {"x": 6})
    assert said.value is None
    assert "ANY" in said.reasons[0]


def test_first_takes_the_topmost_rule() -> None:
    assert explain("FIRST", 5).value["word"] == "low"
    assert explain("FIRST", 15).value["word"] == "middle"


def test_rule_order_gives_a_list_in_table_order() -> None:
    assert [v["number"] for v in explain("RULE ORDER", 5).value] == [1, 2, 2, 3]


def test_priority_ranks_by_the_output_values() -> None:
    said = explain("PRIORITY", 5, ranking=('"any", "middle", "low"', ""))
    assert said.value["word"] == "any"


def test_priority_without_ranked_output_values_says_so() -> None:
    said = explain("PRIORITY", 5)
    assert said.value is None
    assert "PRIORITY" in said.reasons[0]


def test_output_order_sorts_by_the_output_values() -> None:
    said = explain("OUTPUT ORDER", 5, ranking=('"any", "middle", "low"', ""))
    assert [v["word"] for v in said.value] == ["any", "middle", "middle", "low"]


@pytest.mark.parametrize(
    ("aggregation", "value"),
    [("SUM", Decimal(8)), ("MIN", Decimal(1)), ("MAX", Decimal(3)), ("COUNT", Decimal(4))],
)
def test_collect_aggregates(aggregation: str, value: Decimal) -> None:
    rules = [(tests, outputs[1:]) for tests, outputs in OVERLAPPING]
    body = table(["x:number"], rules, f"COLLECT {aggregation}")
    assert model(decision("d", body)).evaluate("d", {"x": 5}) == value


def test_collect_gives_a_list_and_an_empty_one_when_nothing_matches() -> None:
    body = table(["x:number"], [(["> 1"], ['"a"']), (["> 2"], ['"b"'])], "COLLECT")
    found = model(decision("d", body))
    assert found.evaluate("d", {"x": 2}) == ["a"]
    assert found.evaluate("d", {"x": 3}) == ["a", "b"]
    assert found.evaluate("d", {"x": 0}) == []


def test_nothing_matching_is_null_with_a_reason() -> None:
    body = table(["x:number"], [(["> 1"], ['"a"'])])
    said = model(decision("d", body)).explain("d", {"x": 0})
    assert said.value is None
    assert "none does" in said.reasons[0]


def test_default_outputs_stand_in_when_nothing_matches() -> None:
    body = table(["x:number"], [(["> 1"], ['"a"'])], defaults=['"none"'])
    assert model(decision("d", body)).evaluate("d", {"x": 0}) == "none"


def test_an_unknown_hit_policy_never_acts_as_another() -> None:
    said = explain("NONSENSE", 5)
    assert said.value is None
    assert "NONSENSE" in said.reasons[0]
