"""Shared fixtures: a database (SQLite and PostgreSQL), a clock, an engine with people in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, make_url, text

from tests import databases

if TYPE_CHECKING:
    from engine import Engine
    from engine.ports import Ports

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / "workflows"
POSTGRESQL_URL = os.environ.get(
    "ALUR_TEST_POSTGRESQL_URL", "postgresql+psycopg://root@127.0.0.1:5432/postgres"
)
ROOM = 2_000_000_000  # bytes: what the suite's databases and pictures may take
NO_POSTGRESQL = (
    "no PostgreSQL answers; give ALUR_TEST_POSTGRESQL_URL=postgresql+psycopg://USER@HOST/DATABASE"
    " of a login that may create databases"
)


class SetUpOnce:
    """Tells what is set up once for a whole worker: whoever happens to come first does not owe it.

    tests/shares.py reads the property from the JUnit file.  A plug-in, since what belongs to the
    session knows the hooks of no folder.
    """

    def __init__(self) -> None:
        self.seconds, self.running = 0.0, False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Write down what this test's set-up spent on what all share."""
        self.seconds = 0.0
        try:
            return (yield)
        finally:
            if self.seconds:
                item.user_properties.append(("set_up_once", f"{self.seconds:.3f}"))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """Take the time of what is made once; what it asks for itself is in it."""
        if fixturedef.scope != "session" or self.running:
            return (yield)
        self.running, begun = True, perf_counter()
        try:
            return (yield)
        finally:
            self.running = False
            self.seconds += perf_counter() - begun


@dataclass
class MovableClock:
    """The time that the engine under test sees; it moves only when it is told to."""

    now: datetime = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Give the time, as engine.ports.Clock does."""
        return self.now

    def set(self, moment: datetime) -> None:
        """Jump to a moment."""
        self.now = moment

    def move(self, by: timedelta) -> datetime:
        """Move on, and give the new time."""
        self.now += by
        return self.now


def pytest_configure(config: pytest.Config) -> None:
    """Put temporary folders into memory where there is room: every commit waits for a disk."""
    config.pluginmanager.register(SetUpOnce())
    if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the time of a subtest once: it is in its test's already (tests/shares.py adds up)."""
    if isinstance(report, pytest.SubtestReport):
        report.duration = 0.0


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Let nobody of the cast wait for a hash; tests/hr/test_accounts.py checks the real cost."""
    from hr.accounts import passwords

    passwords.use(passwords.LEAST)


@cache
def postgresql_answers() -> bool:
    """Try once per process whether there is a PostgreSQL to test on."""
    server = create_engine(POSTGRESQL_URL, connect_args={"connect_timeout": 3})
    try:
        with server.connect():
            return True
    except Exception:
        if os.environ.get("ALUR_REQUIRE_POSTGRESQL") == "1":
            raise
        return False
    finally:
        server.dispose()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One empty database with all tables, of which every test gets a copy."""
    from engine import open_database
    from web.migrations import schema

    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    with database.begin() as connection:
        schema.create(connection)
    databases.close_log(database)
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Database]:
    """A connection to create databases with; skips where no server answers."""
    if not postgresql_answers():
        pytest.skip(NO_POSTGRESQL)
    server = create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT")
    yield server
    server.dispose()


@pytest.fixture(scope="session")
def _postgresql(postgresql_server: Database) -> Iterator[Database]:
    """This worker's own database, with all tables."""
    from engine import open_database
    from web.migrations import schema

    name = f"alur_test_{uuid4().hex[:12]}"
    with postgresql_server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    url = make_url(POSTGRESQL_URL).set(database=name)
    database = open_database(url.render_as_string(hide_password=False))
    with database.begin() as connection:
        schema.create(connection, date(2026, 6, 1), date(2026, 12, 1))
    yield database
    database.dispose()
    with postgresql_server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def _sqlite(_sqlite_template: Path) -> Iterator[Database]:
    """This worker's own file: one engine for all tests, since its SQL is compiled only once."""
    from engine import open_database

    # In memory where there is such a place: every commit waits for the disk otherwise.
    shared_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with TemporaryDirectory(prefix="alur-test-", dir=shared_memory) as folder:
        database = open_database(f"sqlite:///{folder}/alur.db")
        yield database
        database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all tables; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        opened: Database = request.getfixturevalue("_sqlite")
        databases.put_back(opened, request.getfixturevalue("_sqlite_template"))
        return opened
    from web.migrations import schema

    opened = request.getfixturevalue("_postgresql")
    databases.empty(opened, schema.metadata().tables)
    return opened


@pytest.fixture
def host() -> object:
    """The neutral host of the engine's own tests (tests/engine/host.py)."""
    from tests.engine.host import Host

    return Host()


@pytest.fixture
def host_engine(database: Database, host: object, clock: MovableClock, tmp_path: Path) -> Engine:
    """An engine over the neutral host: persons 1 to 9, no hr."""
    from engine import Engine
    from tests.engine.host import Host, ports

    assert isinstance(host, Host)
    return Engine(database, ports(host, tmp_path / "attempts"), clock)


@pytest.fixture
def ports() -> Ports:
    """What hr gives the engine, over keys that die with the test."""
    from hr.process_bindings import ports as hr_ports
    from web.attempts import NoAttempts
    from web.filing import FilesInMemory
    from web.vault import KeyVault

    return hr_ports(KeyVault.in_memory(), NoAttempts(), FilesInMemory())


def install(database: Database, now: datetime) -> None:
    """Bring the fixture cast into an empty database, as of a moment."""
    from hr.demo.cast import install_cast

    databases.fill(database, f"cast_{now:%Y%m%d%H%M%S}", lambda c: install_cast(c, now))


@pytest.fixture
def engine(database: Database, ports: Ports, clock: MovableClock) -> Engine:
    """An engine with hr behind it and the fixture cast (hr.demo.cast) in the database."""
    from engine import Engine

    install(database, clock())
    return Engine(database, ports, clock)
