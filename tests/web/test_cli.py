"""The command line, as a script would use it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from urllib.error import URLError

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from web.cli import main

TWO_STEP = ROOT / "tests/engine/models/two_step"
RUN = [sys.executable, "-c", "from web.cli import main; main()"]


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def alur(tmp_path, monkeypatch):
    """Runs `alur` in an empty folder with an SQLite database of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ALUR_")]:
        monkeypatch.delenv(name)

    def run(*arguments, **settings):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=settings)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def two_step(tmp_path):
    """A copy of the reference model to change."""
    folder = tmp_path / "workflows" / "two_step"
    shutil.copytree(TWO_STEP, folder)
    return folder


def test_help_names_every_command(alur):
    said = alur("--help").stdout
    for command in (
        "demo",
        "serve",
        "worker",
        "db",
        "check",
        "deploy",
        "test",
        "dmn",
        "settings",
        "bench",
        "drill",
    ):
        assert command in said


def test_wrong_use_ends_with_2(alur):
    assert alur("no-such-command").returncode == 2
    assert alur("check").returncode == 2
    assert alur("settings", ALUR_PORT="many").returncode == 2


def test_settings_are_listed_for_scripts(alur):
    rows = json.loads(alur("settings", "--json", ALUR_CITY="Kota Uji").stdout)
    assert {"ALUR_DATABASE_URL", "ALUR_CITY", "ALUR_TIME_ZONE"} <= {row["name"] for row in rows}
    assert [row["value"] for row in rows if row["name"] == "ALUR_CITY"] == ["Kota Uji"]


