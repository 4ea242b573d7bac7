"""What somebody who means harm, or a moment that comes badly, must not achieve."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Integer, String, cast, column, func, literal, select, table, text

from engine import (
    CancelInstance,
    CompleteTask,
    Engine,
    NewCase,
    PublishMessage,
    RetryIncident,
    SaveDraft,
    StartMany,
)
from engine.errors import EngineError, InvalidForm, InvalidProcess, NotAllowed
from engine.history import unpack
from engine.ports import Call, HostFunction, JobKind, ServiceTask
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.host import Host
from tests.engine.stories import begin, complete, deploy, mine, open_task, person, rows
from tests.engine.test_anonymity import WORDS, answer, asked, everything
from tests.engine.test_racing import at_once

SECRET = "Rahasia saya"


def with_ports(engine: Engine, **changes: Any) -> Engine:
    """Give an engine on the same database whose host differs."""
    return Engine(engine.database, replace(engine.ports, **changes), engine.clock)


def test_a_refusal_does_not_name_the_rater_of_an_anonymous_task(host_engine: Engine) -> None:
    """A second tab, or a draft saved by the page a moment late, must not tell who answered."""
    asked(host_engine)
    (task,) = mine(host_engine, 4)
    answer(host_engine, 4)
    given = {"score": 3, "comment": WORDS[4]}
    late = (
        CompleteTask(task_id=task.id, answers=given, request_key="other tab"),
        SaveDraft(task_id=task.id, answers=given),
    )
    for command in late:
        with pytest.raises(NotAllowed):
            host_engine.execute(command, by=person(4))
    denials = rows(host_engine, "SELECT person_id, task_id, body FROM history WHERE kind='DENIED'")
    assert len(denials) == 2
    assert not [row for row in denials if f"task_id={task.id}" in unpack(row.body) or row.task_id]


def test_what_follows_an_anonymous_answer_is_not_told_who_gave_it(host_engine: Engine) -> None:
    seen: list[Any] = []

    def who(call: Call, person: Any) -> int:
        seen.append(call.actor.person_id)
        return 1

    spy = HostFunction("leave_days", who, {"person": "number"}, "number", "Mengintip.")
    engine = with_ports(host_engine, functions={**host_engine.ports.functions, spy.name: spy})
    files = _with_script(engine, "anonymous_peers", "aggregate", "x: leave_days(1), answered:")
    engine.execute(files)
    begin(engine, "anonymous_peers", peers=[4])
    answer(engine, 4)
    assert seen == [None]


def _with_script(engine: Engine, model: str, element: str, first: str) -> Any:
    from engine.folder import read_folder
    from tests.engine.stories import MODELS

    deployed = read_folder(MODELS / model)
    source = deployed.files["process.bpmn"].decode()
    assert "{ answered:" in source
    changed = source.replace("{ answered:", "{ " + first, 1).encode()
    return replace(deployed, files={**deployed.files, "process.bpmn": changed})


def _broken_statement(connection: Any) -> None:
    nowhere = table("no_such_table", column("x", String))
    connection.execute(select(nowhere.c.x).where(nowhere.c.x == SECRET))


def test_a_service_whose_statement_fails_parks_and_its_incident_quotes_no_value(
    host_engine: Engine,
) -> None:
    def run(call: Call, question: str) -> str:
        _broken_statement(call.connection)
        return ""

    service = ServiceTask("test_service", run, {"question": "string"}, "string", "Rusak.")
    engine = with_ports(host_engine, services={service.name: service})
    deploy(engine, "failing_service")
    begin(engine, "failing_service")
    assert complete(engine, open_task(engine, "ask").id, 1, {"question": "Kapan?"}).parked
    assert SECRET not in everything(engine)


def test_an_expression_whose_statement_fails_parks_and_quotes_no_value(
    host_engine: Engine,
) -> None:
    """On PostgreSQL a failed statement ends the transaction, unless it stands in a savepoint."""

    def run(call: Call, person: Any) -> int:
        _broken_statement(call.connection)
        return 1

    broken = HostFunction("leave_days", run, {"person": "number"}, "number", "Rusak.")
    engine = with_ports(host_engine, functions={**host_engine.ports.functions, broken.name: broken})
    engine.execute(
        _with_script(engine, "anonymous_peers", "aggregate", "x: leave_days(1), answered:")
    )
    begin(engine, "anonymous_peers", peers=[4])
    answer(engine, 4)
    (incident,) = rows(engine, "SELECT element_id FROM incident WHERE state = 'OPEN'")
    assert incident.element_id == "aggregate"
    assert SECRET not in everything(engine)
    assert engine.ask(check_chains) == ()


def test_a_failed_statement_is_logged_without_its_values(host_engine: Engine) -> None:
    with pytest.raises(Exception) as failure, host_engine.database.begin() as connection:
        _broken_statement(connection)
    assert SECRET not in str(failure.value)


def _meanwhile(act: Callable[[], Any]) -> Thread:
    """Begin something beside an open transaction, and let it come as far as it can."""
    thread = Thread(target=act)
    thread.start()
    thread.join(1)
    return thread


def test_a_message_sent_while_a_case_begins_to_wait_is_not_lost(host_engine: Engine) -> None:
    """Each side reads before the other commits: without a lock neither sees the other."""
    deploy(host_engine, "waiting_message")
    command = PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    with host_engine.database.begin() as connection:
        ctx = host_engine._context(connection, "test", person(7), 0)
        command.execute(ctx)
        ctx.flush()
        waiting = _meanwhile(lambda: begin(host_engine, "waiting_message", unit="A", who="x"))
    waiting.join()
    Worker(host_engine).run_due()
    assert len(rows(host_engine, "SELECT * FROM message_catch")) == 1


def test_one_case_that_cannot_be_read_does_not_stop_the_others_work(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    from datetime import timedelta

    broken = asked(host_engine)
    whole = begin(host_engine, "anonymous_peers", peers=[4]).instance_id
    with host_engine.database.begin() as connection:
        connection.execute(
            text("UPDATE instance SET header = :junk WHERE id = :id"), {"junk": b"?", "id": broken}
        )
    clock.move(timedelta(days=20))
    Worker(host_engine).run_due()
    assert open_task(host_engine, "summary", whole)


def test_a_job_given_up_is_retried_once_by_two_who_ask_at_once(
    host_engine: Engine, host: Host
) -> None:
    host.failing.add("note")
    with host_engine.database.begin() as connection:
        ctx = host_engine._context(connection, "test", person(7), 0)
        ctx.enqueue("note", {"text": "x"}, max_attempts=1)
    Worker(host_engine).run_due()
    (incident,) = rows(host_engine, "SELECT id FROM incident")
    retry = RetryIncident(incident_id=incident.id)
    at_once(*[lambda: host_engine.execute(retry, by=person(7))] * 3)
    retried = rows(host_engine, "SELECT * FROM history WHERE kind = 'INCIDENT_RETRIED'")
    assert len(retried) == 1


def test_escalation_never_hands_a_task_to_whom_the_model_forbids_it(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    """`notSameAs` holds when the due date passes as it does when a task is offered."""
    from datetime import timedelta

    deploy(host_engine, "two_step")
    begin(host_engine, "two_step", subject=4)
    host.substitutes[4] = 3  # the superior's superior stands in for the employee
    complete(host_engine, open_task(host_engine, "request").id, 3, {"subject": "Cuti", "days": 2})
    task = open_task(host_engine, "review")
    assert task.assignee_id == 2
    for _ in range(40):
        clock.move(timedelta(days=1))
        Worker(host_engine).run_due()
        holder = open_task(host_engine, "review").assignee_id
        assert holder != 3


def test_a_query_sees_one_moment_however_much_it_reads(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")

    def twice(connection: Any) -> list[int]:
        counted = select(func.count()).select_from(table("instance"))
        before = connection.execute(counted).scalar_one()
        begin(host_engine, "two_step")
        return [before, connection.execute(counted).scalar_one()]

    assert host_engine.ask(twice) == [0, 0]


def test_a_query_can_change_nothing(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")

    def change(connection: Any) -> None:
        connection.execute(text("UPDATE instance SET title = 'changed'"))

    with suppress(Exception):
        host_engine.ask(change)
    assert not rows(host_engine, "SELECT 1 FROM instance WHERE title = 'changed'")


def test_two_chunks_about_the_same_people_start_each_case_once(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    cases = [NewCase(subject_id=who, period="2026Q2") for who in (1, 4, 5, 6)]
    command = StartMany(key="two_step", campaign="Q2", cases=cases)
    results = at_once(*[lambda: host_engine.execute(command, by=person(7))] * 4)
    assert sum(len(started) for started in results) == 4
    assert len(rows(host_engine, "SELECT 1 FROM instance")) == 4


def test_a_campaign_of_nobody_starts_nothing(host_engine: Engine) -> None:
    """Whom a case is about is how a repeated chunk knows that it was there before."""
    deploy(host_engine, "two_step")
    command = StartMany(key="two_step", campaign="Q2", cases=[NewCase(scope_path="/01/")])
    with pytest.raises(InvalidForm):
        host_engine.execute(command, by=person(7))
    assert rows(host_engine, "SELECT 1 FROM instance") == []


@pytest.mark.parametrize("unit", ["A" * 300, "A\0B"])
def test_a_correlation_that_cannot_be_kept_parks_and_loses_nothing(
    host_engine: Engine, unit: str
) -> None:
    deploy(host_engine, "waiting_message")
    started = begin(host_engine, "waiting_message", unit=unit, who="x")
    (incident,) = rows(host_engine, "SELECT element_id, instance_id FROM incident")
    assert (incident.element_id, incident.instance_id) == ("tell", started.instance_id)


@pytest.mark.parametrize("word", ["a\0b", "\ud800", "x" * 2_100_000])
def test_an_answer_that_cannot_be_kept_is_refused_with_words(
    host_engine: Engine, word: str
) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    for act in (
        lambda: complete(host_engine, task.id, 1, {"subject": word, "days": 2}),
        lambda: host_engine.execute(
            SaveDraft(task_id=task.id, answers={"subject": word}), by=person(1)
        ),
    ):
        with suppress(EngineError):  # kept or refused, and never a failure of the database
            act()


def test_a_model_whose_names_are_too_long_to_keep_is_refused(host_engine: Engine) -> None:
    from engine.folder import read_folder
    from tests.engine.stories import MODELS

    deployed = read_folder(MODELS / "two_step")
    source = deployed.files["process.bpmn"].decode()
    for old in ('"review"', '"two_step"', ">RTR<", 'name="RTR"'):
        if old not in source:
            continue
        changed = source.replace(old, old[:-1] + "x" * 90 + old[-1]).replace(
            ">review<", ">review" + "x" * 90 + "<"
        )
        with pytest.raises(InvalidProcess):
            host_engine.execute(
                replace(deployed, files={**deployed.files, "process.bpmn": changed.encode()})
            )


def test_cancelling_hides_the_raters_as_completing_does(host_engine: Engine) -> None:
    instance_id = asked(host_engine)
    (task,) = mine(host_engine, 5)
    host_engine.execute(SaveDraft(task_id=task.id, answers={"comment": SECRET}), by=person(5))
    answer(host_engine, 4)
    host_engine.execute(CancelInstance(instance_id=instance_id, reason="keliru"), by=person(7))
    told = rows(host_engine, "SELECT assignee_id, masked_person FROM task")
    assert {row.assignee_id for row in told} == {None}
    assert all(row.masked_person for row in told)
    assert rows(host_engine, "SELECT * FROM draft") == []
    assert not [r for r in rows(host_engine, "SELECT * FROM history") if r.person_id in (4, 5, 6)]


def test_a_job_whose_statement_fails_tells_its_kind_and_no_value(
    host_engine: Engine, host: Host
) -> None:
    def run(ctx: Any, _payload: Any) -> None:
        ctx.connection.execute(select(cast(literal(SECRET, String), Integer)))
        _broken_statement(ctx.connection)

    engine = with_ports(host_engine, job_kinds={"note": JobKind("note", run)})
    with engine.database.begin() as connection:
        ctx = engine._context(connection, "test", person(7), 0)
        ctx.enqueue("note", {}, max_attempts=1)
    Worker(engine).run_due()
    (incident,) = rows(engine, "SELECT message FROM incident")
    assert "Error" in incident.message
    assert SECRET not in everything(engine)


class _DiedTwice:
    """A journal that says that this key has killed two processes."""

    def begin(self, key: str) -> int:
        return 2

    def finish(self, key: str) -> None: ...


def test_an_anonymous_answer_that_killed_twice_is_accepted_parked_and_still_nameless(
    host_engine: Engine,
) -> None:
    engine = with_ports(host_engine, attempts=_DiedTwice())
    asked(engine)
    for peer in (4, 5, 6):
        answer(engine, peer)
    assert rows(engine, "SELECT 1 FROM task WHERE state = 'CREATED' AND anonymous") == []
    incidents = rows(engine, "SELECT id FROM incident WHERE state = 'OPEN'")
    for _ in range(4):
        if not incidents:
            break
        for incident in incidents:
            host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
        incidents = rows(engine, "SELECT id FROM incident WHERE state = 'OPEN'")
    assert open_task(engine, "summary")
    told = rows(engine, "SELECT person_id, body FROM history")
    assert not [row for row in told if row.person_id in (4, 5, 6)]
    assert not [row for row in told if any(n in unpack(row.body) for n in ("Dewi", "Eko", "Fitri"))]
    assert engine.ask(check_chains) == ()
