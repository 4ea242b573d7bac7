"""Candidates for promotion by month, those not proposed too, and the promotions decreed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class PromotionCandidate(Base):
    """What was found about a person for a month, and what became of it."""

    __tablename__ = "promotion_candidate"
    __table_args__ = (
        Index("uq_promotion_candidate_person_id_tmt", "person_id", "tmt", unique=True),
        Index("ix_promotion_candidate_tmt", "tmt", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tmt: Mapped[date] = mapped_column(Date)  # the first of a month
    promotion_type: Mapped[str] = mapped_column(String(12))
    rank_old: Mapped[str] = mapped_column(String(8))
    rank_new: Mapped[str] = mapped_column(String(8))  # empty for somebody not eligible
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(3))  # of DT10, empty while nothing is in the way
    eligible_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    definition_id: Mapped[int | None] = mapped_column(Id)  # whose tables said so
    instance_id: Mapped[int | None] = mapped_column(Id)
    found_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Promotion(Base):
    """A promotion by decree; `applied_at` is empty until its day has come."""

    __tablename__ = "promotion"
    __table_args__ = (
        Index("uq_promotion_instance_id", "instance_id", unique=True),
        Index("uq_promotion_decree_no", "decree_no", unique=True),
        Index("uq_promotion_code", "code", unique=True),
        Index("ix_promotion_person_id", "person_id", "tmt"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instance_id: Mapped[int] = mapped_column(Id)
    rank_old: Mapped[str] = mapped_column(String(8))
    rank_new: Mapped[str] = mapped_column(String(8))
    tmt: Mapped[date] = mapped_column(Date)
    approval_no: Mapped[str] = mapped_column(String(80))
    approval_date: Mapped[date] = mapped_column(Date)
    decree_no: Mapped[str] = mapped_column(String(80))
    decree_date: Mapped[date] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(20))  # with which anybody can check the decree
    sha256: Mapped[str] = mapped_column(String(64))  # of the decree's file
    size: Mapped[int]
    signed_by: Mapped[int] = mapped_column(Id)
    signed_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
