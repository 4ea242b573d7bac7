"""Notices to persons, and whether they want mail; texts stand in the process's messages.toml."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Notice(Base):
    """A notice to one person: which text, with which values (JSON), from which case."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id", "person_id", "read_at", "id"),
        Index("ix_notice_instance_id", "instance_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    notice: Mapped[str] = mapped_column(String(60))
    process_key: Mapped[str] = mapped_column(String(80))
    instance_id: Mapped[int] = mapped_column(Id)
    case_no: Mapped[str] = mapped_column(String(40))
    values: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MailChoice(Base):
    """How a person wants mail: EACH task as it comes, DAILY in one letter, NONE.  Without: EACH."""

    __tablename__ = "mail_choice"
    __table_args__ = (Index("ix_mail_choice_mail", "mail"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mail: Mapped[str] = mapped_column(String(5))
