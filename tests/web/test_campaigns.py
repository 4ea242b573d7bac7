"""The agency's campaigns: whom one would reach, how far it is, and what is done about it."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from engine import CancelInstance
from engine.folder import read_folder
from engine.queries import campaigns as engine_views
from engine.queries import cases, inbox
from engine.worker import Worker
from hr.campaigns.commands import OpenPeriods
from hr.campaigns.queries import campaigns
from hr.demo.cast import CAST
from hr.notices.queries import unread
from hr.permissions.queries import scope_of
from hr.records.tables import Leave
from hr.statements import add
from tests.web.conftest import ROOT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
QUARTERLY = "quarterly_evaluation"


@pytest.fixture
def ready(engine):
    engine.execute(read_folder(ROOT / "workflows" / QUARTERLY))
    return engine


@pytest.fixture
def running(ready, client_as):
    """A campaign of a quarter whose cases have all begun; the agency's page of it."""
    agency = client_as("HRC")
    agency.post("/campaigns", {"process": QUARTERLY, "period": "2026Q2"})
    Worker(ready).run_due()
    return agency, "/campaigns/1"


def test_a_period_that_does_not_fit_is_refused_at_its_field(ready, client_as, subtests):
    visitor = client_as("HRC")
    wrong = ["", "2026", "2026Q5", "'", "0000Q1", "2026-07", "2026-13", "2026H1", "２０２６Q1"]
    for period in wrong:
        for do in ("check", ""):
            with subtests.test(period=period, do=do):
                sent = {"process": QUARTERLY, "period": period, "do": do}
                page = visitor.post("/campaigns", sent)
                assert page.status == 422
                assert page.all("//input[@id='period' and contains(@class, 'is-invalid')]")
    assert visitor.post("/campaigns", {"process": "x", "period": "2026Q2"}).status == 422
    assert ready.ask(campaigns) == ()


def test_it_says_before_the_launch_whom_it_would_not_reach_and_who_will_be_stuck(ready, client_as):
    agency = client_as("HRC")
    away = {"valid_from": date(2026, 6, 29), "valid_to": date(2026, 7, 10)}
    with ready.database.begin() as connection:
        add(connection, Leave, [{"person_id": CAST["RTR"], "kind": "ANNUAL", **away}])
    sent = {"process": QUARTERLY, "period": "2026Q2", "do": "check"}
    page = agency.post("/campaigns", sent)
    assert page.status == 200
    assert "akan menjangkau 17 pegawai; 1 tidak terjangkau" in page.text
    assert "Joko Santoso: " in page.text  # at the top of the city, nobody rates him
    assert "Sedang cuti atau tugas luar: 1" in page.text
    assert "Penilainya sedang cuti dan tidak digantikan" in page.text
    assert ready.ask(campaigns) == ()


def test_a_scope_of_offices_and_kinds_of_post_reaches_them_alone_and_a_second_round_the_rest(
    ready, client_as
):
    agency = client_as("HRC")
    form = {"process": QUARTERLY, "period": "2026Q2"}
    page = agency.post("/campaigns", {**form, "kinds": ["PENGAWAS"]})
    assert page.heading.startswith("Evaluasi triwulan")
    Worker(ready).run_due()
    (first,) = ready.ask(campaigns)
    assert 0 < first.persons < 17
    assert agency.post("/campaigns", {**form, "kinds": ["PENGAWAS"]}).status == 409
    agency.post("/campaigns", form)
    Worker(ready).run_due()
    second, _ = ready.ask(campaigns)
    assert (second.round, second.persons + first.persons) == (2, 17)
    everybody = ready.ask(cases.cases, ready.ask(scope_of, CAST["AUD"], ready.clock()), limit=50)
    subjects = [row.subject_id for row in everybody.rows]
    assert len(subjects) == len(set(subjects)) == 17
    page = agency.get("/campaigns")
    assert "putaran 2" in page.text
    for bar in page.all("//progress"):
        assert bar.get("value") == bar.get("max")


def test_the_board_says_how_far_each_office_is_and_where_it_hangs(
    running, client_as, clock, statements
):
    agency, path = running
    assert "Tidak ada yang lewat tenggat." in agency.get(path).text
    clock.move(timedelta(days=9))
    agency = client_as("HRC")  # a session does not last that long
    agency.get(path)
    with statements() as seen:
        page = agency.get(path)
    assert len(seen) <= 20
    late = page.all("//li[contains(@class, 'al-late')]")
    assert late
    sheet = agency.client.get(f"{path}.csv").get_data(as_text=True).splitlines()
    assert sum(int(row[1]) for row in list(csv.reader(sheet))[1:]) == 17
    office = page.all("//table[1]//tbody//th/a/@href")[0]
    assert len(agency.get(office).all("//li[contains(@class, 'al-late')]")) <= len(late)
    assert agency.get("/campaigns/99").status == 404
    assert agency.get(f"{path}?after=x&office=%00").status in (200, 404)


