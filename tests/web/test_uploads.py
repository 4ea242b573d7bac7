"""Files on the task page: taken without script, kept in drafts, handed out to readers only."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from engine import NewCase, StartInstance
from engine.commands.upkeep import ClearUp
from engine.errors import NotFound
from engine.feel.values import to_json
from engine.folder import read_folder
from engine.forms import MOST_BYTES
from engine.queries import standing
from hr.demo.cast import CAST
from tests.conftest import WORKFLOWS

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
ANSWERS = {"included": ["RANK_DECREE", "EVALUATIONS"], "is_true": "true", "do": "complete"}


@pytest.fixture
def task(engine):
    """EMP's task to upload documents, and the case it belongs to."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    case = NewCase(subject_id=CAST["EMP"], period="2026-09")
    started = engine.execute(StartInstance(key="rank_promotion", case=case))
    (opened,) = engine.ask(standing.open_tasks, started.instance_id)
    return opened.id, started.instance_id


def send(visitor, path, *files, **fields):
    """Press a button of the task page with these files chosen; what is kept stays ticked."""
    page = visitor.get(path)
    chosen = [(io.BytesIO(data), name) for name, data in files]
    return visitor.submit(page, path, **{"_upload.files": chosen, **fields})


def links(page):
    return page.all("//ul[@class='al-files']//a/@href")


def test_files_survive_in_the_draft_and_go_into_the_answer(engine, client_as, task):
    number, instance = task
    path = f"/tasks/{number}"
    emp = client_as("EMP")
    saved = send(emp, path, ("SK pangkat.pdf", PDF), ("skp.jpg", JPEG), do="save_draft")
    assert saved.status == 200
    assert len(links(emp.get(path))) == 2
    assert send(emp, path, **ANSWERS).status == 200
    (found,) = engine.ask(standing.open_tasks, instance)
    assert found.element_id == "check_documents"
    hro = client_as("HRO")
    hro.post(f"/tasks/{found.id}/claim")
    page = hro.get(f"/tasks/{found.id}")
    assert "SK pangkat.pdf" in page.text
    got = hro.client.get(links(page)[0])
    assert got.data == PDF
    assert got.headers["Content-Disposition"] == 'attachment; filename="SK pangkat.pdf"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Type"] == "application/pdf"


def test_an_unticked_file_is_gone(client_as, task):
    path = f"/tasks/{task[0]}"
    emp = client_as("EMP")
    send(emp, path, ("a.pdf", PDF), ("b.jpg", JPEG), do="save_draft")
    send(emp, path, do="save_draft", files=[sha256(JPEG).hexdigest()])
    assert [url.rsplit("/", 1)[1] for url in links(emp.get(path))] == [sha256(JPEG).hexdigest()]


def test_files_that_nobody_submits_are_swept_after_two_weeks(engine, clock, client_as, task):
    """The nightly job forgets what no draft holds; what is in a draft or an answer stays."""
    path, files = f"/tasks/{task[0]}", engine.ports.files
    clock.set(datetime.now(UTC))  # files wait by the clock of the disk
    emp = client_as("EMP")
    send(emp, path, ("a.pdf", PDF), ("b.jpg", JPEG), do="save_draft")
    dropped, held = sha256(PDF).hexdigest(), sha256(JPEG).hexdigest()
    send(emp, path, do="save_draft", files=[held])
    clock.move(timedelta(days=13))
    engine.execute(ClearUp())
    assert files.get(dropped) == PDF
    clock.move(timedelta(days=2))
    engine.execute(ClearUp())
    with pytest.raises(NotFound):
        files.get(dropped)
    assert files.get(held) == JPEG
    sent = send(client_as("EMP"), path, files=[held], **ANSWERS)
    assert sent.status == 200, sent.text
    clock.move(timedelta(days=60))
    engine.execute(ClearUp())
    assert files.get(held) == JPEG


def test_what_is_typed_and_sent_well_is_kept_when_one_file_is_refused(client_as, task):
    path = f"/tasks/{task[0]}"
    emp = client_as("EMP")
    page = send(
        emp,
        path,
        ("ok.pdf", PDF),
        ("foto.jpg", b"<script>alert(1)</script>"),
        note="Dua",
        **ANSWERS,
    )
    assert page.status == 422
    assert "foto.jpg tidak dapat diterima" in page.text
    assert page.all("//textarea[@name='note']")[0].text.strip() == "Dua"
    assert len(links(page)) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("surat.pdf", b"MZ\x90\x00" + bytes(200)),
        ("surat.pdf", b"%PD"),
        ("tabel.xlsx", b"PK\x03\x04" + bytes(40)),
        ("gambar.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("kosong.pdf", b""),
    ],
)
def test_a_file_is_what_its_content_says(client_as, task, name, data):
    page = send(client_as("EMP"), f"/tasks/{task[0]}", (name, data), **ANSWERS)
    assert page.status == 422
    assert f"{name} tidak dapat diterima" in page.text


