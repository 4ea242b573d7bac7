"""Single ratings of superiors, and what the statistics found when they were last computed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import Exact


class GivenRating(Base):
    """What a superior gave a person in a case: one digit for each value, in a fixed order."""

    __tablename__ = "given_rating"
    __table_args__ = (
        Index("uq_given_rating_instance_id", "instance_id", unique=True),
        Index("ix_given_rating_period", "period", "office_path"),
        Index("ix_given_rating_person_id", "person_id", "period"),
        Index("ix_given_rating_rater_id", "rater_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[str] = mapped_column(String(6))  # a quarter
    office_path: Mapped[str] = mapped_column(String(200))
    digits: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class FairnessRun(Base):
    """A computation for a year; its findings stand until the next one."""

    __tablename__ = "fairness_run"
    __table_args__ = (Index("ix_fairness_run_period", "period", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(6))  # the year
    asked_by: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    ratings: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)


class FairnessFinding(Base):
    """An estimate with its interval (`hr.fairness.rules.Finding`), null where too few."""

    __tablename__ = "fairness_finding"
    __table_args__ = (
        Index("ix_fairness_finding_run_id", "run_id", "kind"),
        Index("ix_fairness_finding_rater_id", "rater_id", "run_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("fairness_run.id"))
    kind: Mapped[str] = mapped_column(String(12))  # SEVERITY SPREAD GROUP AGREEMENT
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_name: Mapped[str] = mapped_column(String(20), default="")
    of: Mapped[str] = mapped_column(String(200))  # an office's path, or the kind of group
    people: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))  # FLAGGED CLEAR OPEN TOO_FEW
    estimate: Mapped[Decimal | None] = mapped_column(Exact)
    low: Mapped[Decimal | None] = mapped_column(Exact)
    high: Mapped[Decimal | None] = mapped_column(Exact)
