"""Absences with their substitutes; `valid_to` is the last day, and ends a cover by itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Absence(Base):
    """Somebody is away for some days, and somebody else does his tasks: PLT or PLH.

    processes -- keys with commas between; empty for all
    """

    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_person_id", "person_id", "valid_to"),
        Index("ix_absence_substitute_id", "substitute_id", "valid_to"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(3))
    processes: Mapped[str] = mapped_column(String(800))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    set_by: Mapped[int | None] = mapped_column(Id)
    set_at: Mapped[datetime]
