"""What the year is given wrongly or oddly: a clear message, or a result that is defined.

Percentages that do not sum and targets of zero: `tests/hr/test_planning.py`, the scenario
`isian_keliru` of the plan, and DT02's vectors.  A transfer on the last day, and an office of one:
`test_annual_appraisal.py`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from engine import Actor, CompleteTask, Engine, NewCase
from engine.errors import InvalidForm, NotAllowed
from engine.folder import read_folder
from engine.queries import standing
from hr.activity.commands import ReviewActivities
from hr.campaigns.commands import StartCase
from hr.demo.cast import CAST
from hr.planning.commands import RecordResult
from hr.structure.commands import AppointActing
from tests.conftest import WORKFLOWS, MovableClock
from tests.workflows.test_quarterly_evaluation import Evaluation, ratings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
AGENCY = Actor(person_id=CAST["HRC"])


def start(engine: Engine, key: str, period: str, subject: str = "EMP", request: str = "") -> int:
    case = NewCase(subject_id=CAST[subject], period=period)
    command = StartCase(key=key, case=case, request_key=request)
    return engine.execute(command, by=AGENCY).instance_id


def problem(refused: pytest.ExceptionInfo[InvalidForm]) -> tuple[str, str]:
    (one,) = refused.value.problems
    return one.path, one.code


def test_a_quarter_is_evaluated_once_and_the_other_case_is_named(engine: Engine) -> None:
    engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation"))
    first = start(engine, "quarterly_evaluation", "2026Q2", request="once")
    assert start(engine, "quarterly_evaluation", "2026Q2", request="once") == first
    with pytest.raises(InvalidForm) as refused:
        start(engine, "quarterly_evaluation", "2026Q2")
    assert problem(refused) == ("subject_id", "already")
    assert refused.value.problems[0].limit == "P04-2026Q2-000001"
    assert start(engine, "quarterly_evaluation", "2026Q2", "PEER1") != first
    assert start(engine, "quarterly_evaluation", "2026Q1") != first


@pytest.mark.parametrize("period", ["", "2026", "2026-05", "2026Q5", "Q2"])
def test_a_period_that_lies_across_quarters_is_refused(engine: Engine, period: str) -> None:
    engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation"))
    with pytest.raises(InvalidForm) as refused:
        start(engine, "quarterly_evaluation", period)
    assert problem(refused)[0] == "period"


@pytest.mark.parametrize("wrong", [0, 6, -1, Decimal("3.5"), "5x"])
def test_a_rating_outside_the_scale_is_refused_at_its_field(engine: Engine, wrong: object) -> None:
    case = Evaluation(engine)
    case.do("propose_raters", "EMP", peers=[str(CAST[f"PEER{n}"]) for n in (1, 2, 3)])
    case.do("check_raters", "RTR", struck=[])
    task = case.task("self_assessment", "EMP")
    answers = {**ratings(3), "competent": wrong, "competent_note": "Contoh nyata."}
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    with pytest.raises(InvalidForm) as refused:
        engine.execute(command, by=Actor(person_id=CAST["EMP"]))
    assert "competent" in {one.path for one in refused.value.problems}
    assert "self_assessment" in case.waiting()


def test_a_rater_without_people_has_nothing_to_review_and_is_rated_as_staff(
    engine: Engine,
) -> None:
    with engine.database.begin() as connection:
        left = text("UPDATE holding SET valid_to = '2026-06-30' WHERE person_id = :p")
        team = (number for code, number in CAST.items() if code.startswith(("EMP", "PEER")))
        connection.execute(left, [{"p": person} for person in team])
    review = ReviewActivities(entry_ids=[], decision="APPROVE")
    assert not engine.execute(review, by=Actor(person_id=CAST["RTR"]))
    engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation"))
    case = start(engine, "quarterly_evaluation", "2026Q2", "RTR")
    assert engine.ask(standing.variables, case)["position_kind"] == "STAFF_PUBLIC"


def test_who_holds_a_second_post_for_a_time_is_rated_in_his_own(
    engine: Engine, clock: MovableClock
) -> None:
    acting = AppointActing(
        person_id=CAST["PEER5"],
        post_id=3,
        kind="PLT",
        decree="SK 7/2026",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )
    engine.execute(acting, by=AGENCY)
    engine.execute(read_folder(WORKFLOWS / "annual_appraisal"))
    case = start(engine, "annual_appraisal", "2026", "PEER5")
    basis = engine.ask(standing.variables, case)["basis"]
    assert basis["rater"] == CAST["RTR"]
    assert [part["rater"] for part in basis["segments"]] == [CAST["RTR"]]


def test_a_target_of_zero_is_refused_and_nobody_but_the_rater_writes_results(
    engine: Engine,
) -> None:
    zero = RecordResult(row_id=11, period="2026Q2", target=Decimal(0), actual=Decimal(3))
    with pytest.raises(InvalidForm) as refused:
        engine.execute(zero, by=Actor(person_id=CAST["RTR"]))
    assert problem(refused)[0] == "target"
    with pytest.raises(NotAllowed):
        engine.execute(zero, by=Actor(person_id=CAST["EMP"]))
