"""The `http` figure: one completed task of the two-task model through HTTP, against a bare page.

Each side is one gunicorn worker (gthread) of its own over an SQLite file; what counts is the CPU
that the worker itself takes, as the kernel tells it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lxml import html

from bench import databases

MODEL = Path(__file__).parents[1] / "tests/engine/models/two_step"
ROUNDS, POSTS = 8, 40
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Figure:
    """CPU microseconds of one POST, up to its redirect."""

    name: str
    baseline_us: float
    ours_us: float

    @property
    def times_as_dear(self) -> float:
        """Give how many bare pages one of our submissions costs."""
        return self.ours_us / self.baseline_us


@dataclass
class Server:
    """A gunicorn with one worker, and a connection to it that stays open."""

    process: subprocess.Popen[bytes]
    http: HTTPConnection

    def get(self, path: str, cookie: str = "") -> str:
        """Give a page's text."""
        self.http.request("GET", path, headers={"Cookie": cookie})
        answer = self.http.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"Expected {path} to answer, but it said {answer.status}.")
        return text

    def post(self, path: str, fields: str, cookie: str = "") -> None:
        """Submit a form, which must end in a redirect."""
        self.http.request("POST", path, fields, {**_FORM, "Cookie": cookie})
        answer = self.http.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"Expected {path} to redirect, but it said {answer.status}.")

    def cpu(self) -> float:
        """Give the seconds that gunicorn and its worker have computed."""
        return databases.cpu_of(*databases.children_of(self.process.pid))


def figures() -> Iterator[Figure]:
    """Measure both submissions of the model, in turns with the bare page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = stack.enter_context(_bare(folder))
        ours, sessions = stack.enter_context(_ours(folder))
        taken: dict[str, list[float]] = {"bare": [], "request": [], "review": []}
        for number in range(ROUNDS + 1):
            fields = urlencode({"text": "Cuti besar"})
            used = [_timed(bare, [("/notes", fields, "")] * POSTS)]
            for element, who in (("request", "EMP"), ("review", "RTR")):
                posts = _filled(ours, folder, element, sessions[who])
                used.append(_timed(ours, posts))
            if number:  # the first round warms up
                for name, seconds in zip(taken, used, strict=True):
                    taken[name].append(seconds)
        low = {name: statistics.quantiles(times, n=4)[0] * 1e6 for name, times in taken.items()}
        for element in ("request", "review"):
            yield Figure(element, low["bare"], low[element])
        both = statistics.mean((low["request"], low["review"]))
        yield Figure("two tasks, mean", low["bare"], both)


def _timed(server: Server, posts: list[tuple[str, str, str]]) -> float:
    server.http.close()  # what was idle for a while is closed at the other end
    before = server.cpu()
    for path, fields, cookie in posts:
        server.post(path, fields, cookie)
    return (server.cpu() - before) / len(posts)


_ANSWERS = {"request": {"subject": "Cuti besar", "days": "4"}, "review": {"approved": "on"}}


def _filled(server: Server, folder: Path, element: str, cookie: str) -> list[tuple[str, str, str]]:
    """Open the tasks of an element and fill in their forms; new cases where there are none."""
    ids = _open_tasks(folder, element)
    if not ids:
        _start(folder, POSTS)
        ids = _open_tasks(folder, element)
    posts = []
    server.http.close()
    for task_id in ids[:POSTS]:
        path = f"/tasks/{task_id}"
        page = html.document_fromstring(server.get(path, cookie))
        form: Any = next(f for f in page.iterfind(".//form") if f.get("action") == path)
        fields = {**dict(form.form_values()), **_ANSWERS[element], "do": "complete"}
        posts.append((path, urlencode(fields), cookie))
    return posts


# ---- the two servers


@contextmanager
def _bare(folder: Path) -> Iterator[Server]:
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "bench.bare:app", "--bind", f"127.0.0.1:{port}",
        "--workers", "1", "--threads", "4", "--worker-class", "gthread", "--log-level", "warning",
    ]  # fmt: skip
    with _running(command, {"BARE_DATABASE": str(folder / "bare.db")}, port, "/notes") as server:
        yield server


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    from web import settings

    used = _settings(folder)
    sessions = _prepare(folder)
    command = [sys.executable, "-m", "web.serving", "web", str(os.getpid())]
    with _running(command, settings.environment(used), used.port, "/login") as server:
        yield server, sessions


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[Server]:
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        server = Server(process, HTTPConnection("127.0.0.1", port, timeout=30))
        for _ in range(150):
            try:
                server.get(path)
                break
            except OSError:
                server.http.close()
                time.sleep(0.2)
        yield server
        server.http.close()
    finally:
        process.terminate()
        process.wait(30)


def _settings(folder: Path) -> Any:
    from web.settings import Settings

    known = folder / "port"
    if not known.exists():
        known.write_text(str(_free_port()))
    return Settings().but(
        database_url=f"sqlite:///{folder / 'alur.db'}",
        keys_dir=folder / "keys",
        attempts_dir=folder / "attempts",
        files_dir=folder / "files",
        port=int(known.read_text()),
        web_processes=1,
    )


def _prepare(folder: Path) -> dict[str, str]:
    """Make the database with the cast and the model; give the cookies of two who are signed in."""
    from engine import open_database
    from engine.folder import read_folder
    from hr.accounts.commands import LoggedIn, LogIn
    from hr.demo.cast import DEMO_PASSWORD, LOGINS, install_cast
    from web import bootstrap, keys, logs
    from web.migrations import schema

    logs.set_up("text")
    now = datetime.now(UTC)
    database = open_database(_settings(folder).database_url)
    schema.upgrade(database, now)
    with database.begin() as connection:
        install_cast(connection, now)
    database.dispose()
    keys.create_without_unmasking(_settings(folder).keys_dir)
    platform = bootstrap.build(_settings(folder))
    platform.engine.execute(read_folder(MODEL))
    names = {code: name for name, code in LOGINS.items()}
    sessions = {}
    for code in ("EMP", "RTR"):
        command = LogIn(username=names[code], password=DEMO_PASSWORD, address="127.0.0.1")
        opened = platform.engine.execute(command)
        assert isinstance(opened, LoggedIn)
        sessions[code] = f"alur={opened.session_token}"
    platform.database.dispose()
    return sessions


def _start(folder: Path, count: int) -> None:
    from engine import NewCase, StartInstance
    from hr.demo.cast import CAST
    from web import bootstrap

    platform = bootstrap.build(_settings(folder))
    for _ in range(count):
        case = NewCase(subject_id=CAST["EMP"], period="2026Q2")
        platform.engine.execute(StartInstance(key=MODEL.name, case=case))
    platform.database.dispose()


def _open_tasks(folder: Path, element: str) -> list[int]:
    from sqlalchemy import text

    from engine import open_database

    database = open_database(_settings(folder).database_url)
    wanted = text("SELECT id FROM task WHERE state = 'CREATED' AND element_id = :element")
    with database.connect() as connection:
        ids = list(connection.scalars(wanted, {"element": element}))
    database.dispose()
    return ids


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    for figure in figures():
        print(figure, f"{figure.times_as_dear:.1f} times a bare page")
