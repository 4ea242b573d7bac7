"""A field that only some may read later: kept from all others wherever answers are shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine import NewCase, StartInstance
from engine.folder import read_folder
from hr.demo.cast import CAST
from hr.privacy.queries import given
from tests.web.conftest import TWO_STEP

SECRET = "menjaga ibu yang sakit"


@pytest.fixture
def case(engine, program_as):
    """A case of EMP whose reason is for SU2 alone, waiting for RTR; gives its number."""
    folder = read_folder(TWO_STEP)
    form = json.loads(folder.files["forms/request.json"])
    form["components"][2]["properties"] = {"alur:visible_to": "SU2"}
    engine.execute(
        replace(folder, files={**folder.files, "forms/request.json": json.dumps(form).encode()})
    )
    subject = engine.ask(engine.ports.people.subject, CAST["EMP"], engine.clock())
    new = NewCase(
        subject_id=CAST["EMP"],
        scope_path=subject.scope_path,
        title=subject.title,
        search_text=subject.search_text,
    )
    started = engine.execute(StartInstance(key="two_step", case=new)).instance_id
    emp = program_as("EMP")
    (task,) = emp.get("/tasks").json["items"]
    answers = {"subject": "Cuti", "days": 2, "reason": SECRET}
    emp.post(f"/tasks/{task['id']}/complete", {"answers": answers}, Idempotency_Key="1")
    return started


def test_only_those_it_names_and_the_agency_and_auditors_read_it(case, client_as, program_as):
    for code, reads in {"EMP": False, "RTR": False, "SU2": True, "HRC": True, "AUD": True}.items():
        page = client_as(code).get(f"/cases/{case}")
        assert (page.status, "Cuti" in page.text, SECRET in page.response.text) == (
            200,
            True,
            reads,
        )
        told = program_as(code).get(f"/instances/{case}/changes")
        assert (SECRET in told.text, "Cuti" in told.text) == (reads, True)


def test_the_next_step_is_done_without_it(case, client_as, program_as):
    rtr = client_as("RTR")
    page = rtr.get(rtr.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0])
    assert "Berapa hari" in page.text
    assert "Alasan" not in [each.text for each in page.all("//dl//dt")]
    assert SECRET not in page.response.text
    (task,) = program_as("RTR").get("/tasks").json["items"]
    (evidence,) = program_as("RTR").get(f"/tasks/{task['id']}").json["evidence"]
    assert evidence["answers"] == {"subject": "Cuti", "days": 2}


def test_neither_a_search_nor_what_is_given_of_oneself_tells_it(case, engine, client_as):
    for code in ("EMP", "RTR", "HRC"):
        assert (
            not client_as(code).get("/cases", query_string={"q": SECRET}).all("//ul[@id='rows']/li")
        )
    told = engine.ask(given, CAST["EMP"])
    assert "Cuti" in str(told["cases"])
    assert SECRET not in str(told)


def test_whoever_writes_it_is_told_who_will_read_it(start_two_step, engine, case, client_as):
    again = NewCase(subject_id=CAST["EMP"], title="x", scope_path="")
    engine.execute(StartInstance(key="two_step", case=again))
    emp = client_as("EMP")
    page = emp.get(emp.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0])
    assert "Kelak hanya dibaca atasan penilai, serta badan kepegawaian dan pemeriksa." in page.text
