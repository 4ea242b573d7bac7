"""Competences and their levels, the course catalogue with sessions and seats, budget, referrals."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import FOREVER, Amount


class Competence(Base):
    """A competence that posts ask for and courses teach."""

    __tablename__ = "competence"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))  # TECHNICAL MANAGERIAL SOCIAL


class CompetenceStandard(Base):
    """The level (1-5) of a competence that a post asks for, from when to when."""

    __tablename__ = "competence_standard"
    __table_args__ = (Index("ix_competence_standard_post_id", "post_id", "competence"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    competence: Mapped[str] = mapped_column(ForeignKey("competence.code"))
    level: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class CompetenceLevel(Base):
    """The level (1-5) at which a person was found to be, from when to when."""

    __tablename__ = "competence_level"
    __table_args__ = (Index("ix_competence_level_person_id", "person_id", "competence"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    competence: Mapped[str] = mapped_column(ForeignKey("competence.code"))
    level: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class TrainingSignal(Base):
    """Something noted about a person that asks for training (DT14); `value` as its kind says.

    LOW_VALUE (the mean, T2), SERVICE_CHANGE (T6), COMPETENCE_FINDING (T8), BEHAVIOUR_COMPLAINT
    (upheld, T9), TALENT_BOX (the box, T10)
    """

    __tablename__ = "training_signal"
    __table_args__ = (Index("ix_training_signal_person_id", "person_id", "noted_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    competence: Mapped[str] = mapped_column(String(30), default="")
    value: Mapped[Amount]
    source: Mapped[str] = mapped_column(String(160), default="")
    noted_on: Mapped[date] = mapped_column(Date)


class Course(Base):
    """A course of the catalogue; `level` is the one it leads to, `cost` is per person."""

    __tablename__ = "course"
    __table_args__ = (
        Index("uq_course_code", "code", unique=True),
        Index("ix_course_competence", "competence", "level"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    competence: Mapped[str] = mapped_column(String(30))
    level: Mapped[int]
    modality: Mapped[str] = mapped_column(String(12))  # INTERNAL UNIVERSITY COACHING E_LEARNING
    learning_hours: Mapped[int]  # JP, 1-300
    cost: Mapped[Amount]  # rupiah
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class CourseSession(Base):
    """A course on given days, with so many seats; its row is the lock of its seats."""

    __tablename__ = "course_session"
    __table_args__ = (Index("ix_course_session_course_id", "course_id", "starts_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(160))
    seats: Mapped[int]


class CourseSeat(Base):
    """A seat that is given; its key keeps it from being given twice."""

    __tablename__ = "course_seat"
    __table_args__ = (
        Index("uq_course_seat_session_id_person_id", "session_id", "person_id", unique=True),
        Index("ix_course_seat_referral_id", "referral_id"),
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    given_at: Mapped[datetime]


class CourseWait(Base):
    """A referral that waits for a seat in any session of a course."""

    __tablename__ = "course_wait"
    __table_args__ = (Index("ix_course_wait_course_id", "course_id", "rank", "since"),)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[int]  # 1 high, 2 medium, 3 low priority
    since: Mapped[datetime]


class TrainingBudget(Base):
    """What the city may spend on training in a year, in rupiah; its row is the lock on it."""

    __tablename__ = "training_budget"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[Amount]


class LearningCredit(Base):
    """Learning hours (JP) that a person has completed."""

    __tablename__ = "learning_credit"
    __table_args__ = (Index("ix_learning_credit_person_id", "person_id", "completed_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    competence: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    learning_hours: Mapped[int]
    completed_on: Mapped[date] = mapped_column(Date)


class Referral(Base):
    """One need of one person and what came of it; `open_key` keeps an open one unique."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("uq_referral_open_key", "open_key", unique=True),
        Index("uq_referral_instance_id", "instance_id", unique=True),
        Index("uq_referral_followup_id", "followup_id", unique=True),
        Index("ix_referral_person_id", "person_id", "opened_at"),
        Index("ix_referral_state", "state", "year"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    scope_path: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))
    competence: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(10))  # OPEN SET REJECTED POSTPONED
    open_key: Mapped[str | None] = mapped_column(String(60))  # person/competence while OPEN
    sources: Mapped[str] = mapped_column(String(60))  # T1,T4
    priority: Mapped[str] = mapped_column(String(1))  # H M L
    mandatory: Mapped[bool] = mapped_column(Boolean)
    level_now: Mapped[int]
    level_needed: Mapped[int]
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followup.id"))
    instance_id: Mapped[int] = mapped_column(Id)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    year: Mapped[int | None]  # whose budget pays and whose learning hours count
    learning_hours: Mapped[int | None]
    cost: Mapped[Amount | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
