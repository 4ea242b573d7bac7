"""The drill `year`: a performance year from plan to lock; ended and begun again, it goes on.

alur drill year --size small --months 12 --folder var/drill-year

`small` plays all of it: plans, activities and reports month by month, four quarters with
objections, the annual appraisal, calibrations, objections, until all is closed.  For `city` the
first quarter is launched and its day of the deadline passes; then, with the rest of the year
written in bulk, the annual appraisal is played to its lock.  Told at the end: how long each step
took, how large the database is, which pages and statements are slowest, what the flags found.
"""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rig.oracle import Verdict
from bench.rig.pages import look
from bench.rig.report import finish, parser
from bench.rig.steps import Clock, Slowest, Steps
from bench.rig.yearend import judge

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database

    from engine import Engine
    from hr.demo.structure import Structure
    from hr.demo.year import Year

YEAR = 2027
BEGIN = datetime(YEAR, 1, 4, 1, 0, tzinfo=UTC)
PARTS = ("quarter", "month", "close")
PROCESSES = (
    "perf_planning",
    "quarterly_evaluation",
    "daily_activity",
    "monthly_report",
    "annual_appraisal",
    "calibration_review",
    "objection",
)
_DONE = frozenset({"COMPLETED"})
# What is over after each part, and in which states its cases may be.
_OVER = {
    "quarter": {"quarterly_evaluation": frozenset({"COMPLETED", "CANCELLED"})},
    "month": {"daily_activity": _DONE, "monthly_report": _DONE},
    "close": dict.fromkeys(("annual_appraisal", "calibration_review", "objection"), _DONE),
}
_TOLD = 8
_BETWEEN = 40  # steps of a worker, before it is asked whether it is to end
# Days between two looks into the inbox.
DAILY, SELDOM, WEEKLY = timedelta(days=1), timedelta(days=2), timedelta(days=7)


def main() -> None:
    """Play, or go on playing, and tell the figures."""
    options = parser("year", __doc__ or "")
    options.add_argument("--size", choices=["small", "city"], default="small")
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--offices", type=int, default=0, help="city: smallest ones that close")
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="city: of it")
    options.add_argument("--folder", type=Path, default=Path("var/drill-year"))
    options.add_argument("--url", help="of an empty PostgreSQL database, or one that goes on")
    used = options.parse_args()
    if used.database != "sqlite" or not 1 <= used.months <= 12:
        options.error("Expected 1 to 12 months, and PostgreSQL by its --url.")
    folder = used.folder / used.size
    folder.mkdir(parents=True, exist_ok=True)
    verdict = Verdict()
    _run(folder, used, verdict)
    used.folder = str(used.folder)
    finish("year", used, verdict)


def _run(folder: Path, options: Namespace, verdict: Verdict) -> None:
    from engine import Engine, open_database
    from engine.worker import Worker
    from hr.accounts.queries import demo_logins
    from hr.demo.offices import SIZES
    from hr.demo.recall import recall
    from hr.demo.structure import lay_out
    from hr.demo.year import OFFICERS, Year
    from hr.directory import queries as directory
    from web import keys
    from web.bootstrap import ports_of
    from web.settings import Settings

    clock = Clock(BEGIN)
    steps = Steps(folder / "progress.json", clock)
    used = Settings().but(
        keys_dir=folder / "keys", attempts_dir=folder / "attempts", files_dir=folder / "files"
    )
    size, months = options.size, options.months
    database = open_database(options.url or f"sqlite:///{folder / 'alur.db'}")
    if not used.keys_dir.exists():
        keys.create_without_unmasking(used.keys_dir)
    engine = Engine(database, ports_of(used), clock)
    steps.once("city", lambda: _found(engine, size))
    slowest = Slowest(database, steps.kept["statements"])
    people = [row["id"] for row in engine.ask(directory.members, "", clock()) if row["unit_path"]]
    officers = [one.person_id for one in engine.ask(demo_logins) if one.short_name in OFFICERS]
    structure = lay_out(SIZES[size])
    worker, ends = Worker(engine), _ends_between_steps()

    def run_due() -> int:
        ends()
        return worker.run_due(_BETWEEN)

    year = Year(engine, clock.set, run_due, officers, (), structure, lambda *_: ends())
    year.campaigns = list(steps.kept["campaigns"])
    if size == "small":
        _small(year, steps, people, structure, months)
    else:
        _city(year, steps, people, structure, options)
    with database.connect() as connection:
        told = recall(connection, structure, str(YEAR))
    ended: dict[str, Collection[str]] = {}
    for part in options.parts if size == "city" else ():
        ended |= _OVER[part]
    if size == "small" and months == 12:
        ended = dict.fromkeys(PROCESSES, _DONE)
    judge(engine, verdict, str(YEAR), ended)
    pages = look(engine, used, clock)
    verdict.figures |= {
        "people": len(people),
        "seconds": steps.kept["seconds"],
        "cpu_seconds": steps.kept["cpu"],
        "all": {name: round(sum(steps.kept[name].values())) for name in ("seconds", "cpu")},
        "acts": dict(sorted(steps.kept.get("done", {}).items())),
        "database_mb": round(_size_of(database) / 1e6, 1),
        "slowest_statements": slowest.worst(),
        "found": told,
        "pages": [str(one) for one in pages],
        "slowest_in_pages": [f"{one.path}: {one.slowest}" for one in pages[:_TOLD]],
    }


