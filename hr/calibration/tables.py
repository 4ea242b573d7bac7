"""One calibration per office and year, and a row for each appraisal that it looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Calibration(Base):
    """The calibration of an office for a year; `closed_at` is empty while it runs."""

    __tablename__ = "calibration"
    __table_args__ = (
        Index("uq_calibration_office_path_period", "office_path", "period", unique=True),
        Index("uq_calibration_instance_id", "instance_id", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id)
    office_path: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(6))
    org_predicate: Mapped[str] = mapped_column(String(16), default="")  # as DT05 names it
    people: Mapped[int] = mapped_column(default=0)
    breaches: Mapped[str] = mapped_column(Text, default="[]")  # JSON: of DT05, at the end
    report: Mapped[str] = mapped_column(Text, default="")  # published, names nobody
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CalibrationCase(Base):
    """An appraisal on the agenda, before and after; `votes_for` are those of the last vote."""

    __tablename__ = "calibration_case"
    __table_args__ = (
        Index("ix_calibration_case_calibration_id", "calibration_id"),
        Index("ix_calibration_case_appraisal_id", "appraisal_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    flags: Mapped[str] = mapped_column(Text, default="[]")
    before: Mapped[str] = mapped_column(String(2))
    after: Mapped[str] = mapped_column(String(2))
    justification: Mapped[str] = mapped_column(Text, default="")  # the rater's
    reason: Mapped[str] = mapped_column(Text, default="")  # of the session
    changed_by: Mapped[str] = mapped_column(String(8), default="")  # RATER or SESSION
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    second_approval: Mapped[bool] = mapped_column(Boolean, default=False)