def test_an_office_file_with_a_macro_is_refused_and_a_plain_one_taken(client_as, task):
    def packed(*names):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            for name in names:
                file.writestr(name, "x")
        return made.getvalue()

    plain = ("[Content_Types].xml", "word/document.xml")
    emp, path = client_as("EMP"), f"/tasks/{task[0]}"
    refused = send(emp, path, ("m.docx", packed(*plain, "word/vbaProject.bin")), do="save_draft")
    assert refused.status == 422
    send(emp, path, ("p.docx", packed(*plain)), do="save_draft")
    assert len(links(emp.get(path))) == 1


def test_a_file_that_is_too_large_and_one_too_many_are_refused(client_as, task):
    emp, path = client_as("EMP"), f"/tasks/{task[0]}"
    page = send(emp, path, ("besar.pdf", PDF + bytes(MOST_BYTES)), **ANSWERS)
    assert page.status == 422
    assert "besar.pdf lebih besar dari 10 MB" in page.text
    many = [(f"{n}.pdf", PDF + bytes([n])) for n in range(11)]
    page = send(emp, path, *many, **ANSWERS)
    assert page.status == 422
    assert "paling banyak 10 berkas" in page.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\laporan.pdf", "laporan.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', "a_Set-Cookie_ x=1.pdf"),
        ("surat\u202efdp.exe", "suratfdp.exe.pdf"),
        ("<img src=x onerror=alert(1)>.PDF", "img src_x onerror_alert(1)_.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("ijazah é.pdf", "ijazah é.pdf"),
    ],
)
def test_a_malicious_name_becomes_harmless(sent, kept):
    from engine.forms import harmless_name

    found = harmless_name(sent, "application/pdf")
    assert found.replace("=", "_") == kept.replace("=", "_")
    assert not set(found) & set('/\\"<>\r\n\u202e')


def test_a_stranger_gets_neither_task_nor_case_file(engine, client_as, task):
    number, instance = task
    emp = client_as("EMP")
    send(emp, f"/tasks/{number}", ("a.pdf", PDF), **ANSWERS)
    digest = sha256(PDF).hexdigest()
    assert emp.client.get(f"/cases/{instance}/files/{digest}").data == PDF
    assert client_as("RTR").client.get(f"/cases/{instance}/files/{digest}").data == PDF
    stranger = client_as("STRANGER")
    assert stranger.get(f"/cases/{instance}/files/{digest}").status == 403
    assert stranger.get(f"/tasks/{number}/files/{digest}").status == 403
    assert client_as("PEER1").get(f"/cases/{instance}/files/{digest}").status == 403
    assert emp.get(f"/cases/{instance}/files/{'0' * 64}").status == 404
    assert emp.get(f"/cases/{instance}/files/..%2f..%2fetc%2fpasswd").status == 404


def test_a_stranger_stores_nothing(engine, client_as, task):
    path = f"/tasks/{task[0]}"
    fields = {"_upload.files": (io.BytesIO(PDF), "a.pdf"), "do": "save_draft"}
    assert client_as("STRANGER").post(path, fields).status == 403
    assert engine.ports.files.kept == {}


def test_the_digest_of_somebody_elses_file_is_no_key_to_it(engine, client_as, task):
    secret = engine.ports.files.put(b"%PDF-1.7 of somebody else")
    emp, path = client_as("EMP"), f"/tasks/{task[0]}"
    page = emp.post(path, {"files": [secret], **ANSWERS})
    assert page.status == 422
    emp.post(path, {"files": [secret], "do": "save_draft"})
    assert links(emp.get(path)) == []
    assert emp.get(f"/tasks/{task[0]}/files/{secret}").status == 404


def test_an_answer_holds_name_digest_type_and_size(engine, client_as, task):
    from engine.queries import history

    number, instance = task
    send(client_as("EMP"), f"/tasks/{number}", ("SK.pdf", PDF), **ANSWERS)
    changes = engine.ask(history.values, instance, readers=(), everything=True)
    (answer,) = [each.new for each in changes if each.element_id == "upload_documents"]
    assert to_json(answer)
    (file,) = answer["files"]
    assert dict(file) == {
        "name": "SK.pdf",
        "sha256": sha256(PDF).hexdigest(),
        "mime": "application/pdf",
        "size": len(PDF),
    }
