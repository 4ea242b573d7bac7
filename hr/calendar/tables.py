"""The city's holidays and seasons: editable rows, seeded from the national calendar."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import Boolean, Date, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class Holiday(Base):
    """A day on which offices are closed.  kind: NATIONAL, JOINT (cuti bersama) or LOCAL.

    estimated -- that no decree has fixed the day yet; it may still move by a day
    """

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
    estimated: Mapped[bool] = mapped_column(Boolean, default=False)


class HoursSeason(Base):
    """Days, both included, that have hours of their own, such as Ramadan; no two overlap."""

    __tablename__ = "hours_season"
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    last_day: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(160))
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    closes_on_friday: Mapped[time] = mapped_column(Time)
    estimated: Mapped[bool] = mapped_column(Boolean, default=False)
