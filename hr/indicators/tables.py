"""Published versions of the catalogue; a year may have several, the newest counts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import Amount, Exact


class Catalogue(Base):
    """A published version, and the case that led to it."""

    __tablename__ = "catalogue"
    __table_args__ = (Index("uq_catalogue_year_version", "year", "version", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    vision: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[int] = mapped_column(Id)
    case_no: Mapped[str] = mapped_column(String(40))
    published_at: Mapped[datetime]


class CatalogueGoal(Base):
    """A mission (no parent) or a goal of one; `code` is M1, M1.2."""

    __tablename__ = "catalogue_goal"
    catalogue_id: Mapped[int] = mapped_column(ForeignKey("catalogue.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    parent: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)


class MainIndicator(Base):
    """An office's indicator (IKU) for a goal."""

    __tablename__ = "main_indicator"
    __table_args__ = (
        Index("uq_main_indicator_catalogue_id_code", "catalogue_id", "code", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    catalogue_id: Mapped[int] = mapped_column(ForeignKey("catalogue.id"))
    code: Mapped[str] = mapped_column(String(20))
    goal: Mapped[str] = mapped_column(String(12))
    office_path: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(String(40))
    formula: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(String(6))  # HIGHER or LOWER is better
    baseline: Mapped[Decimal | None] = mapped_column(Exact)
    target: Mapped[Amount]
    dimension: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(8))  # OUTPUT OUTCOME IMPACT
