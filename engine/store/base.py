"""The base of every table, the engine's and the host's: one MetaData, one database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import DeclarativeBase

from engine.history import pack_body, unpack

# SQLite gives out row numbers for INTEGER keys only.
Id = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, since nobody knows which one they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"Expected a moment with its zone, but {value!r} has none.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        if value is None:
            return None
        moment = cast(datetime, value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Packed(TypeDecorator[str]):
    """An event's body, which stands packed in the table (`engine.history.pack_body`)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Pack it, where that is shorter."""
        return None if value is None else pack_body(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Unpack it; what was altered beyond reading comes as hex, and so breaks its chain."""
        if value is None:
            return None
        try:
            return unpack(value)
        except ValueError:
            return bytes(value).hex()


class Base(DeclarativeBase):
    """Declares a table of Alur."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Utc}


def table_of(row: type[Base]) -> Table:
    """Give the Core table of a declared class: statements are written with it."""
    return cast(Table, row.__table__)


# Statements are built once and take their values by name: building one costs several times what
# sending it does.


@cache
def _insert(table: Table) -> Any:
    return insert(table).returning(table.c.id)


@cache
def _update(table: Table) -> Any:
    return update(table).where(table.c.id == bindparam("row_id"))


@cache
def _take_ids(table: Table, is_postgresql: bool) -> Any:
    if is_postgresql:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return select(func.nextval(sequence)).select_from(
            func.generate_series(1, bindparam("count", type_=Integer))
        )
    return select(func.coalesce(func.max(table.c.id), 0))


def take_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Give ids for so many new rows of a table, ascending: rows that are known need no RETURNING.

    The transaction must write them before it asks again; on SQLite it holds the write lock.
    """
    if connection.dialect.name == "postgresql":
        return sorted(connection.scalars(_take_ids(table, True), {"count": count}))
    highest = connection.execute(_take_ids(table, False)).scalar_one()
    return list(range(highest + 1, highest + 1 + count))


def insert_row(connection: Connection, table: Table, **columns: Any) -> int:
    """Insert one row into a table whose key is `id`, and give that id."""
    return cast(int, connection.execute(_insert(table), columns).scalar_one())


def update_row(connection: Connection, table: Table, id_: int, **columns: Any) -> None:
    """Write columns of one row of a table whose key is `id`."""
    connection.execute(_update(table), {"row_id": id_, **columns})


def any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Give the condition that a column is one of a list, which is given by name when it runs."""
    return column.in_(bindparam(name, expanding=True))
