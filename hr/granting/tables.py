"""Roles on their way to somebody: proposals, and what groups elsewhere stand for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class RoleProposal(Base):
    """A role that needs a second person, for somebody or for a group of the identity provider.

    state -- OPEN, APPROVED or REFUSED
    """

    __tablename__ = "role_proposal"
    __table_args__ = (Index("ix_role_proposal_state", "state", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(4))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class GroupRole(Base):
    """Which role a group of the identity provider stands for."""

    __tablename__ = "group_role"
    __table_args__ = (Index("ix_group_role_group_name", "group_name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(4))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class GroupGrant(Base):
    """A grant that came from a group, and ends when its person is no longer in the group."""

    __tablename__ = "group_grant"
    __table_args__ = (Index("ix_group_grant_account_id", "account_id"),)
    role_grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    group_role_id: Mapped[int]  # of a line that may be gone by now
