"""Saved searches, samples with their working papers, and exports that were asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class AuditSearch(Base):
    """A search of the history under a name; query -- the address after the question mark."""

    __tablename__ = "audit_search"
    __table_args__ = (Index("uq_audit_search_person_id_name", "person_id", "name", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(600))


class AuditSample(Base):
    """A random sample of a process's cases in a period, which its seed draws again.

    population -- how many cases there were to draw from; until -- no younger case was among them
    """

    __tablename__ = "audit_sample"
    __table_args__ = (Index("ix_audit_sample_drawn_by", "drawn_by", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(20))
    seed: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    population: Mapped[int]
    until: Mapped[int] = mapped_column(Id)
    drawn_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[datetime]


class AuditPaper(Base):
    """The working paper of one case of a sample; an empty conclusion is none yet."""

    __tablename__ = "audit_paper"
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_sample.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    case_no: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(String(10), default="")
    written_by: Mapped[int | None] = mapped_column(Id)
    written_at: Mapped[datetime | None]


class AuditExport(Base):
    """An event log that somebody asked for, made by a job; the file is kept by its digest.

    filter -- JSON of the filter; done, total -- cases written, and how many there are
    """

    __tablename__ = "audit_export"
    __table_args__ = (Index("ix_audit_export_person_id", "person_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str] = mapped_column(String(12))
    filter: Mapped[str] = mapped_column(String(600))
    anonymous: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
