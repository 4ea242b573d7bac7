"""Plans and their result rows; what was realised stands per row and period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import FOREVER, Amount, Exact


class PerformancePlan(Base):
    """A person's plan (SKP) as it was valid from when to when; an addendum is a new version."""

    __tablename__ = "performance_plan"
    __table_args__ = (Index("ix_performance_plan_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)
    approach: Mapped[str] = mapped_column(String(5), default="QUANT")  # or QUAL
    instance_id: Mapped[int | None] = mapped_column(Id)  # the case that settled it
    case_no: Mapped[str] = mapped_column(String(40), default="")
    resources: Mapped[str] = mapped_column(Text, default="")
    accountability: Mapped[str] = mapped_column(Text, default="")
    consequences: Mapped[str] = mapped_column(Text, default="")


class PlanBehaviour(Base):
    """What the superior expects of a value (BerAKHLAK) in particular."""

    __tablename__ = "plan_behaviour"
    plan_id: Mapped[int] = mapped_column(ForeignKey("performance_plan.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(20), primary_key=True)
    expectation: Mapped[str] = mapped_column(Text)


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
    aspect: Mapped[str] = mapped_column(String(12), default="")  # KUANTITAS KUALITAS WAKTU BIAYA
    superior_row_id: Mapped[int | None] = mapped_column(ForeignKey("plan_row.id"))
    target_min: Mapped[Decimal | None] = mapped_column(Exact)  # of the year
    target_max: Mapped[Decimal | None] = mapped_column(Exact)  # where the target is a range
    iku_code: Mapped[str] = mapped_column(String(20), default="")
    perspective: Mapped[str] = mapped_column(String(12), default="")  # of a head of office only


class PlanResult(Base):
    """Target and realisation of a plan row in a period."""

    __tablename__ = "plan_result"
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    target: Mapped[Amount]
    actual: Mapped[Amount]
    on_time: Mapped[bool | None] = mapped_column(Boolean)  # of project rows only
