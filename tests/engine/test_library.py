"""A deployed definition runs for as long as its cases do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine import Engine
from tests.conftest import MovableClock
from tests.engine.host import Host, ports
from tests.engine.stories import begin, complete, deploy, open_task, rows


def test_a_service_the_host_lost_parks_the_step_and_not_the_case(
    host_engine: Engine, host: Host, clock: MovableClock, tmp_path: Path
) -> None:
    deploy(host_engine, "failing_service")
    begin(host_engine, "failing_service")
    poorer = replace(ports(host, tmp_path / "attempts"), services={})
    later = Engine(host_engine.database, poorer, clock)
    receipt = complete(later, open_task(later, "ask").id, 1, {"question": "Kapan?"})
    assert receipt.parked
    (incident,) = rows(later, "SELECT message FROM incident")
    assert "test_service" in incident.message
