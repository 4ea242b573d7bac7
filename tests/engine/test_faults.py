"""Workers that die in mid-step or race for the same: it is done once, and nothing is half."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import Engine, PublishMessage
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.host import Host
from tests.engine.stories import begin, complete, deploy, open_task, request_made, rows
from tests.engine.test_jobs import Enqueue
from tests.engine.test_racing import at_once
from tests.killing import killed_at

KILLS = [("UPDATE job", 2), ("INSERT INTO history", 1), ("COMMIT", 2), ("COMMIT", 3)]


def work(engine: Engine) -> None:
    Worker(engine).run_due()


def worked(engine: Engine, clock: MovableClock) -> None:
    """Have another worker come, now and when the leases of the dead one end."""
    for _ in range(2):
        while Worker(engine).run_due():
            pass
        clock.move(timedelta(minutes=3))


@pytest.mark.parametrize(("sql", "times"), KILLS)
def test_a_worker_killed_in_a_job_loses_nothing_and_does_nothing_twice(
    host_engine: Engine, clock: MovableClock, sql: str, times: int
) -> None:
    deploy(host_engine, "waiting_message")
    for _ in range(3):
        begin(host_engine, "waiting_message", unit="A", who="x")
    publish = PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    host_engine.execute(publish)
    killed_at(host_engine, sql, times, work)
    worked(host_engine, clock)
    caught = rows(host_engine, "SELECT * FROM history WHERE kind = 'MESSAGE_CAUGHT'")
    assert len(caught) == 3
    states = {row.state for row in rows(host_engine, "SELECT state FROM instance")}
    jobs = {row.state for row in rows(host_engine, "SELECT state FROM job")}
    assert (states, jobs) == ({"COMPLETED"}, {"DONE"})
    assert host_engine.ask(check_chains) == ()


def peers_answer(engine: Engine, clock: MovableClock) -> None:
    """Bring four cases to where a boundary timer is due that closes a round of answers."""
    deploy(engine, "anonymous_peers")
    for _ in range(2):
        begin(engine, "anonymous_peers", peers=[4, 5, 6, 3])
    clock.move(timedelta(days=30))


@pytest.mark.parametrize(("sql", "times"), [("DELETE FROM timer", 1), ("COMMIT", 1), ("COMMIT", 2)])
def test_a_worker_killed_in_a_timer_leaves_it_due(
    host_engine: Engine, clock: MovableClock, sql: str, times: int
) -> None:
    peers_answer(host_engine, clock)
    killed_at(host_engine, sql, times, work)
    worked(host_engine, clock)
    fired = rows(host_engine, "SELECT * FROM history WHERE kind = 'TIMER_FIRED'")
    assert len(fired) == 2
    assert len(rows(host_engine, "SELECT id FROM task WHERE element_id = 'summary'")) == 2
    assert rows(host_engine, "SELECT * FROM timer") == []
    assert host_engine.ask(check_chains) == ()


def test_two_workers_race_for_one_timer_one_step_and_one_job(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    peers_answer(host_engine, clock)
    request_made(host_engine)
    host_engine.execute(Enqueue())
    clock.move(timedelta(days=30))
    workers = [Worker(host_engine) for _ in range(3)]
    at_once(*[worker.run_due for worker in workers])
    worked(host_engine, clock)
    assert len(rows(host_engine, "SELECT * FROM history WHERE kind = 'TIMER_FIRED'")) == 2
    steps = rows(host_engine, "SELECT seq FROM history WHERE kind = 'TASK_ESCALATED'")
    moved = rows(host_engine, "SELECT escalation_step FROM task WHERE element_id = 'review'")
    assert host.sent == [{"n": 0}]
    assert [row.escalation_step for row in moved] == [5]
    assert 1 <= len(steps) <= 2
    assert host_engine.ask(check_chains) == ()


@pytest.mark.parametrize(("sql", "times"), [("INSERT INTO history", 1), ("COMMIT", 1)])
def test_a_web_process_killed_in_a_submission_has_taken_all_of_it_or_nothing(
    host_engine: Engine, sql: str, times: int
) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    answers = {"subject": "Cuti besar", "days": 4}
    killed_at(
        host_engine, sql, times, lambda engine: complete(engine, task.id, 1, answers, key="same")
    )
    again = complete(host_engine, task.id, 1, answers, key="same")
    assert not again.repeated  # neither the browser nor the database had been told
    assert complete(host_engine, task.id, 1, answers, key="same").repeated
    assert len(rows(host_engine, "SELECT id FROM task WHERE element_id = 'review'")) == 1
    assert host_engine.ask(check_chains) == ()
