"""The training referral as the office runs it: vectors of DT14, and from a result to a referral."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from engine import Actor, Channel, ClaimTask, CompleteTask, Engine, NewCase, StartInstance
from engine.dmn import load
from engine.folder import read_folder
from engine.queries import cases, standing
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.development import queries
from hr.development.commands import StartReferral
from hr.followup.queries import open_followups
from hr.notices.queries import unread
from tests.conftest import WORKFLOWS
from tests.workflows.test_quarterly_evaluation import Evaluation, _everything, everybody

# The stories in scenarios/ run on both databases; numbers and rights are the same on either.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FOLDER = WORKFLOWS / "training_referral"
QUIET: dict[str, Any] = {
    "predicate": "B",
    "lowest_value_mean": 4,
    "quarters_service_below_target": 0,
    "competence_gap": 0,
    "learning_hours": 20,
    "month": 10,
    "service_change": False,
    "new_managerial_post": False,
    "competence_finding": False,
    "upheld_behaviour_complaints": 0,
    "talent_box": 5,
    "months_since_course": 3,
}
# domain.md DT14, each rule on both sides of its limit.
VECTORS: tuple[tuple[dict[str, Any], list[tuple[str, str]]], ...] = (
    ({}, []),
    ({"predicate": "BP"}, [("T1", "H")]),
    ({"predicate": "K"}, [("T1", "H")]),
    ({"predicate": "SK"}, [("T1", "H")]),
    ({"predicate": "SB"}, []),
    ({"lowest_value_mean": Decimal("2.99")}, [("T2", "M")]),
    ({"lowest_value_mean": Decimal("3.00")}, []),
    ({"quarters_service_below_target": 2}, [("T3", "M")]),
    ({"quarters_service_below_target": 1}, []),
    ({"competence_gap": 1}, [("T4", "M")]),
    ({"learning_hours": 19, "month": 8}, []),
    ({"learning_hours": 19, "month": 9}, [("T5", "L")]),
    ({"learning_hours": 19, "month": 12}, [("T5", "L")]),
    ({"service_change": True}, [("T6", "M")]),
    ({"new_managerial_post": True}, [("T7", "M")]),
    ({"competence_finding": True}, [("T8", "H")]),
    ({"upheld_behaviour_complaints": 1}, []),
    ({"upheld_behaviour_complaints": 2}, [("T9", "H")]),
    ({"talent_box": 6}, []),
    ({"talent_box": 7}, [("T10", "L")]),
    ({"talent_box": 9}, [("T10", "L")]),
    ({"months_since_course": 24}, []),
    ({"months_since_course": 25}, [("T11", "L")]),
    ({"predicate": "K", "competence_gap": 2}, [("T1", "H"), ("T4", "M")]),
)


@pytest.mark.parametrize(("changed", "wanted"), VECTORS)
def test_dt14_gives_code_and_priority(
    changed: dict[str, Any], wanted: list[tuple[str, str]], database: object
) -> None:
    model = load((FOLDER / "dt14_training_referral.dmn").read_bytes())
    found = model.evaluate("dt14_training_referral", QUIET | changed)
    assert [(signal["code"], signal["priority"]) for signal in found] == wanted
    assert [signal["refusable"] for signal in found] == [code != "T1" for code, _ in wanted]


@pytest.mark.parametrize(("changed", "wanted"), VECTORS)
def test_the_case_takes_up_exactly_what_dt14_says(
    engine: Engine, changed: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    case = start(engine, "PEER2", **(QUIET | changed))
    need = engine.ask(standing.variables, case)["need"]
    assert need["found"] is bool(wanted)
    if wanted:
        assert need["priority"] == wanted[0][1]
        assert need["mandatory"] is (wanted[0][0] == "T1")


def start(engine: Engine, code: str, **noted: Any) -> int:
    engine.execute(read_folder(FOLDER))
    case = NewCase(subject_id=CAST[code], period="2026Q2", variables={"noted": noted})
    return engine.execute(StartInstance(key="training_referral", case=case)).instance_id


def do(engine: Engine, case: int, element: str, who: str, **answers: Any) -> None:
    (task,) = [t for t in engine.ask(standing.open_tasks, case) if t.element_id == element]
    actor = Actor(person_id=CAST[who], channel=Channel.WEB)
    if task.assignee_id is None:
        engine.execute(ClaimTask(task_id=task.id), by=actor)
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    engine.execute(command, by=actor)
    while Worker(engine).run_due():
        pass


def test_a_poor_result_leads_to_a_mandatory_referral_and_to_learning_hours(engine: Engine) -> None:
    evaluation = Evaluation(engine).drafted((3,), everybody(*[(3,)] * 5))
    why = "Hasil kerja jauh di bawah rencana walau angka sistem sesuai, lihat berita acara Juni."
    evaluation.settled((3,), "BELOW", "MEETS", result_reason=why).finished()
    found = engine.ask(open_followups, _everything(), kind="REFERRAL")
    assert [row.source_id for row in found.rows] == [evaluation.id]
    engine.execute(read_folder(FOLDER))
    officer = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    case = engine.execute(StartReferral(followup_id=found.rows[0].id), by=officer).instance_id
    need = engine.ask(standing.variables, case)["need"]
    assert (need["sources"], need["mandatory"]) == (["T1", "T4"], True)
    do(engine, case, "confirm_need", "RTR", decision="CONFIRM")
    do(engine, case, "choose_course", "EMP", answer="ACCEPT")
    do(engine, case, "prioritise", "HRC", decision="APPROVE")
    assert str(engine.ask(cases.case, case).state) == "COMPLETED"
    assert engine.ask(queries.learning_hours, [CAST["EMP"]], 2026) == {CAST["EMP"]: 24}
    assert engine.ask(queries.budget, 2026).booked == 1_500_000
    told = {row.notice for row in engine.ask(unread, CAST["EMP"])}
    assert "referral_set" in told
    assert [row.notice for row in engine.ask(unread, CAST["RTR"])] == ["referral_set"]


def test_a_person_without_a_superior_is_confirmed_by_the_agency(engine: Engine) -> None:
    case = start(engine, "PPK", competence_finding=True)
    (task,) = engine.ask(standing.open_tasks, case)
    assert (task.element_id, task.candidate_group) == ("confirm_need", "HRC")
