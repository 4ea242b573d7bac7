"""What is asked about service: the facts that count for a unit in a period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from hr.directory.queries import UnitView, units_upward
from hr.service import store
from hr.statements import Row

LOWER = "LOWER"


@dataclass(frozen=True)
class Area:
    """A service indicator with its target."""

    indicator: str
    measure: str
    direction: str
    target: Decimal
    actual: Decimal

    @property
    def met(self) -> bool:
        """Tell whether the target was reached."""
        if self.direction == LOWER:
            return self.actual <= self.target
        return self.actual >= self.target


@dataclass(frozen=True)
class Facts:
    """What is recorded for a unit, or for the nearest unit above it that has a record."""

    unit_id: int
    unit_name: str
    unit_path: str
    period: str
    public_facing: bool
    skm_index: Decimal | None
    skm_responses: int
    complaints: int
    complaints_upheld: int
    areas: tuple[Area, ...]


def unit_facts(connection: Connection, path: str, period: str) -> Facts | None:
    """Give the facts that count for the unit of a scope path in a period, or None."""
    nearest = _nearest(connection, path, period)
    if nearest is None:
        return None
    unit, row = nearest
    areas = store.areas(connection, unit.id, period)
    return Facts(
        unit_id=unit.id,
        unit_name=unit.name,
        unit_path=unit.path,
        period=period,
        public_facing=row["public_facing"],
        skm_index=row["skm_index"],
        skm_responses=row["skm_responses"],
        complaints=row["complaints"],
        complaints_upheld=row["complaints_upheld"],
        areas=tuple(
            Area(a["indicator"], a["measure"], a["direction"], a["target"], a["actual"])
            for a in areas
        ),
    )


def missed(connection: Connection, period: str) -> tuple[tuple[str, str, Area], ...]:
    """List what is below its target in a period: path and name of the unit, and the indicator."""
    found = (
        (
            row["path"],
            row["name"],
            Area(row["indicator"], row["measure"], row["direction"], row["target"], row["actual"]),
        )
        for row in store.areas_of(connection, period)
    )
    return tuple(one for one in found if not one[2].met)


def is_public_facing(connection: Connection, path: str, period: str) -> bool:
    """Tell whether a unit serves the public, as far as this period's record says."""
    nearest = _nearest(connection, path, period)
    return nearest is not None and bool(nearest[1]["public_facing"])


def _nearest(connection: Connection, path: str, period: str) -> tuple[UnitView, Row] | None:
    units = units_upward(connection, path)
    found = {row["unit_id"]: row for row in store.facts(connection, [u.id for u in units], period)}
    return next(((unit, found[unit.id]) for unit in units if unit.id in found), None)
