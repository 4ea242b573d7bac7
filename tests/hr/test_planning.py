"""What a plan must be, how two plans differ, and an addendum that keeps the version before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from engine import Actor, Channel, CompleteTask, Engine, PublishMessage, Scope
from engine.folder import read_folder
from engine.queries import inbox, standing
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.notices.queries import unread
from hr.planning import queries, rules, store
from tests.conftest import WORKFLOWS

ROW: dict[str, Any] = {
    "type": "UTAMA",
    "superior_row": "21",
    "plan": "Perekaman KTP elektronik tuntas",
    "measured": "QUANTITY",
    "direction": "HIGHER",
    "indicator": "Rekam selesai",
    "target": Decimal(450),
    "unit": "orang",
    "weight": Decimal(100),
}
OTHER = {**ROW, "plan": "Verifikasi akta", "indicator": "Permohonan"}
HALF = {"weight": Decimal(50)}


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([ROW], []),
        ([ROW | HALF, OTHER | HALF], []),
        ([], ["NO_MAIN_ROW", "WEIGHTS_NOT_100"]),
        ([ROW | HALF], ["WEIGHTS_NOT_100"]),
        ([ROW | {"weight": Decimal("99.99")}], ["WEIGHTS_NOT_100"]),
        ([ROW | {"type": "TAMBAHAN"}], ["NO_MAIN_ROW"]),
        ([ROW | {"target": Decimal(0)}], ["TARGET_NOT_ABOVE_ZERO"]),
        ([ROW | {"target_max": Decimal(449)}], ["RANGE_REVERSED"]),
        ([ROW | {"target_max": Decimal(450)}], []),
        ([ROW | {"superior_row": None}], ["NOT_LINKED"]),
        ([ROW | {"superior_row": "99"}], ["LINK_UNKNOWN"]),
        ([ROW | HALF, ROW | HALF | {"plan": " perekaman ktp  elektronik tuntas"}], ["ROW_TWICE"]),
        ([ROW | {"measured": "BEAUTY"}], ["MEASURED_UNKNOWN"]),
    ],
)
def test_a_plan_says_everything_that_is_wrong_with_it(
    rows: list[dict[str, Any]], codes: list[str]
) -> None:
    assert rules.findings(rows, {"21"}) == codes


def test_without_a_superiors_plan_there_is_nothing_to_link_to() -> None:
    assert rules.findings([ROW | {"superior_row": None}], set()) == []


def test_every_measure_leads_to_a_dimension_and_back() -> None:
    for choice, (aspect, dimension) in rules.MEASURED.items():
        assert rules.measured_as(aspect, dimension) == choice


def test_changes_name_what_is_new_what_differs_and_what_is_gone() -> None:
    new = [ROW | {"target": Decimal("480.0"), "weight": Decimal(60)}, OTHER | {"weight": 40}]
    gone = ROW | {"plan": "Arsip digital", "indicator": "Berkas"}
    found = rules.changes([ROW, gone], new)
    assert [(each["change"], each["before"], each["after"]) for each in found] == [
        ("CHANGED", "Rekam selesai: 450 orang, 100 %", "Rekam selesai: 480 orang, 60 %"),
        ("ADDED", "", "Permohonan: 450 orang, 40 %"),
        ("REMOVED", "Berkas: 450 orang, 100 %", ""),
    ]
    assert rules.changes(new, [dict(row) for row in new]) == []


def do(engine: Engine, element: str, who: str, **answers: Any) -> int:
    mine = engine.ask(inbox.open_tasks, Scope(person_id=CAST[who]), now=engine.clock()).rows
    (task,) = [row for row in mine if row.element_id == element]
    actor = Actor(person_id=CAST[who], channel=Channel.WEB)
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    engine.execute(command, by=actor)
    return task.instance_id


def test_an_addendum_begins_at_the_draft_and_keeps_the_version_before(engine: Engine) -> None:
    addendum(engine)
    case = do(engine, "draft_plan", "EMP", approach="QUANT", rows=[ROW])
    assert engine.ask(standing.variables, case)["is_changed"] is True
    do(engine, "review_plan", "RTR", decision="APPROVE")
    do(engine, "sign_own", "EMP", decision="SIGN")
    do(engine, "sign_rater", "RTR", signed=True)
    newest, before = engine.ask(queries.versions, CAST["EMP"])
    assert (newest.version, newest.rows[0].target, newest.rows[0].superior_row) == (2, 450, 21)
    assert (before.version, len(before.rows)) == (1, 6)
    assert (before.valid_from, before.valid_to < newest.valid_from) == (date(2026, 1, 1), True)
    assert {row.notice for row in engine.ask(unread, CAST["EMP"])} == {"plan_set"}


def replan_the_superior(engine: Engine, plans: dict[int, str]) -> dict[int, int]:
    """Set the superior's plan anew, with other words for some rows; give old numbers by new."""
    rater, today = CAST["RTR"], date(2026, 7, 1)
    with engine.database.begin() as connection:
        before = store.plan_on(connection, rater, today)
        assert before is not None
        rows = store.rows_of(connection, before["id"])
        kept = [
            {key: value for key, value in row.items() if key not in ("id", "plan_id")}
            | {"plan": plans.get(row["id"], row["plan"])}
            for row in rows
        ]
        store.end_before(connection, rater, today)
        plan = {"person_id": rater, "version": before["version"] + 1, "valid_from": today}
        new = store.add_plan(connection, plan, kept, {})
        return {
            old["id"]: row["id"]
            for old, row in zip(rows, store.rows_of(connection, new), strict=True)
        }


