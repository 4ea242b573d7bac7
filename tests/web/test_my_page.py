"""One's own page and why a result is so; a superior's people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import NewCase, StartInstance
from engine.folder import read_folder
from engine.history import unpack
from engine.worker import Worker
from hr.demo import play
from hr.demo.cast import CAST
from hr.evaluation import queries as evaluation
from hr.notices.queries import unread
from tests.web.conftest import ROOT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SAID = "Antrean loket berkurang separuh sejak pembagian tugas baru."


@pytest.fixture
def played(engine, clock):
    """A quarter in which PEER4 was told a poor result."""
    engine.execute(read_folder(ROOT / "workflows" / "quarterly_evaluation"))
    play.launch(engine, "2026Q2")
    worker = Worker(engine)
    until = clock.now + timedelta(days=5)
    play.play_forward(engine, clock.set, worker.run_due, until=until)
    return engine


def test_a_result_page_says_why_whom_to_ask_and_how_to_object_until_when(played, client_as):
    (seen,) = played.ask(evaluation.results_of, CAST["PEER4"])
    visitor = client_as("PEER4")
    page = visitor.get("/me")
    assert "Butuh Perbaikan" in page.text
    page = visitor.get(page.link("Triwulan II 2026"))
    assert page.heading == "Evaluasi triwulan 360 · Triwulan II 2026: Butuh Perbaikan"
    for said in (
        "Bobot penilai", "Rata-rata rekan", "Baris DT04-2", "Masyarakat: 15",
        "Rata-rata 360: mulai 3 di bawah 4", "Baris DT03-3", "Nilai capaian102,55",
        "Yang keluar Peringkat",
        "Baris DT01-8", "Hasil kerja: Di bawah ekspektasi", "PermenPANRB 6/2022",
        "Hasil kerja: tabel menyarankan “Sesuai ekspektasi” (Nilai capaian: mulai 90 di bawah 110)",
        "Penilai menetapkan “Di bawah ekspektasi”, dengan alasan: “",
        "Perilaku kerja: tabel menyarankan “Sesuai ekspektasi”", "Itulah yang ditetapkan.",
        "hasil kerja “Di bawah ekspektasi” dan perilaku “Sesuai ekspektasi” pada “Butuh Perbaikan”",
        "Tidak ada angka lain yang menentukan.", "Perekaman KTP elektronik tuntas",
        "kepada penilai Anda", "Berkeberatan: sampai 17 Juli 2026",
    ):  # fmt: skip
        assert said in page.text, said
    assert "Tanda kewajaran" not in page.text  # what came after is not why
    for code in ("PEER1", "PEER2", "PEER3"):  # nor is it said by numbers who was asked
        assert f"Rekan {CAST[code]}," not in page.text.replace("\n", " ")
    for code in ("RTR", "HRC", "STRANGER"):
        assert client_as(code).get(f"/me/results/{seen.id}").status == 404
    played.execute(read_folder(ROOT / "workflows" / "objection"))
    objected = NewCase(subject_id=CAST["PEER4"], period="2026Q2")
    played.execute(StartInstance(key="objection", case=objected))
    page = visitor.get(f"/me/results/{seen.id}")
    assert "Keberatan P08-2026Q2-000001: sedang diperiksa." in page.text


def test_nothing_of_a_result_is_explained_before_it_is_disclosed(played, client_as):
    assert played.ask(evaluation.results_of, CAST["PEER1"]) == ()
    page = client_as("PEER1").get("/me")
    assert "Belum ada hasil." in page.text


def test_ones_own_page_costs_the_same_however_much_there_is(played, client_as, statements):
    visitor = client_as("PEER4")
    visitor.get("/me")
    with statements() as seen:
        visitor.get("/me")
    assert len(seen) <= 40


def test_feedback_may_be_given_at_any_time_to_those_one_works_with(engine, client_as):
    visitor = client_as("PEER1")
    form = {"person": str(CAST["EMP"]), "kind": "PRAISE", "value": "collaborative", "text": SAID}
    assert "Umpan balik terkirim" in visitor.post("/me/feedback", form).text
    (told,) = [one for one in engine.ask(unread, CAST["EMP"]) if one.notice == "FEEDBACK_GIVEN"]
    assert told.values["name"]
    assert SAID in client_as("EMP").get("/me").text
    assert SAID in client_as("RTR").get(f"/team/{CAST['EMP']}").text
    for wrong in (
        {"person": "x"}, {"kind": "x"}, {"value": "<b>"}, {"text": "pendek"}, {"text": "x" * 1001},
    ):  # fmt: skip
        assert visitor.post("/me/feedback", {**form, **wrong}).status == 422
    for other in ("STRANGER", "PPK", "PEER1"):
        assert visitor.post("/me/feedback", {**form, "person": str(CAST[other])}).status == 403


def test_a_superior_sees_his_own_people_and_nobody_else(played, client_as, statements):
    visitor = client_as("RTR")
    page = visitor.get("/team")
    assert "Sari Wulandari" in page.text
    visitor.get("/team")
    with statements() as seen:
        visitor.get("/team")
    assert len(seen) <= 40
    assert visitor.get(f"/team/{CAST['PEER4']}").status == 200
    assert visitor.get(f"/team/{CAST['STRANGER']}").status == 404
    assert visitor.get(f"/team/{CAST['RTR']}").status == 404
    for code in ("EMP", "STRANGER", "AUD"):
        assert client_as(code).get("/team").status == 403
        assert client_as(code).get(f"/team/{CAST['PEER4']}").status == 403
        assert client_as(code).post(f"/team/{CAST['PEER4']}/notes", {"note": SAID}).status == 403


def test_a_coaching_note_is_read_by_three_and_the_history_keeps_no_word_of_it(
    engine, client_as, database
):
    visitor, path = client_as("RTR"), f"/team/{CAST['EMP']}"
    assert visitor.post(f"{path}/notes", {"note": "pendek"}).status == 422
    assert visitor.post(f"{path}/notes", {"note": SAID, "counsellor": "Siapa?"}).status == 422
    same = {"note": SAID, "counsellor": "Sari Wulandari"}
    assert visitor.post(f"{path}/notes", same).status == 422
    page = visitor.post(f"{path}/notes", {"note": SAID})
    assert SAID in page.text
    assert SAID in client_as("EMP").get("/me").text
    for code in ("SU2", "HRC", "PEER1"):
        answer = client_as(code).get(path)
        assert answer.status in (403, 404)
        assert SAID not in answer.text
    with database.connect() as connection:
        told = connection.execute(text("SELECT body FROM history")).scalars()
        values = connection.execute(text("SELECT value FROM sealed_value")).scalars()
        kept = [str(each) + str(unpack(each)) for each in (*told, *values)]
    assert any("COACHING_NOTE" in each for each in kept)
    assert not any(SAID[:20] in each for each in kept)
