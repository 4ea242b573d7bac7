"""The operations pages: by role, without names or answers, and with few statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import Command, Context
from engine.worker import Worker
from hr.demo.cast import CAST

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGES = (
    "/operations",
    "/operations/jobs",
    "/operations/incidents",
    "/operations/cases?q=P",
)
POSTS = (
    "/operations/jobs/1/cancel",
    "/operations/schedules/clear_up",
    "/operations/incidents/1/retry",
    "/operations/incidents/retry",
    "/operations/incidents/1/propose",
    "/operations/proposals/1",
    "/operations/cases/1",
)


def _form(page: Any, ending: str) -> str:
    return next(f.get("action") for f in page.all("//form") if f.get("action").endswith(ending))


def test_the_pages_are_the_administrators_and_the_agencys(client_as, visitor, subtests):
    for code in ["STRANGER", "EMP", "RTR", "HRO", "AUD", "TRN"]:
        with subtests.test(code=str(code)):
            one = client_as(code)
            known = [path for path in PAGES if (code, path) != ("AUD", "/operations/incidents")]
            seen = [one.get(path) for path in known] + [one.post(path) for path in POSTS]
            assert {page.status for page in seen} == {403}
            menu = [a.text_content().strip() for a in one.get("/").all("//nav//a")]
            assert "Operasional" not in menu
    assert all(visitor.get(path).path.startswith("/login") for path in PAGES)
    for code in ("ADM", "HRC"):
        assert [client_as(code).get(path).status for path in PAGES] == [200] * len(PAGES)


def test_an_administrator_proposes_and_the_agency_approves(failed_case, client_as, subtests):
    _, _, case = failed_case
    administrator, agency = client_as("ADM"), client_as("HRC")
    page = administrator.get("/operations/incidents")
    assert "Panggil layanan" in page.text
    assert case.case_no in page.text
    assert "Sari Wulandari" not in page.text
    assert "Mengapa?" not in page.text
    assert not page.all(f"//a[@href='/cases/{case.instance_id}']")
    assert not page.all("//form[contains(@action, '/retry')]")
    action = _form(page, "/propose")
    for fields, said in (
        ({"action": "SKIP", "values": "found"}, "nama = nilai"),
        ({"action": "SKIP", "values": "found = ("}, "bukan FEEL"),
        ({"action": "CHANGE", "values": ""}, "sedikitnya satu nilai"),
        ({"action": "CHANGE", "values": 'ask = "x"'}, "jawaban seseorang"),
        ({"action": "SKIP", "reason": ""}, "alasannya"),
        ({"action": ""}, "Pilih apa yang diusulkan"),
    ):
        with subtests.test(fields=str(fields)):
            refused = administrator.post(action, {"reason": "arsip hilang", **fields})
            assert refused.status == 422
            assert said in refused.text
    filled = {"action": "SKIP", "values": 'found = "dari arsip"', "reason": "arsip hilang"}
    page = administrator.post(action, filled)
    assert "Usulan dikirim" in page.text
    assert "Menunggu keputusan" in page.text
    assert administrator.post(action, filled).status == 409
    page = agency.get("/operations/incidents?proposed=1")
    assert "Nanda Pratama" in page.text
    assert "dari arsip" in page.text
    decide = next(f.get("action") for f in page.all("//form") if "proposals" in f.get("action"))
    assert administrator.post(decide, {"do": "approve"}).status == 403
    assert agency.post(decide, {"do": "refuse", "reason": ""}).status == 422
    page = agency.submit(page, decide, do="approve")
    assert "Usulan disetujui" in page.text
    assert "Tidak ada gangguan." in page.text
    assert agency.post(decide, {"do": "approve"}).status == 409
    assert "Pastikan jawaban" in agency.get(f"/cases/{case.instance_id}").text


def test_the_agency_retries_all_of_a_kind_at_once(failed_case, client_as, look_up, engine):
    agency = client_as("HRC")
    page = agency.get("/operations/incidents")
    look_up["fails"] = False
    page = agency.submit(page, "/operations/incidents/retry")
    assert "dicoba ulang satu per satu" in page.text
    Worker(engine).run_due()
    assert "Tidak ada gangguan." in agency.get("/operations/incidents").text
    assert "Tidak ada lagi" in agency.post("/operations/incidents/retry").text


def test_a_case_is_suspended_its_task_waits_and_nothing_typed_is_lost(client_as, start_two_step):
    case = start_two_step()
    employee, administrator, agency = (client_as(code) for code in ("EMP", "ADM", "HRC"))
    path = employee.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    form = employee.get(path)
    page = administrator.get(f"/operations/cases?q={case.case_no[:-2].lower()}")
    assert "Sari Wulandari" not in page.text
    action = f"/operations/cases/{case.instance_id}"
    assert "Batalkan perkara" not in page.text
    assert administrator.post(action, {"do": "suspend"}).status == 422
    assert administrator.post(action, {"do": "dance", "reason": "x"}).status == 422
    assert administrator.post(action, {"do": "cancel", "reason": "x"}).status == 403
    page = administrator.submit(page, action, do="suspend", reason="arsip pindah")
    assert "ditangguhkan; tidak ada yang hilang" in page.text
    assert "Ditangguhkan" in employee.get("/").text
    sent = employee.submit(form, path, do="complete", subject="Cuti", days="3", reason="Pulang")
    assert sent.status == 409
    assert "sedang ditangguhkan" in sent.text
    assert "tersimpan sebagai draf" in sent.text
    assert not sent.all("//form[@id='task-form']")
    assert "sedang ditangguhkan" in employee.get(f"/cases/{case.instance_id}").text
    assert case.case_no in agency.get("/operations/cases").text
    way = agency.get(f"/cases/{case.instance_id}").link("Tangguhkan, lanjutkan atau batalkan")
    assert agency.get(way).all(f"//form[@action='{action}']")
    agency.post(action, {"do": "resume", "reason": "sudah pindah"})
    again = employee.get(path)
    assert again.all("//input[@name='subject']/@value") == ["Cuti"]
    page = agency.submit(
        agency.get(f"/operations/cases?q={case.case_no}"), action, do="cancel", reason="keliru"
    )
    assert "Perkara dibatalkan." in page.text
    assert employee.get(path).status == 200


class Enqueue(Command[None]):
    """Write jobs of a kind that nobody knows."""

    def execute(self, ctx: Context) -> None:
        for number in range(30):
            ctx.enqueue("unknown_kind", {"n": number}, run_at=ctx.now + timedelta(hours=number))


def test_jobs_and_schedules_are_seen_and_changed(client_as, engine, clock):
    Worker(engine).run_due()
    engine.execute(Enqueue())
    administrator = client_as("ADM")
    page = administrator.get("/operations/jobs?kind=unknown_kind")
    assert len(page.all("//ul[@id='rows']/li")) == 25
    page = administrator.get(page.all("//a[@rel='next']/@href")[0])
    assert len(page.all("//ul[@id='rows']/li")) == 5
    action = _form(page, "/cancel")
    page = administrator.submit(page, action, reason="keliru")
    assert "dibatalkan" in page.text
    assert administrator.post(action, {"reason": "keliru"}).status == 409
    assert administrator.get("/operations/jobs?state=CANCELLED").all("//ul[@id='rows']/li")
    names = [li.get("id") for li in page.all("//li[starts-with(@id, 'schedule-')]")]
    for name in names[:1]:
        path = "/operations/schedules/" + name.removeprefix("schedule-")
        page = administrator.submit(page, path, reason="hemat")
        assert "dimatikan" in page.text
    assert administrator.post("/operations/schedules/nothing", {"reason": "x"}).status == 404


def test_the_pages_ask_few_questions_however_much_there_is(
    failed_case, client_as, engine, statements
):
    engine.execute(Enqueue())
    agency = client_as("HRC")
    for path in PAGES:
        agency.get(path)
        with statements() as said:
            agency.get(path)
        asked = [one for one in said if one.startswith("SELECT")]
        assert len(asked) <= 14, path


def test_the_overview_says_when_nobody_works(client_as, engine, clock):
    administrator = client_as("ADM")
    page = administrator.get("/operations")
    assert "Tidak ada pekerja yang memberi kabar" in page.text
    assert "SQLite" in page.text


def test_nobody_finds_his_own_case(client_as, engine, failed_case):
    from engine.queries import operations

    _, _, case = failed_case
    assert engine.ask(operations.cases, text_=case.case_no, besides=CAST["EMP"]) == ()
