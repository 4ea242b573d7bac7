"""The demo's promotions: one in every state, for every role to find work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine as Database

from engine import Engine
from engine.folder import read_folder
from engine.ports import Ports
from engine.queries import standing
from engine.worker import Worker
from hr.career import queries as career
from hr.demo import promotions
from hr.demo.city import install_city
from tests.conftest import WORKFLOWS, MovableClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def city(database: Database, ports: Ports, clock: MovableClock) -> Engine:
    with database.begin() as connection:
        install_city(connection, clock())
    engine = Engine(database, ports, clock)
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    return engine


def test_a_promotion_can_be_seen_in_every_state(city: Engine, clock: MovableClock) -> None:
    run_due = Worker(city).run_due
    clock.now = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    promotions.begin(city, run_due)
    clock.now = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    run_due()
    promotions.go_on(city, run_due)
    july = city.ask(career.candidates, promotions.FIRST, limit=500).rows
    september = city.ask(career.candidates, promotions.SECOND, limit=500).rows
    assert sorted(row.state for row in july) == ["APPLIED", "REFUSED"]
    assert {"OPENED", "DECREED", "NOT_ELIGIBLE"} == {row.state for row in september}
    waiting = {
        task.element_id
        for row in september
        if row.instance_id
        for task in city.ask(standing.open_tasks, row.instance_id)
    }
    assert waiting == {
        "upload_documents",
        "check_documents",
        "propose",
        "verify",
        "technical_approval",
        "sign_decree",
    }
    assert {"E01", "E02", "E03", "E05", "E06"} <= {row.code for row in september}
