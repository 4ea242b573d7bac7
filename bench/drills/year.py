"""The drill `year`: a performance year month by month; ended and begun again, it goes on.

alur drill year --size small --months 12 --folder var/drill-year

Each month: activities for everybody, written in a batch, reviewed, closed; reports; each quarter
an evaluation with objections.  For `city`: the launch, a month's entries, the day of the deadline
and the close, without anybody's answers.  Told at the end: how long each step took, how large the
database is, how long pages take and how many statements they ask.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.rig.oracle import Verdict
from bench.rig.report import finish, parser

if TYPE_CHECKING:
    from engine import Engine
    from hr.demo.year import Year

BEGIN = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
PROCESSES = ("quarterly_evaluation", "daily_activity", "monthly_report", "objection")
PAGES = ("/", "/me", "/team", "/boards", "/campaigns", "/campaigns/1", "/activities")


class Clock:
    """The time of the drill."""

    now = BEGIN

    def __call__(self) -> datetime:
        """Give it."""
        return self.now

    def set(self, now: datetime) -> None:
        """Move it."""
        self.now = now


class Steps:
    """What has been done, kept beside the database, so that a drill that was ended goes on."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.file, self.clock = file, clock
        self.kept: dict[str, Any] = {"seconds": {}, "now": BEGIN.isoformat(), "campaigns": []}
        if file.exists():
            self.kept = json.loads(file.read_text())
        clock.set(datetime.fromisoformat(self.kept["now"]))

    def once(self, name: str, do: Callable[[], object], year: Year | None = None) -> None:
        """Do a step unless it was done before."""
        if name in self.kept["seconds"]:
            return
        began = time.monotonic()
        do()
        self.kept["seconds"][name] = round(time.monotonic() - began, 1)
        self.kept["now"] = self.clock.now.isoformat()
        if year is not None:
            self.kept["campaigns"] = year.campaigns
        self.file.write_text(json.dumps(self.kept, indent=1))
        print(f"{name}: {self.kept['seconds'][name]} s", flush=True)


def main() -> None:
    """Play, or go on playing, and tell the figures."""
    options = parser("year", __doc__ or "")
    options.add_argument("--size", choices=["small", "city"], default="small")
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--folder", type=Path, default=Path("var/drill-year"))
    used = options.parse_args()
    if used.database != "sqlite" or not 1 <= used.months <= 12:
        options.error("Expected an SQLite database and 1 to 12 months.")
    folder = used.folder / used.size
    folder.mkdir(parents=True, exist_ok=True)
    verdict = Verdict()
    _run(folder, used.size, used.months, verdict)
    used.folder = str(used.folder)
    finish("year", used, verdict)


def _run(folder: Path, size: str, months: int, verdict: Verdict) -> None:
    from engine import Engine, open_database
    from engine.worker import Worker
    from hr.accounts.queries import demo_logins
    from hr.demo.year import OFFICERS, Year
    from hr.directory import queries as directory
    from web import keys
    from web.bootstrap import ports_of
    from web.settings import Settings

    clock = Clock()
    steps = Steps(folder / "progress.json", clock)
    used = Settings().but(
        keys_dir=folder / "keys", attempts_dir=folder / "attempts", files_dir=folder / "files"
    )
    database = open_database(f"sqlite:///{folder / 'alur.db'}")
    if not used.keys_dir.exists():
        keys.create_without_unmasking(used.keys_dir)
    engine = Engine(database, ports_of(used), clock)
    steps.once("city", lambda: _found(engine, size))
    people = [row["id"] for row in engine.ask(directory.members, "", BEGIN) if row["unit_path"]]
    officers = [one.person_id for one in engine.ask(demo_logins) if one.short_name in OFFICERS]
    year = Year(engine, clock.set, Worker(engine).run_due, officers, ())
    year.campaigns = list(steps.kept["campaigns"])
    for number in range(months if size == "small" else 1):
        _month(year, steps, people, _after(number), answers=size == "small")
    verdict.figures |= {
        "people": len(people),
        "seconds": steps.kept["seconds"],
        "database_mb": round((folder / "alur.db").stat().st_size / 1e6, 1),
        "pages": _pages(engine, used, clock),
    }
    if size == "small":
        _judge(engine, verdict)


def _found(engine: Engine, size: str) -> None:
    from engine.folder import read_folder
    from hr.demo.city import install_city
    from hr.service.commands import RecordUnitFacts
    from web.bootstrap import workflows_root
    from web.migrations import schema

    schema.upgrade(engine.database, BEGIN)
    with engine.database.begin() as connection:
        install_city(connection, BEGIN, size=size)
    for key in PROCESSES:
        engine.execute(read_folder(workflows_root() / key))
    # The demo leaves some units without facts, for the agency to find; a year would wait for them.
    engine.execute(
        RecordUnitFacts(unit_path="/01/", period="2026Q2", public_facing=False, skm_index=None)
    )


