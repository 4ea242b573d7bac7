"""Pages about people: who sees whom, files in and out, what is wrong with the whole."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select, update

from hr.demo.cast import CAST
from hr.directory.tables import Holding, Person
from hr.privacy.queries import openings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EMP = f"/people/{CAST['EMP']}"
SEEN_BY = {
    "EMP": {"EMP"},
    "RTR": {"EMP", "RTR", "PEER1"},
    "SU2": {"EMP", "RTR", "SU2", "PEER1"},
    "HRO": {"EMP", "RTR", "SU2", "PEER1", "HRO"},
    "HRC": set(CAST),
    "PPK": set(CAST),
    "AUD": set(CAST),
    "ADM": {"ADM"},
    "DSN": {"DSN"},
    "TRN": {"TRN"},
    "STRANGER": {"STRANGER"},
}


def found(engine, code):
    with engine.database.connect() as connection:
        return connection.execute(select(Person.nip).where(Person.id == CAST[code])).scalar_one()


@pytest.mark.parametrize("code", SEEN_BY)
def test_a_person_is_seen_by_himself_those_above_and_those_in_charge(client_as, engine, code):
    visitor = client_as(code)
    seen = {one for one in CAST if visitor.get(f"/people/{CAST[one]}").status == 200}
    wanted = SEEN_BY[code]
    assert seen & {"EMP", "RTR", "SU2", "PEER1", "HRO", "STRANGER", "ADM"} == wanted & {
        "EMP", "RTR", "SU2", "PEER1", "HRO", "STRANGER", "ADM",
    }  # fmt: skip
    page = visitor.get("/people")
    assert all(visitor.get(link).status == 200 for link in page.links() if link == "/people/units")
    listed = {int(link.rpartition("/")[2]) for link in page.links() if link[8:].isdigit()}
    assert {CAST[one] for one in seen} == listed


def test_records_open_with_a_reason_and_the_person_sees_who_looked(client_as, engine):
    officer = client_as("HRO")
    page = officer.get(EMP)
    assert "Kehadiran per bulan" not in page.text
    refused = officer.post(f"{EMP}/records", {"reason": " "})
    assert refused.status == 422
    opened = officer.post(f"{EMP}/records", {"reason": "Usul kenaikan pangkat"})
    assert opened.status == 200
    assert "Kehadiran per bulan" in opened.text
    (looked,) = engine.ask(openings, CAST["EMP"])
    assert (looked.name, looked.reason) == ("Hesti Kurniawati", "Usul kenaikan pangkat")
    own = client_as("EMP").get("/people/me")
    assert "Hesti Kurniawati" in own.text
    assert "Usul kenaikan pangkat" in own.text
    client_as("EMP").post(f"{EMP}/records", {"reason": "milik saya"})
    assert len(engine.ask(openings, CAST["EMP"])) == 1


def test_a_superior_sees_attendance_and_no_discipline(client_as, engine):
    from hr.dossier.commands import ImportRecords
    from hr.sheets import Sheet

    head = "nip,level,measure,decree,valid_from,valid_to"
    line = f"{head}\n{found(engine, 'EMP')},LIGHT,Teguran,1,2026-05-05,"
    engine.execute(ImportRecords(kind="sanction", sheet=Sheet("x.csv", data=line.encode())))
    seen = {
        code: client_as(code).post(f"{EMP}/records", {"reason": "x"}).text
        for code in ("RTR", "HRO", "HRC")
    }
    assert {code for code, text in seen.items() if "Kehadiran per bulan" in text} == set(seen)
    assert {code for code, text in seen.items() if "Hukuman disiplin" in text} == {"HRO", "HRC"}


def test_what_contradicts_itself_is_shown(client_as, engine):
    with engine.database.begin() as connection:
        connection.execute(
            update(Holding)
            .where(Holding.person_id == CAST["EMP"])
            .values(valid_from=date(2024, 1, 1), valid_to=date(2026, 6, 29))
        )
    page = client_as("HRC").post(f"{EMP}/records", {"reason": "periksa"})
    assert "Perlu diperiksa" in page.text
    assert "Jabatan: tidak ada catatan" in page.text


def test_units_and_posts_are_shown_down_to_who_holds_them(client_as, statements):
    visitor = client_as("HRC")
    page = visitor.get("/people/units")
    assert "Dinas Kependudukan dan Pencatatan Sipil" in page.text
    with statements() as said:
        page = visitor.get("/people/units/3")
    assert "Sari Wulandari" in page.text
    assert "dinilai oleh Kepala Seksi Identitas Penduduk" in page.text
    assert len(said) <= 16
    assert client_as("HRO").get("/people/units/4").status == 403
    assert client_as("EMP").get("/people/units").status == 403
    assert visitor.get("/people/units/999").status == 404


def test_the_checks_name_a_vacancy_and_who_has_no_post(client_as, engine):
    with engine.database.begin() as connection:
        for code in ("SU2", "EMP"):
            mine = update(Holding).where(Holding.person_id == CAST[code])
            connection.execute(mine.values(valid_to=date(2026, 6, 30)))
    visitor = client_as("AUD")
    assert "Sari Wulandari" in visitor.get("/people/checks?code=NO_POST").text
    page = visitor.get("/people/checks?code=VACANT")
    assert "Kepala Bidang Pelayanan Pendaftaran Penduduk" in page.text
    assert client_as("HRO").get("/people/checks").status == 403


def test_the_directory_goes_out_and_comes_in_again(client_as, engine):
    visitor = client_as("HRC")
    answer = visitor.post("/people/files/out", {"what": "directory", "form": "csv"}).response
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len([row for row in rows if row["nip"]]) == len(CAST)
    data = answer.data.replace(b"Sari Wulandari", b"Sari Wulandari Putri")
    looked = visitor.post(
        "/people/files",
        {"what": "directory", "day": "2026-07-01", "file": (io.BytesIO(data), "pegawai.csv")},
        content_type="multipart/form-data",
    )
    assert "Belum ada yang diubah" in looked.text
    assert "Sari Wulandari → Sari Wulandari Putri" in looked.text
    with engine.database.connect() as connection:
        name = select(Person.name).where(Person.id == CAST["EMP"])
        assert connection.execute(name).scalar_one() == "Sari Wulandari"
    done = visitor.submit(looked, "/people/files", do="import")
    assert "Sudah diimpor" in done.text
    with engine.database.connect() as connection:
        assert connection.execute(name).scalar_one() == "Sari Wulandari Putri"


def test_faults_are_named_and_nothing_is_offered(client_as):
    visitor = client_as("HRC")
    data = b"nip,nama,kode_unit\n123,Tanpa Nama,01\n"
    looked = visitor.post(
        "/people/files",
        {"what": "directory", "file": (io.BytesIO(data), "x.csv")},
        content_type="multipart/form-data",
    )
    assert looked.status == 422
    assert "bukan NIP 18 angka" in looked.text
    assert "Impor semuanya" not in looked.text
    forged = visitor.post("/people/files", {"what": "directory", "sha256": "f" * 64})
    assert forged.status == 422
    assert visitor.post("/people/files", {"what": "nothing"}).status == 422
    assert client_as("AUD").post("/people/files", {"what": "directory"}).status == 403


def test_records_come_in_by_page_too(client_as, engine):
    visitor = client_as("HRC")
    data = f"nip,kind,valid_from,valid_to\n{found(engine, 'EMP')},SICK,2026-06-01,2026-06-03\n"
    looked = visitor.post(
        "/people/files",
        {"what": "leave", "file": (io.BytesIO(data.encode()), "cuti.csv")},
        content_type="multipart/form-data",
    )
    assert "Cuti sakit" in looked.text
    done = visitor.submit(looked, "/people/files", do="import")
    assert "Sudah diimpor" in done.text
    again = visitor.submit(looked, "/people/files", do="import")
    assert "Sudah diimpor" in again.text
    page = visitor.post(f"{EMP}/records", {"reason": "cek"})
    assert "Cuti sakit" in page.text


def test_somebody_asks_for_a_correction_and_the_agency_makes_it(client_as, engine):
    emp, hrc = client_as("EMP"), client_as("HRC")
    own = emp.get("/people/me")
    wrong = emp.submit(own, "/people/corrections", about="email", value="salah", reason="pindah")
    assert (wrong.status, "Tulis surel seperti" in wrong.text) == (422, True)
    assert wrong.all("//input[@name='reason']/@value") == ["pindah"]
    asked = emp.submit(own, "/people/corrections", about="name", value="Sari W.", reason="akta")
    assert "Permintaan terkirim" in asked.text
    assert "Menunggu jawaban" in asked.text
    page = hrc.get("/people/corrections")
    (path,) = page.all("//form[contains(@action, '/people/corrections/')]/@action")
    assert hrc.submit(page, path, do="approve", reason=" ").status == 422
    done = hrc.submit(page, path, do="approve", reason="sesuai akta")
    assert "Tidak ada permintaan yang menunggu." in done.text
    assert "sesuai akta" in emp.get("/people/me").text
    assert "Data Anda diperbaiki" in emp.get("/").text
    assert (
        not client_as("AUD")
        .get("/people/corrections")
        .all("//form[@method='post']//input[@name='reason']")
    )


def test_the_agency_corrects_what_it_finds_itself_with_a_reason(client_as, engine):
    hrc = client_as("HRC")
    page = hrc.get(EMP)
    refused = hrc.submit(page, f"{EMP}/correct", phone="0811", reason="")
    assert refused.status == 422
    assert refused.all("//input[@name='phone']/@value") == ["0811"]
    assert (
        "Data diperbaiki" in hrc.submit(page, f"{EMP}/correct", phone="0811", reason="surat").text
    )
    assert hrc.get(EMP).all("//input[@name='phone']/@value") == ["0811"]
    assert not hrc.get(f"/people/{CAST['HRC']}").all("//input[@name='phone']")
    assert not client_as("HRO").get(EMP).all("//input[@name='phone']")


def test_a_register_comes_in_and_goes_out_by_the_same_page(client_as):
    hrc = client_as("HRC")
    text = "unit,period,indicator,measure,direction,target,actual\n"
    text += "01,2025Q4,Waktu akta,jam,LOWER,24,20\n"

    def send(**fields):
        body = {"what": "service_area", **fields}
        return hrc.post("/people/files", body)

    looked = send(file=(io.BytesIO(text.encode()), "layanan.csv"))
    assert "Belum ada yang diubah" in looked.text
    assert "Satuan: jam" in looked.text
    (digest,) = looked.all("//input[@name='sha256']/@value")
    assert "Sudah diimpor." in send(sha256=digest, name="layanan.csv", do="import").text
    out = hrc.post("/people/files/out", {"what": "service_area", "form": "csv"})
    assert "Waktu akta" in out.response.text
    again = send(file=(io.BytesIO(out.response.get_data()), "layanan.csv"))
    assert "tidak ada yang akan berubah" in again.text
