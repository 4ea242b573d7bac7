"""The databases that figures are taken on: an SQLite file, and PostgreSQL where one is named.

`ALUR_BENCH_POSTGRESQL_URL` names a login of a server on this machine that may create databases;
without it the figures of PostgreSQL are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

_TICK = os.sysconf("SC_CLK_TCK")


def server() -> str:
    """Give the URL of the PostgreSQL server to measure on; empty where none is named."""
    return os.environ.get("ALUR_BENCH_POSTGRESQL_URL", "")


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


def cpu_of(pid: int) -> float:
    """Give the seconds that a process has computed, as the kernel tells it; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


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