def test_a_sound_process_is_found_sound(alur, two_step):
    done = alur("check", two_step)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_process_is_named_with_element_and_reason(alur, two_step):
    process = two_step / "process.bpmn"
    text = process.read_text(encoding="utf-8")
    process.write_text(text.replace("review.approved = true", "review.approved = = 1"))
    done = alur("check", two_step, "--json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    assert any(f["element_id"] == "decided_to_granted" for f in findings)
    assert all(f["severity"] in ("error", "warning") for f in findings)


def test_a_hostile_file_gets_a_sentence_and_no_traceback(alur, two_step):
    (two_step / "process.bpmn").write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    done = alur("check", two_step)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "process.bpmn" in done.stdout + done.stderr


def test_a_new_installation_is_made_step_by_step(alur, two_step, tmp_path):
    early = alur("deploy", two_step)
    assert early.returncode == 1
    assert "alur db upgrade" in early.stderr
    assert alur("db", "upgrade").returncode == 0
    assert "alur keys" in alur("deploy", two_step).stderr
    assert alur("keys", "--unmask-private-key", tmp_path / "unmask.pem").returncode == 0
    first = alur("deploy", two_step)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("two_step  version 1")
    again = alur("deploy", two_step)
    assert again.returncode == 1
    assert "--break-glass" in again.stderr
    assert "unchanged" in alur("deploy", two_step, "--break-glass", "uji coba").stdout


def test_a_process_is_added_by_copying_a_folder_and_no_python(alur, two_step):
    shutil.copytree(two_step, two_step.parent / "my_process")
    mine = two_step.parent / "my_process"
    for file, old, new in (
        ("process.bpmn", "two_step", "my_process"),
        ("messages.toml", 'code = "T02"', 'code = "M01"'),
    ):
        text = (mine / file).read_text(encoding="utf-8")
        assert old in text
        (mine / file).write_text(text.replace(old, new), encoding="utf-8")
    (mine / "scenarios").mkdir()
    (mine / "scenarios" / "asked.toml").write_text(
        'description = "Somebody asks."\n[start]\nat = "2026-07-01T01:00:00Z"\nsubject = "EMP"\n'
        '[expect]\nstate = "ACTIVE"\ntasks = ["request@EMP"]\n',
        encoding="utf-8",
    )
    assert alur("check", mine).returncode == 0
    played = alur("test", mine, "--coverage")
    assert played.returncode == 0, played.stdout + played.stderr
    assert re.search(r"my_process\n  steps +1 of +7 .*\n      untried: request\n", played.stdout)
    assert alur("db", "upgrade").returncode == 0
    assert alur("keys", "--unmask-private-key", "unmask.pem").returncode == 0
    deployed = alur("deploy", "workflows")
    assert deployed.returncode == 0, deployed.stderr
    assert "my_process  version 1" in deployed.stdout


def test_a_story_that_fails_ends_with_1_and_says_where(alur, two_step):
    (two_step / "scenarios").mkdir(exist_ok=True)
    (two_step / "scenarios" / "wrong.toml").write_text(
        'description = "Wrong."\n[start]\nat = "2026-07-01T01:00:00Z"\nsubject = "EMP"\n'
        '[expect]\nstate = "COMPLETED"\n',
        encoding="utf-8",
    )
    done = alur("test", two_step, "--json")
    assert done.returncode == 1
    (row,) = [r for r in json.loads(done.stdout) if r["scenario"].endswith("wrong.toml")]
    assert row["faults"] == ["end: expected state COMPLETED, but it is ACTIVE"]


def test_a_decision_is_tried_from_the_command_line(alur):
    table = ROOT / "workflows/quarterly_evaluation/dt01_predicate.dmn"
    given = '{"result_rating": "MEETS", "behaviour_rating": "MEETS"}'
    done = alur("dmn", "evaluate", table, "dt01_predicate", "--input", given)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "B"
    assert "rules: DT01-" in done.stderr
    unheard = '{"result_rating": "MEETS", "behavior_rating": "MEETS"}'
    unsure = alur("dmn", "evaluate", table, "performance predicate", "--input", unheard)
    assert json.loads(unsure.stdout) is None
    assert "Expected a rule that catches these inputs" in unsure.stderr
    assert "behavior_rating was given" in unsure.stderr
    explained = alur("dmn", "evaluate", table, "dt01_predicate", "--input", given, "--explain")
    assert json.loads(explained.stdout)["trace"][-1]["matched"]
    assert alur("dmn", "evaluate", table, "dt01_predicate", "--input", "[").returncode == 2
    assert alur("dmn", "evaluate", table, "nothing", "--input", given).returncode == 1
    assert alur("dmn", "evaluate", table, "dt01_predicate", "--input", "[1]").returncode == 2
    assert alur("dmn", "evaluate", "none.dmn", "d", "--input", given).returncode == 2
    no_model = alur("dmn", "evaluate", ROOT / "README.md", "d", "--input", given)
    assert no_model.returncode == 1
    assert "README.md" in no_model.stderr


@pytest.mark.parametrize("command", ["bench", "drill"])
def test_an_unknown_figure_or_drill_is_refused_with_those_there_are(alur, command):
    refused = alur(command, "nothing")
    assert refused.returncode == 2
    assert "feel" in refused.stderr


@pytest.mark.parametrize("command", [["bench"], ["drill", "feel"]])
def test_an_installed_copy_says_that_it_has_no_bench(monkeypatch, command):
    for module in ("bench", "bench.__main__", "bench.drills"):
        monkeypatch.setitem(sys.modules, module, None)
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 1
    assert "source tree" in said.output


def test_web_and_worker_start_together_and_end_together(alur, tmp_path):
    assert alur("db", "upgrade").returncode == 0
    assert alur("keys", "--unmask-private-key", "unmask.pem").returncode == 0
    with socket.socket() as probe, socket.socket() as private:
        for each in (probe, private):
            each.bind(("127.0.0.1", 0))
        port, figures = probe.getsockname()[1], private.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ALUR_WEB_PROCESSES": "1"}
    environment |= {"ALUR_METRICS_PORT": str(figures), "ALUR_METRICS_DIR": str(tmp_path / "counts")}
    pair = subprocess.Popen(
        [*RUN, "serve", "--port", str(port)], cwd=tmp_path, env=environment, stderr=subprocess.PIPE
    )
    try:
        said = pair.stderr.readline().decode()
        assert said == f"Alur is at http://127.0.0.1:{port}/\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        children = _children(pair.pid)
        assert len(children) == 3
        counted = _when_there(f"http://127.0.0.1:{figures}/metrics")
        assert 'alur_requests_total{method="GET",route="health.alive",status="200"}' in counted
        assert "alur_database_up 1.0" in counted
    finally:
        pair.send_signal(signal.SIGTERM)
        pair.communicate()
    assert pair.returncode == 0
    assert not [child for child in children if Path(f"/proc/{child}/cmdline").exists()]


def _when_there(url: str) -> str:
    """Read a page of a process that has just been started."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.read().decode()
        except URLError:
            Event().wait(0.1)
    raise AssertionError(f"Expected {url} to answer, but it did not.")


def test_a_signal_in_a_bad_moment_ends_a_process_too():
    """Setting an event takes a lock that the interrupted thread may hold: it waited for ever."""
    code = (
        "import os, signal; from threading import Event; from web import serving; stop = Event();"
        "serving._on_signals(stop.set); stop._cond.acquire(); os.kill(os.getpid(), signal.SIGTERM);"
        "stop._cond.release(); assert stop.wait(30)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_a_parent_that_is_killed_leaves_no_child_behind():
    """As `run_pair` starts its children, and as each of them begins."""
    child = "import os, time; from web import serving; serving._end_with(os.getppid())"
    waiting = f"{child}; print(os.getpid(), flush=True); time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {waiting!r}])"
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    parent.kill()
    assert parent.wait() == -signal.SIGKILL
    assert parent.stdout.read() == b""  # the pipe ends when its last holder, the child, has
    for _ in range(200):  # its files are closed a moment before it is gone
        if not _is_running(pid):
            return
        time.sleep(0.02)
    pytest.fail("Expected the child to end with its parent, but it runs on.")


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def test_a_command_of_the_terminal_says_what_it_did_and_nothing_else(two_step, tmp_path):
    """In a process of its own, since whoever serves sets up the log of its process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALUR_")}
    environment["PYTHONPATH"] = str(ROOT)
    code = (
        "from click.testing import CliRunner; from web.cli import main; run = CliRunner().invoke;"
        "[run(main, a) for a in (['db', 'upgrade'], ['keys', '--unmask-private-key', 'k.pem'])];"
        f"main(['deploy', {str(two_step)!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("two_step  version 1  "), done.stderr
    assert len(done.stdout.splitlines()) == 1
