"""What is logged and counted: enough to run a city by, and nobody's answer, name or address."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import Engine, NewCase, StartInstance
from engine.errors import NotFound
from web import logs, metrics

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def written():
    """Everything that is logged as JSON during a test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    alur = logging.getLogger("alur").level
    stream = io.StringIO()
    logs.set_up("json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    logging.getLogger("alur").setLevel(alur)


def test_a_request_and_its_commands_are_lines_with_one_id(
    client_as, start_two_step, engine, ports, database, platform, app, written, clock
):
    from web import site

    told = []
    watched = replace(ports, watch=logs.watch(told.append))
    site.install(app, replace(platform, engine=Engine(database, watched, clock)))
    start_two_step()
    employee = client_as("EMP")
    path = employee.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    page = employee.submit(
        employee.get(path), path, do="complete", subject="Cuti rahasia", days="3", reason="Pulang"
    )
    assert page.status == 200
    lines = written()
    (command,) = [one for one in lines if one.get("command") == "CompleteTask"]
    (request,) = [one for one in lines if one.get("route") == "tasks.submit"]
    assert command["request_id"] == request["request_id"]
    assert (command["outcome"], command["channel"], command["retries"]) == ("OK", "WEB", 0)
    assert (request["method"], request["status"]) == ("POST", 303)
    # An anonymous task is done in the same way: who it was stands in neither line.
    assert command["person_id"] is None
    assert request["person_id"] is None
    everything = json.dumps(lines)
    for secret in ("rahasia", "Pulang", "Sari", path, "127.0.0.1", employee.token()):
        assert secret not in everything
    assert [done.command for done in told if done.outcome == "OK"]


def test_what_is_refused_or_breaks_has_its_outcome_and_nothing_of_its_text(
    client_as, engine, ports, database, clock, written
):
    watched = Engine(database, replace(ports, watch=logs.watch(lambda _: None)), clock)
    with pytest.raises(NotFound):
        watched.execute(StartInstance(key="rahasia", case=NewCase()))
    (line,) = [one for one in written() if one.get("command") == "StartInstance"]
    assert line["outcome"] == "NotFound"
    assert "rahasia" not in json.dumps(line)


def test_an_id_that_a_proxy_gave_is_kept_if_it_is_one(visitor, written):
    for given, kept in (("abc-123", True), ("a b\nc", False), ("x" * 100, False)):
        headers = {} if "\n" in given else {"X-Request-ID": given}
        answer = visitor.client.get("/healthz", headers=headers)
        assert (answer.headers["X-Request-ID"] == given) == kept


COUNT = """
from engine.ports import Executed
from web import metrics
meter = metrics.meter()
meter.executed(Executed("CompleteTask", "OK", 0.02, 2, "WEB", None))
meter.answered("POST", "tasks.submit", 303, 0.03)
"""
READ = """
import sys
from engine import Engine, open_database
from tests.engine.host import Host, ports
from web import metrics
engine = Engine(open_database(sys.argv[1]), ports(Host()))
answer = metrics.application(engine, {"/readyz": lambda: (False, "workers")})
for path in ("/metrics", "/readyz", "/etc/passwd"):
    said = []
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": ""}
    body = answer(asked, lambda state, _: said.append(state))
    print(said[0], b"".join(body).decode())
"""


def test_figures_of_all_processes_and_of_the_database_are_one_page(database, tmp_path):
    environment = {**os.environ, metrics.FOLDER: str(tmp_path), "PYTHONPATH": "."}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True)
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", READ, url], env=environment, check=True, capture_output=True
    )
    page = done.stdout.decode()
    for line in (
        'alur_commands_total{command="CompleteTask",outcome="OK"} 2.0',
        'alur_lock_retries_total{command="CompleteTask"} 4.0',
        'alur_requests_total{method="POST",route="tasks.submit",status="303"} 2.0',
        "alur_database_up 1.0",
        "alur_jobs_due 0.0",
        "alur_timers_late_seconds 0.0",
        "alur_incidents_open 0.0",
        "503 Service Unavailable workers",
        "404 Not Found not found",
    ):
        assert line in page
    metrics.empty_folder(tmp_path)
    assert list(tmp_path.glob("*.db")) == []


def test_figures_are_given_without_a_database_too(engine, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OSError("no such host: db.internal")

    monkeypatch.setattr(engine, "ask", gone)
    (only,) = metrics.Standing(engine).collect()
    assert (only.name, only.samples[0].value) == ("alur_database_up", 0)


def test_a_platform_whose_workers_fell_silent_is_not_ready(platform, engine, clock, database):
    from engine.worker import Worker
    from web import bootstrap, readiness

    monkey = pytest.MonkeyPatch()
    monkey.setattr(bootstrap, "problems_of", lambda _: [])
    try:
        assert readiness.problem(platform) == ""
        worker = Worker(engine)
        worker.beat()
        assert readiness.problem(platform) == ""
        clock.move(timedelta(minutes=2))
        assert readiness.problem(platform) == "workers"
    finally:
        monkey.undo()


def test_a_fault_is_logged_without_the_values_that_it_met(written, database):
    """The usual rich traceback shows local variables, and among them are answers."""
    plain = io.StringIO()
    logs.set_up("text", plain)
    answer = "-".join(("jawaban", "rahasia"))
    try:
        raise ValueError(len(answer))
    except ValueError as error:
        logging.getLogger("alur.web").error("It failed.", exc_info=error)
    assert "raise ValueError(len(answer))" in plain.getvalue()
    assert answer not in plain.getvalue()