def _ends_between_steps() -> Callable[[], bool]:
    """Note that one is told to end, and end at the next question: within a statement it is lost."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))

    def look() -> bool:
        if told:
            sys.exit(143)
        return False

    return look


def _found(engine: Engine, size: str) -> None:
    from engine.folder import read_folder
    from hr.demo.city import install_city
    from hr.directory import queries as directory
    from web.bootstrap import workflows_root
    from web.migrations import schema

    schema.upgrade(engine.database, BEGIN)
    with engine.database.begin() as connection:
        if not directory.members(connection, "", BEGIN):  # ended before this was noted
            install_city(connection, BEGIN, size=size)
    for key in PROCESSES:
        engine.execute(read_folder(workflows_root() / key))


def _small(year: Year, steps: Steps, people: list[int], structure: Structure, months: int) -> None:
    """Play the months, and after the twelfth the annual close."""
    steps.once("plans launched", lambda: launch(year, "perf_planning", str(YEAR)), year)
    for number in range(1, months + 1):
        if number == 12:
            steps.once("statistics of three quarters", lambda: year.ask_fairness(str(YEAR)), year)
            steps.once(
                "appraisals launched", lambda: launch(year, "annual_appraisal", str(YEAR)), year
            )
        _month(year, steps, people, structure, date(YEAR, number, 1))
    if months < 12:
        return
    _quarter(year, steps, people, structure, f"{YEAR}Q4")
    until = [datetime(YEAR + 1, *day, 1, tzinfo=UTC) for day in ((1, 31), (2, 20), (4, 20))]
    steps.once("fourth quarter played", lambda: year.play(until[0], every=DAILY), year)
    steps.once("statistics of the year", lambda: year.ask_fairness(str(YEAR)), year)
    steps.once("calibrations begun", lambda: year.calibrate(str(YEAR)), year)
    steps.once("calibrations played", lambda: year.play(until[1], every=DAILY), year)
    steps.once("signatures, objections, locks", lambda: year.play(until[2], every=SELDOM), year)


def _city(
    year: Year, steps: Steps, people: list[int], structure: Structure, options: Namespace
) -> None:
    """Play a quarter's launch and deadline, a month, and the close of the smallest offices or all.

    Plans, entries and ratings of the rest of the year are written in bulk.
    """
    from hr.demo.quarters import write_quarter

    quarters = [f"{YEAR}Q{number}" for number in (1, 2, 3, 4)]

    def bulk() -> None:
        with year.engine.database.begin() as connection:
            for period in quarters:
                write_quarter(connection, structure, people, period)

    steps.once("facts of four quarters, in bulk", bulk)
    steps.once("quarter begins", lambda: _wait(year, datetime(YEAR, 4, 1, 1, tzinfo=UTC)), year)
    if "quarter" in options.parts:
        _quarter(year, steps, people, structure, quarters[0])
        due = datetime(YEAR, 4, 7, 10, tzinfo=UTC)
        steps.once("day of the first deadline", lambda: _wait(year, due), year)
        steps.once("evaluation closed", lambda: year.close(1, "Uji: tidak dijalankan."), year)
    if "month" in options.parts:
        _city_month(year, steps, people)
    if "close" in options.parts:
        year.offices = _smallest(year, options.offices)
        _city_close(year, steps, structure)


def _city_month(year: Year, steps: Steps, people: list[int]) -> None:
    """Play a month of activities to its close, and the reports that the close begins."""
    april = date(YEAR, 4, 1)
    end, rated = (datetime(YEAR, 5, day, 10, tzinfo=UTC) for day in (10, 31))
    steps.once("activities launched", lambda: launch(year, "daily_activity", f"{YEAR}-04"), year)
    steps.once("entries of a month, in bulk", lambda: _entries(year, april, people), year)
    steps.once("close of the month", lambda: _wait(year, end), year)
    year.processes = ("monthly_report",)
    steps.once("reports of the month", lambda: year.play(rated, every=SELDOM), year)
    year.processes = ()


def _city_close(year: Year, steps: Steps, structure: Structure) -> None:
    """Play the annual close, from the launch of the appraisals to the last lock."""
    from hr.demo.bulk import write_ratings
    from hr.fairness import queries as fairness

    december = datetime(YEAR, 12, 1, 1, tzinfo=UTC)
    january = [datetime(YEAR + 1, 1, day, 1, tzinfo=UTC) for day in (20, 31)]
    april = datetime(YEAR + 1, 4, 20, 1, tzinfo=UTC)

    def rate() -> None:
        with year.engine.database.begin() as connection:
            if not fairness.given_in(connection, str(YEAR)):
                write_ratings(connection, structure, str(YEAR))

    steps.once("ratings of the year, in bulk", rate)
    steps.once("statistics of the year", lambda: year.ask_fairness(str(YEAR)), year)
    year.processes = ("annual_appraisal", "calibration_review", "objection")
    steps.once("December", lambda: year.set_clock(december), year)
    steps.once("appraisals launched", lambda: launch(year, "annual_appraisal", str(YEAR)), year)
    steps.once("reports and ratings", lambda: year.play(january[0], every=WEEKLY), year)
    steps.once("day of the annual deadline", lambda: _wait(year, january[1]), year)
    steps.once("calibrations begun", lambda: year.calibrate(str(YEAR)), year)
    steps.once("calibrations, signatures, locks", lambda: year.play(april, every=SELDOM), year)


def _smallest(year: Year, number: int) -> tuple[str, ...]:
    """Give the paths of the offices with the fewest people; all where none is asked for."""
    from collections import Counter

    from hr.directory import queries as directory
    from hr.directory.queries import ancestors

    known = year.engine.ask(directory.members, "", year.engine.clock())
    size = Counter(ancestors(row["unit_path"])[-1] for row in known if row["unit_path"])
    return tuple(sorted(size, key=lambda path: size[path])[:number]) if number else ()


def _wait(year: Year, until: datetime) -> None:
    """Let machines alone do what is due until a moment: reminders, escalations, timers."""
    year.set_clock(until)
    while year.run_due():
        pass


def launch(year: Year, key: str, period: str) -> None:
    """Launch a process; where that was ended in the middle, it goes on."""
    from engine.errors import Conflict

    try:
        year.launch(key, period)
    except Conflict:
        year.play(year.engine.clock())


def _entries(year: Year, first: date, people: list[int]) -> None:
    """Write a month's entries, unless they were written before all ended in the middle."""
    from hr.activity import queries as activity

    if not year.engine.ask(activity.month, people[0], first).entries:
        year.write_days(first, people)


