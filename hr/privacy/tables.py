"""Legal holds, requests for correction, and requests to learn who wrote an anonymous answer."""

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


class CorrectionRequest(Base):
    """Somebody asks for his own data to be put right; the agency answers.

    about -- of `hr.privacy.rules.CORRECTABLE`, or `OTHER`; value -- what should stand there
    state -- OPEN, DONE or REFUSED; answer -- the agency's words
    """

    __tablename__ = "correction_request"
    __table_args__ = (
        Index("ix_correction_request_person_id", "person_id"),
        Index("ix_correction_request_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    about: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(String(400))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(String(400))
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]


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
