"""The `inbox` figure: first pages of a person and of a group, however many tasks are open.

Rows are told by the plan; CPU is that of this process and of the database's behind it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import databases
from bench.house import MODELS, House

OPEN = (1_000, 100_000, 1_000_000)
MINE, GROUP = 60, 5_000
PAGE = 25
_PAGES, _WARM = 40, 5
_LISTS = {"mine": ("EMP", "/"), "groups": ("HRC", "/?tab=groups")}


@dataclass(frozen=True)
class Figure:
    """A first page: rows of an index of `task` that it reads, its statements, CPU in ms.

    Those that the list found are read once more by their ids, for their columns.
    """

    database: str
    open: int
    list: str
    waiting: int
    rows_of_list: int
    rows_of_page: int
    index: str
    statements: int
    web_ms: float
    database_ms: float
    wall_ms: float


def figures() -> Iterator[Figure]:
    """Ask for first pages where few and where very many tasks are open; PostgreSQL alone."""
    for many in OPEN if databases.server() else ():
        with tempfile.TemporaryDirectory() as name, databases.new("postgresql", Path(name)) as url:
            house = House(Path(name), url)
            _fill(house, many)
            for tab in _LISTS:
                yield _page(house, many, tab)
            house.close()


def _fill(house: House, many: int) -> None:
    from sqlalchemy import text

    from hr.demo.cast import CAST

    house.start(house.deploy(MODELS / "two_step"))
    with house.platform.database.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        columns = [
            row.column_name
            for row in connection.execute(
                text(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = 'task' AND column_name <> 'id'"
                )
            )
        ]
        said = {
            "assignee_id": "CASE WHEN n <= :mine THEN :me WHEN n <= :mine + :group THEN NULL"
            " ELSE 1000000 + n % 20000 END",
            "candidate_group": "CASE WHEN n > :mine AND n <= :mine + :group THEN 'HRC' END",
            "subject_id": "NULL",
            "order_at": "task.order_at + n * interval '1 second'",
            "next_step_at": "NULL",
        }
        chosen = ", ".join(said.get(column, f"task.{column}") for column in columns)
        connection.execute(
            text(
                f"INSERT INTO task ({', '.join(columns)}) SELECT {chosen}"  # noqa: S608 -- ours
                " FROM task, generate_series(1, :many) AS n"
            ),
            {"me": CAST["EMP"], "mine": MINE, "group": _group(many), "many": many - 1},
        )
    with house.platform.database.connect() as connection:
        free = connection.execution_options(isolation_level="AUTOCOMMIT")
        free.execute(text("SET statement_timeout = 0"))
        free.execute(text("VACUUM ANALYZE"))


def _group(many: int) -> int:
    return min(GROUP, many - 1 - MINE)


def _page(house: House, many: int, tab: str) -> Figure:
    from web import create_app

    code, path = _LISTS[tab]
    client = create_app(house.platform).test_client()
    name, _, value = house.cookie(code).partition("=")
    client.set_cookie(name, value)

    def ask() -> None:
        if client.get(path).status_code != 200:
            raise RuntimeError(f"Expected {path} to answer, but it did not.")

    for _ in range(_WARM):
        ask()
    with _noted(house) as sent:
        ask()
    with house.platform.database.connect() as connection:
        cursor = connection.connection.cursor()
        read = [databases.rows_read(cursor, sql, given, "task", "ix_task_") for sql, given in sent]
    # The list is the one that is cut to a page; counts look at up to a hundred of each kind.
    listed = next(n for n, (sql, _) in enumerate(sent) if "process_name" in sql)
    pids = databases.backends_of(house.url)
    web, behind, wall = time.process_time(), databases.cpu_of(*pids), time.monotonic()
    for _ in range(_PAGES):
        ask()
    return Figure(
        "postgresql",
        many,
        tab,
        MINE + 1 if tab == "mine" else _group(many),
        read[listed][0],
        sum(rows for rows, _ in read),
        read[listed][1],
        len(sent),
        round(1000 * (time.process_time() - web) / _PAGES, 2),
        round(1000 * (databases.cpu_of(*pids) - behind) / _PAGES, 2),
        round(1000 * (time.monotonic() - wall) / _PAGES, 2),
    )


@contextmanager
def _noted(house: House) -> Iterator[list[tuple[str, Any]]]:
    from sqlalchemy import event

    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, given: Any, _x: Any, _many: bool) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            sent.append((sql, given))

    event.listen(house.platform.database, "before_cursor_execute", note)
    yield sent
    event.remove(house.platform.database, "before_cursor_execute", note)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
