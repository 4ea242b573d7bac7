"""One row per person and month; the public sees sums of five or more."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import Exact


class MonthlyReport(Base):
    """A rated monthly report; `office_path` is where the person worked at the time."""

    __tablename__ = "monthly_report"
    __table_args__ = (Index("ix_monthly_report_month", "month", "office_path"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    instance_id: Mapped[int] = mapped_column(Id)
    office_path: Mapped[str] = mapped_column(String(120))
    services_given: Mapped[int]
    beneficiaries: Mapped[int]
    impact: Mapped[str] = mapped_column(Text)
    conformity: Mapped[str] = mapped_column(String(8))  # CONFORMS or PARTLY or NOT
    report_factor: Mapped[Decimal | None] = mapped_column(Exact)  # DT08
    rated_at: Mapped[datetime]
