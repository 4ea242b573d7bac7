"""Follow-ups: opened by one process, consumed once by another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Followup(Base):
    """Something that a case asks another process to take up."""

    __tablename__ = "followup"
    __table_args__ = (
        Index("uq_followup_dedup_key", "dedup_key", unique=True),
        Index("ix_followup_state", "state", "opened_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8))  # OPEN, CONSUMED or DROPPED
    subject_id: Mapped[int | None] = mapped_column(Id)
    scope_path: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int] = mapped_column(Id)
    source_no: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    dedup_key: Mapped[str] = mapped_column(String(160))
    opened_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    consumed_by: Mapped[int | None] = mapped_column(Id)  # the case that took it up
