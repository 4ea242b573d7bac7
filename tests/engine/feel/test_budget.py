"""Nothing runs away: every attack meets the limit that is meant for it."""

from __future__ import annotations

from typing import Any

import pytest

from bench.attacks import ATTACKS, VALUES
from engine.errors import LimitExceeded
from engine.feel import Budget, FeelLimitExceeded, compile, evaluate


@pytest.mark.parametrize(("text", "limit"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_meets_its_limit(text: str, limit: str) -> None:
    if not limit:
        assert evaluate(text, VALUES) is not None
        return
    with pytest.raises(FeelLimitExceeded) as raised:
        evaluate(text, VALUES)
    # A machine that does many things at once may run out of time before it runs out of steps.
    assert raised.value.limit in (limit, "time")
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
