"""Cases: who sees which, the steps, the picture, the values, the dossier; and what nobody sees."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from engine import NewCase, StartInstance, StreamKind
from engine.folder import read_folder
from engine.queries import history
from hr.demo.cast import CAST
from hr.notices import store

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MODELS = Path(__file__).parents[1] / "engine" / "models"
GOOD = {"subject": "Cuti tahunan", "days": "3", "reason": "Menengok orang tua."}


@pytest.fixture
def case(start_two_step, client_as):
    """A case of EMP whose first step is done."""
    started = start_two_step()
    visitor = client_as("EMP")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    visitor.submit(visitor.get(path), path, do="complete", **GOOD)
    return started


def test_the_person_a_case_is_about_sees_where_it_stands(case, client_as):
    visitor = client_as("EMP")
    listed = visitor.get("/cases")
    assert case.case_no in listed.text
    page = visitor.get(f"/cases/{case.instance_id}")
    steps = [" ".join(step.text_content().split()) for step in page.all("//ol//li")]
    assert steps[0].startswith("Ajukan permohonan Sari Wulandari Selesai · 1 Juli 2026 09.00")
    assert steps[1].startswith("Periksa permohonan Bambang Nugroho Sedang berjalan")
    assert page.all("//ol//li[@aria-current='step']")


def test_those_who_answer_for_a_person_see_the_case(case, client_as, subtests):
    for code in ["RTR", "SU2", "HRC", "AUD", "PPK"]:
        with subtests.test(code=str(code)[:60]):
            page = client_as(code).get(f"/cases/{case.instance_id}")
            assert page.status == 200
            assert case.case_no in page.text


def test_others_do_not(case, client_as, subtests):
    for code in ["STRANGER", "PEER1", "ADM", "DSN", "TRN"]:
        with subtests.test(code=str(code)[:60]):
            visitor = client_as(code)
            assert case.case_no not in visitor.get("/cases").text
            for page in (
                visitor.get(f"/cases/{case.instance_id}"),
                visitor.post(f"/cases/{case.instance_id}/dossier"),
            ):
                assert page.status == 403
                assert "Cuti tahunan" not in page.text
                assert case.case_no not in page.text


def test_a_case_that_is_not_there_is_not_found(client_as):
    assert client_as("HRC").get("/cases/4711").status == 404
    assert client_as("HRC").post("/cases/4711/dossier").status == 404


def test_the_picture_shows_the_path_without_any_inline_style(case, client_as):
    page = client_as("EMP").get(f"/cases/{case.instance_id}")
    svg = page.all("//div[contains(@class, 'al-picture')]//*[name()='svg']")
    assert len(svg) == 1
    marked = {
        name: page.all(f"//*[@data-element-id='{name}' and contains(@class, '{mark}')]")
        for name, mark in {"request": "al-done", "review": "al-current"}.items()
    }
    assert all(marked.values()), page.response.text
    assert not page.all("//@style")


def test_values_are_shown_before_and_after(case, client_as):
    page = client_as("HRC").get(f"/cases/{case.instance_id}")
    assert "Isian dan hasil" in page.text
    assert "Cuti tahunan (3 hari)" in page.text


def test_a_dossier_is_for_auditors_and_the_agency_and_is_recorded(case, client_as, engine):
    path = f"/cases/{case.instance_id}"
    assert "Riwayat lengkap" not in client_as("EMP").get(path).text
    assert client_as("EMP").post(f"{path}/dossier").status == 403
    auditor = client_as("AUD")
    page = auditor.submit(auditor.get(path), f"{path}/dossier", reason="Pengaduan 12")
    assert page.status == 200
    assert "Tugas selesai" in page.text
    assert "Ajukan permohonan" in page.text
    assert "TASK_COMPLETED" not in page.text
    trail = engine.ask(history.events, StreamKind.PERSON, str(CAST["AUD"]))
    assert [(event.kind, event.reason) for event in trail] == [("DOSSIER_OPENED", "Pengaduan 12")]


def test_a_strange_place_in_the_dossier_is_its_beginning(case, client_as, subtests):
    visitor = client_as("AUD")
    for seq in ["-1", "x", "9" * 30, "²", ""]:
        with subtests.test(seq=str(seq)[:60]):
            page = visitor.post(f"/cases/{case.instance_id}/dossier", {"after_seq": seq})
            assert page.status == 200
            assert "Tugas selesai" in page.text


def test_the_list_filters_by_words_process_and_state(case, client_as):
    visitor = client_as("HRC")
    for query in ("q=sari", f"q={case.case_no}", "process=two_step", "state=ACTIVE"):
        assert case.case_no in visitor.get(f"/cases?{query}").text
    for query in ("q=nobody", "process=other", "state=COMPLETED"):
        assert case.case_no not in visitor.get(f"/cases?{query}").text


def test_a_page_costs_a_bounded_number_of_statements(case, client_as, statements):
    visitor = client_as("HRC")
    visitor.get(f"/cases/{case.instance_id}")
    with statements() as seen:
        visitor.get(f"/cases/{case.instance_id}")
    assert len(seen) <= 35, "\n".join(seen)
    with statements() as seen:
        visitor.get("/cases")
    assert len(seen) <= 12, "\n".join(seen)


# ---- nobody tells who wrote what


@pytest.fixture
def feedback(engine):
    """A case in which three peers answer without a name."""
    engine.execute(read_folder(MODELS / "anonymous_peers"))
    subject = engine.ask(engine.ports.people.subject, CAST["EMP"], engine.clock())
    peers = [CAST[f"PEER{number}"] for number in (1, 2, 3)]
    case = NewCase(
        subject_id=CAST["EMP"],
        scope_path=subject.scope_path,
        title=subject.title,
        variables={"peers": peers},
    )
    return engine.execute(StartInstance(key="anonymous_peers", case=case))


def answer(visitor, words="Baik"):
    page = visitor.get("/")
    path = page.all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    page = visitor.get(path)
    return path, page, visitor.submit(page, path, do="complete", score="4", comment=words)


def test_an_anonymous_task_says_so_and_disappears_once_given(feedback, client_as):
    peer = client_as("PEER1")
    path, page, after = answer(peer)
    assert "Penilaian ini anonim" in page.text
    assert "Diterima" in after.text
    assert peer.get(path).status == 404
    assert "umpan balik" not in peer.get("/done").text.lower().split("tidak dicatat")[0]
    assert "Tidak ada tugas yang menunggu Anda." in peer.get("/").text


def test_a_second_click_on_an_anonymous_task_is_received_once(feedback, client_as):
    peer = client_as("PEER1")
    path, page, _ = answer(peer)
    again = peer.submit(page, path, do="complete", score="4", comment="Baik")
    assert "Sudah diterima sebelumnya" in again.text
    assert peer.post(path, {"do": "complete", "request_key": "guessed"}).status == 404


@pytest.mark.parametrize("code", ["EMP", "RTR", "PEER2", "HRC", "AUD", "ADM", "STRANGER"])
def test_nobody_else_finds_an_anonymous_task_open_or_given(feedback, client_as, code):
    peer, other = client_as("PEER1"), client_as(code)
    path = peer.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    before = [other.get(path).status, other.post(f"{path}/claim").status]
    answer(peer)
    after = [other.get(path).status, other.post(f"{path}/claim").status]
    assert before == after == [404, 404]
    assert other.post(path, {"do": "complete", "request_key": "k"}).status == 404


def test_an_auditor_reads_which_notices_went_out_but_not_whom_an_anonymous_one_led_to(
    feedback, case, engine, client_as
):
    def tell(started, code, notice, reason=""):
        row = {
            "person_id": CAST[code], "notice": notice, "process_key": "two_step",
            "instance_id": started.instance_id, "case_no": "C-1", "at": engine.clock(),
            "values": json.dumps({"title": "Telaah", "reason": reason}),
        }  # fmt: skip
        with engine.database.begin() as connection:
            store.add_notices(connection, [row])

    def told_of(started):
        page = client_as("AUD").get(f"/cases/{started.instance_id}/trace")
        assert not any(name in page.text for name in ("Agus", "Dewi", "Eko"))
        (section,) = page.all("//section[@aria-labelledby='letters-title']")
        return " ".join(section.text_content().split())

    tell(case, "RTR", "REMINDED")
    tell(case, "EMP", "SENT_BACK", "Kurang satu lampiran")
    said = told_of(case)
    assert "Pengingat · Bambang Nugroho" in said
    assert "Kurang satu lampiran" in said
    for code in ("PEER1", "PEER2"):
        tell(feedback, code, "REMINDED")
        tell(feedback, code, "please_answer")
    tell(feedback, "EMP", "REMINDED")
    said = told_of(feedback)
    assert said.count("Pengingat ·") == 1
    assert said.count("please_answer · Tidak disebutkan") == 2


def test_no_page_of_the_case_names_a_peer(feedback, client_as, clock):
    path = f"/cases/{feedback.instance_id}"
    readers = {code: client_as(code) for code in ("EMP", "RTR", "HRC", "AUD")}
    for number in (1, 2, 3, 4):
        for code, reader in readers.items():
            for page in (reader.get(path), reader.post(f"{path}/dossier")):
                assert not any(name in page.text for name in ("Agus", "Dewi", "Eko")), code
                assert "Rahasia" not in page.text, code
        if number <= 3:
            clock.move(timedelta(minutes=7))
            answer(client_as(f"PEER{number}"), f"Rahasia {number}")
    assert "Anonim" in readers["EMP"].get(path).text
