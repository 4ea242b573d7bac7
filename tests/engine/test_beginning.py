"""Cases that a message starts: one for each process that waits for its name, once."""

from __future__ import annotations

import pytest

from engine import Engine, PublishMessage
from engine.commands.beginning import BeginByMessage
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.engine.stories import begin, complete, deploy, mine, open_task, rows


@pytest.fixture
def ready(host_engine: Engine) -> Engine:
    deploy(host_engine, "waiting_message")
    deploy(host_engine, "begun_by_message")
    return host_engine


def begun(engine: Engine) -> list:
    wanted = "SELECT * FROM instance WHERE process_key = 'begun_by_message' ORDER BY id"
    return rows(engine, wanted)


def test_a_throw_starts_a_case_about_the_same_person(ready: Engine) -> None:
    sender = begin(ready, "waiting_message", unit="A", who="x")
    assert begun(ready) == []  # the sender's transaction holds no other case
    Worker(ready).run_due()
    (case,) = begun(ready)
    assert (case.subject_id, case.period, case.root_id) == (1, "2026Q2", sender.instance_id)
    assert case.case_no
    assert [row.element_id for row in mine(ready, 1)] == ["read"]
    complete(ready, open_task(ready, "read").id, 1, {})
    Worker(ready).run_due()
    assert [row.state for row in begun(ready)] == ["COMPLETED"]
    assert rows(ready, "SELECT id FROM incident") == []
    assert ready.ask(check_chains) == ()


def test_the_payload_is_a_variable_and_may_name_the_person_and_the_period(ready: Engine) -> None:
    payload = {"subject_id": 2, "period": "2026Q3", "who": "y"}
    ready.execute(PublishMessage(name="person_ready", correlation="B", payload=payload))
    Worker(ready).run_due()
    (case,) = begun(ready)
    assert (case.subject_id, case.period, case.root_id) == (2, "2026Q3", None)
    (value,) = rows(ready, "SELECT header FROM instance WHERE id = :i", i=case.id)
    assert b"told" in value.header


def test_however_often_the_job_comes_it_is_one_case(ready: Engine) -> None:
    message_id = ready.execute(
        PublishMessage(name="person_ready", correlation="B", payload={"subject_id": 2})
    )
    again = BeginByMessage(message_id=message_id, key="begun_by_message")
    assert ready.execute(again)
    assert not ready.execute(again)
    Worker(ready).run_due()
    assert len(begun(ready)) == 1


def test_a_payload_that_names_nobody_is_an_incident_in_words(ready: Engine) -> None:
    payload = {"subject_id": "somebody"}
    ready.execute(PublishMessage(name="person_ready", correlation="B", payload=payload))
    Worker(ready).run_due()
    (job,) = rows(ready, "SELECT last_error FROM job WHERE kind = 'begin_by_message'")
    assert "Expected subject_id to be a person" in job.last_error
    assert begun(ready) == []


def test_a_version_without_the_message_starts_nothing_more(ready: Engine) -> None:
    from engine import Deploy
    from engine.folder import read_files
    from tests.engine.stories import MODELS

    files = dict(read_files(MODELS / "begun_by_message"))
    text = files["process.bpmn"].decode()
    for begins, ends in (
        ("<bpmn:extensionElements>", "</bpmn:extensionElements>"),
        ("<bpmn:messageEventDefinition", "/>"),
    ):
        before, _, rest = text.partition(begins)
        text = before + rest.partition(ends)[2]
    files["process.bpmn"] = text.encode()
    ready.execute(Deploy(files=files))
    begin(ready, "waiting_message", unit="A", who="x")
    Worker(ready).run_due()
    assert begun(ready) == []
