"""The demo's promotions and referrals: one in every state, for every role to find work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine as Database

from engine import Engine, Scope
from engine.folder import read_folder
from engine.ports import Ports
from engine.queries import cases
from engine.worker import Worker
from hr.career import queries as career
from hr.demo import promotions, referrals
from hr.demo.city import install_city
from tests.conftest import WORKFLOWS, MovableClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def city(database: Database, ports: Ports, clock: MovableClock) -> Engine:
    with database.begin() as connection:
        install_city(connection, clock())
    engine = Engine(database, ports, clock)
    for process in ("rank_promotion", "training_referral"):
        engine.execute(read_folder(WORKFLOWS / process))
    return engine


def waiting(city: Engine, process: str) -> set[str]:
    """Name the tasks at which some case of a process waits for somebody."""
    everywhere = Scope(path_prefixes=frozenset({"/"}))
    page = city.ask(cases.cases, everywhere, process=process, state="ACTIVE", limit=500)
    found = (city.ask(cases.case, row.id) for row in page.rows)
    return {step.element_id for each in found for step in each.steps if step.state == "CURRENT"}


def test_promotions_and_referrals_can_be_seen_in_every_state(
    city: Engine, clock: MovableClock
) -> None:
    run_due = Worker(city).run_due
    clock.now = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    referrals.begin(city, run_due)
    promotions.begin(city, run_due)
    clock.now = datetime(2026, 7, 6, 1, 30, tzinfo=UTC)  # as web.demo does
    while run_due():
        pass
    referrals.go_on(city, run_due)
    promotions.go_on(city, run_due)
    every_promotion_is_there(city)
    every_referral_is_there(city)
    with city.database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM incident").scalar_one() == 0


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
