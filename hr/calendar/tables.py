"""The city's holidays: editable rows, seeded from the national calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class Holiday(Base):
    """A day on which offices are closed.  kind: NATIONAL, JOINT (cuti bersama) or LOCAL."""

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
