"""The list of a month's candidates: everybody with the reason, for the agency and auditors only."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from engine import InstallSchedules
from engine.folder import read_folder
from engine.worker import Worker
from hr.career.tables import PromotionCandidate
from hr.demo.cast import CAST
from tests.conftest import WORKFLOWS
from web.agency import candidates

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LIST = "/agency/candidates"


@pytest.fixture
def searched(engine):
    """The search of July has looked at the cast for 1 September."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    engine.execute(InstallSchedules())
    worker = Worker(engine)
    while worker.run_due():
        pass


def line(page, name):
    """Give what the list says about somebody."""
    (found,) = [
        each.text_content()
        for each in page.all("//ul[@id='rows']/li")
        if name in each.text_content()
    ]
    return " ".join(found.split())


def test_strangers_do_not_see_the_list(client_as, subtests):
    for code in ["STRANGER", "EMP", "RTR", "SU2", "HRO", "PPK", "TRN", "DSN", "ADM"]:
        with subtests.test(code=code):
            visitor = client_as(code)
            assert visitor.get(LIST).status == 403
            assert LIST not in visitor.get("/").links()


def test_before_the_first_search_the_list_says_so(client_as):
    assert "Belum ada calon di sini." in client_as("HRC").get(LIST).text


def test_everybody_stands_in_the_list_with_reason_and_date(client_as, searched):
    agency = client_as("HRC")
    assert LIST in agency.get("/agency/followups").links()
    page = agency.get(LIST)
    assert page.all("//select[@id='month']/option/text()") == ["September 2026"]
    said = line(page, "Sari Wulandari")
    assert "III/b → III/c" in said
    assert "Sedang diusulkan" in said
    said = line(page, "Dewi Lestari")
    assert "Penilaian kinerja dua tahun terakhir belum semuanya Baik (E02)" in said
    assert "mulai Januari 2028" in said
    said = line(page, "Fitri Handayani")
    assert "Dokumen atau penilaian kinerja belum lengkap: predikat 20" in said
    assert "mulai" not in said
    assert "1 orang belum dapat dinilai" in page.text
    assert "Itu bukan penolakan." in page.text
    assert len(page.all("//ul[@id='rows']/li")) == len(CAST) - 1  # but for the PPPK


def test_an_auditor_reads_the_list_and_nothing_else_of_the_agency(client_as, searched):
    auditor = client_as("AUD")
    page = auditor.get(auditor.get("/").link("Calon"))
    assert "Sedang diusulkan" in line(page, "Sari Wulandari")
    assert not [each for each in page.links() if "/agency/incidents" in each]
    assert auditor.get("/agency/incidents").status == 403
    assert auditor.post("/agency/followups/start").status == 403


def test_the_list_is_filtered_by_result_and_in_english(client_as, searched):
    agency = client_as("HRC")
    agency.client.set_cookie("alur_language", "en")
    page = agency.get(f"{LIST}?month=2026-09-01&state=NOT_ELIGIBLE")
    assert "Sari Wulandari" not in page.text
    assert "Credit too low (E06)" in page.text
    page = agency.get(f"{LIST}?month=x&state=x&after=-1")
    assert "Sari Wulandari" in page.text


def test_a_long_list_comes_page_by_page_and_months_apart(client_as, database, monkeypatch):
    monkeypatch.setattr(candidates, "_PAGE", 7)
    found = {
        "found_at": datetime(2026, 7, 1, tzinfo=UTC),
        "changed_at": datetime(2026, 7, 1, tzinfo=UTC),
    }
    why = {"state": "NOT_ELIGIBLE", "code": "E01", "eligible_on": date(2027, 1, 1), "reason": ""}
    rank = {"promotion_type": "REGULAR", "rank_old": "III/a", "rank_new": ""}
    rows = [
        {"person_id": person, "tmt": date(2026, month, 1), **rank, **why, **found}
        for month in (9, 10)
        for person in CAST.values()
    ]
    with database.begin() as connection:
        connection.execute(
            insert(PromotionCandidate), [*rows, {**rows[0], "tmt": date(2026, 11, 1)}]
        )
    agency = client_as("HRC")
    page = agency.get(LIST)
    assert len(page.all("//ul[@id='rows']/li")) == 1
    months = page.all("//select[@id='month']/option/text()")
    assert months == ["November 2026", "Oktober 2026", "September 2026"]
    page = agency.get(f"{LIST}?month=2026-09-01&state=NOT_ELIGIBLE")
    seen = page.all("//ul[@id='rows']/li/@id")
    while page.all("//a[@rel='next']"):
        page = agency.get(page.all("//a[@rel='next']/@href")[0])
        seen += page.all("//ul[@id='rows']/li/@id")
    assert len(seen) == len(set(seen)) == len(CAST)
