"""A site of real processes over a real database, with the fixture cast and cases that wait."""

from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from bench.rig.cluster import free_port

if TYPE_CHECKING:
    from engine import Engine
    from web.settings import Settings

MODEL = Path(__file__).parent / "model"
KEY = "under_load"
PEOPLE = ("EMP", "PEER1", "PEER2", "PEER3", "PEER4", "PEER5")


@dataclass
class Site:
    """Web and worker processes, kept alive by this one as `alur serve` does."""

    settings: Settings
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    lost: int = 0
    _stop: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _keeper: Thread | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """Name the processes that a site with these settings has."""
        return ("web", "celery", "relay") if self.settings.broker_url else ("web", "worker")

    def start(self) -> None:
        """Start every process, and wait until pages are served; start again whatever dies."""
        self._stop.clear()
        for role in self.roles:
            self._begin(role)
        self.await_page()
        self._keeper = Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End every process."""
        self._stop.set()
        if self._keeper is not None:
            self._keeper.join()
        for process in self.processes.values():
            _signal(process, how)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def kill(self, rng: random.Random) -> str:
        """End one process, or all of a role's, by SIGKILL; say which."""
        role = rng.choice(self.roles)
        with self._lock:
            process = self.processes.get(role)
        if process is None or process.poll() is not None:
            return ""
        children = _children(process.pid)
        if children and rng.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(children), signal.SIGKILL)
            return f"a child of {role}"
        _signal(process, signal.SIGKILL)
        return role

    def await_page(self, seconds: float = 90) -> None:
        """Wait until the site answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection = HTTPConnection("127.0.0.1", self.settings.port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"Expected a page within {seconds:.0f} seconds; see {self.log}.")

    def pids(self) -> list[int]:
        """Give every process of the site, children included."""
        with self._lock:
            alive = [p.pid for p in self.processes.values() if p.poll() is None]
        return [pid for one in alive for pid in (one, *_children(one))]

    def _keep(self) -> None:
        while not self._stop.wait(0.3):
            for role in self.roles:
                if self.processes[role].poll() is not None and not self._stop.is_set():
                    self.lost += 1
                    self._begin(role)

    def _begin(self, role: str) -> None:
        from web import settings

        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "web.serving", role, str(os.getpid())],
                env={**os.environ, **settings.environment(self.settings)},
                start_new_session=True,
                stdout=log,
                stderr=log,
            )
        with self._lock:
            self.processes[role] = process


@contextmanager
def site(
    folder: Path, database_url: str, *, broker_url: str = "", smtp_url: str = "", web: int = 2
) -> Iterator[Site]:
    """Make a site whose processes are not started yet; end them with the block."""
    from web.settings import Settings

    port = free_port()
    used = Settings().but(
        second_factor_roles="none",
        database_url=database_url,
        keys_dir=folder / "keys",
        attempts_dir=folder / "attempts",
        files_dir=folder / "files",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        web_processes=web,
        smtp_url=smtp_url,
        broker_url=broker_url,
        broker_queue=f"alur-drill-{uuid4().hex[:8]}",
    )
    _prepare(used)
    made = Site(used, folder / "log")
    try:
        yield made
    finally:
        made.stop()
        if broker_url:
            _drop_queue(used)


def engine_of(used: Settings) -> Engine:
    """Open an engine of the drill's own on a site's database; what it does is not logged."""
    import structlog

    from web import bootstrap

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    return bootstrap.build(used).engine


def start_cases(engine: Engine, each: int) -> int:
    """Start some cases for each of the people; give how many."""
    from engine import NewCase, StartInstance
    from hr.demo.cast import CAST

    for n in range(each):
        for code in PEOPLE:
            case = NewCase(subject_id=CAST[code], period="2026Q2", title=f"{code} {n}")
            engine.execute(StartInstance(key=KEY, case=case))
    return each * len(PEOPLE)


def sessions(engine: Engine) -> dict[str, str]:
    """Sign everybody of the cast in; give each one's cookie by role code."""
    from hr.accounts.commands import LoggedIn, LogIn
    from hr.demo.cast import DEMO_PASSWORD, LOGINS

    cookies = {}
    for name, code in LOGINS.items():
        if code not in (*PEOPLE, "RTR"):
            continue
        said = engine.execute(LogIn(username=name, password=DEMO_PASSWORD, address="127.0.0.1"))
        assert isinstance(said, LoggedIn)
        cookies[code] = f"alur={said.session_token}"
    return cookies


def broker_url() -> str:
    """Give the broker that drills use."""
    return os.environ.get("ALUR_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")


def _prepare(used: Settings) -> None:
    from engine import SetJobLimit, open_database
    from engine.folder import read_folder
    from hr.demo.cast import install_cast
    from web import keys
    from web.migrations import schema
    from web.notices.mail import KIND

    now = datetime.now(UTC)
    database = open_database(used.database_url)
    schema.upgrade(database, now)
    with database.begin() as connection:
        install_cast(connection, now)
    database.dispose()
    keys.create_without_unmasking(used.keys_dir)
    engine = engine_of(used)
    engine.execute(read_folder(MODEL))
    if used.smtp_url:  # hundreds of tasks begin at once here, and nobody reads the letters
        engine.execute(SetJobLimit(kind=KIND, per_minute=3_000))
    engine.database.dispose()


def _drop_queue(used: Settings) -> None:
    from kombu import Connection

    with Connection(used.broker_url) as connection, suppress(Exception):
        connection.default_channel.queue_delete(used.broker_queue)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        if number == signal.SIGKILL:  # its children with it, as when a machine goes down
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
