"""What was accepted is never lost: a step that fails later parks, and waits for the agency."""

from __future__ import annotations

import multiprocessing
import signal
from pathlib import Path
from typing import Any

import pytest

from engine import AssignTask, CancelInstance, Engine, RetryIncident
from engine.errors import InvalidState, NotAllowed
from engine.queries import incidents
from engine.queries.history import check_chains
from tests.engine.host import Host, ports
from tests.engine.stories import begin, complete, deploy, events, open_task, person, rows

ANSWERS = {"question": "Kapan?"}


def failing_case(engine: Engine, host: Host) -> int:
    """Bring a case to where its service has failed after a person submitted."""
    host.failing.add("test_service")
    deploy(engine, "failing_service")
    started = begin(engine, "failing_service")
    receipt = complete(engine, open_task(engine, "ask").id, 1, ANSWERS)
    assert receipt.parked
    return started.instance_id


def test_a_service_that_fails_after_acceptance_parks_the_case(
    host_engine: Engine, host: Host
) -> None:
    instance_id = failing_case(host_engine, host)
    (task,) = rows(host_engine, "SELECT state, parked FROM task")
    assert (task.state, bool(task.parked)) == ("COMPLETED", True)
    (incident,) = rows(host_engine, "SELECT element_id, kind, message, state FROM incident")
    assert (incident.element_id, incident.state) == ("look_up", "OPEN")
    assert "the service is away" in incident.message
    kinds = events(host_engine, instance_id)
    assert kinds.index("TASK_COMPLETED") < kinds.index("INCIDENT_OPENED")


def test_retrying_goes_on_from_there_once_the_service_is_back(
    host_engine: Engine, host: Host
) -> None:
    instance_id = failing_case(host_engine, host)
    (incident,) = rows(host_engine, "SELECT id FROM incident")
    assert not host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    host.failing.clear()
    (newest,) = rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'")
    assert host_engine.execute(RetryIncident(incident_id=newest.id), by=person(7))
    assert open_task(host_engine, "confirm", instance_id).state == "CREATED"
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") == []
    with pytest.raises(InvalidState):
        host_engine.execute(RetryIncident(incident_id=newest.id), by=person(7))


def test_only_the_agency_retries_and_cancels(host_engine: Engine, host: Host) -> None:
    instance_id = failing_case(host_engine, host)
    (incident,) = rows(host_engine, "SELECT id FROM incident")
    with pytest.raises(NotAllowed):
        host_engine.execute(RetryIncident(incident_id=incident.id), by=person(9))
    with pytest.raises(NotAllowed):
        host_engine.execute(CancelInstance(instance_id=instance_id, reason="x"), by=person(9))
    host_engine.execute(CancelInstance(instance_id=instance_id, reason="salah orang"), by=person(7))
    (case,) = rows(host_engine, "SELECT state FROM instance")
    assert case.state == "CANCELLED"
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") == []


def test_a_host_that_cannot_say_who_is_next_parks_the_task_and_loses_no_answer(
    host_engine: Engine, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")

    def away(connection: Any, *_: Any) -> Any:
        return connection.exec_driver_sql("SELECT nothing FROM nowhere")

    monkeypatch.setattr(host, "holder", away)
    answers = {"subject": "Cuti besar", "days": 4}
    assert complete(host_engine, open_task(host_engine, "request").id, 1, answers).parked
    review = open_task(host_engine, "review", started.instance_id)
    assert (review.assignee_id, review.candidate_group) == (None, None)
    (incident,) = rows(host_engine, "SELECT kind FROM incident WHERE state = 'OPEN'")
    assert incident.kind == "NOBODY"
    host_engine.execute(
        AssignTask(task_id=review.id, to_person_id=2, reason="tidak ada yang memegang"),
        by=person(7),
    )
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") == []


def test_what_the_service_wrote_before_it_failed_is_undone(host_engine: Engine, host: Host) -> None:
    host.failing.add("test_service:late")
    deploy(host_engine, "failing_service")
    begin(host_engine, "failing_service")
    complete(host_engine, open_task(host_engine, "ask").id, 1, ANSWERS)
    (case,) = rows(host_engine, "SELECT title FROM instance")
    assert case.title == "Ayu"
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") != []


def test_an_expression_that_tries_to_write_is_refused(host_engine: Engine) -> None:
    deploy(host_engine, "meddling")
    begin(host_engine, "meddling")
    (case,) = rows(host_engine, "SELECT title FROM instance")
    assert case.title == "Ayu"
    (incident,) = rows(host_engine, "SELECT element_id FROM incident")
    assert incident.element_id == "meddle"


def _submit_and_die(url: str, folder: str, task_id: int) -> None:
    """Submit in a process of its own that is killed inside the step."""
    from engine import open_database

    host = Host()
    host.failing.add("test_service:kill")
    engine = Engine(open_database(url), ports(host, Path(folder)))
    complete(engine, task_id, 1, ANSWERS, key="same")


def _kill_once(engine: Engine, folder: Path, task_id: int) -> None:
    url = engine.database.url.render_as_string(hide_password=False)
    # The server has all modules read already, and no thread of ours: its children start at once.
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload([__name__])
    child = children.Process(target=_submit_and_die, args=(url, str(folder), task_id))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL


def test_a_kill_before_the_commit_leaves_the_task_open_and_the_key_repeats_it(
    host_engine: Engine, tmp_path: Path
) -> None:
    deploy(host_engine, "failing_service")
    begin(host_engine, "failing_service")
    task = open_task(host_engine, "ask")
    _kill_once(host_engine, tmp_path / "attempts", task.id)
    assert open_task(host_engine, "ask").id == task.id
    receipt = complete(host_engine, task.id, 1, ANSWERS, key="same")
    assert not receipt.parked
    assert open_task(host_engine, "confirm")


def test_a_second_crash_of_the_same_key_accepts_and_parks(
    host_engine: Engine, tmp_path: Path
) -> None:
    deploy(host_engine, "failing_service")
    started = begin(host_engine, "failing_service")
    task = open_task(host_engine, "ask")
    _kill_once(host_engine, tmp_path / "attempts", task.id)
    _kill_once(host_engine, tmp_path / "attempts", task.id)
    receipt = complete(host_engine, task.id, 1, ANSWERS, key="same")
    assert receipt.parked
    (incident,) = rows(host_engine, "SELECT id, kind, element_id FROM incident")
    assert (incident.kind, incident.element_id) == ("CRASHED", "look_up")
    assert host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    assert open_task(host_engine, "confirm", started.instance_id)


def test_incidents_show_elements_and_errors_but_no_answers(host_engine: Engine, host: Host) -> None:
    from engine import Scope

    failing_case(host_engine, host)
    scope = Scope(person_id=7, path_prefixes=frozenset({"/"}))
    (row,) = host_engine.ask(incidents.open_incidents, scope).rows
    assert row.element_name == "Panggil layanan"
    assert "Kapan?" not in repr(row)
    nobody = host_engine.ask(incidents.open_incidents, Scope(person_id=9))
    assert nobody.rows == ()


def test_the_chains_hold_after_all_that(host_engine: Engine, host: Host) -> None:
    failing_case(host_engine, host)
    assert host_engine.ask(check_chains) == ()
