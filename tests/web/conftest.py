"""Fixtures of the web tests: the application over a real engine, and people at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event

from engine.ports import Ports, ServiceTask
from hr.accounts.commands import LoggedIn, LogIn, MakeToken
from hr.accounts.rules import SCOPES
from hr.demo.cast import CAST, DEMO_PASSWORD, LOGINS
from tests.web.program import Program
from tests.web.visitor import Seen, Visitor
from web import create_app, site
from web.bootstrap import Platform
from web.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from engine import Engine, Started

ROOT = Path(__file__).parents[2]
# Nobody of the cast has a phone; tests/web/test_second_factor.py is about those who need one.
SETTINGS = Settings(second_factor_roles="none")
TWO_STEP = ROOT / "tests" / "engine" / "models" / "two_step"
FAILING = ROOT / "tests" / "engine" / "models" / "failing_service"

ClientAs = Callable[[str], Visitor]
ProgramAs = Callable[..., Program]


@pytest.fixture
def platform(engine: Engine, database: Database, clock: Any) -> Platform:
    """What bootstrap would put together, over the test's own engine."""
    return Platform(SETTINGS, database, engine, clock)


@pytest.fixture(scope="session")
def _one_app() -> Flask:
    """One application for all tests of a process: reading templates takes longer than a test."""
    return create_app(Platform(SETTINGS, cast(Any, None), cast(Any, None), cast(Any, None)))


@pytest.fixture
def app(_one_app: Flask, platform: Platform) -> Flask:
    """The application, as gunicorn would get it, moved to the test's own platform."""
    site.install(_one_app, platform)
    return _one_app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody whom nobody knows."""
    return Visitor(app.test_client())


@pytest.fixture
def client_as(app: Flask, engine: Engine) -> ClientAs:
    """Sign somebody of the cast in, by role code; the form for it is tested in test_account."""
    names = {code: name for name, code in LOGINS.items()}

    def sign_in(code: str) -> Visitor:
        visitor = Visitor(app.test_client())
        command = LogIn(username=names[code], password=DEMO_PASSWORD, address="127.0.0.1")
        opened = engine.execute(command)
        assert isinstance(opened, LoggedIn)
        visitor.client.set_cookie("alur", opened.session_token)
        return visitor

    return sign_in


@pytest.fixture
def program_as(app: Flask, engine: Engine) -> ProgramAs:
    """Give a program a token of somebody of the cast, by role code; with all scopes, or some."""

    def make(code: str, scopes: tuple[str, ...] = SCOPES) -> Program:
        command = MakeToken(
            name="test",
            scopes=scopes,
            expires_at=engine.clock() + timedelta(days=30),
            person_id=CAST[code],
        )
        return Program(app.test_client(), engine.execute(command))

    return make


@pytest.fixture
def start_two_step(engine: Engine) -> Callable[..., Started]:
    """Deploy the two-step reference model, and start cases of it."""
    from engine.folder import read_folder

    engine.execute(read_folder(TWO_STEP))

    def start(code: str = "EMP", period: str = "2026Q2") -> Started:
        from engine import NewCase, StartInstance

        person_id = CAST[code]
        subject = engine.ask(engine.ports.people.subject, person_id, engine.clock())
        case = NewCase(
            subject_id=person_id,
            scope_path=subject.scope_path,
            period=period,
            title=subject.title,
            search_text=subject.search_text,
        )
        return engine.execute(StartInstance(key="two_step", case=case))

    return start


@pytest.fixture
def statements(database: Database) -> Callable[[], Any]:
    """Count what a page says to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(database, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(database, "before_cursor_execute", note)

    return counting


@pytest.fixture
def look_up() -> dict[str, bool]:
    """Whether the service of the reference model fails; a test may heal it."""
    return {"fails": True}


@pytest.fixture
def ports(ports: Ports, look_up: dict[str, bool]) -> Ports:
    """hr's ports, and the service that the failing reference model calls."""

    def run(_call: Any, question: str) -> str:
        if look_up["fails"]:
            raise RuntimeError("the archive does not answer")
        return f"{question} 42"

    service = ServiceTask("test_service", run, {"question": "string"}, "string", "Looks it up.")
    return replace(ports, services={**ports.services, service.name: service})


@pytest.fixture
def failed_case(engine: Engine, client_as: ClientAs) -> tuple[Visitor, Seen, Started]:
    """A case of EMP whose service failed after the answer: visitor, page after it, case."""
    from engine import NewCase, StartInstance
    from engine.folder import read_folder

    engine.execute(read_folder(FAILING))
    subject = engine.ask(engine.ports.people.subject, CAST["EMP"], engine.clock())
    case = NewCase(subject_id=CAST["EMP"], scope_path=subject.scope_path, title=subject.title)
    started = engine.execute(StartInstance(key="failing_service", case=case))
    visitor = client_as("EMP")
    path = visitor.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    page = visitor.submit(visitor.get(path), path, do="complete", question="Mengapa?")
    return visitor, page, started
