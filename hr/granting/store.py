"""Statements on proposed roles, and on roles that groups stand for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import aliased

from hr.directory.tables import Person, RoleGrant, Unit
from hr.granting.tables import GroupGrant, GroupRole, RoleProposal
from hr.statements import Row, first, rows

_DECIDERS = ("ADM", "HRC")


def proposal(connection: Connection, proposal_id: int) -> Row | None:
    """Read one proposal, and let nobody else decide it until this commits."""
    found = select(*RoleProposal.__table__.c).where(RoleProposal.id == proposal_id)
    return first(connection, found.with_for_update())


def open_proposals(connection: Connection) -> list[Row]:
    """Read the proposals that nobody decided, the oldest first, with names."""
    proposer = aliased(Person)
    found = (
        select(
            *RoleProposal.__table__.c,
            Person.name,
            proposer.name.label("proposer"),
            Unit.name.label("unit_name"),
        )
        .outerjoin(Person, Person.id == RoleProposal.person_id)
        .join(proposer, proposer.id == RoleProposal.proposed_by)
        .outerjoin(Unit, Unit.id == RoleProposal.unit_id)
        .where(RoleProposal.state == "OPEN")
    )
    return rows(connection, found.order_by(RoleProposal.id))


def decide(connection: Connection, proposal_id: int, **values: Any) -> None:
    """Write what became of a proposal."""
    connection.execute(update(RoleProposal).where(RoleProposal.id == proposal_id).values(**values))


def somebody_else_decides(connection: Connection, person_id: int) -> bool:
    """Tell whether anybody else was ever given a role that lets him approve others'."""
    found = select(RoleGrant.id).where(
        RoleGrant.role.in_(_DECIDERS), RoleGrant.person_id != person_id
    )
    return connection.execute(found.limit(1)).first() is not None


def grants(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read the roles that somebody has or will have from a day on."""
    found = (
        select(
            RoleGrant.id,
            RoleGrant.role,
            RoleGrant.unit_id,
            Unit.name.label("unit_name"),
            RoleGrant.valid_from,
            RoleGrant.valid_to,
        )
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.valid_to >= day)
    )
    return rows(connection, found.order_by(RoleGrant.role, RoleGrant.id))


def grant(connection: Connection, grant_id: int) -> Row | None:
    """Read one role that somebody was given."""
    return first(connection, select(*RoleGrant.__table__.c).where(RoleGrant.id == grant_id))


def group_roles(connection: Connection) -> list[Row]:
    """Read which roles the groups of the identity provider stand for."""
    found = select(*GroupRole.__table__.c, Unit.name.label("unit_name")).outerjoin(
        Unit, Unit.id == GroupRole.unit_id
    )
    return rows(connection, found.order_by(GroupRole.group_name, GroupRole.id))


def roles_of_groups(connection: Connection, groups: Collection[str]) -> list[Row]:
    """Read what these groups stand for."""
    return rows(connection, select(*GroupRole.__table__.c).where(GroupRole.group_name.in_(groups)))


def drop_group_role(connection: Connection, group_role_id: int) -> None:
    """Let a group stand for a role no longer."""
    connection.execute(delete(GroupRole).where(GroupRole.id == group_role_id))


def group_grants(connection: Connection, account_id: int, day: date) -> list[Row]:
    """Read the roles that somebody has on a day by his groups."""
    found = (
        select(
            GroupGrant.group_role_id,
            *RoleGrant.__table__.c,
        )
        .join(RoleGrant, RoleGrant.id == GroupGrant.role_grant_id)
        .where(
            GroupGrant.account_id == account_id,
            RoleGrant.valid_from <= day,
            RoleGrant.valid_to >= day,
        )
    )
    return rows(connection, found.order_by(RoleGrant.id))


def add_group_grant(connection: Connection, row: Mapping[str, Any]) -> None:
    """Note that a grant came from a group."""
    connection.execute(insert(GroupGrant), dict(row))
