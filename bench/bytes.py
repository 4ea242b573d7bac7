"""The `bytes` figure: what one finished evaluation leaves in the database, and where.

A scenario of the quarterly evaluation is played as often as it takes for pages to fill, on an
SQLite file; a table's share is what the file shrinks by when that table is emptied.
"""

# Names of tables come from the database itself.
# ruff: noqa: S608

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import Engine as Database
from sqlalchemy import text

from engine import Actor, NewCase, StartInstance, open_database
from web.bootstrap import throwaway_ports
from web.migrations import schema
from web.scenarios.playing import Stage
from web.scenarios.story import Story, read

STORY = Path(__file__).parents[1] / "workflows/quarterly_evaluation/scenarios/baik.toml"
CASES = 20
_EVENTS = ("history", "sealed_value", "stream")


@dataclass(frozen=True)
class Part:
    """What one table, indexes included, holds of a finished evaluation."""

    table: str
    bytes_per_case: float
    rows_per_case: float


@dataclass(frozen=True)
class Figure:
    """Bytes per finished evaluation, per event (with values, indexes and chain), of a header."""

    bytes_per_case: float
    bytes_per_event: float
    events_per_case: float
    largest_header: int


def figures(story: Path = STORY, cases: int = CASES) -> Iterator[Figure | Part]:
    """Give the sum, then the tables, largest first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        before, largest = _play(read(story), path, cases)
        parts = sorted(_parts(path, before, cases), key=lambda part: -part.bytes_per_case)
        events = next(part.rows_per_case for part in parts if part.table == "history")
        told = sum(part.bytes_per_case for part in parts if part.table in _EVENTS)
        total = (_size(path) - before["size"]) / cases
        yield Figure(total, told / events, events, largest)
        yield from (part for part in parts if part.bytes_per_case >= 1)


def _play(story: Story, path: Path, cases: int) -> tuple[dict[str, int], int]:
    """Play the story again and again; give sizes before, and the largest header on the way."""
    database = open_database(f"sqlite:///{path}")
    with database.begin() as connection:
        schema.create(connection)
    stage = Stage(story, database, throwaway_ports())
    stage.begin()
    _finish(stage)  # what a first case brings along once
    periods = [f"{2100 + number}Q2" for number in range(cases)]
    _record_facts(database, story.start["period"], periods)
    before = _contents(path)
    largest = 0
    for period in periods:
        stage.clock.now = story.at
        case = NewCase(subject_id=stage._person(story.start["subject"]), period=period)
        started = stage.engine.execute(StartInstance(key=_KEY, case=case), by=Actor())
        stage.instance_id = started.instance_id
        stage._work()
        largest = max(largest, _finish(stage))
    database.dispose()
    return before, largest


def _record_facts(database: Database, known: str, periods: list[str]) -> None:
    """Let the facts of one period stand for others: a person has one evaluation in each."""
    tables = schema.metadata().tables
    with database.begin() as connection:
        for name in ("plan_result", "unit_facts", "service_area"):
            table = tables[name]
            rows = connection.execute(table.select().where(table.c.period == known)).all()
            for period in periods:
                again = [{**row._mapping, "period": period} for row in rows]
                connection.execute(table.insert(), again)


_KEY = STORY.parent.parent.name


def _finish(stage: Stage) -> int:
    largest = 0
    for step in stage.story.steps:
        if not step.given.get("refused"):
            expected: dict[str, Any] = {**step.given}
            expected.pop("expect", None)
            faults = stage.perform(replace(step, given=expected))
            if faults:
                raise RuntimeError(f"Expected the story to go on, but {faults[0]}")
        with stage.engine.database.connect() as connection:
            header = text("SELECT length(header), state FROM instance WHERE id = :id")
            size, state = connection.execute(header, {"id": stage.instance_id}).one()
        largest = max(largest, size)
    if state != "COMPLETED":
        raise RuntimeError(f"Expected the evaluation to finish, but it is {state}.")
    return largest


def _parts(path: Path, before: dict[str, int], cases: int) -> Iterator[Part]:
    whole = _size(path)
    for table in sorted(before.keys() - {"size"}):
        rows = (_contents(path)[table] - before[table]) / cases
        yield Part(table, (whole - _size(path, without=table)) / cases if rows else 0, rows)


def _size(path: Path, without: str = "") -> int:
    """Give the bytes of the pages in use, of a copy without the rows of one table."""
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        if without:
            connection.execute(f'DELETE FROM "{without}"')
        connection.execute("VACUUM")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)


def _contents(path: Path) -> dict[str, int]:
    """Count the rows of every table; `size` is the file's."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        counted = {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for name in tables
        }
    return {**counted, "size": _size(path)}


if __name__ == "__main__":
    for figure in figures():
        print(figure)
