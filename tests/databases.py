"""The databases that tests run on: made once per process, emptied and filled by copying.

Nothing here knows what is in a database: `fill` keeps what a function wrote the first time under a
name, and gives it back as a copy of the file (SQLite) or of the rows (PostgreSQL) from then on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

if TYPE_CHECKING:
    from collections.abc import Iterable

Write = Callable[[Connection], object]

_KEPT = "tests_kept"  # PostgreSQL's schemas of kept rows: tests_kept_<name>
_kept: set[tuple[str, str]] = set()


def fill(database: Database, name: str, write: Write) -> None:
    """Let a function write into an empty database; what it wrote under this name is kept."""
    key = (str(database.url), name)
    if key not in _kept:
        with database.begin() as connection:
            write(connection)
        _keep(database, name)
        _kept.add(key)
    elif database.dialect.name == "sqlite":
        put_back(database, _place(database, name))
    else:
        with database.begin() as connection:
            connection.exec_driver_sql(f"SELECT {_KEPT}_{name}.put_back()")


def put_back(database: Database, kept: Path) -> None:
    """Let a copy of a kept file stand where an SQLite database was; the pool and its SQL stay."""
    database.dispose()
    path = Path(str(database.url.database))
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    # A new file: somebody who still has the old one open must not see its pages change.
    path.unlink(missing_ok=True)
    shutil.copy(kept, path)


def close_log(database: Database) -> None:
    """Bring everything into an SQLite database's one file, so that a copy of it is complete."""
    with database.connect() as connection:
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()


def empty(database: Database, tables: Iterable[str]) -> None:
    """Delete all rows of PostgreSQL fast: one round trip, without foreign keys and guards."""
    deletes = ";".join(f'DELETE FROM "{table}"' for table in tables)
    with database.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica;{deletes}")


def _keep(database: Database, name: str) -> None:
    if database.dialect.name == "sqlite":
        close_log(database)
        shutil.copy(str(database.url.database), _place(database, name))
    else:
        with database.begin() as connection:
            _keep_rows(connection, f"{_KEPT}_{name}")


def _place(database: Database, name: str) -> Path:
    path = Path(str(database.url.database))
    return path.with_name(f"{path.stem}-{name}.kept")


def _keep_rows(connection: Connection, schema: str) -> None:
    """Copy every table that has rows aside, and write the function that brings them back."""
    run = connection.exec_driver_sql
    run(f"CREATE SCHEMA {schema}")
    statements = ["SET LOCAL session_replication_role = replica"]
    for (table,) in run(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    ).all():
        if run(f'SELECT EXISTS (SELECT FROM "{table}")').scalar_one():
            run(f'CREATE TABLE {schema}."{table}" AS SELECT * FROM "{table}"')
            statements.append(f'INSERT INTO public."{table}" SELECT * FROM {schema}."{table}"')
    for (sequence,) in run(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    ).all():
        last = run(f'SELECT last_value, is_called FROM public."{sequence}"').one()
        statements.append(
            f"PERFORM setval('public.\"{sequence}\"', {last.last_value}, {last.is_called})"
        )
    body = ";\n".join(statements)
    connection.execute(
        text(
            f"CREATE FUNCTION {schema}.put_back() RETURNS void LANGUAGE plpgsql"
            f" AS $$ BEGIN {body.replace(':', chr(92) + ':')}; END $$"
        )
    )
