"""Draws of raters with their seed, invitations, and disclosed results.

An invitation says who was asked, never what he answered.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import FOREVER, Amount


class RaterDraw(Base):
    """How a case's raters were chosen; seed and pool let anybody repeat the draw."""

    __tablename__ = "rater_draw"
    instance_id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[str] = mapped_column(String(6))
    seed: Mapped[str] = mapped_column(String(32))
    pool: Mapped[str] = mapped_column(Text)  # JSON: the persons drawn from, in order
    chosen: Mapped[str] = mapped_column(Text)  # JSON: proposed, drawn, subordinates, refused
    at: Mapped[datetime]


class RaterInvitation(Base):
    """Who was invited to rate in a case: counts towards the bound per rater and period."""

    __tablename__ = "rater_invitation"
    __table_args__ = (Index("ix_rater_invitation_rater_id", "rater_id", "period"),)
    instance_id: Mapped[int] = mapped_column(Id, primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6))
    relation: Mapped[str] = mapped_column(String(12))  # PEER or SUBORDINATE


class RaterConflict(Base):
    """A declared conflict of interest between two people; it holds both ways."""

    __tablename__ = "rater_conflict"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)
    set_by: Mapped[int | None]  # who wrote it down: oneself or an officer; none before 0.2


class OfficeRule(Base):
    """In which quarters an office asks peers: `1234`, or `24` to spare people."""

    __tablename__ = "office_rule"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)
    peer_quarters: Mapped[str] = mapped_column(String(4))


class Result(Base):
    """A disclosed result of a person in a period."""

    __tablename__ = "evaluation_result"
    __table_args__ = (
        Index("uq_evaluation_result_instance_id", "instance_id", unique=True),
        Index("ix_evaluation_result_person_id", "person_id", "period"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[str] = mapped_column(String(6))
    instance_id: Mapped[int] = mapped_column(Id)
    case_no: Mapped[str] = mapped_column(String(40))
    predicate: Mapped[str] = mapped_column(String(2))
    result_rating: Mapped[str] = mapped_column(String(6))
    behaviour_rating: Mapped[str] = mapped_column(String(6))
    result_score: Mapped[Amount]
    behaviour_score: Mapped[Amount]
    note: Mapped[str] = mapped_column(Text)
    disclosed_at: Mapped[datetime]
    # The case of an open objection: while it is there, nothing follows from this result.
    frozen_for: Mapped[int | None] = mapped_column(Id)
    # The result that an objection put in this one's place.
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("evaluation_result.id"))
