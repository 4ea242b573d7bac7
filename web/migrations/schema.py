"""Makes and upgrades the schema of a database: tables, partitions, guards, logins."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, MetaData, inspect, text

import hr
from engine import Base
from web.migrations.grants import ensure_app_login, grant_app
from web.migrations.guards import ensure_guards, missing_guards
from web.migrations.partitions import ensure_partitions, rehome, stray_rows, window

__all__ = ["create", "head", "metadata", "problems", "revision", "upgrade"]

_VERSIONS = Path(__file__).parent / "versions"


def metadata() -> MetaData:
    """Give all tables: the engine's, and those of every noun of hr that has a tables.py."""
    for found in pkgutil.iter_modules(hr.__path__, "hr."):
        if found.ispkg:
            _import_if_there(f"{found.name}.tables")
    return Base.metadata


def create(connection: Connection, oldest: date | None = None, newest: date | None = None) -> None:
    """Make the schema of a throw-away database at once, without its migrations' way to it."""
    metadata().create_all(connection)
    if oldest and newest:
        ensure_partitions(connection, oldest, newest)
    ensure_guards(connection)


def upgrade(
    database: Engine, now: datetime, *, app: URL | None = None, oldest: date | None = None
) -> int:
    """Bring the schema to the newest revision, and say how many stray events found a month.

    app -- the login that the platform itself uses; it is made and granted what it needs
    oldest -- the first month that imported history will have
    """
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        _migrate(connection)
        moved = rehome(connection)
        first, last = window(connection, now)
        ensure_partitions(connection, min(first, oldest or first), last)
        ensure_guards(connection)
        if app is not None and connection.dialect.name == "postgresql":
            ensure_app_login(connection, app)
            grant_app(connection, app, metadata())
    return moved


def revision(connection: Connection) -> str | None:
    """Give the revision that a database is at."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head() -> str:
    """Give the newest revision that this program knows."""
    # By its file's name, since asking Alembic would double the time of every start.
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).partition("_")[0]


def problems(connection: Connection) -> list[str]:
    """Say what keeps the platform from running on this database; nothing when it is ready."""
    found = []
    at = revision(connection)
    if at != head():
        said = f"at revision {at}" if at else "empty"
        found.append(
            f"Expected the database at revision {head()}, but it is {said}; run `alur db upgrade`."
        )
        return found
    missing = missing_guards(connection)
    if missing:
        found.append(
            f"Expected every guard of the history, but {', '.join(missing)} is missing;"
            " find out who removed it, then run `alur db upgrade`."
        )
    if stray_rows(connection):
        found.append(
            "Expected a month for every event, but some are in history_rest; run `alur db upgrade`."
        )
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "web:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _import_if_there(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
