"""Half a year of two offices: every role acts, the clock moves, and nothing is left behind."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from bench.rig.oracle import Verdict
from bench.rig.yearend import judge
from engine import Engine
from engine.folder import read_folder
from engine.model import Scope
from engine.queries import cases, history, incidents
from engine.worker import Worker
from hr.accounts.commands import LogIn
from hr.accounts.queries import demo_logins
from hr.appraisal import queries as appraisal
from hr.appraisal.rules import PREDICATES
from hr.calibration import queries as calibration
from hr.demo.cast import DEMO_PASSWORD
from hr.demo.city import install_city
from hr.demo.offices import SIZES
from hr.demo.quarters import write_quarter
from hr.demo.recall import recall
from hr.demo.structure import lay_out
from hr.demo.year import OFFICERS, Year, open_months
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.objection import queries as objections
from hr.reporting.queries import reports_by_path
from tests.web.conftest import ROOT
from tests.web.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BEGIN = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
OFFICES = ("/03/", "/04/")
PROCESSES = (
    "quarterly_evaluation",
    "daily_activity",
    "monthly_report",
    "objection",
    "annual_appraisal",
    "calibration_review",
)
SMALL = "/03/"  # goes on alone after the first quarter, so that the suite stays quick
CALIBRATED = datetime(2027, 1, 20, 1, 0, tzinfo=UTC)
END = datetime(2027, 4, 28, 1, 0, tzinfo=UTC)
EVERY = 29
EVERYWHERE = Scope(path_prefixes=frozenset({""}))


@pytest.fixture
def engine(database, ports, clock):
    """An engine over the small city, in place of the cast."""
    clock.set(BEGIN)
    with database.begin() as connection:
        install_city(connection, BEGIN)
    return Engine(database, ports, clock)


@pytest.fixture
def people(engine):
    """Everybody of the two offices."""
    return {
        row["id"]: row["unit_path"]
        for row in engine.ask(directory.members, "", BEGIN)
        if row["unit_path"].startswith(OFFICES)
    }


class Desk:
    """A part of the acts goes through the pages: whose number is divisible, by the form."""

    def __init__(self, app, engine):
        self.app, self.engine, self.done = app, engine, Counter()
        self.names = {}

    def __call__(self, person, task, answers):
        simple = all(isinstance(value, str | int) for value in answers.values())
        if task.id % EVERY or task.assignee_id is None or not simple:
            return False
        visitor = Visitor(self.app.test_client())
        nip = self.engine.ask(directory.person, person, self.engine.clock()).nip
        command = LogIn(username=nip, password=DEMO_PASSWORD, address="127.0.0.1")
        visitor.client.set_cookie("alur", self.engine.execute(command).session_token)
        page = visitor.get(f"/tasks/{task.id}")
        sent = visitor.submit(page, f"/tasks/{task.id}", do="complete", **answers)
        assert sent.status == 200, sent.text
        assert "Diterima" in sent.text, sent.text
        self.done[task.element_id] += 1
        return True


def test_half_a_year_ends_with_final_predicates_and_nothing_stuck(
    app, engine, people, database, clock
):
    for key in PROCESSES:
        engine.execute(read_folder(ROOT / "workflows" / key))
    officers = [one.person_id for one in engine.ask(demo_logins) if one.short_name in OFFICERS]
    desk, city = Desk(app, engine), lay_out(SIZES["small"])
    year = Year(engine, clock.set, Worker(engine).run_due, officers, OFFICES, city, act=desk)
    assert year.launch("quarterly_evaluation", "2026Q2") == len(people) == 58
    _month(year, list(people), date(2026, 7, 1))
    small = [one for one, path in people.items() if path.startswith(SMALL)]
    year.offices = (SMALL,)
    for number in range(8, 13):
        if number == 10:
            with database.begin() as connection:
                write_quarter(connection, city, small, "2026Q3")
            year.launch("quarterly_evaluation", "2026Q3")
        if number == 12:
            year.ask_fairness("2026")
            assert year.launch("annual_appraisal", "2026") == len(small)
        _month(year, small, date(2026, number, 1))
    year.play(CALIBRATED, every=timedelta(days=3))
    assert year.calibrate("2026") == [SMALL]
    year.play(END, every=timedelta(days=3))
    _nothing_is_left(engine, database)
    _the_drill_agrees(engine, database)
    _the_year_is_final(engine, small)
    _those_who_repeat_themselves_are_found(database, city)
    first = engine.ask(evaluation.predicates_of, "2026Q2")
    again = engine.ask(evaluation.predicates_of, "2026Q3")
    assert first.keys() == people.keys()
    assert again.keys() == set(small)
    results = [one for each in people for one in engine.ask(evaluation.results_of, each)]
    assert all(one.frozen_for is None for one in results)
    decided = [one for each in results for one in engine.ask(objections.of_result, each.id)]
    assert decided
    assert all(one.closed_at and one.outcome in objections.OUTCOMES for one in decided)
    assert sum(engine.ask(reports_by_path, date(2026, 7, 1)).values()) == len(people)
    assert sum(engine.ask(reports_by_path, date(2026, 12, 1)).values()) == len(small)
    assert desk.done.total() >= 20


def _month(year, people, first):
    """A month of activities, written in a batch, reviewed by the superiors, closed by its timer."""
    year.launch("daily_activity", f"{first:%Y-%m}")
    year.write_days(first, people)
    year.play(datetime(first.year, first.month, 28, 1, tzinfo=UTC), every=timedelta(days=3))
    year.review_days(people)
    year.play(datetime(first.year, first.month, 28, 1, tzinfo=UTC) + timedelta(days=4))


def _the_drill_agrees(engine, database):
    """Whoever judges the drill of a year finds nothing; what is not final he names."""
    over = {key: {"COMPLETED"} for key in PROCESSES}
    verdict = Verdict()
    judge(engine, verdict, "2026", over)
    assert verdict.faults == []
    told = "UPDATE appraisal SET state = :state WHERE id = (SELECT max(id) FROM appraisal)"
    for state, faults in (("CALIBRATED", 1), ("LOCKED", 0)):
        with database.begin() as connection:
            connection.execute(text(told), {"state": state})
        verdict = Verdict()
        judge(engine, verdict, "2026", over)
        assert len(verdict.faults) == faults
        assert all("1 appraisals that are not final" in one for one in verdict.faults)


def _the_year_is_final(engine, small):
    """Everybody has a predicate of the year that is locked, calibrated and recorded for careers."""
    found = engine.ask(appraisal.of_office, SMALL, "2026")
    assert {one.person_id for one in found} == set(small)
    assert {one.state for one in found} == {"LOCKED"}
    assert {one.predicate for one in found} <= set(PREDICATES)
    assert all(one.calibrated_at and one.locked_at for one in found)
    held = engine.ask(calibration.of_office, SMALL, "2026")
    assert held.closed_at is not None
    assert held.people == len(small)
    agenda = engine.ask(calibration.agenda, held.id)
    assert agenda
    assert all(line.justification for line in agenda)


def _those_who_repeat_themselves_are_found(database, city):
    """Of the hidden traits, copied reports show in every size of city; ratings need more people."""
    with database.connect() as connection:
        told = recall(connection, city, "2026")
    copies = told["copies"]
    assert copies["marked"] == copies["people"] > 0
    assert copies["others marked"] * 20 < copies["others"]
    assert all(told[trait]["with enough people"] == 0 for trait in ("lenient", "strict", "honest"))


def _told(engine, row):
    """Tell of a case that is left: what happened in it last, and who has it now."""
    happened = [
        f"{one.kind} {one.element_id} {one.at:%d-%m-%Y}"
        for one in engine.ask(history.case_events, row.id)
    ]
    steps = [one for one in engine.ask(cases.case, row.id).steps if one.state == "CURRENT"]
    return f"{row.case_no} of {row.subject_id}: {happened[-4:]}; open: {steps}"


def _nothing_is_left(engine, database):
    found, after = [], None
    while True:
        page = engine.ask(cases.cases, EVERYWHERE, limit=200, after=after)
        found += page.rows
        after = page.next
        if after is None:
            break
    left = [_told(engine, row) for row in found if row.state != "COMPLETED"]
    assert not left, "\n".join(left)
    assert engine.ask(incidents.open_incidents, EVERYWHERE).rows == ()
    with database.connect() as connection:
        assert open_months(connection) == 0
