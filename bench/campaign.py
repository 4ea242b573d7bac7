"""The `campaign` figure: starting cases for many people in chunks, against a bare executemany.

CPU is that of this process and, on PostgreSQL, of the server's process behind it, on both sides.
`python -m bench.campaign PEOPLE [KIND ...]` takes it for more or fewer people.
"""

# Names of tables come from the metadata.
# ruff: noqa: S608

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import databases
from bench.house import MODELS, House

EMPLOYEES, CHUNK = 15_000, 50
_WRITTEN = ("stream", "instance", "task", "history", "sealed_value", "timer")


@dataclass(frozen=True)
class Figure:
    """CPU microseconds per case: of the bare rows, of ours, and of our first and last fifth."""

    database: str
    employees: int
    rows_per_case: float
    baseline_us: float
    ours_us: float
    first_fifth_us: float
    last_fifth_us: float

    @property
    def times_as_dear(self) -> float:
        """Give how many times the bare rows a launch costs."""
        return self.ours_us / self.baseline_us


def figures(employees: int = EMPLOYEES, kinds: Sequence[str] = ()) -> Iterator[Figure]:
    """Launch the two-task model for everybody, with full history."""
    for kind in kinds or databases.kinds():
        with tempfile.TemporaryDirectory() as name, databases.new(kind, Path(name)) as url:
            house = House(Path(name), url)
            yield _launched(kind, house, Path(name), employees)
            house.close()


def _launched(kind: str, house: House, folder: Path, employees: int) -> Figure:
    from engine import NewCase, StartMany

    key = house.deploy(MODELS / "two_step")
    people = _hire(house, employees)
    chunks = [people[at : at + CHUNK] for at in range(0, employees, CHUNK)]
    used = _cpu(kind, house)
    taken = []
    for number, chunk in enumerate([people[:1], *chunks]):  # the first one warms up
        cases = [
            NewCase(subject_id=n, scope_path="/01/", title=f"Pegawai {n}", period="2026Q2")
            for n in chunk
        ]
        campaign = "2026Q2" if number else "warm"
        before = used()
        house.engine.execute(StartMany(key=key, campaign=campaign, cases=cases))
        taken.append(used() - before)
    spent = taken[1:]
    rows = _rows(house)
    bare = _bare(kind, folder, rows, len(chunks))
    fifth = len(chunks) // 5
    each = 1e6 / CHUNK
    return Figure(
        kind,
        employees,
        sum(map(len, rows.values())) / employees,
        bare / employees * 1e6,
        sum(spent) / employees * 1e6,
        sum(spent[:fifth]) / fifth * each,
        sum(spent[-fifth:]) / fifth * each,
    )


def _hire(house: House, count: int) -> list[int]:
    """Give the directory so many more people like EMP, each in the same post."""
    from hr.demo.cast import CAST
    from web.migrations import schema

    tables = schema.metadata().tables
    with house.platform.database.begin() as connection:
        for name, column in (("person", "id"), ("person_rank", "person_id")):
            table = tables[name]
            found = connection.execute(table.select().where(table.c[column] == CAST["EMP"]))
            row = dict(found.mappings().first() or {})
            if name != "person":
                row.pop("id")
            more = [
                {**row, column: 1000 + n, **({"nip": f"{10**17 + n}"} if name == "person" else {})}
                for n in range(count)
            ]
            connection.execute(table.insert(), more)
    return [1000 + n for n in range(count)]


def _rows(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Read, as the driver has them, the rows that the launch wrote."""
    found = {}
    with house.platform.database.connect() as connection:
        cursor = connection.connection.cursor()
        for table in _WRITTEN:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = [tuple(row) for row in cursor.fetchall()]
    return found


def _bare(kind: str, folder: Path, rows: dict[str, list[tuple[Any, ...]]], chunks: int) -> float:
    """Write the same rows with the driver alone, a commit per chunk; give the CPU seconds."""
    (folder / "again").mkdir()
    with databases.new(kind, folder / "again") as url:
        house = House(folder / "again", url)
        used = _cpu(kind, house)
        mark = "?" if kind == "sqlite" else "%s"
        connection = house.platform.database.connect()
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        if kind == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        else:
            cursor.execute("SET session_replication_role = replica")
            driver.commit()
        for table in _WRITTEN:  # what the house began with is in the rows too
            if table != "history":
                cursor.execute(f"DELETE FROM {table}")
        known = cursor.execute("SELECT stream_id, seq FROM history").fetchall()
        there = set(map(tuple, known))
        parts = {
            table: _parts(
                [r for r in some if tuple(r[:2]) not in there or table != "history"], chunks
            )
            for table, some in rows.items()
        }
        driver.commit()
        before = used()
        for number in range(chunks):
            if kind == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            for table in _WRITTEN:
                part = parts[table][number]
                if part:
                    marks = ", ".join([mark] * len(part[0]))
                    cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
            cursor.execute("COMMIT")
        taken = used() - before
        connection.close()
        house.close()
    return taken


def _parts(rows: Sequence[Any], count: int) -> list[Sequence[Any]]:
    size = -(-len(rows) // count) or 1
    parts: list[Sequence[Any]] = [rows[at : at + size] for at in range(0, len(rows), size)]
    return parts + [()] * (count - len(parts))


def _cpu(kind: str, house: House) -> Callable[[], float]:
    if kind == "sqlite":
        return time.process_time
    house.ask("SELECT 1")  # its connection is open, then
    pids = databases.backends_of(house.url)
    return lambda: time.process_time() + databases.cpu_of(*pids)


if __name__ == "__main__":
    people = int(sys.argv[1]) if len(sys.argv) > 1 else EMPLOYEES
    for figure in figures(people, sys.argv[2:]):
        print(figure, f"{figure.times_as_dear:.1f} times the bare rows")
