"""Campaigns, whom they are about, what was done in them, and when they begin by themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Campaign(Base):
    """One process launched for many people in a period; how many cases it has started so far.

    A second round of the same period reaches whom no round before it has reached.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        Index(
            "uq_campaign_process_key_period_round", "process_key", "period", "round", unique=True
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(20))
    launched_at: Mapped[datetime]
    launched_by: Mapped[int | None] = mapped_column(Id)
    persons: Mapped[int]
    started: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    # JSON: offices (paths), kinds (of post), least_days
    reach: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    cadence_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]


class CampaignSubject(Base):
    """One person of a campaign, in which chunk; `left_out` says why there is no case."""

    __tablename__ = "campaign_subject"
    __table_args__ = (Index("ix_campaign_subject_person_id", "person_id"),)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    chunk: Mapped[int]
    left_out: Mapped[str] = mapped_column(String(20), default="")


class CampaignAct(Base):
    """What the agency did in a campaign: REMINDED, EXTENDED or CLOSED, with its reason.

    `wanted` counts what it was about; `done` and `passed` what became of it so far.
    """

    __tablename__ = "campaign_act"
    __table_args__ = (Index("ix_campaign_act_campaign_id", "campaign_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)
    office_path: Mapped[str] = mapped_column(String(200))
    element_id: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime | None]  # the new due date
    wanted: Mapped[int]
    done: Mapped[int]
    passed: Mapped[int]


class CampaignCadence(Base):
    """How often a process begins by itself, and for whom; one row serves every period to come."""

    __tablename__ = "campaign_cadence"
    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(80))
    every: Mapped[str] = mapped_column(String(8))  # MONTH QUARTER HALF YEAR
    days_after: Mapped[int]  # from the period's last day; negative: before it ends
    reach: Mapped[str] = mapped_column(Text)  # as of Campaign
    active: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(Id)
