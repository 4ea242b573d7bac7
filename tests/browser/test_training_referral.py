"""One training referral from its follow-up to its notice in a real browser, by its roles."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert

from hr.demo.cast import CAST
from hr.followup.tables import Followup
from tests.browser.conftest import PHONE, Site, Visit, Visits


def a_poor_result_asks_for_a_referral(site: Site) -> None:
    row = {
        "kind": "REFERRAL",
        "state": "OPEN",
        "subject_id": CAST["EMP"],
        "scope_path": "/01/01/01/",
        "period": "2026Q2",
        "source_id": 1,
        "source_no": "P04-2026Q2-000001",
        "detail": "Predikat BP",
        "dedup_key": uuid4().hex,
        "opened_at": site.clock(),
    }
    with site.engine.database.begin() as connection:
        connection.execute(insert(Followup), row)


def test_one_referral_from_follow_up_to_notice(site: Site, visits: Visits):
    a_poor_result_asks_for_a_referral(site)
    agency = visits(site, "HRC")
    starts_it(agency)
    note = "Antrean di loket dua perlu perhatian."
    visits(site, "RTR").open_and_send("Pastikan kebutuhan", decision="CONFIRM", note=note)
    site.work()
    employee = visits(site, "EMP", width=PHONE)
    wants_another_course(employee)
    plans_it(visits(site, "TRN"))
    sets_it(agency)
    is_told(employee)


def starts_it(agency: Visit) -> None:
    agency.go("/agency/followups")
    agency.picture("followups-referral")
    agency.press("Mulai rujukan untuk Sari Wulandari")
    text = agency.page.locator("body").inner_text()
    assert "Rujukan pelatihan dimulai: P12-2026Q2-000001" in text
    assert "Tidak ada tindak lanjut yang terbuka." in text


def wants_another_course(employee: Visit) -> None:
    employee.open_task("Pilih tanggal dan pelatihan")
    text = employee.page.locator("main").inner_text()
    assert "Pelayanan Publik Prima" in text
    assert "Antrean di loket dua" in text
    employee.fill(answer="OTHER_COURSE")
    employee.page.wait_for_selector("[name='course']")
    employee.fill(course="NEW")
    employee.page.wait_for_selector("[name='wish']")
    employee.fill(wish="Bahasa isyarat untuk petugas loket")
    employee.picture("phone-choose-course")
    assert employee.check_page() == []
    assert "Diterima" in employee.send()
    employee.site.work()


def plans_it(officer: Visit) -> None:
    take(officer, "Rencanakan pelatihan")
    assert "Bahasa isyarat" in officer.page.locator("main").inner_text()
    officer.fill_at_once(
        title="Bahasa isyarat di loket",
        modality="COACHING",
        learning_hours=10,
        cost=500000,
        starts_on="2026-08-10",
        place="Loket",
        seats=4,
    )
    officer.picture("plan-course")
    assert officer.check_layout() == []
    assert "Diterima" in officer.send()
    officer.site.work()


def sets_it(agency: Visit) -> None:
    take(agency, "Tetapkan rujukan")
    agency.fill(decision="APPROVE")
    agency.picture("prioritise")
    assert agency.check_layout() == []
    assert "Diterima" in agency.send()
    agency.site.work()


def is_told(employee: Visit) -> None:
    employee.go("/")
    employee.picture("phone-told")
    text = employee.page.locator("main").inner_text()
    assert "Rujukan pelatihan ditetapkan: Bahasa isyarat di loket" in text
    assert employee.check_layout() == []


def take(officer: Visit, words: str) -> None:
    """Take a task of the group, and open it."""
    officer.go("/?tab=groups")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name=words).first.click()
    officer.press("Kerjakan tugas ini")
