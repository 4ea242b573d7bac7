"""A rater notes what a quarter brought for the rows of a plan, before the quarter is rated."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete

from hr.demo.cast import CAST
from hr.planning import queries as planning
from hr.planning.tables import PlanResult

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = f"/team/{CAST['EMP']}/results"


def rows(engine):
    return engine.ask(planning.result_rows, CAST["EMP"], "2026Q2")


def test_a_city_without_results_gets_them_by_the_page(client_as, engine):
    first = rows(engine)[0]
    with engine.database.begin() as connection:
        connection.execute(delete(PlanResult))
    assert rows(engine) == ()
    rater = client_as("RTR")
    assert PAGE in rater.get(f"/team/{CAST['EMP']}").links()
    form = {"period": "2026Q2", f"target-{first.id}": "400", f"actual-{first.id}": "420.5"}
    page = rater.post(PAGE, form)
    assert page.status == 200
    assert page.all(f"//input[@id='actual-{first.id}']/@value") == ["420.5"]
    (noted,) = rows(engine)
    assert (noted.id, noted.target, noted.actual) == (first.id, Decimal(400), Decimal("420.5"))


@on_sqlite
@pytest.mark.parametrize(
    ("target", "actual"),
    [("0", "1"), ("-1", "1"), ("1", "-1"), ("x", "1"), ("NaN", "1"), ("1", ""), ("1e30", "1")],
)
def test_nonsense_is_told_in_words_and_nothing_is_noted(client_as, engine, target, actual):
    before = rows(engine)
    fine, wrong = before[:2]
    form = {
        "period": "2026Q2", f"target-{fine.id}": "7", f"actual-{fine.id}": "7",
        f"target-{wrong.id}": target, f"actual-{wrong.id}": actual,
    }  # fmt: skip
    page = client_as("RTR").post(PAGE, form)
    assert page.status == 422
    assert f"Baris {wrong.number}: target harus angka lebih dari nol" in page.text
    assert rows(engine) == before


@on_sqlite
def test_nobody_but_the_rater_notes_results(client_as, engine):
    before = rows(engine)
    form = {"period": "2026Q2", f"target-{before[0].id}": "1", f"actual-{before[0].id}": "9"}
    for code in ("EMP", "SU2", "HRC", "AUD", "PEER1"):
        visitor = client_as(code)
        assert visitor.get(PAGE).status in (403, 404)
        assert visitor.post(PAGE, form).status in (403, 404)
    assert rows(engine) == before
