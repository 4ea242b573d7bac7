"""Databases in memory that die with what is played on them; only so many at once, only so big."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Lock
from typing import Any

from sqlalchemy import Engine as Database

from engine import open_database
from engine.errors import Busy
from web.migrations import schema

AT_ONCE = 3
"""How many are played at the same time in one process of the server."""
_PATIENCE = 20  # seconds that one waits for its turn
_MOST_PAGES = 24_000  # of 4 KiB: no story of ours needs a tenth
_copying = Lock()
_turns = BoundedSemaphore(AT_ONCE)


@contextmanager
def throwaway() -> Iterator[Database]:
    """Give an empty database with all tables; raises Busy where too many are in use."""
    if not _turns.acquire(timeout=_PATIENCE):
        raise Busy("Expected room to play a scenario, but too many are being played; try again.")
    database = open_database("sqlite://")
    try:
        with database.connect() as connection:
            with _copying:
                _template().backup(_raw(connection))
            connection.exec_driver_sql(f"PRAGMA max_page_count = {_MOST_PAGES}")
        yield database
    finally:
        database.dispose()
        _turns.release()


@cache
def _template() -> Any:
    """Make the tables once: they take longer than a short story."""
    database = open_database("sqlite://")
    with database.begin() as connection:
        schema.create(connection)
    return _raw(database.connect())


def _raw(connection: Any) -> Any:
    return connection.connection.driver_connection
