"""From a complaint ("my rating was changed after I saw it") to who, when, why, and the dossier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from engine import Actor, Channel, CompleteTask, SendBack
from engine.model import Scope, StreamKind
from engine.queries import history, inbox, tasks
from hr.demo.answers import Case, answer
from hr.demo.cast import CAST
from tests.browser.conftest import DESK, PHONE, Site, Visits, start_case

AFTER_THE_PEERS = datetime(2026, 7, 9, 1, 0, tzinfo=UTC)
REASON = "Setelah dilihat lagi, capaiannya di bawah rencana."


@pytest.fixture
def complaint(site: Site) -> int:
    """An evaluation whose rating was lowered after the employee had seen it; gives its number."""
    case = start_case(site).instance_id
    play(site, {"propose_raters", "check_raters", "self_assessment"})
    site.clock.set(AFTER_THE_PEERS)
    site.work()
    play(site, {"draft_rating", "final_rating"})
    site.clock.move(timedelta(hours=3))  # they talk, and the employee reads his rating
    rater = Actor(person_id=CAST["RTR"], channel=Channel.WEB)
    (talk,) = opened(site, "RTR")
    back = SendBack(task_id=talk.id, to_element="final_rating", reason=REASON)
    site.engine.execute(back, by=rater)
    play(site, {"final_rating"}, lambda answers: {**answers, "result_rating": "BELOW",
                                                  "result_reason": REASON * 2})  # fmt: skip
    play(site, {"dialogue"}, also={"fairness_review"})  # if rules want the superior's word first
    return case


def opened(site: Site, code: str):
    scope = Scope(person_id=CAST[code])
    return site.engine.ask(inbox.open_tasks, scope, now=site.clock()).rows


def play(
    site: Site,
    steps: set[str],
    change: Callable[[dict], dict] = lambda a: a,
    also: frozenset[str] | set[str] = frozenset(),
) -> None:
    """Let people do these steps as they come, and what else may stand in their way."""
    todo = set(steps)
    while todo:
        mine = [(code, row) for code in ("EMP", "RTR", "SU2") for row in opened(site, code)]
        code, row = next((code, row) for code, row in mine if row.element_id in todo | also)
        known = site.engine.ask(tasks.task, row.id, person_id=CAST[code])
        case = Case(known.variables, site.clock().date(), Random(1), 3)
        given = change(answer(row.element_id, case) or {})
        command = CompleteTask(task_id=row.id, answers=given, request_key=f"story {row.id}")
        site.engine.execute(command, by=Actor(person_id=CAST[code], channel=Channel.WEB))
        todo.discard(row.element_id)
        site.work()


def test_from_the_complaint_to_the_dossier(site: Site, visits: Visits, complaint: int) -> None:
    before = site.engine.ask(history.case_events, complaint, limit=1000)
    auditor = visits(site, "AUD", width=DESK)
    page = auditor.go("/audit")
    page.get_by_label("Perkara tentang").fill("Sari Wulandari")
    page.get_by_label("Apa yang terjadi").select_option("sent_back")
    auditor.press("Cari")
    hits = page.locator("#rows > li")
    assert hits.count() == 1
    assert REASON in hits.first.inner_text()  # why, by whom, when
    assert "9 Juli 2026" in hits.first.inner_text()
    with page.expect_navigation():
        hits.first.get_by_role("link").click()
    # Before and after, open as it stands, under the version and the rules of that day.
    tables = page.locator("table:visible", has_text="Sebelum").all_inner_texts()
    assert any("Di bawah ekspektasi" in text and "Sesuai ekspektasi" in text for text in tables)
    assert "versi 1" in page.locator("main").inner_text()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    reasons = page.locator("details[open] p:visible", has_text="maka").all_inner_texts()
    assert any("karena Hasil kerja Di bawah ekspektasi" in reason for reason in reasons), reasons
    the_replay_moves_by_keys(page)
    dossier_is_fetched(page)
    told = site.engine.ask(history.events, StreamKind.PERSON, str(CAST["AUD"]), limit=100)
    assert [event.kind for event in told][-2:] == ["DOSSIER_OPENED", "EXPORTED"]
    assert told[-2].reason == "Pengaduan Sari Wulandari"
    assert site.engine.ask(history.case_events, complaint, limit=1000) == before
    phone = visits(site, "AUD", width=PHONE)
    phone.go(f"/cases/{complaint}/trace")
    assert phone.check_layout() == []


def the_replay_moves_by_keys(page) -> None:
    slider = page.get_by_role("slider", name="Langkah")
    last = int(slider.get_attribute("max"))
    slider.focus()
    with page.expect_response(lambda answered: "step=" in answered.url):
        page.keyboard.press("ArrowLeft")
    page.get_by_text(f"Langkah {last - 1} dari {last}").wait_for()
    page.get_by_role("link", name="Mundur").click()
    page.get_by_text(f"Langkah {last - 2} dari {last}").wait_for()


def dossier_is_fetched(page) -> None:
    page.get_by_text("Unduh berkas lengkap (PDF)").click()
    page.get_by_label("Untuk keperluan apa").fill("Pengaduan Sari Wulandari")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Unduh", exact=True).click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF")
    assert fetched.value.suggested_filename == "P04-2026Q2-000001.pdf"