def _month(year: Year, steps: Steps, people: list[int], structure: Structure, first: date) -> None:
    named = f"{first:%Y-%m}"
    closing = datetime(first.year, first.month, 28, 1, tzinfo=UTC)

    if first.month % 3 == 1 and first.month > 1:
        _quarter(year, steps, people, structure, f"{YEAR}Q{first.month // 3}")
    steps.once(f"{named} activities launched", lambda: launch(year, "daily_activity", named), year)
    steps.once(f"{named} entries", lambda: _entries(year, first, people), year)
    steps.once(f"{named} played", lambda: year.play(closing, every=SELDOM), year)
    steps.once(f"{named} reviewed", lambda: year.review_days(people), year)
    steps.once(f"{named} closed", lambda: year.play(closing + timedelta(days=4)), year)


def _quarter(
    year: Year, steps: Steps, people: list[int], structure: Structure, period: str
) -> None:
    """Write down what a quarter rests on, and launch its evaluation."""
    from hr.demo.quarters import write_quarter

    def begin() -> None:
        with year.engine.database.begin() as connection:
            write_quarter(connection, structure, people, period)
        launch(year, "quarterly_evaluation", period)

    steps.once(f"{period} evaluation launched", begin, year)


def _size_of(database: Database) -> int:
    """Give the bytes of a database."""
    from sqlalchemy import text

    asked = "SELECT pg_database_size(current_database())"
    if database.dialect.name == "sqlite":
        asked = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    with database.connect() as connection:
        return int(connection.execute(text(asked)).scalar_one())


if __name__ == "__main__":
    main()
