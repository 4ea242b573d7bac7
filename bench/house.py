"""A site to measure: its database with the cast, its gunicorn, people who are signed in.

What counts is the CPU that its processes take themselves, as the kernel's scheduler counts it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lxml import html

from bench import databases

MODELS = Path(__file__).parents[1] / "tests/engine/models"
WORKFLOWS = Path(__file__).parents[1] / "workflows"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_BACK = re.compile(r"^https?://[^/]+")


@dataclass(frozen=True)
class Post:
    """A filled form, ready to be sent."""

    path: str
    fields: str
    cookie: str = ""


@dataclass
class Server:
    """A gunicorn, and a connection to it that stays open."""

    process: subprocess.Popen[bytes]
    port: int
    http: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.connection()

    def connection(self) -> HTTPConnection:
        """Give a connection of one's own."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path: str, cookie: str = "") -> str:
        """Give a page's text."""
        self.http.request("GET", path, headers={"Cookie": cookie})
        answer = self.http.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"Expected {path} to answer, but it said {answer.status}.")
        return text

    def post(self, post: Post) -> str:
        """Submit a form, which must end in a redirect; give where to."""
        status, place = send(self.http, post)
        if status != 303:
            raise RuntimeError(f"Expected {post.path} to redirect, but it said {status}.")
        return place

    def cpu(self) -> float:
        """Give the seconds that gunicorn and its workers have computed."""
        return databases.cpu_of(*databases.children_of(self.process.pid))


def send(http: HTTPConnection, post: Post) -> tuple[int, str]:
    """Submit a form; give the status, and where it leads."""
    http.request("POST", post.path, post.fields, {**_FORM, "Cookie": post.cookie})
    answer = http.getresponse()
    answer.read()
    return answer.status, _BACK.sub("", answer.headers.get("Location", ""))


@contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """Run the bare page on an SQLite file."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "bench.bare:app", "--bind", f"127.0.0.1:{port}",
        "--workers", "1", "--threads", "4", "--worker-class", "gthread", "--log-level", "warning",
    ]  # fmt: skip
    with _running(command, {"BARE_DATABASE": str(folder / "bare.db")}, port, "/notes") as server:
        yield server


class House:
    """A platform with the cast on a new database; deploys and starts from outside its server."""

    def __init__(self, folder: Path, url: str) -> None:
        from engine import open_database
        from hr.demo.cast import DEMO_PASSWORD, LOGINS, install_cast
        from web import bootstrap, keys, logs
        from web.migrations import schema
        from web.settings import Settings

        logs.set_up("text")
        self.url = url
        self.settings = Settings().but(
            second_factor_roles="none",
            database_url=url,
            keys_dir=folder / "keys",
            attempts_dir=folder / "attempts",
            files_dir=folder / "files",
        )
        now = datetime.now(UTC)
        database = open_database(url)
        schema.upgrade(database, now)
        with database.begin() as connection:
            install_cast(connection, now)
        database.dispose()
        keys.create_without_unmasking(self.settings.keys_dir)
        self.platform = bootstrap.build(self.settings)
        self.engine = self.platform.engine
        self._names = {code: name for name, code in LOGINS.items()}
        self._password = DEMO_PASSWORD
        self._cookies: dict[str, str] = {}

    def cookie(self, code: str) -> str:
        """Sign somebody of the cast in, once, and give the browser's cookie."""
        from hr.accounts.commands import LoggedIn, LogIn

        if code not in self._cookies:
            command = LogIn(
                username=self._names[code], password=self._password, address="127.0.0.1"
            )
            opened = self.engine.execute(command)
            assert isinstance(opened, LoggedIn)
            self._cookies[code] = f"alur={opened.session_token}"
        return self._cookies[code]

    def deploy(self, folder: Path) -> str:
        """Deploy a process and give its key."""
        from engine.folder import read_folder

        return self.engine.execute(read_folder(folder)).key

    def start(self, key: str, code: str = "EMP", period: str = "2026Q2") -> int:
        """Start a case about somebody of the cast."""
        from engine import NewCase, StartInstance
        from hr.demo.cast import CAST

        case = NewCase(subject_id=CAST[code], period=period)
        return self.engine.execute(StartInstance(key=key, case=case)).instance_id

    def ask(self, sql: str, **values: Any) -> list[Any]:
        """Look into the tables."""
        from sqlalchemy import text

        with self.platform.database.connect() as connection:
            return list(connection.execute(text(sql), values))

    def open_tasks(self, element: str) -> list[int]:
        """Name the open tasks of an element."""
        wanted = "SELECT id FROM task WHERE state = 'CREATED' AND element_id = :element ORDER BY id"
        return [row.id for row in self.ask(wanted, element=element)]

    def close(self) -> None:
        """Let go of the database."""
        self.platform.database.dispose()

    @contextmanager
    def serving(self, workers: int = 1) -> Iterator[Server]:
        """Serve its pages until the block ends."""
        from web import settings

        used = self.settings.but(port=_free_port(), web_processes=workers)
        command = [sys.executable, "-m", "web.serving", "web", str(os.getpid())]
        with _running(command, settings.environment(used), used.port, "/login") as server:
            yield server


def filled(
    server: Server, tasks: Sequence[int], answers: dict[str, str], cookie: str
) -> list[Post]:
    """Open tasks and fill in their forms."""
    server.http.close()
    posts = []
    for task_id in tasks:
        path = f"/tasks/{task_id}"
        page = html.document_fromstring(server.get(path, cookie))
        form: Any = next(f for f in page.iterfind(".//form") if f.get("action") == path)
        fields = {**dict(form.form_values()), **answers, "do": "complete"}
        posts.append(Post(path, urlencode(fields), cookie))
    return posts


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[Server]:
    process = subprocess.Popen(command, env={**os.environ, **environment})
    server = Server(process, port)
    try:
        for _ in range(300):
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


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
