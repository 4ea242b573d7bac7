"""Old and new programs on one database: whoever can't read a state leaves it alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import Deploy, Engine
from engine.bpmn.header import FORMAT
from engine.errors import TooNew
from engine.queries.migration import plan_migration
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
from tests.engine.stories import begin, complete, events, open_task, rows

WAITING = d.model(
    d.start(), d.user("ask", assignee="2", due="P1D"), d.end("noted"),
    d.boundary("late", "ask", d.timer("P1D"), interrupting=False),
    d.end(), d.chain("begin", "ask", "finish"), d.chain("late", "noted"),
)  # fmt: skip

OTHER = {"process.bpmn": WAITING["process.bpmn"].replace(b"P1D", b"P2D")}


def test_an_older_program_leaves_a_newer_state_alone_and_says_so(
    host_engine: Engine, clock: MovableClock
) -> None:
    host_engine.execute(Deploy(files=WAITING, reason="uji"))
    case = begin(host_engine, "test").instance_id
    (row,) = rows(host_engine, "SELECT header FROM instance")
    told = events(host_engine, case)
    newer = b'[%d,{"tokens": "as a later release writes them"}]' % (FORMAT + 1)
    _write(host_engine, newer)
    clock.move(timedelta(days=3))
    for _ in range(3):
        Worker(host_engine).run_due()
        clock.move(timedelta(hours=1))
    with pytest.raises(TooNew):
        complete(host_engine, open_task(host_engine, "ask").id, 2, {})
    assert bytes(rows(host_engine, "SELECT header FROM instance")[0].header) == newer
    assert rows(host_engine, "SELECT id FROM incident") == []
    old, new = (host_engine.execute(Deploy(files=f)).definition_id for f in (WAITING, OTHER))
    plan = host_engine.ask(plan_migration, old, new)
    assert [(blocker.code, blocker.cases) for blocker in plan.blockers] == [("STATE", 1)]
    assert [
        kind
        for kind in events(host_engine, case)
        if kind not in ("TASK_REMINDED", "TASK_ESCALATED")
    ] == told
    _write(host_engine, bytes(row.header))
    Worker(host_engine).run_due()
    assert "TIMER_FIRED" in events(host_engine, case)


def _write(engine: Engine, header: bytes) -> None:
    with engine.database.begin() as connection:
        connection.execute(text("UPDATE instance SET header = :header"), {"header": header})
