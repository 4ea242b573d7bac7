"""Saved filters of the inbox, and the secret addresses of calendars."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class SavedFilter(Base):
    """A filter of the inbox under a name; with a group, its members find it too.

    query -- the part of the address after the question mark
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        Index("uq_saved_filter_person_id_name", "person_id", "name", unique=True),
        Index("ix_saved_filter_group_key", "group_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(600))
    group_key: Mapped[str | None] = mapped_column(String(80))


class CalendarFeed(Base):
    """The digest of the secret address at which a calendar asks for a person's due dates."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("uq_calendar_feed_token_hash", "token_hash", unique=True),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
