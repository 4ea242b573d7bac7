"""The databases that figures are taken on: an SQLite file, and PostgreSQL where one is named.

`ALUR_TEST_POSTGRESQL_URL` names a login of a server on this machine that may create databases;
without it the figures of PostgreSQL are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text


def server() -> str:
    """Give the URL of the PostgreSQL server to measure on; empty where none is named."""
    return os.environ.get("ALUR_TEST_POSTGRESQL_URL", "")


def kinds() -> tuple[str, ...]:
    """Name the kinds of databases that can be measured here."""
    return ("sqlite", "postgresql") if server() else ("sqlite",)


@contextmanager
def new(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a database without tables, which is gone after the block."""
    name = f"alur_bench_{uuid4().hex[:10]}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    with create_engine(server(), isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            url = make_url(server()).set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def cpu_of(*pids: int) -> float:
    """Give the seconds that processes have computed, all threads, as the scheduler counts them."""
    nanoseconds = 0
    for pid in pids:
        for schedstat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                nanoseconds += int(schedstat.read_text().split()[0])
    return nanoseconds / 1e9


def children_of(pid: int) -> list[int]:
    """Name a process and those that it started."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def backends_of(url: str) -> list[int]:
    """Name the server's processes that serve a PostgreSQL database, but for the one that asks."""
    asked = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    database = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with database.connect() as connection:
        pids = list(connection.scalars(asked))
    database.dispose()
    return pids


def rows_read(
    cursor: Any, sql: str, given: Any, table: str = "", index: str = ""
) -> tuple[int, str]:
    """Let PostgreSQL count the rows that a statement's scans read: of a table or of all.

    index -- how the names of those begin by which they are read; empty counts every scan.  Gives
    the rows with the indexes by which they were read.
    """
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", given)
    read, names = 0, []
    todo = [cursor.fetchone()[0][0]["Plan"]]
    while todo:
        node = todo.pop()
        todo += node.get("Plans", ())
        named = node.get("Index Name", "").startswith(index)
        if named and node.get("Relation Name") and table in ("", node["Relation Name"]):
            removed = node.get("Rows Removed by Filter", 0)
            read += (node["Actual Rows"] + removed) * node["Actual Loops"]
            names.append(f"{node['Node Type']} {node.get('Index Name', node['Relation Name'])}")
    return int(read), ", ".join(names)
