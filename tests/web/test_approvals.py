"""Technical approvals from a CSV file: a look first, then all or none, line by line."""

from __future__ import annotations

from io import BytesIO

import pytest

from engine import Actor, ClaimTask, CompleteTask, Engine, InstallSchedules
from engine.folder import read_folder
from engine.queries import cases, standing
from engine.queries.tasks import task as task_view
from engine.worker import Worker
from hr.career import queries as career
from hr.demo.cast import CAST
from hr.directory.queries import person
from tests.conftest import WORKFLOWS

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = "/agency/approvals"
PDF = b"%PDF-1.7\n%%EOF\n"
KEPT = {"name": "a.pdf", "sha256": "ab" * 32, "mime": "application/pdf", "size": 9}
STEPS = (
    ("upload_documents", {"files": [KEPT], "included": ["RANK_DECREE", "EVALUATIONS"]}),
    ("check_documents", {"complete": "YES"}),
    ("propose", {"position": "PROPOSE"}),
    ("verify", {"verdict": "MS"}),
)
DOERS = {"check_documents": "HRO", "propose": "RTR", "verify": "HRC2"}


@pytest.fixture
def cases_of(engine: Engine) -> dict[str, int]:
    """The cases of EMP and PEER3, both waiting for a technical approval, by code."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    engine.execute(InstallSchedules())
    worker = Worker(engine)
    while worker.run_due():
        pass
    rows = engine.ask(career.candidates, engine.ask(career.months)[0]).rows
    found = {}
    for code in ("EMP", "PEER3"):
        found[code] = next(row.instance_id for row in rows if row.person_id == CAST[code])
        for element, answers in STEPS:
            (open_task,) = engine.ask(standing.open_tasks, found[code])
            assert open_task.element_id == element
            actor = Actor(person_id=CAST[DOERS.get(element, code)])
            if open_task.candidate_group:
                engine.execute(ClaimTask(task_id=open_task.id), by=actor)
            said = {**answers, "is_true": True}
            engine.execute(
                CompleteTask(task_id=open_task.id, answers=said, request_key=f"{element}"), by=actor
            )
    return found


def nip(engine, code):
    return engine.ask(person, CAST[code], engine.clock()).nip


def table(engine, **lines):
    """Write a file: by code, number and date."""
    return "nip,number,date\n" + "".join(
        f"{nip(engine, code)},{said}\n" for code, said in lines.items()
    )


def check(visitor, text, **more):
    data = text if isinstance(text, bytes) else text.encode()
    return visitor.post(PAGE, {"file": (BytesIO(data), "pertek juli.csv"), **more})


def confirm(visitor, page, letter=None):
    """Press the button under the checked lines, as the page stands."""
    (form,) = [each for each in page.all("//form") if each.xpath(".//textarea[@name='text']")]
    fields = {name: value for name, value in form.form_values() if name != "csrf_token"}
    more = {"letter": (BytesIO(letter), "surat.pdf")} if letter else {}
    return visitor.post(PAGE, {**fields, "do": "import", **more})


def waiting(engine, instance):
    return [each.element_id for each in engine.ask(standing.open_tasks, instance)]


def state_of(engine, instance):
    steps = engine.ask(cases.case, instance).steps
    return [(each.element_id, each.state, each.person_id) for each in steps]


def test_strangers_import_nothing(client_as, subtests):
    for code in ["STRANGER", "EMP", "RTR", "HRO", "PPK", "TRN", "AUD", "ADM"]:
        with subtests.test(code=code):
            visitor = client_as(code)
            assert visitor.get(PAGE).status == 403
            assert check(visitor, "nip,number,date\n").status == 403


def test_a_file_is_looked_at_first_and_then_noted_with_its_letter(client_as, engine, cases_of):
    agency = client_as("HRC")
    assert PAGE in agency.get("/agency/followups").links()
    before = {code: state_of(engine, each) for code, each in cases_of.items()}
    page = check(agency, table(engine, EMP="PT.1/2026,2026-07-01", PEER3="PT.2/2026,1/7/2026"))
    assert page.status == 200
    assert "2 siap dicatat, 0 sudah dicatat sebelumnya" in page.text
    assert {code: state_of(engine, each) for code, each in cases_of.items()} == before
    page = confirm(agency, page, PDF)
    assert "2 dicatat, 0 sudah dicatat sebelumnya." in page.text
    for code, number in [("EMP", "PT.1/2026"), ("PEER3", "PT.2/2026")]:
        assert waiting(engine, cases_of[code]) == ["sign_decree"]
        noted = engine.ask(standing.variables, cases_of[code])["technical_approval"]
        assert (noted["number"], str(noted["approved_on"])) == (number, "2026-07-01")
        assert noted["listed_in"] == "pertek juli.csv"
        (letter,) = noted["letter"]
        assert engine.ports.files.get(letter["sha256"]) == PDF
        done = engine.ask(standing.doer, cases_of[code], "technical_approval")
        assert done == CAST["HRC"]


def test_the_same_file_again_changes_nothing(client_as, engine, cases_of):
    agency = client_as("HRC")
    text = table(engine, EMP="PT.1/2026,2026-07-01")
    confirm(agency, check(agency, text))
    before = state_of(engine, cases_of["EMP"])
    page = check(agency, text)
    assert "0 siap dicatat, 1 sudah dicatat sebelumnya" in page.text
    assert not page.all("//button[@value='import']")
    page = agency.post(PAGE, {"text": text, "source": "x.csv", "do": "import"})
    assert "0 dicatat, 1 sudah dicatat sebelumnya." in page.text
    assert state_of(engine, cases_of["EMP"]) == before
    page = check(agency, table(engine, EMP="PT.1/2026,2026-06-30", PEER3="PT.2/2026,2026-07-01"))
    assert page.status == 422
    assert "dengan nomor atau tanggal lain: PT.1/2026" in page.text


def test_one_bad_line_keeps_all_lines_out_and_each_is_named(client_as, engine, cases_of):
    agency = client_as("HRC")
    text = table(engine, EMP="PT.1/2026,2026-07-01", PEER3="PT.2/2026,2026-07-31")
    text += (
        f"{nip(engine, 'HRC')},PT.3/2026,2026-07-01\n\n999999999999999999,PT.4/2026,2026-07-01\n"
    )
    text += f"1.98E+17,x,31/2/2026\n{nip(engine, 'EMP')},PT.9/2026,2026-07-01\n"
    for page in (check(agency, text), agency.post(PAGE, {"text": text, "do": "import"})):
        assert page.status == 422
        assert "Tidak ada yang dicatat." in page.text
        assert "Tanggal pertimbangan teknis belum tiba." in page.text
        assert "Baris 3 · Eko Prasetyo" in page.text
        assert "Baris 4 · Indra Wijaya" in page.text
        assert "Tidak ada usulan kenaikan pangkat." in page.text
        assert "Baris 6" in page.text
        assert "Tidak ada pegawai dengan NIP ini." in page.text
        assert "Baris 7 NIP harus 18 angka, bukan “1.98E+17”" in page.text
        assert "Nomor harus 3 sampai 80 huruf, bukan “x”." in page.text
        assert "bukan “31/2/2026”" in page.text
        assert "ada di dua baris." in page.text
        assert not page.all("//button[@value='import']")
    assert waiting(engine, cases_of["EMP"]) == ["technical_approval"]
    assert waiting(engine, cases_of["PEER3"]) == ["technical_approval"]


def test_a_task_in_another_officers_hands_is_not_taken_from_him(client_as, engine, cases_of):
    (task,) = engine.ask(standing.open_tasks, cases_of["EMP"])
    engine.execute(ClaimTask(task_id=task.id), by=Actor(person_id=CAST["HRC2"]))
    page = check(client_as("HRC"), table(engine, EMP="PT.1/2026,2026-07-01"))
    assert page.status == 422
    assert "sedang dikerjakan petugas lain" in page.text


def test_a_line_that_another_officer_takes_meanwhile_is_told_and_the_rest_is_noted(
    client_as, engine, cases_of, monkeypatch
):
    from web.agency import approvals

    (task,) = engine.ask(standing.open_tasks, cases_of["EMP"])
    look = approvals._look

    def look_and_lose(*given):
        found = look(*given)
        engine.execute(ClaimTask(task_id=task.id), by=Actor(person_id=CAST["HRC2"]))
        return found

    text = table(engine, EMP="PT.1/2026,2026-07-01", PEER3="PT.2/2026,2026-07-01")
    monkeypatch.setattr(approvals, "_look", look_and_lose)
    page = client_as("HRC").post(PAGE, {"text": text, "source": "x.csv", "do": "import"})
    assert "1 dicatat; sebagian lain tidak" in page.text
    assert "sedang dikerjakan petugas lain" in page.text
    assert waiting(engine, cases_of["EMP"]) == ["technical_approval"]
    assert waiting(engine, cases_of["PEER3"]) == ["sign_decree"]
    found = engine.ask(task_view, task.id, person_id=None)
    assert found.assignee_id == CAST["HRC2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Pilih berkas CSV"),
        (b"\xff\xfe\x00", "Pilih berkas CSV"),
        (b"nip,number\n1,2\n", "judul kolom"),
        (b"nip,nip,number,date\n", "judul kolom"),
        (b"nip,number,date\n", "tidak berisi baris"),
        (b"nip;nomor;tanggal\n" + b"1;2;3\n" * 201, "Terlalu banyak baris (201)"),
        (b"nip,number,date\n\x00", "tidak dapat dibaca sebagai CSV"),
        (b"x" * 70_000, "Pilih berkas CSV"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(client_as, data, words):
    page = check(client_as("HRC"), data)
    assert page.status == 422
    assert words in page.text


def test_a_letter_that_is_no_pdf_is_refused_and_nothing_noted(client_as, engine, cases_of):
    agency = client_as("HRC")
    page = check(agency, table(engine, EMP="PT.1/2026,2026-07-01"))
    page = confirm(agency, page, b"MZ not a letter")
    assert page.status == 422
    assert "Suratnya harus sebuah PDF" in page.text
    assert waiting(engine, cases_of["EMP"]) == ["technical_approval"]
