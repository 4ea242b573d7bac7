"""The catalogue page of training officers, and starting referrals from the agency's follow-ups."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import insert

from engine.folder import read_folder
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.followup.tables import Followup
from tests.web.conftest import ROOT

SESSION = {"starts_on": "2026-10-01", "ends_on": "2026-10-02", "place": "Aula", "seats": "7"}


@pytest.fixture
def followups(engine, database):
    """Two open referrals and one of another kind."""
    engine.execute(read_folder(ROOT / "workflows" / "training_referral"))
    people = [("EMP", "REFERRAL"), ("PEER1", "REFERRAL"), ("PEER2", "COACHING")]
    rows = [
        {
            "id": number,
            "kind": kind,
            "state": "OPEN",
            "subject_id": CAST[code],
            "scope_path": "/01/01/01/",
            "period": "2026Q2",
            "source_id": 1,
            "source_no": "",
            "detail": "",
            "dedup_key": uuid4().hex,
            "opened_at": engine.clock(),
        }
        for number, (code, kind) in enumerate(people, start=1)
    ]
    with database.begin() as connection:
        connection.execute(insert(Followup), rows)


def test_the_catalogue_is_for_training_officers_and_the_agency(client_as, subtests):
    for code in ["STRANGER", "EMP", "RTR", "SU2", "HRO", "PPK", "AUD", "ADM", "DSN"]:
        with subtests.test(code=code):
            visitor = client_as(code)
            assert visitor.get("/training").status == 403
            assert visitor.post("/training/courses/1/sessions", SESSION).status == 403
            assert "Pelatihan" not in [a.text_content() for a in visitor.get("/").all("//nav//a")]


def test_courses_show_their_seats_and_the_budget(client_as):
    page = client_as("TRN").get("/training")
    assert "Pelayanan Publik Prima" in page.text
    assert "sisa 20 dari 20 kursi" in page.text
    assert "Belum ada jadwal." in page.text
    assert "sisa Rp20.000.000" in page.text


def test_a_session_is_added_and_seen(client_as):
    officer = client_as("TRN")
    page = officer.submit(officer.get("/training"), "/training/courses/5/sessions", **SESSION)
    assert "Jadwal ditambahkan" in page.text
    assert "sisa 7 dari 7 kursi" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": ""},
        {"starts_on": "2026-02-30"},
        {"starts_on": "2020-01-01"},
        {"ends_on": "2026-09-01"},
        {"place": " "},
        {"seats": "0"},
        {"seats": "-1"},
        {"seats": "9" * 40},
    ],
)
def test_a_session_that_makes_no_sense_is_refused_and_kept_in_the_form(client_as, wrong):
    page = client_as("HRC").post("/training/courses/5/sessions", SESSION | wrong)
    assert page.status == 422
    assert "Tulis tanggal sesudah hari ini" in page.text
    assert page.all("//input[@id='seats-5']/@value") == [(SESSION | wrong)["seats"]]


def test_a_session_of_no_course_is_not_found(client_as):
    assert client_as("TRN").post("/training/courses/4711/sessions", SESSION).status == 404


def test_strangers_start_no_referral(client_as, followups, subtests):
    for code in ["STRANGER", "EMP", "RTR", "HRO", "AUD", "ADM", "TRN"]:
        with subtests.test(code=code):
            visitor = client_as(code)
            assert visitor.post("/agency/followups/1/start").status == 403
            assert visitor.post("/agency/followups/start").status == 403


def test_a_referral_is_started_by_its_button_and_a_second_press_shows_the_same(
    client_as, followups
):
    agency = client_as("HRC")
    page = agency.get("/agency/followups")
    assert len(page.all("//button[text()='Mulai rujukan']")) == 2
    page = agency.submit(page, "/agency/followups/1/start")
    assert "Rujukan pelatihan dimulai: P12-2026Q2-000001" in page.text
    assert len(page.all("//button[text()='Mulai rujukan']")) == 1
    page = agency.post("/agency/followups/1/start")
    assert "Sudah dimulai sebelumnya: P12-2026Q2-000001" in page.text
    assert "Pastikan kebutuhan pelatihan" in client_as("RTR").get("/").text


def test_all_referrals_are_started_by_the_worker(client_as, followups, engine):
    agency = client_as("HRC")
    page = agency.submit(agency.get("/agency/followups"), "/agency/followups/start")
    assert "sedang dimulai" in page.text
    Worker(engine).run_due()
    page = agency.get("/agency/followups")
    assert not page.all("//button[text()='Mulai rujukan']")
    assert "Pembinaan kinerja" in page.text


def test_what_is_no_referral_is_not_started(client_as, followups):
    agency = client_as("HRC")
    assert agency.post("/agency/followups/3/start").status == 409
    assert agency.post("/agency/followups/4711/start").status == 404
