"""One rank promotion in a real browser: documents by phone, both verifications, the signature."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from hr.career.commands import ScheduleSearch
from hr.demo.cast import CAST
from hr.directory.queries import person
from tests.browser.conftest import PHONE, Site, Visits

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    """A scan and a photo, as they lie on a phone."""
    files = {"SK pangkat.pdf": PDF, "SKP 2025.jpg": JPEG, "catatan.txt": b"bukan dokumen"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in files]


def test_one_promotion_from_the_search_to_the_new_rank(
    site: Site, visits: Visits, papers: list[Path]
):
    site.engine.execute(ScheduleSearch())
    site.work()
    case = the_employee_hands_documents_in_by_phone(site, visits, papers)
    the_office_checks(site, visits)
    the_superior_proposes(site, visits)
    the_agency_verifies_and_notes_the_approval(site, visits, papers)
    the_appointing_official_signs(site, visits)
    everybody_in_charge_opens_the_decree(site, visits, case)
    site.clock.set(datetime(2026, 9, 1, 1, 0, tzinfo=UTC))
    site.work()
    the_employee_has_the_new_rank(site, visits)


def the_employee_hands_documents_in_by_phone(site: Site, visits: Visits, papers: list[Path]) -> str:
    employee = visits(site, "EMP", width=PHONE)
    employee.open_task("Unggah dokumen")
    page = employee.page
    assert "III/c" in page.locator("main").inner_text()
    page.set_input_files("[name='_upload.files']", [str(papers[0]), str(papers[2])])
    employee.fill(included=["RANK_DECREE", "EVALUATIONS"])
    employee.send()
    assert "catatan.txt tidak dapat diterima" in page.locator("#al-summary").inner_text()
    assert employee.check_page() == []
    employee.picture("phone-upload-refused")
    page.set_input_files("[name='_upload.files']", str(papers[1]))
    employee.press("Simpan draf")
    again = visits(site, "EMP", width=PHONE)
    again.open_task("Unggah dokumen")
    assert again.page.locator(".al-files li").count() == 2
    again.fill(is_true=["true"])
    again.picture("phone-upload")
    assert again.check_page() == []
    case = again.page.locator("main header a").get_attribute("href") or ""
    assert "Diterima: P11-2026-09-" in again.send()
    return case


def the_office_checks(site: Site, visits: Visits) -> None:
    office = visits(site, "HRO")
    office.go("/?tab=groups")
    with office.page.expect_navigation():
        office.page.get_by_role("link", name="Periksa dokumen").first.click()
    office.press("Kerjakan tugas ini")
    if "Periksa dokumen" not in office.page.locator("h1").inner_text():
        office.open_task("Periksa dokumen")
    with office.page.expect_download() as download:
        office.page.get_by_role("link", name="SK pangkat.pdf").first.click()
    assert Path(download.value.path()).read_bytes() == PDF
    assert download.value.suggested_filename == "SK pangkat.pdf"
    office.fill(complete="YES")
    office.picture("office-checks")
    assert "Diterima" in office.send()


def the_superior_proposes(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("Usulkan kenaikan pangkat: Sari Wulandari")
    superior.fill(position="PROPOSE")
    assert "Diterima" in superior.send()


def the_agency_verifies_and_notes_the_approval(
    site: Site, visits: Visits, papers: list[Path]
) -> None:
    agency = visits(site, "HRC")
    take(agency, "Verifikasi kenaikan pangkat: Sari Wulandari")
    agency.fill(verdict="MS")
    assert "Diterima" in agency.send()
    take(agency, "Catat pertimbangan teknis: Sari Wulandari")
    agency.fill(number="PT.0071/2026", approved_on="2026-07-01")
    agency.page.set_input_files("[name='_upload.letter']", str(papers[0]))
    assert "Diterima" in agency.send()


def take(officer, words: str) -> None:
    """Take a task of the group, and open it."""
    officer.go("/?tab=groups")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name=words).first.click()
    officer.press("Kerjakan tugas ini")


def the_appointing_official_signs(site: Site, visits: Visits) -> None:
    official = visits(site, "PPK")
    take(official, "Tandatangani kenaikan pangkat: Sari Wulandari")
    text = official.page.locator("main").inner_text()
    assert "III/b" in text
    assert "PT.0071/2026" in text
    official.fill(signed=["true"])
    official.picture("sign-decree")
    assert official.check_page() == []
    assert "Diterima" in official.send()


def everybody_in_charge_opens_the_decree(site: Site, visits: Visits, case: str) -> None:
    employee = visits(site, "EMP", width=PHONE)
    employee.go(case)
    assert employee.check_page() == []
    employee.picture("phone-decree")
    link = employee.page.get_by_role("link", name="800.1.3.2/").first
    with employee.page.expect_download() as download:
        link.click()
    data = Path(download.value.path()).read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"
    address = site.address + (link.get_attribute("href") or "")
    assert visits(site, "PPK").page.request.get(address).body() == data
    assert visits(site, "STRANGER").page.request.get(address).status == 403


def the_employee_has_the_new_rank(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP", width=PHONE)
    employee.go("/")
    told = employee.page.locator("main").inner_text()
    assert "Dari Penata Muda Tingkat I, III/b ke Penata, III/c" in told
    assert site.engine.ask(person, CAST["EMP"], site.clock()).rank == "III/c"
