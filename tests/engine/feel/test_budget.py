"""Nothing runs away: every attack meets the limit that is meant for it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import LimitExceeded
from engine.feel import Budget, FeelLimitExceeded, compile, evaluate


def doubling(step: str, first: str, last: str) -> str:
    entries = ", ".join(f"a{i}: " + step.replace("?", f"a{i - 1}") for i in range(1, 60))
    return f"{{a0: {first}, {entries}, r: {last}}}.r"


LONG = {"s": "x" * 900_000, "l": list(range(20_000))}


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("for i in 1..20000 return s", "size"),
        ("string(for i in 1..20000 return s)", "steps"),
        ("for i in 1..20000 return substring(s, 2)", "steps"),
        ("for i in 1..20000 return string length(upper case(s))", "steps"),
        ("string join(for i in 1..20000 return s)", "size"),
        ('replace(s, "^.+$", "' + "$0" * 500 + '")', "size"),
        ("for i in l return sublist(l, 2)", "steps"),
        ("for i in l return l instance of list<Any>", "steps"),
        ("for i in l return sum(l)", "steps"),
        ("for i in 1..5000 return string(1e-6000)", "steps"),
        ('for i in 1..5000 return matches("a", "a{4000}" + string(i))', "steps"),
        ("for i in 1..1000000000 return i", "steps"),
        ("some i in 1..1000000000 satisfies i < 0", "steps"),
        ("for i in 1..1000, j in 1..1000 return 1", "steps"),
        ("for i in [1..1e300] return i", "steps"),
        ('for d in @"0001-01-01"..@"9999-12-31" return d', "steps"),
        ("{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(40)}.r", "steps"),
        ("sort(for i in 1..20000 return i, function(a, b) a > b)", "steps"),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "depth"),
        ("(" * 10_000 + "1" + ")" * 10_000, "depth"),
        ("[" * 10_000, "depth"),
        ("-" * 10_000 + "1", "depth"),
        ("if true then " * 1_000 + "1", "depth"),
        ("a" + ".b" * 10_000, "depth"),
        ("x instance of " + "list<" * 1_000, "depth"),
        ("{a: " * 1_000, "depth"),
        ("function(a) " * 1_000 + "1", "depth"),
        ("for i in 1..500 return [partial[-1]]", "depth"),
        ("9**9**9**9", "number"),
        ("1e999", "number"),
        ("exp(99999)", "number"),
        ("2 ** 1e6", "number"),
        ("1e500 * 1e500", "number"),
        ('number("1e999")', "number"),
        (doubling("[?, ?]", "[1]", "a59"), "size"),
        (doubling("concatenate(?, ?)", "[1]", "a59"), "size"),
        (doubling("? + ?", '"x"', "a59"), "size"),
        (doubling('replace(?, "x", "$0$0")', '"x"', "a59"), "steps"),
        (doubling("[?, ?]", "[1]", "a59 = a58"), None),
        (doubling("[?, ?]", "[1]", "string(a59)"), "steps"),
        (doubling("[?, ?]", "[1]", "count(flatten(a59))"), "steps"),
        (doubling("[?, ?]", "[1]", "[a59] = [[a58, a58]]"), "steps"),
        (doubling("{l: ?, r: ?}", "1", "a59"), "size"),
        ('matches("' + "a" * 60 + 'b", "^(a|aa)+$")', "time"),
        ('matches("a", "(((a{1000}){1000}){1000}){1000}")', "size"),
        ('matches("a", "a{99999}")', "size"),
        ('matches("a", "' + "(a)" * 1_000 + '")', "size"),
        ("1" + " + 1" * 50_000, "size"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_an_attack_meets_its_limit(text: str, limit: str | None) -> None:
    if limit is None:
        assert evaluate(text, LONG) is not None
        return
    with pytest.raises(FeelLimitExceeded) as raised:
        evaluate(text, LONG)
    assert raised.value.limit == limit
    assert isinstance(raised.value, LimitExceeded)


def test_limits_can_be_set_and_are_shared() -> None:
    budget = Budget(steps=500)
    expression = compile("for i in 1..50 return i")
    assert len(expression.evaluate({}, budget=budget)) == 50
    while budget.used <= 300:
        expression.evaluate({}, budget=budget)
    with pytest.raises(FeelLimitExceeded):
        expression.evaluate({}, budget=budget)


def test_an_unknown_limit_is_refused() -> None:
    with pytest.raises(TypeError, match="step"):
        Budget(step=5)


def test_time_is_looked_at() -> None:
    with pytest.raises(FeelLimitExceeded) as raised:
        evaluate("for i in 1..1000000 return i", {}, budget=Budget(steps=10**9, seconds=0.0001))
    assert raised.value.limit == "time"


def test_a_usual_load_stays_within_the_budget() -> None:
    employees = [{"nip": str(i), "score": i % 120, "unit": f"U{i % 7}"} for i in range(2_000)]
    chosen = sum(1 for i in range(2_000) if i % 120 >= 90 and i % 7 == 3)
    context: dict[str, Any] = {"employees": employees}
    assert evaluate('count(employees[score >= 90 and unit = "U3"])', context) == chosen
    assert evaluate("mean(for e in employees return e.score)", context) is not None


def test_a_deep_value_from_the_host_is_refused() -> None:
    value: list[Any] = []
    for _ in range(5_000):
        value = [value]
    with pytest.raises(Exception, match="levels"):
        evaluate("x", {"x": value})


def test_the_depth_counts_through_shared_budgets() -> None:
    budget = Budget(depth=3)
    inner = compile("1")

    def nested(n: Any) -> Any:
        return inner.evaluate({}, budget=budget) if n == 0 else outer(n - 1)

    def outer(n: Any) -> Any:
        return compile("f(n)", ["n"], functions=["f"]).evaluate(
            {"n": n}, {"f": nested}, budget=budget
        )

    assert outer(0) == 1
    with pytest.raises(FeelLimitExceeded) as raised:
        outer(5)
    assert raised.value.limit == "depth"