def test_everybody_late_is_reminded_once_a_day_in_one_notice(running, ready, client_as, clock):
    _, path = running
    clock.move(timedelta(days=9))
    agency = client_as("HRC")
    page = agency.submit(agency.get(path), f"{path}/remind")
    assert "sudah diingatkan" in page.text
    told = [one for one in ready.ask(unread, CAST["EMP"]) if one.notice == "CAMPAIGN_REMINDED"]
    assert len(told) == 1
    assert "Hari ini mereka sudah diingatkan" in agency.post(f"{path}/remind").text
    clock.move(timedelta(days=1))
    agency = client_as("HRC")
    assert "orang diingatkan" in agency.post(f"{path}/remind").text
    assert agency.post("/campaigns/99/remind").status == 404


def test_a_deadline_moves_for_a_reason_and_what_ends_by_the_clock_is_passed_over(
    running, ready, clock
):
    agency, path = running
    late = {"element": "propose_raters", "until": "2026-07-20", "reason": "Libur bersama"}
    for wrong in ({"until": "x"}, {"until": "2026-06-01"}, {"reason": "x"}, {"element": "no"}):
        assert agency.post(f"{path}/extend", {**late, **wrong}).status == 422
    before = _due_of(ready, "EMP")
    agency.post(f"{path}/extend", late)
    peer = _rows(ready, "PEER1")[0]
    ready.execute(CancelInstance(instance_id=peer.instance_id, reason="Pindah tugas"))
    Worker(ready).run_due()
    page = agency.get(path)
    assert "Libur bersama" in page.text
    after = _due_of(ready, "EMP")
    assert {name for name in before if after[name] != before[name]} == {"propose_raters"}
    assert "15 dari 16 selesai; 1 dilewati" in page.text


def _due_of(engine, code):
    return {row.element_id: row.due_at for row in _rows(engine, code)}


def _rows(engine, code):
    scope = engine.ask(scope_of, CAST[code], engine.clock())
    rows = engine.ask(inbox.open_tasks, scope, now=engine.clock()).rows
    return [row for row in rows if row.subject_id == CAST[code]]


def test_a_closed_campaign_ends_its_cases_and_is_left_alone(running, ready):
    agency, path = running
    assert agency.post(f"{path}/close", {"reason": "x"}).status == 422
    page = agency.post(f"{path}/close", {"reason": "Periode ini diulang", "cases": "end"})
    assert "Kampanye ditutup" in page.text
    Worker(ready).run_due()
    (seen,) = ready.ask(campaigns)
    assert ready.ask(engine_views.open_cases, seen.key) == []
    again = {"reason": "Periode ini diulang"}
    assert agency.post(f"{path}/close", again).status == 409
    assert agency.post(f"{path}/remind").status == 409


def test_a_cadence_launches_each_period_once_and_from_the_next_one_on(ready, client_as, clock):
    form = {
        "process": QUARTERLY,
        "every": "QUARTER",
        "days_after": "1",
        "reason": "Setiap triwulan",
    }
    clock.move(timedelta(days=2))  # what was due yesterday is not begun
    agency = client_as("HRC")
    for wrong in (
        {"every": "MONTH"}, {"process": "x"}, {"days_after": "x"}, {"days_after": "999"},
        {"reason": "x"}, {"least_days": "0"}, {"every": "DAY"},
    ):  # fmt: skip
        assert agency.post("/campaigns/cadence", {**form, **wrong}).status == 422
    page = agency.post("/campaigns/cadence", {**form, "kinds": "PENGAWAS"})
    assert "Setiap triwulan" in page.text
    assert ready.execute(OpenPeriods()) == 0
    clock.move(timedelta(days=91))
    assert ready.execute(OpenPeriods()) == 1
    assert ready.execute(OpenPeriods()) == 0
    (seen,) = ready.ask(campaigns)
    assert (seen.period, seen.launched_by, seen.reach.kinds) == ("2026Q3", None, ("PENGAWAS",))
    agency = client_as("HRC")
    page = agency.get("/campaigns/cadence")
    form = page.all("//form[.//input[@name='active'][@value='no']]")[0]
    page = agency.post("/campaigns/cadence", dict(form.form_values()))
    assert "Berhenti" in page.text
    clock.move(timedelta(days=91))
    assert ready.execute(OpenPeriods()) == 0
