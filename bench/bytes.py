"""The `bytes` figure: what one finished evaluation leaves in the database, and where.

A scenario of the quarterly evaluation is played as often as it takes for pages to fill.
"""

# Names of tables come from the database itself.
# ruff: noqa: S608

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import create_engine, make_url, text

from bench import databases
from bench.quarterly import record_facts
from engine import Actor, NewCase, StartInstance, open_database
from hr.demo.cast import install_cast
from web.bootstrap import throwaway_ports
from web.migrations import schema
from web.scenarios.stage import Stage
from web.scenarios.story import Story, read

STORY = Path(__file__).parents[1] / "workflows/quarterly_evaluation/scenarios/baik.toml"
CASES = 12  # with half as many, pages begun and not yet full make a twentieth of the figure
# What is dead stays in a table for as long as anybody may look at it: a transaction of any database
# that began before, or an autovacuum of this one.
_NOW = "SELECT pg_current_xact_id()::text"
_LOOKED_AT = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= {0} OR EXISTS ("
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_xmin::text::bigint <= {0} % 4294967296)"
)
_PATIENCE = 1_200  # looks, a tenth of a second apart
_EVENTS = ("history", "sealed_value", "stream")


@dataclass(frozen=True)
class Part:
    """What one table, indexes included, holds of a finished evaluation."""

    database: str
    table: str
    bytes_per_case: float
    rows_per_case: float


@dataclass(frozen=True)
class Figure:
    """Bytes per finished evaluation, per event (with values, indexes and chain), of a header."""

    database: str
    bytes_per_case: float
    bytes_per_event: float
    events_per_case: float
    largest_header: int


def figures(
    story: Path = STORY, cases: int = CASES, kinds: Sequence[str] = ()
) -> Iterator[Figure | Part]:
    """Give the sum of each kind of database, then its tables, largest first."""
    for kind in kinds or databases.kinds():
        with (
            tempfile.TemporaryDirectory() as folder,
            databases.new(kind, Path(folder)) as url,
        ):
            yield from _measured(kind, url, read(story), cases)


def _measured(kind: str, url: str, story: Story, cases: int) -> Iterator[Figure | Part]:
    scales = _OnSqlite(url) if kind == "sqlite" else _OnPostgresql(url)
    before, largest = _play(story, url, cases, scales)
    rows = scales.rows()
    grown = [table for table in rows if rows[table] != before.rows[table]]
    sizes = scales.sizes(grown)
    # What a table held before stands in the file too, and is taken off here.
    small = before.sizes if kind == "postgresql" else dict.fromkeys(grown, 0.0)
    parts = [
        Part(
            kind,
            table,
            (sizes[table] - small[table]) / cases,
            (rows[table] - before.rows[table]) / cases,
        )
        for table in grown
    ]
    events = next(part.rows_per_case for part in parts if part.table == "history")
    told = sum(part.bytes_per_case for part in parts if part.table in _EVENTS)
    if kind == "sqlite":
        total = (sizes[""] - before.sizes[""]) / cases
    else:
        total = sum(part.bytes_per_case for part in parts)
    yield Figure(kind, total, told / events, events, largest)
    parts.sort(key=lambda part: -part.bytes_per_case)
    yield from (part for part in parts if part.bytes_per_case >= 1)


@dataclass(frozen=True)
class _Before:
    """What the database held when only one case had been played."""

    rows: dict[str, int]
    sizes: dict[str, float]


def _play(story: Story, url: str, cases: int, scales: Any) -> tuple[_Before, int]:
    """Play the story again and again; give what was before, and the largest header on the way."""
    database = open_database(url)
    with database.begin() as connection:
        schema.create(connection, story.at.date(), story.at.date())
        install_cast(connection, story.at)
    stage = Stage(story, database, throwaway_ports())
    stage.begin()
    _finish(stage)  # what a first case brings along once
    periods = [f"{2100 + number}Q2" for number in range(cases)]
    record_facts(database, story.start["period"], periods)
    rows = scales.rows()
    filled = (
        [table for table in rows if rows[table]] if database.dialect.name == "postgresql" else ()
    )
    before = _Before(rows, scales.sizes(filled))
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


class _OnSqlite:
    """Sizes of a copy of the file, vacuumed; a table's is what the file shrinks by without it."""

    def __init__(self, url: str) -> None:
        self.path = Path(str(make_url(url).database))

    def rows(self) -> dict[str, int]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqli%'"
            return {name: _count(connection, name) for (name,) in connection.execute(named)}

    def sizes(self, tables: Iterable[str]) -> dict[str, float]:
        whole = self._size()
        return {"": whole, **{table: whole - self._size(without=table) for table in tables}}

    def _size(self, without: str = "") -> int:
        copy = self.path.with_suffix(".copy")
        shutil.copy(self.path, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (trigger,) in connection.execute(triggers).fetchall():
                connection.execute(f'DROP TRIGGER "{trigger}"')
            if without:
                connection.execute(f'DELETE FROM "{without}"')
            connection.execute("VACUUM")
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(size)


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


class _OnPostgresql:
    """Sizes of tables with indexes and TOAST (`pg_total_relation_size`), vacuumed in full."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")

    def _ask(self, statement: str) -> list[Any]:
        database = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with database.connect() as connection:
            found = connection.execute(text(statement))
            asked = list(found) if found.returns_rows else []
        database.dispose()
        return asked

    def _wait(self) -> None:
        ((now,),) = self._ask(_NOW)
        for _ in range(_PATIENCE):
            if not self._ask(_LOOKED_AT.format(now))[0][0]:
                return
            time.sleep(0.1)
        raise RuntimeError("Expected older transactions to end, but one runs on and on.")

    def rows(self) -> dict[str, int]:
        named = self._ask(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = current_schema()::regnamespace"
        )
        counts = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM \"{name}\"" for (name,) in named
        )
        return dict(self._ask(counts))

    def sizes(self, tables: Iterable[str]) -> dict[str, float]:
        named = [f'"{table}"' for table in tables]
        self._wait()
        # Only these, since the catalogue and empty tables would take longer than all the rest.
        self._ask(f"VACUUM FULL {', '.join(named)}")
        each = " UNION ALL ".join(
            f"SELECT '{table[1:-1]}', pg_total_relation_size('{table}') + coalesce(sum("
            f"pg_total_relation_size(relid)), 0) FROM pg_partition_tree('{table}') WHERE isleaf"
            for table in named
        )
        sizes = {table: float(size) for table, size in self._ask(each)}
        return {"": sum(sizes.values()), **sizes}


if __name__ == "__main__":
    for figure in figures():
        print(figure)
