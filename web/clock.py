"""The clock of a demo database, which runs at an offset; any other database has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Engine, Float, Integer, MetaData, Table, inspect, select

# Not in the schema's metadata: no migration makes this table, and only `alur demo` does.
_TABLE = Table(
    "demo_clock",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("offset_seconds", Float, nullable=False),
)


class NotADemo(Exception):
    """Expected a demo's SQLite file, but this is another database; only a demo shifts its clock."""


@dataclass(frozen=True)
class DemoClock:
    """Gives the demo's time: real time moved by a fixed offset."""

    offset: timedelta

    def __call__(self) -> datetime:
        """Give the demo's now, as aware UTC."""
        return datetime.now(UTC) + self.offset


def real_clock() -> datetime:
    """Give the real now, as aware UTC."""
    return datetime.now(UTC)


def set_demo_clock(database: Engine, now: datetime) -> DemoClock:
    """Make a demo believe that it is `now`, from here on; only its SQLite file may."""
    if database.dialect.name != "sqlite":
        raise NotADemo
    clock = DemoClock(now - datetime.now(UTC))
    with database.begin() as connection:
        _TABLE.create(connection, checkfirst=True)
        connection.execute(_TABLE.delete())
        connection.execute(
            _TABLE.insert().values(id=1, offset_seconds=clock.offset.total_seconds())
        )
    return clock


def demo_clock(database: Engine) -> DemoClock | None:
    """Give the demo clock of a database, or None where there is none."""
    if not inspect(database).has_table(_TABLE.name):
        return None
    if database.dialect.name != "sqlite":
        raise NotADemo
    with database.connect() as connection:
        seconds = connection.execute(select(_TABLE.c.offset_seconds)).scalar_one()
    return DemoClock(timedelta(seconds=seconds))
