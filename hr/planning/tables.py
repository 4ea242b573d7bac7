"""Plans and their result rows; what was realised stands per row and period."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base
from hr.columns import FOREVER, Amount


class PerformancePlan(Base):
    """A person's plan (SKP) as it was valid from when to when; an addendum is a new version."""

    __tablename__ = "performance_plan"
    __table_args__ = (Index("ix_performance_plan_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class PlanRow(Base):
    """A result somebody answers for.  The weights of a plan's rows add up to 100."""

    __tablename__ = "plan_row"
    __table_args__ = (Index("uq_plan_row_plan_id_number", "plan_id", "number", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("performance_plan.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))  # UTAMA or TAMBAHAN
    plan: Mapped[str] = mapped_column(Text)
    indicator: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(String(40))  # the unit of measure: dokumen, %, menit
    dimension: Mapped[str] = mapped_column(String(12))
    direction: Mapped[str] = mapped_column(String(6))  # HIGHER or LOWER is better
    weight: Mapped[Amount]
    project: Mapped[bool] = mapped_column(Boolean, default=False)


class PlanResult(Base):
    """Target and realisation of a plan row in a period."""

    __tablename__ = "plan_result"
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    target: Mapped[Amount]
    actual: Mapped[Amount]
    on_time: Mapped[bool | None] = mapped_column(Boolean)  # of project rows only
