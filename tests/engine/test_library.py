"""A deployed definition runs for as long as its cases do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine import Deploy, Engine, library
from engine.queries import definitions
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
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


def test_only_the_versions_that_were_used_last_are_kept_compiled(
    host_engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "KEPT", 2)
    cases = []
    for number in range(4):
        key = f"p{number}"
        drawn = d.model(
            d.start(),
            d.user("ask", assignee="2"),
            d.end(),
            d.chain("begin", "ask", "finish"),
            key=key,
        )
        host_engine.execute(Deploy(files=drawn, reason="uji"))
        cases.append(begin(host_engine, key).instance_id)
    kept = host_engine.library._known
    assert len(kept) == 2
    other = Engine(host_engine.database, host_engine.ports, clock)  # another process
    for case, engine in zip(cases, (host_engine, other) * 2, strict=True):
        complete(engine, open_task(engine, "ask", case).id, 2, {})
        assert len(engine.library._known) <= 2
    assert {row.state for row in rows(host_engine, "SELECT state FROM instance")} == {"COMPLETED"}
    used_last = host_engine.ask(definitions.ready, "p3").id
    assert (len(kept), list(kept)[-1]) == (2, used_last)
