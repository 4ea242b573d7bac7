"""From a month of activities to a rated report, and what the public may see of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from engine import Actor, Channel, CompleteTask, Engine, NewCase, Scope, StartInstance
from engine.folder import read_folder
from engine.queries import inbox, standing
from engine.worker import Worker
from hr.activity.commands import LogActivity
from hr.activity.rules import Draft
from hr.demo.cast import CAST
from hr.reporting import queries
from hr.reporting.tables import MonthlyReport
from tests.conftest import WORKFLOWS, MovableClock

JULY = date(2026, 7, 1)
DRAFT = Draft(
    day=JULY,
    starts=480,
    ends=600,
    text="Merekam KTP elektronik di loket dua.",
    row_id=11,
    quantity=Decimal(30),
)


def work(engine: Engine) -> None:
    while Worker(engine).run_due():
        pass


def do(engine: Engine, element: str, who: str, **answers: Any) -> int:
    mine = engine.ask(inbox.open_tasks, Scope(person_id=CAST[who]), now=engine.clock()).rows
    (task,) = [row for row in mine if row.element_id == element]
    actor = Actor(person_id=CAST[who], channel=Channel.WEB)
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    engine.execute(command, by=actor)
    work(engine)
    return task.instance_id


def test_a_closed_month_begins_a_report_that_is_filled_in_already(
    engine: Engine, clock: MovableClock
) -> None:
    for key in ("daily_activity", "monthly_report"):
        engine.execute(read_folder(WORKFLOWS / key))
    case = NewCase(subject_id=CAST["EMP"], period="2026-07", scope_path="/01/01/01/")
    engine.execute(StartInstance(key="daily_activity", case=case))
    actor = Actor(person_id=CAST["EMP"], channel=Channel.WEB)
    for number, draft in enumerate((DRAFT, replace(DRAFT, starts=600, ends=720, row_id=None))):
        engine.execute(LogActivity(draft=draft, request_key=str(number)), by=actor)
    clock.now = datetime(2026, 8, 5, 2, tzinfo=UTC)
    work(engine)
    impact = "Warga tidak perlu kembali dua kali; antrean paling lama lima belas menit."
    answers = {"services_given": 60, "beneficiaries": 58, "impact": impact}
    number = do(engine, "complete_report", "EMP", **answers)
    known = engine.ask(standing.variables, number)
    assert known["total_real"] == 60
    assert [
        (row["programme"], row["days"], row["hours"], row["real"]) for row in known["lines"]
    ] == [
        ("Perekaman KTP elektronik tuntas", 1, 2, 30),
        ("Tugas tambahan", 1, 2, 30),
    ]
    told = "Angka cocok dengan catatan loket."
    do(engine, "rate_report", "RTR", conformity="CONFORMS", feedback=told)
    do(engine, "acknowledge", "EMP")
    known = engine.ask(standing.variables, number)
    assert (known["report_factor"], known["published"]["beneficiaries"]) == (1, 58)
    assert engine.ask(queries.by_office, JULY) == ()  # one person is nobody's business


@pytest.mark.parametrize(("people", "seen"), [(4, 0), (5, 1)])
def test_an_office_is_summed_up_for_the_public_from_five_people_on(
    engine: Engine, people: int, seen: int
) -> None:
    rows = [
        {
            "person_id": number,
            "month": JULY,
            "instance_id": number,
            "office_path": "/01/",
            "services_given": 10,
            "beneficiaries": 8,
            "impact": "",
            "conformity": "CONFORMS",
            "report_factor": None,
            "rated_at": engine.clock(),
        }
        for number in range(1, people + 1)
    ]
    with engine.database.begin() as connection:
        connection.execute(insert(MonthlyReport), rows)
    found = engine.ask(queries.by_office, JULY)
    assert len(found) == seen
    for office in found:
        sums = (office.reports, office.services_given, office.beneficiaries)
        assert (office.office, sums) == (
            "Dinas Kependudukan dan Pencatatan Sipil",
            (5, 50, 40),
        )
    assert engine.ask(queries.by_office, date(2026, 8, 1)) == ()
