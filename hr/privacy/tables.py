"""Legal holds, and requests to learn who wrote an anonymous answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class LegalHold(Base):
    """Keeps a series of records of one person, or of everybody, until it is lifted.

    series -- a key of `hr.privacy.rules.SERIES`; `*` for all of them
    """

    __tablename__ = "legal_hold"
    __table_args__ = (Index("ix_legal_hold_person_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(400))
    set_by: Mapped[int | None]
    set_at: Mapped[datetime]
    lifted_by: Mapped[int | None]
    lifted_at: Mapped[datetime | None]


class UnmaskRequest(Base):
    """One auditor asks who wrote an anonymous answer; another says yes or no.

    opened_at -- when the answer's writer was read with the key that is kept elsewhere; only once
    """

    __tablename__ = "unmask_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(400))
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    opened_at: Mapped[datetime | None]
