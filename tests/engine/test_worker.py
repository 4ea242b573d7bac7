"""What moves without a person: messages, timers, reminders and escalations, jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import Command, Context, Engine, PublishMessage, RetryIncident
from engine.queries import due
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.host import Host
from tests.engine.stories import begin, deploy, events, open_task, person, rows


@dataclass(frozen=True, kw_only=True)
class Enqueue(Command[int | None]):
    """Write a job, as a host's command does."""

    payload: Mapping[str, Any]
    dedup_key: str | None = None
    fail: bool = False

    def execute(self, ctx: Context) -> int | None:
        made = ctx.enqueue("note", self.payload, dedup_key=self.dedup_key, max_attempts=3)
        if self.fail:
            raise RuntimeError("after the job was written")
        return made


def test_a_message_reaches_every_case_that_waits_for_it_once(host_engine: Engine) -> None:
    deploy(host_engine, "waiting_message")
    for unit in ("A", "A", "B"):
        begin(host_engine, "waiting_message", unit=unit, who=unit)
    publish = PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    host_engine.execute(publish)
    assert Worker(host_engine).run_due() == 2
    host_engine.execute(publish)
    assert Worker(host_engine).run_due() == 0
    states = [row.state for row in rows(host_engine, "SELECT state FROM instance ORDER BY id")]
    assert states == ["COMPLETED", "COMPLETED", "ACTIVE"]
    assert rows(host_engine, "SELECT * FROM subscription WHERE correlation = 'A'") == []


def test_a_message_waits_for_a_case_that_comes_later(host_engine: Engine) -> None:
    deploy(host_engine, "waiting_message")
    host_engine.execute(
        PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    )
    begin(host_engine, "waiting_message", unit="A", who="x")
    assert Worker(host_engine).run_due() == 1
    (case,) = rows(host_engine, "SELECT state FROM instance")
    assert case.state == "COMPLETED"


def test_a_message_that_expired_reaches_nobody(host_engine: Engine, clock: MovableClock) -> None:
    deploy(host_engine, "waiting_message")
    host_engine.execute(PublishMessage(name="unit_rated", correlation="A", ttl_days=1))
    clock.move(timedelta(days=2))
    begin(host_engine, "waiting_message", unit="A", who="x")
    assert Worker(host_engine).run_due() == 0


def test_a_throw_is_written_with_its_sender(host_engine: Engine) -> None:
    deploy(host_engine, "waiting_message")
    started = begin(host_engine, "waiting_message", unit="A", who="x")
    (message,) = rows(host_engine, "SELECT name, correlation, source_id FROM message")
    assert (message.name, message.correlation) == ("person_ready", "A")
    assert message.source_id == started.instance_id
    assert "MESSAGE_PUBLISHED" in events(host_engine, started.instance_id)


def test_policy_r_reminds_and_then_hands_on_to_the_next_levels(
    host_engine: Engine, clock: MovableClock
) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")  # Wednesday 1 July; due Wednesday 8 July
    worker = Worker(host_engine)
    worker.run_due()
    clock.set(datetime(2026, 7, 8, 9, 0, tzinfo=UTC))  # 16:00 in UTC+7
    worker.run_due()
    assert events(host_engine, started.instance_id).count("TASK_REMINDED") == 3
    clock.set(datetime(2026, 7, 13, 9, 0, tzinfo=UTC))
    worker.run_due()
    task = open_task(host_engine, "request")
    assert (task.assignee_id, task.escalated_from) == (2, 1)
    clock.set(datetime(2026, 7, 20, 9, 0, tzinfo=UTC))
    worker.run_due()
    assert open_task(host_engine, "request").assignee_id == 3
    assert worker.run_due() == 0


def test_a_job_is_written_with_its_transaction_or_not_at_all(
    host_engine: Engine, host: Host
) -> None:
    with pytest.raises(RuntimeError):
        host_engine.execute(Enqueue(payload={"n": 1}, fail=True))
    assert Worker(host_engine).run_due() == 0
    assert host.sent == []


def test_the_same_job_is_written_once(host_engine: Engine, host: Host) -> None:
    assert host_engine.execute(Enqueue(payload={"n": 1}, dedup_key="k")) is not None
    assert host_engine.execute(Enqueue(payload={"n": 1}, dedup_key="k")) is None
    assert Worker(host_engine).run_due() == 1
    assert host.sent == [{"n": 1}]


def test_a_job_that_keeps_failing_becomes_an_incident_and_can_be_retried(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    host.failing.add("note")
    host_engine.execute(Enqueue(payload={"n": 1}))
    worker = Worker(host_engine)
    for _ in range(3):
        assert worker.run_due() == 1
        clock.move(timedelta(hours=1))
    assert worker.run_due() == 0
    (incident,) = rows(host_engine, "SELECT id, kind, message FROM incident WHERE state = 'OPEN'")
    assert incident.kind == "JOB"
    assert "the pencil broke" in incident.message
    backlog = host_engine.ask(due.backlog, now=clock())
    assert (backlog.failed_jobs, backlog.open_incidents) == (1, 1)
    host.failing.clear()
    host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    assert worker.run_due() == 1
    assert host.sent == [{"n": 1}]
    assert host_engine.ask(check_chains) == ()
