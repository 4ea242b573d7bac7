"""Statements on units."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, bindparam, select, update

from engine import quick
from hr.directory.store.days import on_day
from hr.directory.tables import Unit
from hr.statements import Row, rows

_ZONES = select(Unit.path, Unit.time_zone).where(Unit.time_zone.is_not(None))
_ZONES_UPWARD = _ZONES.where(Unit.path.in_(bindparam("paths", expanding=True)))


def units(connection: Connection, paths: Collection[str]) -> list[Row]:
    """Read units by path."""
    found = select(Unit.id, Unit.parent_id, Unit.path, Unit.name, Unit.kind).where(
        Unit.path.in_(paths)
    )
    return rows(connection, found)


def zones(connection: Connection, paths: Collection[str] | None = None) -> dict[str, str]:
    """Read the time zones of units that have one of their own, by path: of these units, or all."""
    if paths is None:
        found = quick.run(connection, _ZONES, {})
    else:
        found = quick.run(connection, _ZONES_UPWARD, {"paths": list(paths)})
    return {row.path: row.time_zone for row in found}


def set_zone(connection: Connection, unit_id: int, zone: str | None) -> None:
    """Write the time zone of a unit; None: as above it."""
    connection.execute(update(Unit).where(Unit.id == unit_id).values(time_zone=zone))


def offices(connection: Connection, day: date) -> list[Row]:
    """Read the offices (units without a unit above) of a day, by path."""
    found = select(Unit.id, Unit.path, Unit.name, Unit.kind).where(
        Unit.parent_id.is_(None), on_day(Unit, day)
    )
    return rows(connection, found.order_by(Unit.path))
