"""One row per objection: what it is about, who rated, who decided, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Objection(Base):
    """An objection (P08); `outcome` is empty while it is open."""

    __tablename__ = "objection"
    __table_args__ = (
        Index("uq_objection_instance_id", "instance_id", unique=True),
        Index("ix_objection_result_id", "result_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id)
    case_no: Mapped[str] = mapped_column(String(40))
    result_id: Mapped[int] = mapped_column(ForeignKey("evaluation_result.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rater_id: Mapped[int | None] = mapped_column(Id)  # who settled the rating
    on_time: Mapped[bool]
    opened_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(12))  # LAPSED REFUSED UPHELD CHANGED RERATED
    reason: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime | None]
    predicate_before: Mapped[str] = mapped_column(String(2))
    predicate_after: Mapped[str] = mapped_column(String(2))
