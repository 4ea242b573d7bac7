"""A quarter in which the rater changed: each rates his days, and the days weigh (domain.md §4)."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine import Actor, Engine
from engine.errors import NotAllowed
from hr.demo.cast import CAST, DEMO_PASSWORD
from hr.structure.commands import TransferPerson
from tests.conftest import WORKFLOWS
from tests.web.visitor import Visitor
from tests.workflows.test_quarterly_evaluation import Evaluation, ratings, read
from web import create_app
from web.bootstrap import Platform
from web.settings import Settings

SEVEN = 7


def replaced(engine: Engine, on: date) -> None:
    """Let STRANGER follow RTR as the head of EMP's section."""
    for who, post in (("RTR", 8), ("STRANGER", 4)):
        move = TransferPerson(
            person_id=CAST[who], post_id=post, valid_from=on, reason="Mutasi SK 12/2026"
        )
        engine.execute(move, by=Actor())


def asked(engine: Engine) -> Evaluation:
    case = Evaluation(engine)
    case.do("propose_raters", "EMP", peers=["4", "5", "6"])
    case.do("check_raters", "STRANGER")
    case.do("self_assessment", "EMP", **ratings(4))
    return case


def disclosed(case: Evaluation, own: int, result: str, behaviour: str) -> None:
    """Let the present superior rate, and the result be disclosed."""
    case.later(days=10)
    case.do("draft_rating", "STRANGER", **ratings(own))
    why = "Nilai gabungan menurut hari saya pakai; lihat berita acara serah terima jabatan."
    settled = {"result_rating": result, "behaviour_rating": behaviour, "behaviour_reason": why}
    case.do("final_rating", "STRANGER", **ratings(own), **settled)
    if "fairness_review" in case.waiting():
        case.do("fairness_review", "SU2", decision="KEEP", note="Alasan dan bukti cukup.")
    told = "Pelayanan loket sudah baik, laporan perlu dijaga."
    case.do("dialogue", "STRANGER", held_on="2026-07-20", feedback=told)


def test_both_raters_rate_their_days_and_the_result_page_says_what_each_weighed(
    engine: Engine,
) -> None:
    settings = Settings(second_factor_roles="none")
    app = create_app(Platform(settings, engine.database, engine, engine.clock))
    replaced(engine, date(2026, 6, 1))
    case = asked(engine)
    quarter = case.variables["quarter"]
    assert [(part["name"], part["days"]) for part in quarter["parts"]] == [
        ("Bambang Nugroho", 61),
        ("Oki Firmansyah", 30),
    ]
    mine = read(app, case, "RTR", "segment_rating")
    assert "61 hari" in mine
    assert "Penilaian diri 4" not in mine  # and nothing of what others wrote
    with pytest.raises(NotAllowed):
        case.do("segment_rating", "STRANGER", **ratings(5))
    case.do("segment_rating", "RTR", **ratings(5))
    disclosed(case, 3, "MEETS", "ABOVE")
    # (61 x 5 + 30 x 3) / 91
    assert case.variables["superior_mean"] == Decimal("4.34")
    assert set(case.variables["superior_view"]["means"].values()) == {Decimal("4.34")}
    # No peer answered: 0.85 x 4.34 + 0.15 x 4.04
    assert case.variables["behaviour_score"] == Decimal("4.30")
    assert case.variables["behaviour_advice"] == "ABOVE"
    page = read(app, case, "EMP", "acknowledge_result")
    assert "ditimbang menurut hari" in page
    assert "Oki Firmansyah 30 hari (rata-rata 3,00)" in page
    assert "Bambang Nugroho 61 hari (rata-rata 5,00)" in page
    visitor = Visitor(app.test_client())
    visitor.log_in("emp", DEMO_PASSWORD)
    (result, *_earlier) = [one for one in visitor.get("/me").links() if "/me/results/" in one]
    why = visitor.get(result)
    assert "Oki Firmansyah 30 hari (rata-rata 3), Bambang Nugroho 61 hari (" in why.text


def test_a_transfer_on_the_last_day_leaves_the_quarter_to_whoever_saw_the_work(
    engine: Engine,
) -> None:
    replaced(engine, date(2026, 6, 30))
    case = asked(engine)
    case.do("segment_rating", "RTR", **ratings(4))
    disclosed(case, 1, "MEETS", "MEETS")
    # (90 x 4 + 1 x 1) / 91: a day weighs a day
    assert case.variables["superior_mean"] == Decimal("3.97")
    assert case.variables["predicate"] == "B"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_transfer_after_the_quarter_leaves_it_to_the_rater_of_its_days(engine: Engine) -> None:
    replaced(engine, date(2026, 7, 1))
    case = asked(engine)
    assert case.variables["quarter"]["earlier"] == [
        {"rater": CAST["RTR"], "name": "Bambang Nugroho", "days": 91}
    ]
    case.do("segment_rating", "RTR", **ratings(4))
    disclosed(case, 1, "MEETS", "MEETS")
    assert case.variables["superior_mean"] == Decimal(4)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["a fortnight is missing", "nobody answers", "he has left"])
def test_where_the_former_rater_does_not_rate_the_present_one_stands_alone(
    engine: Engine, how: str
) -> None:
    replaced(engine, date(2026, 4, 14) if how == "a fortnight is missing" else date(2026, 6, 1))
    if how == "he has left":
        with engine.database.begin() as connection:
            gone = f"UPDATE person SET left_on = '2026-06-30' WHERE id = {CAST['RTR']}"
            connection.exec_driver_sql(gone)
    case = asked(engine)
    assert ("segment_rating" in case.waiting()) == (how == "nobody answers")
    disclosed(case, 3, "MEETS", "MEETS")
    view: Any = case.variables["superior_view"]
    assert view["raters"] == []
    assert list(view["means"].values()) == [Decimal(3)] * SEVEN


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_a_transfer_nobody_else_is_asked(engine: Engine) -> None:
    case = Evaluation(engine).asked()
    assert case.variables["earlier_raters"] == []
    assert "segment_rating" not in case.waiting()


def test_who_was_asked_has_no_words_so_that_no_page_names_it() -> None:
    """What has words is shown; whoever was invited is known to those alone who chose him."""
    messages = tomllib.loads((WORKFLOWS / "quarterly_evaluation" / "messages.toml").read_text())
    assert "raters" not in messages["variables"]
    assert "superior_view.raters" in messages["variables"]
