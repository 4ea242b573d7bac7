"""Statements on facts about units and their service indicators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, insert, select, update

from hr.directory.tables import Unit
from hr.service.tables import ServiceArea, UnitFacts
from hr.statements import Row, add, rows

_FACTS = select(*UnitFacts.__table__.c).where(  # built once: every case of a quarter asks
    UnitFacts.unit_id.in_(bindparam("units", expanding=True)),
    UnitFacts.period == bindparam("period", type_=String),
)


def facts(connection: Connection, unit_ids: Collection[int], period: str) -> list[Row]:
    """Read the facts of units in a period."""
    return rows(connection, _FACTS, {"units": list(unit_ids), "period": period})


def areas(connection: Connection, unit_id: int, period: str) -> list[Row]:
    """Read a unit's service indicators in a period, by name."""
    found = select(*ServiceArea.__table__.c).where(
        ServiceArea.unit_id == unit_id, ServiceArea.period == period
    )
    return rows(connection, found.order_by(ServiceArea.indicator))


def areas_of(connection: Connection, period: str) -> list[Row]:
    """Read every unit's service indicators in a period, with the unit's path and name."""
    found = (
        select(Unit.path, Unit.name, *ServiceArea.__table__.c)
        .join(Unit, Unit.id == ServiceArea.unit_id)
        .where(ServiceArea.period == period)
    )
    return rows(connection, found.order_by(Unit.path, ServiceArea.indicator))


def set_facts(connection: Connection, unit_id: int, period: str, values: Mapping[str, Any]) -> None:
    """Write a unit's facts of a period."""
    same = (UnitFacts.unit_id == unit_id, UnitFacts.period == period)
    if not connection.execute(update(UnitFacts).where(*same).values(**values)).rowcount:
        connection.execute(insert(UnitFacts), {"unit_id": unit_id, "period": period, **values})


def set_areas(
    connection: Connection, unit_id: int, period: str, new: Collection[Mapping[str, Any]]
) -> None:
    """Replace a unit's service indicators of a period."""
    same = (ServiceArea.unit_id == unit_id, ServiceArea.period == period)
    connection.execute(delete(ServiceArea).where(*same))
    add(connection, ServiceArea, ({"unit_id": unit_id, "period": period, **row} for row in new))
