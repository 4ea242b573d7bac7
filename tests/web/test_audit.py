"""The auditors' pages: what they find, show, draw and hand out, and what of it is recorded."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from engine import Actor, BeginDraft, CompleteTask, Deploy, SendBack
from engine.folder import read_folder
from engine.model import Channel, Scope, StreamKind
from engine.queries import history, inbox
from engine.worker import Worker
from hr.audit.commands import EXPORT_JOB
from hr.demo.cast import CAST
from hr.development.commands import RecordTrainingSignal
from hr.typesetting import pdf
from tests.web.conftest import TWO_STEP
from web import keys
from web.exporting import jobs

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ANSWERS = {"subject": "Cuti besar", "days": 4}


def act(engine, code: str, command) -> None:
    engine.execute(command, by=Actor(person_id=CAST[code], channel=Channel.WEB))


def open_of(engine, code: str):
    scope = Scope(person_id=CAST[code])
    return engine.ask(inbox.open_tasks, scope, now=engine.clock()).rows[0]


@pytest.fixture
def complaint(engine, clock, start_two_step):
    """A case in which an answer was changed after its superior had seen it and sent it back."""
    started = start_two_step()

    def send(code: str, answers) -> None:
        clock.move(timedelta(hours=2))
        task = open_of(engine, code)
        key = f"{code}-{task.id}"
        act(engine, code, CompleteTask(task_id=task.id, answers=answers, request_key=key))

    send("EMP", ANSWERS)
    clock.move(timedelta(days=1))
    review = open_of(engine, "RTR")
    act(engine, "RTR", SendBack(task_id=review.id, to_element="request", reason="Terlalu sedikit"))
    send("EMP", {**ANSWERS, "days": 9})
    send("RTR", {"approved": True})
    return started


def events_of(engine, code: str = "AUD"):
    return engine.ask(history.events, StreamKind.PERSON, str(CAST[code]), limit=500)


def test_a_search_stands_in_its_address_is_counted_and_leads_to_its_case(
    complaint, client_as
) -> None:
    aud = client_as("AUD")
    page = aud.get("/audit?what=sent_back")
    assert "1 kejadian" in page.text
    assert "Terlalu sedikit" in page.text
    (link,) = page.all("//a[contains(@href, '/trace')]/@href")
    assert link.startswith(f"/cases/{complaint.instance_id}/trace#e")
    assert "Tidak ada kejadian yang cocok." in aud.get("/audit?what=sent_back&unit=/99/").text
    named = aud.get("/audit?what=submitted&about=Sari Wulandari&process=two_step&period=2026Q2")
    assert "3 kejadian" in named.text
    assert "· Ajukan permohonan" in " ".join(named.text.split())  # not the element's id


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("by=Tidak+Ada+Orangnya", "Tidak ada satu pegawai"),
        ("version=x&process=two_step", "Versi adalah sebuah angka"),
        ("from=kemarin", "Tanggal ditulis sebagai"),
        ("what=%00%27%3B--", "Pilih salah satu"),
    ],
)
def test_what_cannot_be_understood_is_said_in_words(complaint, client_as, query, words) -> None:
    page = client_as("AUD").get(f"/audit?{query}")
    assert page.status == 200
    assert words in page.text


def test_a_search_is_saved_by_name(complaint, client_as) -> None:
    aud = client_as("AUD")
    page = aud.get("/audit?what=late&period=2026Q2")
    aud.submit(page, "/audit/searches", what="late", period="2026Q2", name="Telat")
    page = aud.get("/audit")
    assert page.all("//a[text()='Telat']/@href") == ["/audit?what=late&period=2026Q2"]
    aud.submit(page, "/audit/searches/drop", name="Telat")
    assert "Telat" not in aud.get("/audit").text


def test_a_case_is_told_with_before_and_after_and_nothing_changes_by_it(
    complaint, client_as, engine
) -> None:
    before = engine.ask(history.case_events, complaint.instance_id)
    aud = client_as("AUD")
    page = aud.get(f"/cases/{complaint.instance_id}/trace")
    assert "Dikembalikan ke langkah sebelumnya" in page.text
    assert "Alasan:" in page.text
    changed = page.all("//table[.//th[text()='Sebelum']]//tr[td]")
    said = [" ".join("".join(row.itertext()).split()) for row in changed]
    assert "Berapa hari49" in said
    first = aud.get(f"/cases/{complaint.instance_id}/trace?step=2")
    assert "Langkah 2 dari" in first.text
    assert first.all("//*[contains(@class, 'al-current')]/@data-element-id") == ["request"]
    for step in ("0", "99999", "x", "-1"):
        assert aud.get(f"/cases/{complaint.instance_id}/trace?step={step}").status == 200
    assert engine.ask(history.case_events, complaint.instance_id) == before


def test_the_dossier_is_pdf_a_and_that_it_was_opened_is_recorded(
    complaint, client_as, engine
) -> None:
    aud = client_as("AUD")
    page = aud.get(f"/cases/{complaint.instance_id}/trace")
    path = f"/cases/{complaint.instance_id}/dossier.pdf"
    made = aud.client.post(path, data={"csrf_token": aud.token(), "reason": "Pengaduan 12"})
    assert page.status == made.status_code == 200
    assert made.data.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in made.data or b"pdfaid" in made.data
    opened, taken = events_of(engine)[-2:]
    assert (opened.kind, opened.reason) == ("DOSSIER_OPENED", "Pengaduan 12")
    assert (taken.kind, taken.detail["what"]) == ("EXPORTED", "dossier")
    assert taken.detail["sha256"] == sha256(made.data).hexdigest()


def test_the_dossier_names_whose_a_task_is_and_the_process(
    complaint, client_as, monkeypatch
) -> None:
    said = {}

    def read(template, data, at):
        said.update(data)
        return pdf(template, data, at)

    monkeypatch.setattr("web.cases.paper.pdf", read)
    aud = client_as("AUD")
    path = f"/cases/{complaint.instance_id}/dossier.pdf"
    aud.get("/audit")
    aud.client.post(path, data={"csrf_token": aud.token(), "reason": "Pengaduan 12"})
    assert said["versions"][0][1] == "Permohonan dua langkah, versi 1"
    given = [line["who"] for line in said["lines"] if line["what"].startswith("Tugas diberikan")]
    assert given
    # Who gave it out is another: his post is not said beside whose it is.
    assert all(who.split(" · ")[1].startswith("tenggat") for who in given), given


def test_the_map_says_what_followed_what_and_marks_what_went_back(complaint, client_as) -> None:
    page = client_as("AUD").get("/audit/map?process=two_step")
    assert "1 perkara" in page.text
    assert page.all("//*[contains(@class, 'al-warm')]")
    rows = {
        " ".join("".join(row.itertext()).split())
        for row in page.all("//section[h2[@id='left-title']]//li")
    }
    assert any("Dikembalikan ke langkah sebelumnya" in row for row in rows)
    again = page.all("//section[h2[@id='steps-title']]//tr[th//a[text()='Ajukan permohonan']]/td")
    assert [cell.text for cell in again][:3] == ["2", "1", "1"]
    assert client_as("AUD").get("/audit/map?process=nothing").status == 404


def test_rules_are_listed_with_who_and_what_differs(complaint, client_as, engine) -> None:
    aud = client_as("AUD")
    assert "Versi proses diberlakukan" in aud.get("/audit/rules?kind=DEFINITION_DEPLOYED").text
    assert "process.bpmn" in aud.get("/audit/rules/two_step/1").text
    assert aud.get("/audit/rules/two_step/7").status == 404
    changed = folder_files()
    words = changed["messages.toml"].decode()
    changed["messages.toml"] = words.replace("Cuti", "Izin").encode() + b"\n# new\n"
    engine.execute(Deploy(files=changed, reason="Kata diperbaiki"))
    page = aud.get("/audit/rules/two_step/2")
    assert page.all("//ins[contains(., '# new')]")
    assert not page.all("//h2[contains(., 'process.bpmn')]")
    path = f"/cases/{complaint.instance_id}/trace"
    link = aud.get(path).link("Perbedaannya dengan versi sekarang")
    assert link == "/audit/rules/two_step/2?against=1"
    assert "Dibandingkan dengan versi 1." in aud.get(link).text
    assert "Kata diperbaiki" in aud.get("/audit/rules").text
    draft = engine.execute(BeginDraft(name="Cuti baru", files=changed), by=Actor(CAST["DSN"]))
    page = aud.get("/audit/rules?kind=DRAFT_CREATED")
    assert page.link(f"Cuti baru draf {draft.draft_id}") == f"/studio/drafts/{draft.draft_id}"
    assert "Draf proses dibuat" in aud.get("/audit?what=rules").text


def test_master_data_are_told_in_words_with_people_by_name(client_as, engine, clock) -> None:
    signal = RecordTrainingSignal(person_id=CAST["EMP"], kind="LOW_VALUE", source="Sidak")
    act(engine, "HRC", signal)
    page = client_as("AUD").get("/audit/rules?kind=ROW_CHANGED")
    (row, *_) = page.all("//ul[@id='rows']/li")
    said = " ".join("".join(row.itertext()).split())
    assert "Tanda kebutuhan pelatihan" in said
    assert "Sari Wulandari" in said
    assert "SumberSidak" in said
    assert "JenisNilai rendah" in said
    assert "Kompetensi" not in said  # nothing stood there, and nothing does
    assert clock().strftime("%Y-%m-%d") not in said


def folder_files() -> dict[str, bytes]:
    return dict(read_folder(TWO_STEP).files)


@pytest.fixture
def ports(ports, tmp_path: Path):
    """With the job that writes exports, as bootstrap plugs it in."""
    kind = jobs.kind(tmp_path / "files" / "exports", lambda: b"a key of the server's own")
    return replace(ports, job_kinds={**ports.job_kinds, kind.name: kind})


@pytest.fixture
def platform(platform, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(keys, "server_key", lambda _folder: b"a key of the server's own")
    return replace(platform, settings=platform.settings.but(files_dir=tmp_path / "files"))


@pytest.mark.parametrize("form", ["csv", "xes", "ocel.json"])
def test_an_export_is_made_by_a_job_and_fetched_by_a_signed_link(
    complaint, client_as, engine, form
) -> None:
    aud = client_as("AUD")
    page = aud.get("/audit/exports")
    aud.submit(page, "/audit/exports", form=form, process="two_step", anonymous="1")
    assert "menunggu giliran" in aud.get("/audit/exports").text
    assert any(row.kind == EXPORT_JOB for row in _jobs(engine))
    Worker(engine).run_due()
    page = aud.get("/audit/exports")
    (link,) = page.all("//a[@download]/@href")
    got = aud.client.get(link)
    assert got.status_code == 200
    assert b"Sari Wulandari" not in got.data
    told = events_of(engine)[-1]
    assert (told.kind, told.detail["what"]) == ("EXPORTED", form)
    assert told.detail["sha256"] == sha256(got.data).hexdigest()
    assert told.detail["rows"] > 5
    assert json.loads(told.detail["filter"].removesuffix(" anonymous")) == {
        "process_key": "two_step"
    }
    # Neither another link, nor a later one, nor another auditor's.
    until = re.search(r"/(\d+)/[0-9a-f]+$", link)
    assert until is not None
    for wrong in (
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        link.replace(until[1], "99999999999"),
    ):
        assert aud.client.get(wrong).status_code == 404
    assert client_as("HRC").client.get(link).status_code == 403
    Worker(engine).run_due()
    assert [one.kind for one in events_of(engine)].count("EXPORTED") == 1


def test_what_nobody_can_fetch_any_more_is_deleted(engine, tmp_path: Path) -> None:
    old, new = tmp_path / "1-aa", tmp_path / "2-bb"
    for file in (old, new):
        file.write_bytes(b"log")
    long_ago = time.time() - jobs.KEPT.total_seconds() - 60
    os.utime(old, (long_ago, long_ago))
    jobs._sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [new]


def test_more_hits_cost_no_more_statements(complaint, client_as, statements, engine) -> None:
    aud = client_as("AUD")
    counts = []
    for query in ("what=sent_back", "what=submitted", "by=Sari Wulandari"):
        aud.get(f"/audit?{query}")
        with statements() as said:
            aud.get(f"/audit?{query}")
        counts.append(len(said))
    assert max(counts[:2]) - min(counts[:2]) <= 1, counts
    assert max(counts) <= 20, counts


def _jobs(engine):
    from sqlalchemy import text

    with engine.database.connect() as connection:
        return connection.execute(text("SELECT kind FROM job")).all()


def test_samples_and_papers_by_the_pages(complaint, client_as, engine) -> None:
    aud = client_as("AUD")
    page = aud.get("/audit/population")
    assert "Lengkap" in page.text
    wrong = aud.submit(
        page, "/audit/population/samples", population="two_step|2026Q2", size="0", seed="1"
    )
    assert wrong.status == 422
    page = aud.submit(
        page, "/audit/population/samples", population="two_step|2026Q2", size="3", seed="6 5"
    )
    assert complaint.case_no in page.text
    refused = aud.submit(page, "/audit/population/samples/1/1", conclusion="FINDING", note="")
    assert refused.status == 422
    assert "Temuan perlu catatan" in refused.text
    aud.submit(page, "/audit/population/samples/1/1", conclusion="FINDING", note="=1+1")
    got = aud.client.post("/audit/population/samples/1/papers", data={"csrf_token": aud.token()})
    assert "'=1+1" in got.get_data(as_text=True)
    assert events_of(engine)[-1].detail["what"] == "papers"
