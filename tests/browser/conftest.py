"""A real browser on a real server: the cast, the processes, a clock that tests move."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from tests import databases, missing
from tests.browser.layout import LAYOUT
from tests.conftest import WORKFLOWS, MovableClock

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Page
    from sqlalchemy import Engine as Database

    from engine import Engine
    from web.vault import KeyVault

NO_CHROMIUM = "no Chromium: `apt install chromium` or `./run.sh browser` gets one"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PHONE, DESK = 390, 1280
HEIGHT = 844
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Only what is wrong is worked out and sent back; no style sheet is fetched a second time.
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "preload": False,
}
AXE_RUN = f"axe.run({json.dumps(AXE_OPTIONS)}).then(found => found.violations)"
AXE_SCRIPT = Axe().axe_script
# A choice is clicked, a text is entered; a field that is not there, or not to be seen, is an error.
FILL = """answers => {
  for (const [key, value] of Object.entries(answers)) {
    const fields = [...document.querySelectorAll(`#task-form [name='${key}']`)]
    const field = fields.length > 1 ? fields.find(each => each.value === value) : fields[0]
    if (!field || !field.checkVisibility()) throw new Error(`no field ${key} for ${value}`)
    if (field.type === "radio" || field.type === "checkbox") { field.click(); continue }
    field.value = value
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}))
  }
}"""


def chromium() -> str | None:
    """Find the browser that the machine has."""
    return missing.browser()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get("ALUR_REQUIRE_BROWSER") == "1":
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, headless=True)
        yield started
        started.close()


@dataclass
class Site:
    """A running server, and what stands behind it."""

    address: str
    engine: Engine
    clock: MovableClock

    def work(self) -> None:
        """Let the worker do what is due."""
        from engine.worker import Worker

        Worker(self.engine).run_due()


BEGINNING = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A server of this worker's, into which one site after the other moves.

    Templates are compiled and scripts fetched once; what a site holds is its own.
    """

    app: Flask
    address: str

    def let(self, database: Database, vault: KeyVault) -> Site:
        """Serve a database from now on."""
        from engine import Engine
        from hr.process_bindings import ports
        from web import site
        from web.attempts import NoAttempts
        from web.bootstrap import Platform
        from web.filing import FilesInMemory
        from web.settings import Settings

        clock = MovableClock(BEGINNING)
        engine = Engine(database, ports(vault, NoAttempts(), FilesInMemory()), clock)
        site.install(
            self.app, Platform(Settings(second_factor_roles="none"), database, engine, clock)
        )
        return Site(self.address, engine, clock)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    yield from _open()


@pytest.fixture(scope="session")
def shared_house() -> Iterator[House]:
    """Another server: both kinds of sites may be there at once."""
    yield from _open()