def addendum(engine: Engine) -> None:
    """Ask for an addendum: its draft is open, and offers the superior's rows of now."""
    engine.execute(read_folder(WORKFLOWS / "perf_planning"))
    payload = {"subject_id": CAST["EMP"], "period": "2026", "reason": "Tugas loket bertambah."}
    asked = PublishMessage(name="skp_addendum", correlation=str(CAST["EMP"]), payload=payload)
    engine.execute(asked)
    Worker(engine).run_due()


def test_a_link_follows_the_superiors_plan_that_is_set_meanwhile(engine: Engine) -> None:
    addendum(engine)
    new = replan_the_superior(engine, {})
    do(engine, "draft_plan", "EMP", approach="QUANT", rows=[ROW])
    do(engine, "review_plan", "RTR", decision="APPROVE")
    do(engine, "sign_own", "EMP", decision="SIGN")
    do(engine, "sign_rater", "RTR", signed=True)
    newest = engine.ask(queries.versions, CAST["EMP"])[0]
    assert newest.rows[0].superior_row == new[21]


def test_a_row_the_superior_gave_up_comes_back_with_those_of_now_to_choose_from(
    engine: Engine,
) -> None:
    addendum(engine)
    new = replan_the_superior(engine, {21: "Layanan keliling di tiap kelurahan"})
    case = do(engine, "draft_plan", "EMP", approach="QUANT", rows=[ROW])
    known = engine.ask(standing.variables, case)
    assert known["findings"] == ["LINK_UNKNOWN"]
    offered = {one["value"]: one["label"] for one in known["superior_rows"]}
    assert offered[str(new[21])] == "1. Layanan keliling di tiap kelurahan"
    assert offered["21"].startswith("SKP lama")
    do(engine, "draft_plan", "EMP", approach="QUANT", rows=[ROW | {"superior_row": str(new[21])}])
    do(engine, "review_plan", "RTR", decision="APPROVE")


def test_what_is_signed_is_set_though_the_superior_plans_otherwise_since(engine: Engine) -> None:
    addendum(engine)
    do(engine, "draft_plan", "EMP", approach="QUANT", rows=[ROW])
    do(engine, "review_plan", "RTR", decision="APPROVE")
    replan_the_superior(engine, {21: "Layanan keliling di tiap kelurahan"})
    do(engine, "sign_own", "EMP", decision="SIGN")
    do(engine, "sign_rater", "RTR", signed=True)
    newest = engine.ask(queries.versions, CAST["EMP"])[0]
    assert (newest.version, newest.rows[0].superior_row) == (2, 21)
