"""Cases of random processes on a real database: their history alone leads to their stored state."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BroadcastSignal, Deploy, Engine, NewCase, PublishMessage, StartInstance
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conformance.bpmn import generating
from tests.conformance.bpmn.generating import Block, drawn, processes
from tests.conformance.bpmn.replaying import replayed
from tests.conformance.bpmn.test_generated import SETTINGS
from tests.conftest import MovableClock
from tests.engine.stories import complete, person, rows

MOST_ACTS = 40


def moment(value: Any) -> datetime:
    """Read a moment as either database gives it to a raw statement."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def wander(engine: Engine, clock: MovableClock, instance_id: int, seed: int) -> None:
    """Do what can be done with a case, by chance, a while; it need not come to its end."""
    choose = random.Random(seed)
    worker = Worker(engine)
    for _ in range(choose.randint(1, MOST_ACTS)):
        given = {"i": instance_id}
        tasks = "SELECT id FROM task WHERE state = 'CREATED' AND instance_id = :i"
        open_now = [("task", task.id, "") for task in rows(engine, tasks, **given)]
        open_now += [
            ("timer", 0, t.due_at)
            for t in rows(engine, "SELECT due_at FROM timer WHERE instance_id = :i", **given)
        ]
        open_now += [
            (s.kind, s.name, s.correlation)
            for s in rows(engine, "SELECT * FROM subscription WHERE instance_id = :i", **given)
        ]
        if not open_now:
            return
        kind, what, more = choose.choice(sorted(open_now, key=str))
        answers = {"n": choose.randint(0, 9), "note": "x" * choose.choice((1, 900))}
        if kind == "task":
            complete(engine, what, 4, answers)
        elif kind == "timer":
            clock.set(max(clock.now, moment(more)))
        elif kind == "message":
            engine.execute(PublishMessage(name=what, correlation=more, payload=answers))
        else:
            engine.execute(BroadcastSignal(name=what, payload=answers))
        worker.run_due()


def assert_told(engine: Engine, instance_id: int) -> None:
    """Say that the history of a case leads to what is stored of it."""
    again = replayed(engine, instance_id)
    (row,) = rows(engine, "SELECT * FROM instance WHERE id = :i", i=instance_id)
    wanted = "SELECT id, token FROM task WHERE state = 'CREATED' AND instance_id = :i"
    open_tasks = rows(engine, wanted, i=instance_id)
    assert again.open_tasks == {task.id: task.token for task in open_tasks}
    assert again.ended == (row.state == "COMPLETED")
    assert again.header == bytes(row.header)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_history_of_a_random_case_leads_to_its_state(
    host_engine: Engine, clock: MovableClock
) -> None:
    @settings(SETTINGS, max_examples=10)
    @given(processes(), st.integers(0, 10_000))
    def one(block: Block, seed: int) -> None:
        key = host_engine.execute(Deploy(files=drawn(block, with_form=True))).key
        case = NewCase(subject_id=1, period="2026Q2", variables=generating.given(seed))
        started = host_engine.execute(StartInstance(key=key, case=case), by=person(7))
        wander(host_engine, clock, started.instance_id, seed)
        assert_told(host_engine, started.instance_id)

    one()
    assert host_engine.ask(check_chains) == ()