def _open() -> Iterator[House]:
    from web import create_app
    from web.bootstrap import Platform
    from web.settings import Settings

    nobody: Any = None
    app = create_app(Platform(Settings(second_factor_roles="none"), nobody, nobody, nobody))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield House(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def _vault() -> KeyVault:
    from web.vault import KeyVault

    return KeyVault.in_memory()


@pytest.fixture(scope="session")
def _furnished(
    _sqlite_template: Path, _vault: KeyVault, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A database with the cast and all processes deployed, of which every site gets a copy."""
    from engine import Engine, open_database
    from engine.folder import read_folder
    from hr.demo.cast import install_cast
    from hr.process_bindings import ports
    from web.attempts import NoAttempts
    from web.filing import FilesInMemory

    path = tmp_path_factory.mktemp("furnished") / "alur.db"
    shutil.copy(_sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    with database.begin() as connection:
        install_cast(connection, BEGINNING)
    bindings = ports(_vault, NoAttempts(), FilesInMemory())
    engine = Engine(database, bindings, MovableClock(BEGINNING))
    for found in sorted(WORKFLOWS.glob("*/process.bpmn")):
        engine.execute(read_folder(found.parent))
    databases.close_log(database)
    return path


@pytest.fixture
def site(house: House, _furnished: Path, _vault: KeyVault, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for a test that changes things."""
    yield from _serve(house, _furnished, _vault, tmp_path)


@pytest.fixture(scope="session")
def shared_site(
    shared_house: House,
    _furnished: Path,
    _vault: KeyVault,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """One site for all tests that only look."""
    yield from _serve(shared_house, _furnished, _vault, tmp_path_factory.mktemp("site"))


def _serve(house: House, furnished: Path, vault: KeyVault, folder: Path) -> Iterator[Site]:
    from engine import open_database

    shutil.copy(furnished, folder / "alur.db")
    database = open_database(f"sqlite:///{folder / 'alur.db'}")
    yield house.let(database, vault)
    database.dispose()


class Tab:
    """A page of the browser that people use one after the other, each with own cookies.

    A context of their own would cost each of them a new process, a cold cache and a second.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.user: Visit | None = None
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("console", self._note_console)

    def give(self, visit: Visit) -> None:
        """Put the cookies of whoever had the page aside, and take out those of this visit."""
        if self.user is visit:
            return
        context = self.page.context
        if self.user is not None:
            self.user.cookies = [dict(cookie) for cookie in context.cookies()]
        self.page.goto("about:blank")
        context.clear_cookies()
        if visit.cookies:
            context.add_cookies(visit.cookies)  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": visit.width, "height": HEIGHT})
        self.user = visit

    def clear(self) -> None:
        """Leave nothing of one test for the next."""
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        self.user = None

    def _note_console(self, message: Any) -> None:
        # Chromium also reports every answer of 400 and above; that is what some tests are about.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._note(f"console: {message.text}")

    def _note(self, trouble: str) -> None:
        if self.user is not None:
            self.user.trouble.append(trouble)


@dataclass
class Visit:
    """Somebody at a browser, with everything that went wrong in it."""

    tab: Tab
    site: Site
    width: int
    cookies: list[dict[str, Any]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The page, which is this visit's: whoever comes back to it must `go` somewhere first."""
        assert self.tab.user is self, "Expected one's own page, but somebody else has it by now."
        return self.tab.page

    def go(self, path: str) -> Page:
        self.tab.give(self)
        self.page.goto(self.site.address + path)
        return self.page

    def resize(self, width: int) -> None:
        """Show the page as it stands at another width."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def press(self, words: str) -> None:
        """Press a button, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()

    def until(self, script: str) -> None:
        """Wait until a script says yes; asked from outside, since a page's policy forbids eval."""
        for _ in range(100):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"Expected {script} within five seconds, but not so.")

    def open_task(self, words: str) -> None:
        self.go("/")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()

    def fill(self, **answers: Any) -> None:
        """Fill in fields by key; numbers and choices are picked, texts are typed, lists ticked."""
        for key, value in answers.items():
            self._fill_one(key, value)

    def fill_at_once(self, **answers: Any) -> None:
        """Fill in fields as a script does, with the same events: no pointer, a tenth of the time.

        For a form whose like somebody filled in by hand before.
        """
        self.page.evaluate(FILL, {key: str(value) for key, value in answers.items()})

    def _fill_one(self, key: str, value: Any) -> None:
        controls = self.page.locator(f"#task-form [name='{key}']")
        kind = controls.first.evaluate("e => e.type")
        for each in value if isinstance(value, list) else [value]:
            if kind in ("radio", "checkbox"):
                self.page.locator(f"#task-form [name='{key}'][value='{each}']").check()
            elif kind == "select-one":
                controls.first.select_option(str(each))
            else:
                controls.first.fill(str(each))

    def send(self) -> str:
        """Send the form, and give what is said then."""
        with self.page.expect_navigation():
            self.page.locator(".al-actions button[value='complete']").click()
        return self.page.locator("main").inner_text()

    def open_and_send(self, words: str, **answers: Any) -> None:
        """Do a task of one's own from the inbox to its receipt."""
        self.open_task(words)
        self._answer(answers)

    def take_and_send(self, words: str, **answers: Any) -> None:
        """Take a task of one's group and do it to its receipt."""
        self.go("/?tab=groups")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()
        self.press("Kerjakan tugas ini")
        self._answer(answers)

    def _answer(self, answers: dict[str, Any]) -> None:
        for key, value in answers.items():
            self.page.wait_for_selector(f"#task-form [name='{key}']")
            self.fill(**{key: value})
        said = self.send()
        assert "Diterima" in said, said

    def check_page(self) -> list[str]:
        """Say what is wrong with the page as it stands: scripts, sideways scroll, WCAG 2.2 AA."""
        found = self.check_layout()
        self.page.evaluate(AXE_SCRIPT)
        for violation in self.page.evaluate(AXE_RUN):
            places = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
            found.append(f"{violation['id']}: {violation['help']} at {places}")
        return found

    def check_layout(self) -> list[str]:
        """Say what scripts complained about, and how the page lies badly."""
        return [*self.trouble, *self.page.evaluate(LAYOUT)]

    def picture(self, name: str) -> None:
        """Keep a screenshot of both widths, where somebody asked for them (SCREENSHOTS=folder)."""
        folder = os.environ.get("SCREENSHOTS")
        for width in (PHONE, DESK) if folder else ():
            self.resize(width)
            self.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        if folder:
            self.resize(self.width)


Visits = Callable[..., Visit]


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> dict[bool, Tab]:
    """Two pages for all tests: one that is touched, one with a mouse."""
    made = {}
    for touched in (True, False):
        context = browser.new_context(
            viewport={"width": PHONE if touched else DESK, "height": HEIGHT},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=touched,
        )
        made[touched] = Tab(context.new_page())
    return made


@pytest.fixture
def visits(tabs: dict[bool, Tab]) -> Iterator[Visits]:
    """Let people come to the browser, each with own cookies: `visits(site, "EMP", width=390)`."""

    def visit(
        site: Site, code: str | None = None, *, width: int = DESK, language: str = "id"
    ) -> Visit:
        visitor = Visit(tabs[width == PHONE], site, width)
        visitor.cookies.append({"name": "alur_language", "value": language, "url": site.address})
        if code:
            visitor.cookies.append(
                {"name": "alur", "value": _log_in(site, code), "url": site.address}
            )
        visitor.tab.give(visitor)
        return visitor

    yield visit
    for tab in tabs.values():
        tab.clear()


def _log_in(site: Site, code: str) -> str:
    """Give the token of a session; that the form hands it out too is a test of its own."""
    from hr.accounts.commands import LogIn
    from hr.demo.cast import DEMO_PASSWORD, LOGINS

    names = {role: name for name, role in LOGINS.items()}
    command = LogIn(username=names[code], password=DEMO_PASSWORD, address="127.0.0.1")
    token: str = site.engine.execute(command).session_token
    return token


def start_case(site: Site, key: str = "quarterly_evaluation", code: str = "EMP") -> Any:
    """Start a case about somebody, as a campaign does."""
    from engine import NewCase, StartInstance
    from hr.demo.cast import CAST

    subject = site.engine.ask(site.engine.ports.people.subject, CAST[code], site.clock())
    case = NewCase(
        subject_id=CAST[code],
        scope_path=subject.scope_path,
        period="2026Q2",
        title=subject.title,
        search_text=subject.search_text,
    )
    started = site.engine.execute(StartInstance(key=key, case=case))
    site.work()
    return started
