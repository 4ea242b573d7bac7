"""The nine-box is that of the decision table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from engine.dmn import load
from hr.evaluation import talent
from tests.conftest import WORKFLOWS


@pytest.mark.parametrize(
    ("performance", "potential", "box"),
    [("100", "69.58", 7), ("80", "93.47", 9), ("59.99", "80", 6)],  # domain.md §2.6, DT13
)
def test_the_vectors_hold(performance: str, potential: str, box: int) -> None:
    assert talent.box(Decimal(performance), Decimal(potential)) == box


def test_it_agrees_with_the_decision_table_on_every_edge() -> None:
    model = load((WORKFLOWS / "_shared" / "dt13_talent_box.dmn").read_bytes())
    scores = [Decimal(each) for each in ("0", "59.99", "60", "79.99", "80", "100")]
    for y, x in product(scores, scores):
        given = {"performance_score": y, "potential_score": x, "predicate": "B"}
        said = model.evaluate("talent box", given)
        assert said["box"] == talent.box(y, x), (y, x)
