"""Attendance by month, leave, discipline, and what a career is decided by: all rows are dated."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base
from hr.columns import FOREVER, Amount


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


class Education(Base):
    """A degree; what counts on a day is the highest one gained by then."""

    __tablename__ = "education"
    __table_args__ = (Index("ix_education_person_id", "person_id", "graduated_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(String(14))  # a level of DT11
    institution: Mapped[str] = mapped_column(String(160))
    graduated_on: Mapped[date] = mapped_column(Date)


class Qualification(Base):
    """An exam or test that somebody took, or a decree on outstanding work."""

    __tablename__ = "qualification"
    __table_args__ = (Index("ix_qualification_person_id", "person_id", "held_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(6))  # PASSED EXEMPT FAILED
    number: Mapped[str] = mapped_column(String(80))
    held_on: Mapped[date] = mapped_column(Date)


class FunctionalCredit(Base):
    """Credit (angka kredit) set for a time in a functional post, and the level it was set for."""

    __tablename__ = "functional_credit"
    __table_args__ = (Index("ix_functional_credit_person_id", "person_id", "valid_to"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(String(10))  # a level of DT18
    credit: Mapped[Amount]
    decree: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)


class CareerBreak(Base):
    """Leave without pay (cuti di luar tanggungan negara), in which a career stands still."""

    __tablename__ = "career_break"
    __table_args__ = (Index("ix_career_break_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decree: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class AnnualPredicate(Base):
    """The predicate of a year, and whether an objection against it is still open."""

    __tablename__ = "annual_predicate"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    predicate: Mapped[str] = mapped_column(String(2))
    objected: Mapped[bool] = mapped_column(Boolean, default=False)


class AttendanceMark(Base):
    """What a day shows beside presence: late (TL1-4), early (PSW1-4), absent (TK); see DT07."""

    __tablename__ = "attendance_mark"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    code: Mapped[str] = mapped_column(String(4), primary_key=True)


class Award(Base):
    """An award that somebody was given."""

    __tablename__ = "award"
    __table_args__ = (Index("ix_award_person_id", "person_id", "given_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(160))
    decree: Mapped[str] = mapped_column(String(80))
    given_on: Mapped[date] = mapped_column(Date)
