"""A suspended case stands still, and loses nothing of what comes to it meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import (
    CancelInstance,
    Deploy,
    Engine,
    MigrateInstance,
    PublishMessage,
    ResumeInstance,
    RetryIncident,
    SaveDraft,
    SuspendInstance,
)
from engine.errors import CaseSuspended, InvalidForm, InvalidState, NotAllowed
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
from tests.engine.host import Host
from tests.engine.stories import begin, complete, deploy, events, open_task, person, rows
from tests.engine.test_failure_boundary import failing_case
from tests.engine.test_racing import at_once

ALL_KINDS = d.model(
    d.start(), d.gateway("parallel", "fork"), d.user("ask", assignee="4", due="P2D"),
    d.catch("later", d.timer("P1D")), d.catch("told", d.event("message", "m"), correlation='"A"'),
    d.script("s", "{ n: 1 }"), d.script("t", "{ m: 1 }"), d.end("e1"), d.end("e2"), d.end("e3"),
    d.chain("begin", "fork", "ask", "e1"), d.chain("fork", "later", "s", "e2"),
    d.chain("fork", "told", "t", "e3"),
    extra='<bpmn:message id="m" name="unit_rated" />',
)  # fmt: skip


def _suspend(engine: Engine, instance_id: int, who: int = 7) -> None:
    command = SuspendInstance(instance_id=instance_id, reason="menunggu putusan")
    engine.execute(command, by=person(who))


def _resume(engine: Engine, instance_id: int, who: int = 7) -> None:
    engine.execute(ResumeInstance(instance_id=instance_id, reason="sudah jelas"), by=person(who))


def _state(engine: Engine, instance_id: int) -> Any:
    (row,) = rows(engine, "SELECT state FROM instance WHERE id = :i", i=instance_id)
    return row.state


def test_what_comes_while_a_case_is_suspended_happens_when_it_goes_on(
    host_engine: Engine, clock: MovableClock
) -> None:
    host_engine.execute(Deploy(files=ALL_KINDS, reason="uji"))
    case = begin(host_engine, "test").instance_id
    worker = Worker(host_engine)
    _suspend(host_engine, case)
    task = open_task(host_engine, "ask")
    assert task.suspended
    clock.move(timedelta(days=100))  # longer than a message is kept
    host_engine.execute(PublishMessage(name="unit_rated", correlation="A", ttl_days=1))
    for _ in range(10):
        worker.run_due()
        clock.move(timedelta(hours=12))
    assert events(host_engine, case)[-1] == "INSTANCE_SUSPENDED"
    assert rows(host_engine, "SELECT 1 FROM incident") == []
    with pytest.raises(CaseSuspended):
        complete(host_engine, task.id, 4, {})
    host_engine.execute(SaveDraft(task_id=task.id, answers={"x": "y"}), by=person(4))
    _resume(host_engine, case)
    worker.run_due()
    kinds = events(host_engine, case)
    assert {"INSTANCE_RESUMED", "TIMER_FIRED", "MESSAGE_CAUGHT"} <= set(kinds)
    assert not open_task(host_engine, "ask").suspended
    complete(host_engine, task.id, open_task(host_engine, "ask").assignee_id, {})
    assert _state(host_engine, case) == "COMPLETED"
    assert worker.run_due() == 0
    assert host_engine.ask(check_chains) == ()


def test_reminders_of_a_suspended_case_wait_with_it(
    host_engine: Engine, clock: MovableClock
) -> None:
    deploy(host_engine, "two_step")
    case = begin(host_engine, "two_step").instance_id
    before = open_task(host_engine, "request").next_step_at
    _suspend(host_engine, case)
    clock.move(timedelta(days=2))
    Worker(host_engine).run_due()
    assert open_task(host_engine, "request").next_step_at is None
    _resume(host_engine, case)
    assert open_task(host_engine, "request").next_step_at == before


def test_only_whoever_may_suspends_and_only_for_a_reason(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    case = begin(host_engine, "two_step").instance_id
    for stranger in (1, 2, 9):
        with pytest.raises(NotAllowed):
            _suspend(host_engine, case, stranger)
    with pytest.raises(InvalidForm):
        host_engine.execute(SuspendInstance(instance_id=case, reason=" "), by=person(7))
    with pytest.raises(InvalidState):
        _resume(host_engine, case)
    _suspend(host_engine, case)
    with pytest.raises(InvalidState):
        _suspend(host_engine, case)
    with pytest.raises(NotAllowed):
        _resume(host_engine, case, 9)


def test_a_suspended_case_can_be_cancelled_and_leaves_nothing_waiting(host_engine: Engine) -> None:
    host_engine.execute(Deploy(files=ALL_KINDS, reason="uji"))
    case = begin(host_engine, "test").instance_id
    _suspend(host_engine, case)
    host_engine.execute(PublishMessage(name="unit_rated", correlation="A"))
    Worker(host_engine).run_due()
    assert len(rows(host_engine, "SELECT 1 FROM job WHERE state = 'WAITING'")) == 1
    host_engine.execute(CancelInstance(instance_id=case, reason="keliru"), by=person(7))
    Worker(host_engine).run_due()
    assert _state(host_engine, case) == "CANCELLED"
    assert rows(host_engine, "SELECT 1 FROM job WHERE state <> 'DONE'") == []
    assert rows(host_engine, "SELECT 1 FROM timer") == []


def test_an_incident_of_a_suspended_case_is_not_retried(host_engine: Engine, host: Host) -> None:
    case = failing_case(host_engine, host)
    _suspend(host_engine, case)
    (incident,) = rows(host_engine, "SELECT id FROM incident")
    with pytest.raises(CaseSuspended):
        host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))


def test_of_many_who_suspend_at_once_one_does(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    case = begin(host_engine, "two_step").instance_id
    at_once(*[lambda: _suspend(host_engine, case)] * 4)
    assert events(host_engine, case).count("INSTANCE_SUSPENDED") == 1


def test_a_suspended_case_stays_so_when_it_goes_to_another_version(
    host_engine: Engine, clock: MovableClock
) -> None:
    host_engine.execute(Deploy(files=ALL_KINDS, reason="uji"))
    case = begin(host_engine, "test").instance_id
    _suspend(host_engine, case)
    newer = {"process.bpmn": ALL_KINDS["process.bpmn"].replace(b"{ n: 1 }", b"{ n: 2 }")}
    to = host_engine.execute(Deploy(files=newer, reason="uji")).definition_id
    moved = MigrateInstance(
        instance_id=case,
        to_definition_id=to,
        reason="versi baru",
        request_key="k",
        retime=("ask", "later"),
    )
    assert host_engine.execute(moved, by=person(7)).state == "MIGRATED"
    clock.move(timedelta(days=3))
    assert Worker(host_engine).run_due() == 0
    assert open_task(host_engine, "ask").suspended
    assert _state(host_engine, case) == "SUSPENDED"
    _resume(host_engine, case)
    assert Worker(host_engine).run_due() > 0
    assert "TIMER_FIRED" in events(host_engine, case)
