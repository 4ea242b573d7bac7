"""Around a task: withdraw, send back, ask, hand over, put off, comment; each as its pages do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.forms import compile_form
from engine.store.tables import Task
from hr.demo.cast import CAST
from tests.web.test_costs import VALUES, at_self_assessment
from web.parts import task_page as page_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FILLED = {
    "id": "terisi",
    "components": [
        {"type": "textfield", "key": key, "label": key, "properties": {"alur:from": f"={fact}"}}
        for key, fact in (("rank", "golongan"), ("note", "catatan"), ("empty", "tidak_ada"))
    ],
}


@dataclass
class Filled:
    """As much of a task as its sheet needs."""

    form: Any
    draft: None = None
    variables: Mapping[str, Any] = field(
        default_factory=lambda: {"golongan": "III/b", "catatan": "Ada", "tidak_ada": None}
    )


GOOD = {"subject": "Cuti tahunan", "days": "3"}


@pytest.fixture
def sent(client_as, start_two_step):
    """EMP has sent a request: the visitor, the page after it, the path of the task."""
    start_two_step()
    visitor = client_as("EMP")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    page = visitor.submit(visitor.get(path), path, do="complete", **GOOD)
    return visitor, page, path


@pytest.fixture
def review(sent, client_as):
    """The superior at the review: visitor and path."""
    superior = client_as("RTR")
    return superior, superior.get("/").link("Permohonan: Cuti tahunan").split("?")[0]


def test_what_was_sent_is_withdrawn_until_somebody_begins(sent, client_as, review):
    visitor, page, path = sent
    assert client_as("STRANGER").post(f"{path}/withdraw").status == 403
    page = visitor.submit(page, f"{path}/withdraw")
    assert "Kiriman ditarik kembali" in page.text
    assert page.all("//input[@name='subject']/@value") == ["Cuti tahunan"]
    assert "Tidak ada tugas yang menunggu" in client_as("RTR").get("/").text
    page = visitor.submit(page, path, do="complete")
    superior = client_as("RTR")
    newer = superior.get("/").link("Permohonan: Cuti tahunan").split("?")[0]
    superior.submit(superior.get(newer), newer, do="save_draft", note="mulai")
    assert "tidak memungkinkan" in visitor.submit(page, f"{path}/withdraw").text


def test_a_task_goes_back_with_a_reason_and_its_answers(sent, review, client_as):
    visitor, _, _ = sent
    superior, path = review
    page = superior.get(superior.get(path).link("Kembalikan ke langkah sebelumnya"))
    assert "Ajukan permohonan" in page.text
    assert superior.submit(page, f"{path}/send-back", reason=" ").status == 422
    page = superior.submit(page, f"{path}/send-back", reason="Tambahkan tanggal.")
    assert "Dikembalikan: T02" in page.text
    home = visitor.get("/")
    assert "Tambahkan tanggal." in home.text
    again = visitor.get(home.link("Permohonan: ajukan"))
    assert "alasan dikembalikan" in again.text
    assert again.all("//input[@name='subject']/@value") == ["Cuti tahunan"]
    assert client_as("STRANGER").get(f"{path}/send-back").status == 403
    assert client_as("STRANGER").post(f"{path}/send-back", {"to": "request"}).status == 403


def test_somebody_looks_while_another_decides(review, client_as):
    superior, path = review
    page = superior.submit(
        superior.get(path), f"{path}/delegate", person="Nobody", question="Bagaimana?"
    )
    assert "tidak dikenal" in page.text
    page = superior.submit(page, f"{path}/delegate", person="Ratna Puspitasari", question="Apa?")
    assert "Ratna Puspitasari sedang melihatnya" in page.text
    assert "Anda minta dilihat orang lain" in superior.get("/?tab=waiting").text
    higher = client_as("SU2")
    assert "Diminta melihat oleh Bambang Nugroho" in higher.get("/").text
    page = higher.get(path)
    assert not page.all("//form[@id='task-form']")
    assert "Cuti tahunan" in page.all("//aside")[0].text_content()
    higher.submit(page, f"{path}/give-back", opinion="Setuju.")
    page = superior.get(path)
    assert "Setuju." in page.text
    assert page.all("//form[@id='task-form']")
    assert client_as("STRANGER").post(f"{path}/delegate", {"person": "Ratna Puspitasari",
        "question": "x"}).status == 403  # fmt: skip


def test_taking_over_and_handing_over_ask_for_a_reason(review, client_as, database, engine):
    _, path = review
    table = Task.__table__
    with database.begin() as connection:
        given = {"candidate_group": "HRC", "assignee_id": CAST["HRC"], "claimed_at": engine.clock()}
        connection.execute(update(table).where(table.c.state == "CREATED").values(**given))
    colleague = client_as("HRC2")
    page = colleague.get(path)
    assert "Indra Wijaya sedang mengerjakannya" in page.text
    assert "Belum ada yang ditulis" in colleague.post(f"{path}/take-over").text
    page = colleague.submit(page, f"{path}/take-over", reason="Indra sakit.")
    assert page.all("//form[@id='task-form']")
    assert "Tugas diambil alih" in client_as("HRC").get("/").text
    page = colleague.submit(page, f"{path}/assign", person="Indra Wijaya", reason="Sudah sehat.")
    assert "Tugas sudah diserahkan." in page.text
    assert client_as("STRANGER").post(f"{path}/take-over", {"reason": "x"}).status == 403
    fields = {"person": "Indra Wijaya", "reason": "x"}
    assert client_as("STRANGER").post(f"{path}/assign", fields).status == 403


def test_a_later_due_date_is_asked_here_and_granted_in_the_inbox_above(review, client_as, engine):
    superior, path = review
    day = (engine.clock() + timedelta(days=20)).date().isoformat()
    action = f"{path}/extension"
    page = superior.submit(superior.get(path), action, wanted="2020-01-01", reason="x")
    assert "Pilih tanggal sesudah" in page.text
    page = superior.submit(page, action, wanted=day, reason="Menunggu berkas.")
    assert "Permintaan terkirim" in page.text
    assert "belum diputuskan" in page.text
    above = client_as("SU2")
    higher = above.get("/")
    assert "Menunggu berkas." in higher.text
    decide = higher.all("//form[starts-with(@action, '/extensions/')]/@action")[0]
    assert client_as("STRANGER").post(decide, {"do": "grant"}).status == 403
    page = above.submit(higher, decide, do="grant")
    assert "Tenggat diperpanjang." in page.text
    assert "21 Juli 2026" in superior.get(path).text


def test_words_beside_a_case_reach_who_is_mentioned(review, client_as):
    superior, path = review
    text = "Mohon dicek, @Sari Wulandari."
    page = superior.submit(superior.get(path), f"{path}/comment", text=text)
    assert text in page.text
    assert "Anda disebut dalam catatan" in client_as("EMP").get("/").text
    assert client_as("STRANGER").post(f"{path}/comment", {"text": "Halo"}).status == 403
    assert "Yang dapat membacanya" in page.text
    assert "Langkah sesudah ini" not in page.text


def test_a_form_says_why_it_asks_and_the_receipt_how_long_it_took(client_as, engine):
    task_id = at_self_assessment(engine)
    visitor = client_as("EMP")
    page = visitor.get(f"/tasks/{task_id}")
    assert "Mengapa ini ditanyakan?" in page.text
    assert "Yang dapat membacanya: " in page.text
    assert "Rancangan penilaian – atasan (penilai), dalam 5 hari kerja" in page.text
    answers = dict.fromkeys(VALUES.split(), "4") | {"proud_of": "Antrean habis.", "do": "complete"}
    sent = visitor.submit(page, f"/tasks/{task_id}", _open="200", _active="61", **answers)
    assert "4 menit, aktif mengisi 2 menit" in sent.text


def test_what_the_data_filled_in_is_marked_until_it_is_changed():
    form = compile_form(FILLED)
    begun = page_of.sheet(Filled(form), None, (), now=NOW)
    assert begun.prefilled == {"rank", "note"}
    changed = page_of.sheet(Filled(form), {"rank": "III/c", "note": "Ada"}, (), now=NOW)
    assert changed.prefilled == {"note"}
