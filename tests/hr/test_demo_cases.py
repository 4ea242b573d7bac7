"""What the demo plays around its logins: one case in every state, for every role to find work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine as Database

from engine import Engine, Scope
from engine.folder import read_folder
from engine.ports import Ports
from engine.queries import cases, inbox
from engine.worker import Worker
from hr.activity import queries as activity
from hr.career import queries as career
from hr.demo import cycle, promotions, referrals
from hr.demo.city import LATE, install_city
from hr.demo.play import logins
from tests.conftest import WORKFLOWS, MovableClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


EVERYWHERE = Scope(path_prefixes=frozenset({"/"}))
PROCESSES = (
    *("rank_promotion", "training_referral", "perf_planning", "daily_activity"),
    *("monthly_report", "annual_appraisal", "calibration_review", "objection"),
)


@pytest.fixture
def city(database: Database, ports: Ports, clock: MovableClock) -> Engine:
    with database.begin() as connection:
        install_city(connection, clock())
    engine = Engine(database, ports, clock)
    for process in PROCESSES:
        engine.execute(read_folder(WORKFLOWS / process))
    return engine


def waiting(city: Engine, process: str) -> set[str]:
    """Name the tasks at which some case of a process waits for somebody."""
    page = city.ask(cases.cases, EVERYWHERE, process=process, state="ACTIVE", limit=500)
    found = (city.ask(cases.case, row.id) for row in page.rows)
    return {step.element_id for each in found for step in each.steps if step.state == "CURRENT"}


def test_every_process_of_the_demo_can_be_seen_in_every_state(
    city: Engine, clock: MovableClock
) -> None:
    run_due = Worker(city).run_due
    clock.now = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    referrals.begin(city, run_due)
    promotions.begin(city, run_due)
    cycle.begin(city, run_due)
    clock.now = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    cycle.launch(city, run_due)
    clock.now = datetime(2026, 7, 6, 1, 30, tzinfo=UTC)  # as web.demo does
    while run_due():
        pass
    referrals.go_on(city, run_due)
    promotions.go_on(city, run_due)
    cycle.go_on(city, run_due)
    every_duty_is_there(city)
    every_promotion_is_there(city)
    every_referral_is_there(city)
    with city.database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM incident").scalar_one() == 0


def every_duty_is_there(city: Engine) -> None:
    """The year around the logins; the objection needs a quarter's result, which play leaves."""
    people = logins(city)
    found = {
        (row.process_key, row.element_id): person
        for person in people.values()
        for row in city.ask(
            inbox.open_tasks, Scope(person_id=person), now=city.clock(), limit=100
        ).rows
    }
    names = {person: name for name, person in people.items()}
    work = {
        (process, names[person], element)
        for (process, element), person in found.items()
        if element not in ("log_activities", "review_entries", "complete_report")
    }
    assert work >= {
        ("perf_planning", "emp", "draft_plan"),
        ("perf_planning", "peer2", "sign_own"),
        ("perf_planning", "rtr", "review_plan"),
        ("perf_planning", "su2", "mediate"),
        ("monthly_report", "rtr", "rate_report"),
        ("monthly_report", "peer2", "acknowledge"),
        ("annual_appraisal", "emp", "acknowledge_result"),
        ("annual_appraisal", "rtr", "sign_rater"),
        ("annual_appraisal", "su2", "sign_superior"),
    }
    (held,) = city.ask(cases.cases, EVERYWHERE, process="calibration_review").rows
    (agenda,) = city.ask(cases.case, held.id).steps[-1:]
    assert (agenda.element_id, agenda.state) == ("set_agenda", "CURRENT")
    late = city.ask(cases.cases, EVERYWHERE, process="annual_appraisal").rows
    assert {row.subject_id for row in late} == {people[name] for name in LATE}
    month = city.ask(activity.month, people["emp"], cycle.JULY)
    assert {one.state for one in month.entries} == {"FILED", "RETURNED"}
    assert city.ask(activity.month, people["emp"], cycle.JUNE).closed_at is not None


def every_promotion_is_there(city: Engine) -> None:
    july = city.ask(career.candidates, promotions.FIRST, limit=500).rows
    september = city.ask(career.candidates, promotions.SECOND, limit=500).rows
    # `not_eligible` ends a case only where a record changes between the search and the start.
    assert sorted(row.state for row in july) == ["APPLIED", "CLOSED", "REFUSED"]
    # DECREED: signed, and waits for its day.
    assert {"OPENED", "DECREED", "NOT_ELIGIBLE"} == {row.state for row in september}
    assert waiting(city, "rank_promotion") == {
        "upload_documents",
        "check_documents",
        "propose",
        "verify",
        "technical_approval",
        "sign_decree",
    }
    assert {"E01", "E02", "E03", "E05", "E06"} <= {row.code for row in september}


def every_referral_is_there(city: Engine) -> None:
    assert waiting(city, "training_referral") == {
        "confirm_need",
        "choose_course",
        "plan_course",
        "find_seat",
        "prioritise",
    }
    with city.database.connect() as connection:
        states = set(connection.exec_driver_sql("SELECT state FROM referral").scalars())
        waits = connection.exec_driver_sql("SELECT count(*) FROM course_wait").scalar_one()
    assert waits == 2, "one less than thirty days, one longer"
    assert states == {"OPEN", "SET", "REJECTED", "POSTPONED"}
