"""A year's result on a phone: why it is so, whom to ask, how to object, and until when."""

from __future__ import annotations

from uuid import uuid4

from engine import Actor, CompleteTask, NewCase, PublishMessage, StartInstance
from engine.queries import standing
from hr.demo.cast import CAST
from tests.browser.conftest import DESK, PHONE, Site, Visits

WORTH = "Angka cocok dengan catatan; layanan terjaga."


def _do(site: Site, instance_id: int, element: str, **answers: object) -> None:
    """Complete a task as whoever has it."""
    waiting = site.engine.ask(standing.open_tasks, instance_id)
    (task,) = [one for one in waiting if one.element_id == element]
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    site.engine.execute(command, by=Actor(person_id=task.assignee_id))
    site.work()


def test_whoever_reads_the_result_page_knows_why_and_what_to_do(site: Site, visits: Visits):
    new = NewCase(subject_id=CAST["PEER5"], period="2026")
    started = site.engine.execute(StartInstance(key="annual_appraisal", case=new))
    site.work()
    rater = visits(site, "RTR")
    done = {"plan": "Perekaman KTP", "result": "Perekaman tuntas sepanjang tahun."}
    plans = [{"text": "Perekaman keliling."}]
    _do(site, started.instance_id, "write_report", achievements=[done], plans=plans)
    rater.open_task("Nilai kinerja setahun")
    assert rater.check_page() == []
    rated = {"result_rating": "MEETS", "behaviour_rating": "MEETS", "feedback": WORTH}
    _do(site, started.instance_id, "evaluate", **rated)
    site.engine.execute(PublishMessage(name="calibrated", correlation="/01/2026", payload={}))
    site.work()
    _do(site, started.instance_id, "sign_rater", signed=True)
    _do(site, started.instance_id, "sign_superior", signed=True)
    reader = visits(site, "PEER5", width=PHONE)
    reader.open_task("Baca dan tanggapi hasil tahunan")
    reader.picture("annual_result")
    text = " ".join(reader.page.locator("main").inner_text().split())
    for said in (
        "tahun 2026. Membacanya tidak berarti Anda setuju",
        "Tabel DT02: 110 ke atas di atas ekspektasi",
        "Tabel DT03: 4 ke atas di atas ekspektasi",
        "Penilai Anda, Bambang Nugroho; atau pengelola kepegawaian",
        "dapat diajukan sampai 15 Juli 2026",
        WORTH,
    ):
        assert said in text, text
    assert reader.check_page() == []
    reader.resize(DESK)
    assert reader.check_layout() == []
