"""The page of a post: acting officials appointed and ended, a move noted, nonsense in words."""

from __future__ import annotations

import pytest

from hr.demo.cast import CAST
from hr.directory import queries as directory

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

POST = "/people/posts/4"
FORM = {
    "person": "Oki Firmansyah", "kind": "PLH", "decree": "800/12/2026",
    "from": "2026-07-20", "to": "2026-07-24",
}  # fmt: skip


def test_an_officer_appoints_and_withdraws_on_the_page_of_a_post(client_as, engine):
    officer = client_as("HRO")
    assert POST in officer.get("/people/units/3").links()
    page = officer.post(f"{POST}/acting", FORM)
    assert page.status == 200
    assert "Plh. Oki Firmansyah" in page.text
    assert "800/12/2026 · akan datang" in page.text
    (ending,) = {action for action in page.all("//form/@action") if action.endswith("/end")}
    again = officer.post(f"{POST}/acting", FORM | {"person": "Sari Wulandari"})
    assert again.status == 422
    assert "Untuk hari-hari itu sudah ada pelaksana" in again.text
    assert again.all('//input[@id="acting-person"]/@value') == ["Sari Wulandari"]
    assert "dibatalkan" in officer.post(ending, {"last": "2026-07-01"}).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": "199999999999999999"}, "tidak dikenal"),
        ({"person": ""}, "tidak dikenal"),
        ({"from": "besok"}, "Isi tanggalnya"),
        ({"to": "2026-07-19"}, "Hari terakhir sebelum hari pertama"),
        ({"decree": " "}, "Isi nomor surat keputusannya"),
        ({"person": "Bambang Nugroho"}, "memegang jabatan ini"),
        ({"kind": "RAJA"}, "Periksa kembali"),
    ],
)
def test_nonsense_is_told_in_words(client_as, wrong, said):
    refused = client_as("HRC").post(f"{POST}/acting", FORM | wrong)
    assert refused.status == 422
    assert said in refused.text


def test_the_agency_moves_somebody_to_a_post_and_nobody_else_does(client_as, engine):
    form = {"person": "Sari Wulandari", "decree": "821/1", "from": "2026-07-20"}
    for code in ("HRO", "PPK", "AUD", "EMP", "ADM"):
        assert client_as(code).post("/people/posts/8/holder", form).status == 403
    agency = client_as("HRC")
    assert agency.post("/people/posts/8/holder", form | {"person": "Indra Wijaya"}).status == 403
    assert agency.post("/people/posts/8/holder", form | {"from": ""}).status == 422
    assert agency.post("/people/posts/8/holder", form).status == 200
    later = engine.clock().replace(month=9)
    assert engine.ask(directory.person, CAST["EMP"], later).unit_path == "/02/"
    assert engine.ask(directory.person, CAST["EMP"], engine.clock()).unit_path == "/01/01/01/"


def test_whoever_sees_a_post_without_charge_of_it_gets_no_forms(client_as):
    for code in ("AUD", "PPK"):
        page = client_as(code).get(POST)
        assert "Pemegang jabatan" in page.text
        assert not [one for one in page.all("//form/@action") if one.startswith(POST)]
    assert client_as("HRO").get("/people/posts/8").status == 403
    assert client_as("EMP").get(POST).status == 403
    assert client_as("HRC").get("/people/posts/999").status == 404
