"""Starting a case by hand: who may, about whom, and what is refused."""

from __future__ import annotations

import pytest

from engine.folder import read_folder
from hr.demo.cast import CAST
from tests.conftest import WORKFLOWS
from tests.web.conftest import TWO_STEP

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EMP = str(CAST["EMP"])


@pytest.fixture(autouse=True)
def process(engine):
    engine.execute(read_folder(TWO_STEP))


def test_the_agency_starts_a_case_about_somebody(client_as):
    agency = client_as("HRC")
    page = agency.get("/start")
    page = agency.get(page.link("Permohonan dua langkah"))
    page = agency.get("/start/two_step?q=sari+wul")
    assert page.all("//input[@name='subject']/@value") == [EMP]
    page = agency.submit(page, "/start/two_step", subject=EMP, period="2026Q2")
    assert page.response.request.path.startswith("/cases/")
    assert "dimulai" in page.text
    assert "Sari Wulandari" in page.text
    assert "Permohonan: ajukan" in client_as("EMP").get("/").text


def test_a_personnel_officer_starts_cases_of_the_own_office_only(client_as):
    officer = client_as("HRO")
    page = officer.get("/start/two_step")
    offered = page.all("//input[@name='subject']/@value")
    assert EMP in offered
    assert str(CAST["AUD"]) not in offered
    assert officer.post("/start/two_step", {"subject": str(CAST["AUD"])}).status == 403


def test_nobody_starts_a_case_about_himself(client_as):
    agency = client_as("HRC")
    own = str(CAST["HRC"])
    assert own not in agency.get("/start/two_step?q=Indra").all("//input[@name='subject']/@value")
    assert agency.post("/start/two_step", {"subject": own}).status == 403


def test_others_may_not_start_anything(client_as, subtests):
    for code in ["EMP", "RTR", "STRANGER", "AUD", "ADM"]:
        with subtests.test(code=str(code)[:60]):
            visitor = client_as(code)
            for page in (
                visitor.get("/start"),
                visitor.get("/start/two_step"),
                visitor.post("/start/two_step", {"subject": EMP}),
            ):
                assert page.status == 403
                assert "Peran Anda tidak mencakup hal ini" in page.text
            assert "Mulai" not in [
                a.text_content().strip() for a in visitor.get("/").all("//nav//a")
            ]


def test_without_a_person_there_is_no_case(client_as, subtests):
    visitor = client_as("HRC")
    for subject in ["", "x", "-1", "1.5", "²", "9" * 30, "1 OR 1=1"]:
        with subtests.test(subject=str(subject)[:60]):
            page = visitor.post("/start/two_step", {"subject": subject})
            assert page.status == 422
            assert "Pilih orangnya." in page.text


def test_a_person_who_is_not_there_is_not_found(client_as):
    assert client_as("HRC").post("/start/two_step", {"subject": "4711"}).status == 404


def test_a_strange_period_is_refused_at_its_field(client_as, subtests):
    visitor = client_as("HRC")
    for period in ["soon", "2026Q5", "2026-13", "'", "2026Q2x"]:
        with subtests.test(period=str(period)[:60]):
            page = visitor.post("/start/two_step", {"subject": EMP, "period": period})
            assert page.status == 422
            assert page.all("//input[@id='period' and contains(@class, 'is-invalid')]")
            assert page.all(f"//input[@name='subject' and @value='{EMP}' and @checked]")


def test_a_process_that_is_not_there_is_not_found(client_as, subtests):
    visitor = client_as("HRC")
    for key in ["nothing", "..", "%00", "<b>"]:
        with subtests.test(key=str(key)[:60]):
            assert visitor.get(f"/start/{key}").status == 404
            assert visitor.post(f"/start/{key}", {"subject": EMP}).status in (404, 405)


def test_a_second_evaluation_of_a_quarter_and_a_wrong_period_are_said_in_words(client_as, engine):
    engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation"))
    agency, path = client_as("HRC"), "/start/quarterly_evaluation"
    page = agency.post(path, {"subject": EMP, "period": "2026-05"})
    assert (page.status, "tulis periode seperti 2026Q2" in page.text) == (422, True)
    assert agency.post(path, {"subject": EMP, "period": "2026Q2"}).status == 200
    page = agency.post(path, {"subject": EMP, "period": "2026Q2"})
    assert page.status == 422
    assert "Untuk periode itu sudah ada berkas P04-2026Q2-000001" in page.text
