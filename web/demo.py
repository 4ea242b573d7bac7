"""Makes the demo: a synthetic city in an SQLite file, with an evaluation in full swing."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from web.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress
    from sqlalchemy import Engine as Database

    from engine import Engine

# A demo that is made already is served at once: what makes one is imported where it is made.

# Wednesday 1 July 2026, 08:00 in Jakarta: the first working day after the second quarter.
LAUNCH = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
# A month before, the first training referrals.
EARLIER = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
# Three working days later the demo begins.
BEGINNING = datetime(2026, 7, 6, 1, 30, tzinfo=UTC)
PERIOD = "2026Q2"


class _Clock:
    """The time while a city is made; it moves as the story does."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now


def settings_of(size: str, used: Settings) -> Settings:
    """Give the settings of a demo: all it needs is under var/, nothing of a real installation."""
    name = "demo" if size == "small" else f"demo-{size}"
    folder = Path("var")
    return used.but(
        database_url=f"sqlite:///{folder / name}.db",
        owner_database_url="",
        keys_dir=folder / f"{name}-keys",
        attempts_dir=folder / f"{name}-attempts",
        files_dir=folder / f"{name}-files",
        public_url="",
        second_factor_roles="none",  # its passwords are on the page; it says so there
        web_processes=1 if size == "small" else used.web_processes,
    )


def is_made(used: Settings) -> bool:
    """Tell whether this demo's database is there already; one that was not finished is not."""
    return _file(used).exists()


def make(used: Settings, size: str, progress: Progress) -> None:
    """Invent the city, deploy the processes, launch the evaluation and play its first days."""
    from web import bootstrap, keys
    from web.clock import set_demo_clock

    final = _file(used)
    building = final.with_suffix(".building")
    building.unlink(missing_ok=True)
    keys.create_without_unmasking(used.keys_dir)
    keys.create_signing_key(used.signing_key_file)
    # In memory, since nothing is worth a wait for the disk before it is finished.
    database = bootstrap.database_of("sqlite://")
    try:
        _fill(database, used, size, progress)
        set_demo_clock(database, BEGINNING)
        raw = database.raw_connection()
        raw.cursor().execute("VACUUM INTO ?", (str(building),))
        raw.close()
    finally:
        database.dispose()
    os.replace(building, final)


def logins() -> list[tuple[str, str, str]]:
    """List login, password and who that is, one per role."""
    from hr.demo.cast import demo_logins

    return demo_logins()


def _fill(database: Database, used: Settings, size: str, progress: Progress) -> None:
    from engine import Engine
    from engine.folder import process_folders, read_folder
    from engine.worker import Worker
    from hr.demo import city, cycle, play, promotions, referrals
    from web import bootstrap
    from web.migrations import schema

    def bar(title: str) -> Callable[[int, int], None]:
        task = progress.add_task(title, total=None)
        return lambda done, total: progress.update(task, completed=done, total=total)

    clock = _Clock(EARLIER)
    step = bar("Database")
    schema.upgrade(database, LAUNCH)
    step(1, 1)
    with database.begin() as connection:
        city.install_city(connection, LAUNCH, size=size, step=bar("People of the city"))
    engine = Engine(database, bootstrap.ports_of(used), clock)
    step = bar("Processes")
    folders = process_folders(bootstrap.workflows_root())
    for number, folder in enumerate(folders, start=1):
        engine.execute(read_folder(folder, reason="demo"))
        step(number, len(folders))
    worker = Worker(engine)
    referrals.begin(engine, worker.run_due)
    promotions.begin(engine, worker.run_due)
    cycle.begin(engine, worker.run_due)
    clock.set(LAUNCH)
    play.launch(engine, PERIOD)
    cycle.launch(engine, worker.run_due)
    play.play_forward(
        engine, clock.set, worker.run_due, until=BEGINNING, step=bar("First days of the evaluation")
    )
    clock.set(BEGINNING)
    referrals.go_on(engine, worker.run_due)
    promotions.go_on(engine, worker.run_due)
    cycle.go_on(engine, worker.run_due)
    _compute_fairness(engine)
    while worker.run_due():
        pass


def _compute_fairness(engine: Engine) -> None:
    """Have the statistics of the past year computed, where the extra `stats` is installed."""
    from engine import Actor
    from hr.demo import play
    from hr.demo.appraisals import YEAR
    from hr.fairness.commands import AskFairness

    if find_spec("statsmodels") is not None:
        officer = play.logins(engine)["hrc"]
        engine.execute(AskFairness(period=YEAR), by=Actor(person_id=officer))


def _file(used: Settings) -> Path:
    return Path(used.database_url.removeprefix("sqlite:///"))