def _month(year: Year, steps: Steps, people: list[int], first: date, *, answers: bool) -> None:
    from engine.errors import Conflict
    from hr.activity import queries as activity
    from hr.demo.year import go_on

    named = f"{first:%Y-%m}"
    closing = datetime(first.year, first.month, 28, 1, tzinfo=UTC)

    def launch(key: str, period: str) -> None:
        try:
            year.launch(key, period)
        except Conflict:  # ended in the middle of it: it goes on
            year.play(year.engine.clock())

    def write() -> None:
        if not year.engine.ask(activity.month, people[0], first).entries:
            year.write_days(first, people)

    def ahead() -> None:
        last = f"{first.year - (first.month == 1)}Q{(first.month - 2) // 3 % 4 + 1}"
        if last != "2026Q2":
            with year.engine.database.begin() as connection:
                go_on(connection, people, last, _quarter_before(last))
        launch("quarterly_evaluation", last)

    if first.month % 3 == 1:
        steps.once(f"{named} evaluation launched", ahead, year)
    steps.once(f"{named} activities launched", lambda: launch("daily_activity", named), year)
    steps.once(f"{named} entries", write, year)
    if answers:
        steps.once(f"{named} played", lambda: year.play(closing, every=timedelta(days=2)), year)
        steps.once(f"{named} reviewed", lambda: year.review_days(people), year)
        steps.once(f"{named} closed", lambda: year.play(closing + timedelta(days=4)), year)
    else:
        due = datetime(first.year, first.month, 6, 10, tzinfo=UTC)
        steps.once(f"{named} deadline day", lambda: _work_until(year, due), year)
        close = (closing + timedelta(days=9)).replace(hour=10)
        steps.once(f"{named} close of the month", lambda: _work_until(year, close), year)


def _work_until(year: Year, until: datetime) -> None:
    """Let machines alone do what is due until a moment: reminders, escalations, timers."""
    year.set_clock(until)
    while year.run_due():
        pass


def _after(number: int) -> date:
    months = BEGIN.month - 1 + number
    return date(BEGIN.year + months // 12, months % 12 + 1, 1)


def _quarter_before(period: str) -> str:
    year, quarter = int(period[:4]), int(period[-1])
    return f"{year - (quarter == 1)}Q{(quarter - 2) % 4 + 1}"


def _pages(engine: Engine, used: Any, clock: Clock) -> dict[str, str]:
    """Fetch pages as those whose they are; give milliseconds and statements of the second time."""
    from sqlalchemy import event

    from hr.accounts.commands import LogIn
    from hr.demo.cast import DEMO_PASSWORD
    from web import create_app
    from web.bootstrap import Platform

    seen: list[str] = []
    event.listen(
        engine.database, "before_cursor_execute", lambda _c, _k, said, *_: seen.append(said)
    )
    settings = used.but(second_factor_roles="none")
    app = create_app(Platform(settings, engine.database, engine, clock))
    found = {}
    for path in PAGES:
        who = "rtr" if path == "/team" else "emp" if path in ("/me", "/activities") else "hrc"
        opened: Any = engine.execute(
            LogIn(username=who, password=DEMO_PASSWORD, address="127.0.0.1")
        )
        client = app.test_client()
        client.set_cookie("alur", opened.session_token)
        client.get(path)
        seen.clear()
        began = time.monotonic()
        answer = client.get(path)
        took = 1000 * (time.monotonic() - began)
        found[path] = f"{took:.0f} ms, {len(seen)} statements, {answer.status_code}"
    return found


def _judge(engine: Engine, verdict: Verdict) -> None:
    """Look for what is stuck: incidents, and cases of months that are long over."""
    from sqlalchemy import text

    from engine.model import Scope
    from engine.queries import incidents

    everywhere = Scope(path_prefixes=frozenset({""}))
    for one in engine.ask(incidents.open_incidents, everywhere).rows:
        verdict.faults.append(f"incident {one.kind} at {one.element_id}: {one.message}")
    with engine.database.connect() as connection:
        states = connection.execute(
            text("SELECT process_key, state, count(*) FROM instance GROUP BY process_key, state")
        ).all()
    verdict.figures["cases"] = {f"{row[0]} {row[1]}": row[2] for row in states}


if __name__ == "__main__":
    main()
