"""Campaigns and whom they are about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Campaign(Base):
    """One process launched for many people in a period; how many cases it has started so far."""

    __tablename__ = "campaign"
    __table_args__ = (
        Index("uq_campaign_process_key_period", "process_key", "period", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(20))
    launched_at: Mapped[datetime]
    launched_by: Mapped[int | None] = mapped_column(Id)
    persons: Mapped[int]
    started: Mapped[int] = mapped_column(default=0)


class CampaignSubject(Base):
    """One person of a campaign, in which chunk; `left_out` says why there is no case."""

    __tablename__ = "campaign_subject"
    __table_args__ = (Index("ix_campaign_subject_person_id", "person_id"),)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    chunk: Mapped[int]
    left_out: Mapped[str] = mapped_column(String(20), default="")
