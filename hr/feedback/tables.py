"""Feedback outside the cycle, and notes between a superior and one of his people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class Feedback(Base):
    """What one person told another about his work; the rater of whom it is about reads it, too."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_person_id", "person_id", "id"),
        Index("ix_feedback_by_id", "by_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(8))  # PRAISE or ADVICE
    value: Mapped[str] = mapped_column(String(20))  # one of the seven (BerAKHLAK), or empty
    text: Mapped[str] = mapped_column(Text)


class CoachingNote(Base):
    """A note that three may read: who wrote it, whom it is about, and a counsellor, if named."""

    __tablename__ = "coaching_note"
    __table_args__ = (
        Index("ix_coaching_note_person_id", "person_id", "id"),
        Index("ix_coaching_note_counsellor_id", "counsellor_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
