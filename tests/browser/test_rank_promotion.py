"""One rank promotion in a real browser, by everybody it takes: papers by phone, the signature."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from engine import InstallSchedules
from hr.demo.cast import CAST
from hr.directory.queries import person
from tests.browser.conftest import PHONE, Site, Visit, Visits

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
    site: Site, visits: Visits, papers: list[Path], tmp_path: Path
):
    site.engine.execute(InstallSchedules())
    site.work()
    employee = visits(site, "EMP", width=PHONE)
    case = hands_documents_in(employee, papers)
    visits(site, "HRO").take_and_send("Periksa dokumen", complete="YES")
    visits(site, "RTR").open_and_send("Usulkan kenaikan pangkat", position="PROPOSE")
    agency = visits(site, "HRC")
    agency.take_and_send("Verifikasi kenaikan pangkat", verdict="MS")
    imports_the_approval(agency, papers, tmp_path)
    signs(visits(site, "PPK"))
    address = opens_the_decree(employee, case)
    assert visits(site, "STRANGER").page.request.get(address).status == 403
    site.clock.set(datetime(2026, 9, 1, 1, 0, tzinfo=UTC))
    site.work()
    has_the_new_rank(visits(site, "EMP", width=PHONE))  # two months later, the session is over


def hands_documents_in(employee: Visit, papers: list[Path]) -> str:
    employee.open_task("Unggah dokumen")
    page = employee.page
    assert "III/c" in page.locator("main").inner_text()
    page.set_input_files("[name='_upload.files']", [str(papers[0]), str(papers[2])])
    employee.fill(included=["RANK_DECREE", "EVALUATIONS"])
    employee.send()
    assert "catatan.txt tidak dapat diterima" in page.locator("#al-summary").inner_text()
    employee.picture("phone-upload-refused")
    page.set_input_files("[name='_upload.files']", str(papers[1]))
    employee.press("Simpan draf")
    employee.open_task("Unggah dokumen")
    assert page.locator(".al-files li").count() == 2
    employee.fill(is_true=["true"])
    employee.picture("phone-upload")
    assert employee.check_page() == []
    case = page.locator("main header a").get_attribute("href") or ""
    assert "Diterima: P11-2026-09-" in employee.send()
    return case


def imports_the_approval(agency: Visit, papers: list[Path], folder: Path) -> None:
    nip = agency.site.engine.ask(person, CAST["EMP"], agency.site.clock()).nip
    table = folder / "pertek.csv"
    table.write_text(f"nip;nomor;tanggal\n{nip};PT.0071/2026;1/7/2026\n")
    page = agency.go("/agency/approvals")
    page.set_input_files("[name='file']", str(table))
    agency.press("Periksa dahulu")
    assert "Sari Wulandari" in page.locator("#rows").inner_text()
    page.set_input_files("[name='letter']", str(papers[0]))
    agency.picture("approvals")
    assert agency.check_page() == []
    agency.press("Catat 1 pertimbangan teknis")
    assert "1 dicatat, 0 sudah dicatat sebelumnya." in page.locator("main").inner_text()


def signs(official: Visit) -> None:
    official.go("/?tab=groups")
    with official.page.expect_navigation():
        official.page.get_by_role("link", name="Tandatangani kenaikan pangkat").first.click()
    official.press("Kerjakan tugas ini")
    text = official.page.locator("main").inner_text()
    assert "III/b" in text
    assert "PT.0071/2026" in text
    with official.page.expect_download() as download:
        official.page.get_by_role("link", name="SK pangkat.pdf").first.click()
    assert Path(download.value.path()).read_bytes() == PDF
    assert download.value.suggested_filename == "SK pangkat.pdf"
    official.fill(signed=["true"])
    official.picture("sign-decree")
    assert official.check_layout() == []
    assert "Diterima" in official.send()


def opens_the_decree(employee: Visit, case: str) -> str:
    employee.go(case)
    employee.picture("phone-decree")
    assert employee.check_layout() == []
    link = employee.page.get_by_role("link", name="800.1.3.2/").first
    with employee.page.expect_download() as download:
        link.click()
    data = Path(download.value.path()).read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"
    return employee.site.address + (link.get_attribute("href") or "")


def has_the_new_rank(employee: Visit) -> None:
    employee.go("/")
    told = employee.page.locator("main").inner_text()
    assert "Dari Penata Muda Tingkat I, III/b ke Penata, III/c" in told
    site = employee.site
    assert site.engine.ask(person, CAST["EMP"], site.clock()).rank == "III/c"
