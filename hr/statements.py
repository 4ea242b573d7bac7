"""The few ways in which every noun's statements read and write rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Executable, func, insert, select

from engine import Base, quick

Row = dict[str, Any]


def rows(
    connection: Connection, statement: Executable, values: Mapping[str, Any] | None = None
) -> list[Row]:
    """Read all rows as dictionaries; `values` fill a statement that is built once."""
    if values is not None:  # built once, then
        return [row._asdict() for row in quick.run(connection, statement, values)]
    return [dict(row) for row in connection.execute(statement).mappings()]


def first(
    connection: Connection, statement: Executable, values: Mapping[str, Any] | None = None
) -> Row | None:
    """Read the first row as a dictionary, or None."""
    if values is not None:
        known = quick.first(connection, statement, values)
        return None if known is None else known._asdict()
    found = connection.execute(statement).first()
    return None if found is None else dict(found._mapping)


def add(connection: Connection, table: type[Base], new: Iterable[Mapping[str, Any]]) -> None:
    """Write many rows at once; all must have the same keys."""
    written = [dict(row) for row in new]
    if written:
        connection.execute(insert(table), written)


def add_one(connection: Connection, table: type[Base], new: Mapping[str, Any]) -> int:
    """Write one row and give its number."""
    key = connection.execute(insert(table), dict(new)).inserted_primary_key
    assert key is not None
    return int(key[0])


def catch_up(connection: Connection, tables: Iterable[type[Base]]) -> None:
    """Let PostgreSQL's counters go on after rows that were written with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        name = table.__tablename__
        highest = select(func.max(table.__table__.c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), highest)))
