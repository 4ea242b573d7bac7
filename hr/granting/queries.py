"""What is asked about roles: what waits for a second person, who has which, what groups mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from hr.calendar.rules import local_day
from hr.granting import store


@dataclass(frozen=True)
class ProposalView:
    """A role that waits for a second person; `group_name` where it is for a group."""

    id: int
    person_id: int | None
    name: str
    group_name: str
    role: str
    unit_name: str
    valid_from: date
    valid_to: date
    reason: str
    proposed_by: int
    proposer: str
    proposed_at: datetime


@dataclass(frozen=True)
class GrantView:
    id: int
    role: str
    unit_id: int | None
    unit_name: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class GroupRoleView:
    id: int
    group_name: str
    role: str
    unit_name: str


def proposals(connection: Connection) -> tuple[ProposalView, ...]:
    """List what waits for a second person, the oldest first."""
    return tuple(
        ProposalView(
            id=row["id"],
            person_id=row["person_id"],
            name=row["name"] or "",
            group_name=row["group_name"] or "",
            role=row["role"],
            unit_name=row["unit_name"] or "",
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            reason=row["reason"],
            proposed_by=row["proposed_by"],
            proposer=row["proposer"],
            proposed_at=row["proposed_at"],
        )
        for row in store.open_proposals(connection)
    )


def grants_of(connection: Connection, person_id: int, now: datetime) -> tuple[GrantView, ...]:
    """List the roles that somebody has, and those he will have."""
    return tuple(
        GrantView(**{**row, "unit_name": row["unit_name"] or ""})
        for row in store.grants(connection, person_id, local_day(now))
    )


def group_roles(connection: Connection) -> tuple[GroupRoleView, ...]:
    """List which roles the groups of the identity provider stand for."""
    return tuple(
        GroupRoleView(row["id"], row["group_name"], row["role"], row["unit_name"] or "")
        for row in store.group_roles(connection)
    )
