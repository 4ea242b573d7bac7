"""Entries of what was done, and the month they belong to.  A million entries a month are usual."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import Exact


class ActivityEntry(Base):
    """What a person did on a day.  `starts` and `ends` are minutes since midnight, local time."""

    __tablename__ = "activity_entry"
    __table_args__ = (
        Index("ix_activity_entry_person_day", "person_id", "day"),
        Index("uq_activity_entry_request_key", "person_id", "request_key", unique=True),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[int] = mapped_column(SmallInteger)
    ends: Mapped[int] = mapped_column(SmallInteger)
    row_id: Mapped[int | None] = mapped_column(ForeignKey("plan_row.id"))  # None: additional task
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(32))  # of the text, for repeated ones
    quantity: Mapped[Decimal | None] = mapped_column(Exact)
    measure: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(6))  # OFFICE FIELD WFH
    late_reason: Mapped[str] = mapped_column(Text)  # filled in where it came after D+2
    overtime_order: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8))  # FILED APPROVED RETURNED REJECTED AUTO
    note: Mapped[str] = mapped_column(Text)  # of the superior
    filed_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None] = mapped_column(Id)
    request_key: Mapped[str] = mapped_column(String(80))


class ActivityPhoto(Base):
    """A photo that shows what was done.  The picture itself is a file, known by its SHA-256."""

    __tablename__ = "activity_photo"
    __table_args__ = (
        Index("uq_activity_photo_entry_id_sha256", "entry_id", "sha256", unique=True),
        Index("ix_activity_photo_person_id", "person_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("activity_entry.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]  # bytes


class ActivityMonth(Base):
    """A person's month; `closed_at` is empty while entries may come.  Counts are of days."""

    __tablename__ = "activity_month"
    __table_args__ = (Index("ix_activity_month_month", "month", "closed_at"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    instance_id: Mapped[int | None] = mapped_column(Id)
    rater_id: Mapped[int | None] = mapped_column(Id)  # whose backlog counts, at the close
    closed_at: Mapped[datetime | None]
    minutes: Mapped[int]
    entries: Mapped[int]
    days_filed: Mapped[int]
    days_non_conforming: Mapped[int]
    unreviewed: Mapped[int]  # entries
