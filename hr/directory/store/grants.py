"""Statements on roles: who has which, for which unit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Date, Integer, and_, bindparam, func, select

from hr.directory.store.days import on_day
from hr.directory.tables import Person, RoleGrant, Unit
from hr.statements import Row, rows

# The statements of every step are built once: building costs more than running them.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ID = bindparam("id", type_=Integer)
_DAY = bindparam("day", type_=Date)
_RIGHTS = (
    select(
        Person.id,
        Person.joined_on,
        Person.left_on,
        RoleGrant.role,
        func.coalesce(Unit.path, "").label("unit_path"),
    )
    .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, on_day(RoleGrant, _DAY)))
    .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
)
_RIGHTS_OF_ALL = _RIGHTS.where(Person.id.in_(_IDS))
_RIGHTS_OF_ONE = _RIGHTS.where(Person.id == _ID)
_ROLES = (
    select(RoleGrant.role, func.coalesce(Unit.path, "").label("unit_path"))
    .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
    .where(RoleGrant.person_id == _ID, on_day(RoleGrant, _DAY))
    .order_by(RoleGrant.role, Unit.path)
)


def roles(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read the roles somebody has on a day: (role, unit_path), the path empty for the city."""
    return rows(connection, _ROLES, {"id": person_id, "day": day})


def rights(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read a person's time of service with his roles on a day; one row without a role."""
    return rows(connection, _RIGHTS_OF_ONE, {"id": person_id, "day": day})


def rights_of_all(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the same of several persons, `id` saying whose each row is."""
    return rows(connection, _RIGHTS_OF_ALL, {"ids": list(ids), "day": day})


def granted_paths(
    connection: Connection, role: str, paths: Collection[str], day: date, *, besides: int | None
) -> list[str]:
    """Read for which of these units somebody has the role, not counting one person."""
    found = (
        select(Unit.path)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(RoleGrant.role == role, Unit.path.in_(paths), on_day(RoleGrant, day))
    )
    if besides is not None:
        found = found.where(RoleGrant.person_id != besides)
    return list(connection.execute(found.distinct()).scalars())


def holders_of_role(connection: Connection, role: str, day: date) -> list[int]:
    """Read who has a role on a day."""
    found = select(RoleGrant.person_id).where(RoleGrant.role == role, on_day(RoleGrant, day))
    return list(connection.execute(found.order_by(RoleGrant.person_id)).scalars())
