"""The `timers` figure: rows that the pass over due timers reads, however many wait.

Told by the plan, not by the clock: PostgreSQL's EXPLAIN ANALYZE counts the rows its scans read;
SQLite's virtual machine is asked for its steps per row found.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import databases
from bench.house import MODELS, House

WAITING, DUE = (1_000, 100_000), 100


@dataclass(frozen=True)
class Figure:
    """Rows read by one pass for what is due, and by which index."""

    database: str
    waiting: int
    due: int
    found: int
    rows_read: int
    plan: str


def figures() -> Iterator[Figure]:
    """Ask for due timers where few and where many wait."""
    for kind in databases.kinds():
        for waiting in WAITING:
            with tempfile.TemporaryDirectory() as name, databases.new(kind, Path(name)) as url:
                house = House(Path(name), url)
                yield _passed(kind, house, waiting)
                house.close()


def _passed(kind: str, house: House, waiting: int) -> Figure:
    from sqlalchemy import event

    from engine.store import Store

    _fill(house, waiting)
    now = house.engine.clock()
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, given: Any, _x: Any, _many: bool) -> None:
        if "FROM timer" in sql:
            sent.append((sql, given))

    database = house.platform.database
    event.listen(database, "before_cursor_execute", note)
    with database.begin() as connection:
        found = len(Store(connection).instances.instances_with_due_timers(now, 2 * DUE))
    event.remove(database, "before_cursor_execute", note)
    sql, given = sent[0]
    read, plan = (_on_postgresql if kind == "postgresql" else _on_sqlite)(house, sql, given)
    return Figure(kind, waiting, DUE, found, read, plan)


def _fill(house: House, waiting: int) -> None:
    from sqlalchemy import insert, text

    from engine.store.base import table_of
    from engine.store.tables import Timer

    key = house.deploy(MODELS / "two_step")
    now = house.engine.clock()
    cases = [house.start(key) for _ in range(DUE)]
    rows = [
        {
            "instance_id": cases[n % DUE],
            "token": 1000 + n,
            "element_id": "e",
            "due_at": now + timedelta(hours=-1 if n < DUE else 1 + n % 9000),
            "held": False,
        }
        for n in range(waiting)
    ]
    with house.platform.database.begin() as connection:
        connection.execute(insert(table_of(Timer)), rows)
    with house.platform.database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _on_postgresql(house: House, sql: str, given: Any) -> tuple[int, str]:
    with house.platform.database.connect() as connection:
        return databases.rows_read(connection.connection.cursor(), sql, given)


def _on_sqlite(house: House, sql: str, given: Any) -> tuple[int, str]:
    """Count rows read: each is one step of the index (`SQLITE_STMTSTATUS` is not to be had)."""
    with house.platform.database.connect() as connection:
        cursor: Any = connection.connection.cursor()
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", given).fetchall()]
        driver: Any = connection.connection.driver_connection
        steps = [0]

        def step() -> int:
            steps[0] += 1
            return 0

        driver.set_progress_handler(step, 1)
        cursor.execute(sql, given).fetchall()
        driver.set_progress_handler(None, 0)
    return steps[0], ", ".join(plan)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
