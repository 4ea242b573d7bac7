"""Requests of programs that were done already, and where programs want to be told of events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class DoneRequest(Base):
    """A request that was done, by the digest of person and key, with what came of it (JSON).

    asked -- digest of what was asked, so that a key does not stand for two requests
    """

    __tablename__ = "done_request"
    __table_args__ = (Index("ix_done_request_at", "at"),)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Webhook(Base):
    """Where a program of a person wants to be told of what he may see.

    events -- by name, with spaces between them; secret_sealed -- what deliveries are signed with
    token_id -- the token that asked for it: it ends with it, and sees no more than it
    """

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_ended_at", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    url: Mapped[str] = mapped_column(String(500))
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    events: Mapped[str] = mapped_column(String(400))
    secret_sealed: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
