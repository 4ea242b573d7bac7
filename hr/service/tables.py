"""Facts about a unit's service per period, and its service indicators."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base
from hr.columns import Amount


class UnitFacts(Base):
    """What is known about a unit in a period; units without a row share that of the unit above."""

    __tablename__ = "unit_facts"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    public_facing: Mapped[bool] = mapped_column(Boolean)
    skm_index: Mapped[Amount | None]  # 25-100
    skm_responses: Mapped[int]
    complaints: Mapped[int]
    complaints_upheld: Mapped[int]


class ServiceArea(Base):
    """A service indicator of a unit in a period: target and what was reached."""

    __tablename__ = "service_area"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(6), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(160), primary_key=True)
    measure: Mapped[str] = mapped_column(String(40))
    direction: Mapped[str] = mapped_column(String(6))
    target: Mapped[Amount]
    actual: Mapped[Amount]
