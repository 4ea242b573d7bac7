"""Attendance by month, leave and discipline from-to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base
from hr.columns import FOREVER


class AttendanceMonth(Base):
    """How a person attended in a month, in working days; `month` is its first day."""

    __tablename__ = "attendance_month"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    working_days: Mapped[int]
    present_days: Mapped[int]
    late_days: Mapped[int]
    early_days: Mapped[int]
    absent_days: Mapped[int]  # without leave
    leave_days: Mapped[int]


class Leave(Base):
    """A leave or official travel."""

    __tablename__ = "leave"
    __table_args__ = (Index("ix_leave_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(12))  # ANNUAL SICK MATERNITY IMPORTANT TRAVEL
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)


class Sanction(Base):
    """A disciplinary sanction (PP 94/2021) and how long it runs."""

    __tablename__ = "sanction"
    __table_args__ = (Index("ix_sanction_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(String(6))  # LIGHT MEDIUM HEAVY
    measure: Mapped[str] = mapped_column(String(160))
    decree: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)
