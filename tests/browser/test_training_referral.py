"""One training referral from its follow-up to its notice in a real browser, by its roles."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert

from hr.demo.cast import CAST
from hr.followup.tables import Followup
from tests.browser.conftest import PHONE, Site, Visits


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
    the_agency_starts_it(site, visits)
    the_superior_confirms(site, visits)
    the_employee_wants_another_course_on_a_phone(site, visits)
    the_training_officer_plans_it(site, visits)
    the_agency_sets_it(site, visits)
    the_employee_is_told(site, visits)


def the_agency_starts_it(site: Site, visits: Visits) -> None:
    agency = visits(site, "HRC")
    agency.go("/agency/followups")
    agency.picture("followups-referral")
    assert agency.check_page() == []
    agency.press("Mulai rujukan untuk Sari Wulandari")
    text = agency.page.locator("body").inner_text()
    assert "Rujukan pelatihan dimulai: P12-2026Q2-000001" in text
    assert "Tidak ada tindak lanjut yang terbuka." in text


def the_superior_confirms(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("Pastikan kebutuhan")
    assert "Pelayanan publik" in superior.page.locator("main").inner_text()
    superior.fill(decision="REJECT")
    superior.page.wait_for_selector("[name='reason']")
    superior.send()
    assert "perlu diperbaiki" in superior.page.locator("#al-summary").inner_text()
    superior.picture("confirm-need-error")
    assert superior.check_page() == []
    superior.fill(decision="CONFIRM")
    superior.page.wait_for_selector("[name='note']")
    superior.fill(note="Antrean di loket dua perlu perhatian.")
    assert "Diterima" in superior.send()
    site.work()


def the_employee_wants_another_course_on_a_phone(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP", width=PHONE)
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
    site.work()


def the_training_officer_plans_it(site: Site, visits: Visits) -> None:
    officer = visits(site, "TRN")
    officer.go("/?tab=groups")
    officer.page.get_by_role("link", name="Rencanakan pelatihan").first.click()
    officer.press("Kerjakan tugas ini")
    assert "Bahasa isyarat" in officer.page.locator("main").inner_text()
    officer.fill(
        title="Bahasa isyarat di loket",
        modality="COACHING",
        learning_hours=10,
        cost=500000,
        starts_on="2026-08-10",
        place="Loket",
        seats=4,
    )
    officer.picture("plan-course")
    assert officer.check_page() == []
    assert "Diterima" in officer.send()
    site.work()
    officer.go("/training")
    text = officer.page.locator("main").inner_text()
    assert "Bahasa isyarat di loket" in text
    assert "sisa 3 dari 4 kursi" in text
    officer.picture("training")


def the_agency_sets_it(site: Site, visits: Visits) -> None:
    agency = visits(site, "HRC")
    agency.go("/?tab=groups")
    agency.page.get_by_role("link", name="Tetapkan rujukan").first.click()
    agency.press("Kerjakan tugas ini")
    agency.fill(decision="APPROVE")
    agency.picture("prioritise")
    assert agency.check_page() == []
    assert "Diterima" in agency.send()
    site.work()


def the_employee_is_told(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP", width=PHONE)
    employee.go("/")
    employee.picture("phone-told")
    text = employee.page.locator("main").inner_text()
    assert "Rujukan pelatihan ditetapkan: Bahasa isyarat di loket" in text
    assert employee.check_page() == []
