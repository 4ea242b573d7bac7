"""Statistics on ratings: what is flagged, what is not, and where there are too few to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from bench import fairness as bench
from engine import Actor
from engine.dmn import load
from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.worker import Worker
from hr.appraisal.tables import Appraisal
from hr.demo.cast import CAST
from hr.fairness import queries, rules, statistics, store
from hr.fairness.commands import AskFairness
from hr.fairness.rules import Finding, Member
from tests.conftest import WORKFLOWS

SEEDS = 4  # the bench has 200


def test_what_is_planted_is_noticed_and_the_honest_are_left_alone():
    found = {f.flag: (f.recall, f.honest_flagged) for f in bench.raters(15, 0.0, SEEDS)}
    assert found == dict.fromkeys(("FX1", "FX12", "FX2"), (1.0, 0.0))


def test_a_group_with_less_than_its_share_is_noticed():
    figure = bench.groups(300, 0.7, SEEDS)
    assert (figure.recall, figure.honest_flagged) == (1.0, 0.0)
    assert bench.groups(299, 0.7, 1).too_few == 1.0


def test_what_could_not_have_been_noticed_is_too_few_to_tell_and_what_is_plain_is_told():
    """At 300 in each group a ratio of 0.6 is noticed from a share of about 65 % on, not below."""

    def found(best: int, other: int, people: int = 300) -> Finding:
        members = [
            Member(
                n, n % people < (best if n < people else other), {"sex": "F" if n < people else "M"}
            )
            for n in range(2 * people)
        ]
        (only,) = statistics.group_ratios(members)
        return only

    for few in (found(72, 50), found(180, 130)):  # 24 %, 60 %
        assert few.state == rules.TOO_FEW
        assert few.power < rules.NOTICED
        assert (few.estimate, few.low, few.high) == (None, None, None)
    assert found(72, 20).state == rules.FLAGGED  # far below, and told in spite of the few
    assert found(210, 155).state == rules.OPEN  # 70 %: near the bound, and there were enough
    assert found(210, 210).state == rules.CLEAR
    assert found(768, 600, 3200).state == rules.OPEN  # 24 % of many


def test_the_power_is_how_often_it_was_noticed():
    # Of 200 seeds of `bench/fairness.py` at 300 people: 0.38, 0.64, 0.77, 0.90, 0.96, 0.98.
    powers = [statistics.ratio_power(one, 300, 300) for one in (0.24, 0.4, 0.5, 0.6, 0.65, 0.7)]
    assert [round(one, 2) for one in powers] == [0.38, 0.65, 0.80, 0.91, 0.95, 0.97]


def test_a_rater_whose_people_differ_is_too_few_to_tell_rather_than_unsure():
    states = {
        f.who: f for seed in range(3) for f in statistics.severities(bench.office(15, 0.5, seed))
    }
    assert rules.OPEN not in {f.state for f in states.values()}
    assert {f.power is None or f.power < rules.NOTICED for f in states.values()} == {True}
    (figure, *_) = bench.raters(15, 0.0, 2)
    assert (figure.able, figure.recall_where_able, figure.cleared) == (1.0, 1.0, 0.0)


def test_too_few_people_or_raters_give_no_figure():
    (figure, *_) = bench.raters(14, 0.0, 1)
    assert figure.too_few == 1.0
    alone = [one for one in bench.office(15, 0.0, 1) if one.rater_id < rules.FEWEST_OTHERS]
    assert {f.state for f in statistics.severities(alone)} == {rules.TOO_FEW}
    assert all(f.estimate is None and f.low is None for f in statistics.severities(alone))


def test_nobody_rated_and_all_rated_alike_are_answers_too():
    assert statistics.severities([]) == ()
    assert statistics.spreads([]) == ()
    assert statistics.group_ratios([]) == ()
    same = [replace(one, values=(3,) * 7) for one in bench.office(15, 0.0, 1)]
    assert {f.state for f in statistics.severities(same)} == {rules.CLEAR}
    assert {rules.flag_of(f) for f in statistics.spreads(same)} == {"FX2"}
    nobody = [Member(n, False, {"sex": "F" if n % 2 else "M"}) for n in range(700)]
    assert {f.state for f in statistics.group_ratios(nobody)} == {rules.TOO_FEW}


def test_a_person_rated_in_four_quarters_is_one_person():
    once = bench.office(8, 0.0, 1)
    quarters = [replace(one, period=f"2026Q{n}") for one in once for n in range(1, 5)]
    assert {f.people for f in statistics.severities(quarters)} == {8}
    assert {f.people for f in statistics.spreads(quarters)} == {8}


def test_few_people_are_drawn_towards_the_mean(monkeypatch):
    monkeypatch.setattr(rules, "NOTICED", 0.0)  # so that what is undecided keeps its figures
    given = bench.office(60, 0.5, 3)
    few = [one for one in given if one.rater_id != 0 or one.person_id < 15]
    (whole, part) = (
        next(f for f in statistics.severities(rows) if f.who == 0) for rows in (given, few)
    )
    raw = [sum(one.values) / len(one.values) for one in few if one.rater_id == 0]
    assert part.high - part.low > whole.high - whole.low
    assert part.estimate < sum(raw) / len(raw) - bench.LEVEL + 0.2


def test_agreement_is_that_of_the_books(monkeypatch):
    # Shrout and Fleiss (1979), table 2: four judges, six targets; ICC(1,1) = 0.17.
    table = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]
    monkeypatch.setattr(rules, "FEWEST_PAIRS", 6)
    found = statistics.agreement(table)
    assert round(found.estimate, 2) == 0.17
    assert found.low < found.estimate < found.high
    assert statistics.agreement(table[:5]).state == rules.TOO_FEW


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [(0.76, 1.0, "FX1"), (0.74, 1.0, ""), (-1.0, -0.76, "FX12"), (-1.0, -0.7, ""), (-0.8, 0.8, "")],
)
def test_the_table_decides_by_the_careful_end_of_the_interval(low, high, code):
    state = rules.severity_state(low, high)
    found = Finding(rules.SEVERITY, 1, "/01/", 15, state, (low + high) / 2, low, high)
    assert rules.flag_of(found) == code
    assert code in _dt20(rater_mean_difference=found.cautious, rated_people=15) or not code
    assert bool(code) == bool(_dt20(rater_mean_difference=found.cautious, rated_people=15))


def test_spread_and_ratio_are_told_by_their_upper_ends():
    flat = Finding(rules.SPREAD, 1, "/01/", 15, rules.FLAGGED, 0.1, 0.05, 0.19)
    ratio = Finding(rules.GROUP, "M", "sex", 300, rules.FLAGGED, 0.6, 0.4, 0.79)
    assert _dt20(rater_deviation=flat.cautious, rated_people=15) == ["FX2"]
    assert _dt20(group_ratio=ratio.cautious, group_size=300) == ["FX7"]
    few = Finding(rules.GROUP, "M", "sex", 20, rules.TOO_FEW)
    assert _dt20(group_ratio=few.cautious, group_size=300) == []


def _dt20(**given):
    from tests.workflows.test_decision_tables import CALM

    model = load((WORKFLOWS / "_shared" / "dt20_fairness_flags.dmn").read_bytes())
    exact = {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in given.items()}
    found = model.evaluate("dt20_fairness_flags", CALM | exact)
    return [flag["code"] for flag in found]


def test_ages_fall_into_bands():
    day = date(2026, 7, 1)
    born = [date(1996, 7, 2), date(1996, 7, 1), date(1986, 7, 2), date(1960, 1, 1)]
    assert [rules.age_band(each, day) for each in born] == ["<30", "30-39", "30-39", ">=50"]


def test_the_job_computes_what_was_asked_for(engine):
    officer = Actor(person_id=CAST["HRC"])
    with pytest.raises(NotAllowed):
        engine.execute(AskFairness(period="2026"), by=Actor(person_id=CAST["EMP"]))
    with pytest.raises(InvalidForm):
        engine.execute(AskFairness(period="2026Q1"), by=officer)
    with engine.database.begin() as connection:
        _give(connection, engine.clock())
    run_id = engine.execute(AskFairness(period="2026"), by=officer)
    with pytest.raises(InvalidState):  # one waits
        engine.execute(AskFairness(period="2026"), by=officer)
    assert engine.ask(queries.of_year, "2026").waiting
    while Worker(engine).run_due():
        pass
    view = engine.ask(queries.of_year, "2026")
    assert (view.ratings, view.people, view.waiting) == (2, 2, False)
    assert {f.kind for f in view.findings} == {"SEVERITY", "SPREAD", "AGREEMENT", "GROUP"}
    assert {f.state for f in view.findings} == {rules.TOO_FEW}
    facts = engine.ask(queries.rater_facts, CAST["RTR"], "2026")
    assert facts == queries.NOTHING_KNOWN
    assert run_id


def test_many_forms_within_ten_minutes_are_counted(engine):
    with engine.database.begin() as connection:
        _give(connection, engine.clock())
    assert engine.ask(queries.most_within_ten_minutes, CAST["RTR"], engine.clock()) == 2
    assert engine.ask(queries.most_within_ten_minutes, CAST["EMP"], engine.clock()) == 0


def _give(connection, now):

    row = {"rater_id": CAST["RTR"], "period": "2026Q2", "office_path": "/01/", "at": now}
    for n, (who, digits) in enumerate((("EMP", "4444444"), ("PEER1", "3333333")), start=1):
        given = {**row, "instance_id": n, "person_id": CAST[who], "digits": digits}
        store.set_given(connection, given)
    connection.execute(
        insert(Appraisal),
        [
            {
                "instance_id": 1,
                "case_no": "P05-2026-000001",
                "person_id": CAST["EMP"],
                "period": "2026",
                "office_path": "/01/",
                "state": "PROPOSED",
                "rater_predicate": "B",
                "team_predicate": "SB",
                "predicate": "B",
                "result_score": Decimal(100),
                "behaviour_score": Decimal(4),
                "proposed_at": now,
            }
        ],
    )
