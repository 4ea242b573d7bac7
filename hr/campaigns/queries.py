"""What is asked about campaigns: whom one would reach, and whom one has reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hr.calendar.rules import quarter_days
from hr.campaigns import rules, store
from hr.campaigns.rules import Member
from hr.directory import queries as directory
from hr.statements import Row


@dataclass(frozen=True)
class CampaignView:
    """A campaign; `key` marks its cases in the engine."""

    id: int
    key: str
    process_key: str
    period: str
    launched_at: datetime
    launched_by: int | None
    persons: int
    started: int
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Preview:
    """Whom a campaign would reach, and who is left out and why, by person."""

    reached: tuple[int, ...]
    left_out: Mapping[int, str]


def campaign_key(process_key: str, period: str) -> str:
    """Name a campaign as the engine's cases carry it."""
    return f"{process_key}/{period}"


def preview(connection: Connection, period: str, *, scope_path: str = "", at: datetime) -> Preview:
    """Say whom a campaign of a quarter would reach under a scope path (empty: the whole city)."""
    first, last = quarter_days(period)
    lines = directory.all_lines(connection, at)
    rated = {person for person in lines.main_posts if lines.superior(person) is not None}
    members = [
        Member(row["id"], row["joined_on"], row["left_on"], row["unit_path"])
        for row in directory.members(connection, scope_path, at)
    ]
    reasons = {m.person_id: rules.left_out(m, rated, first, last) for m in members}
    return Preview(
        tuple(person for person, reason in reasons.items() if not reason),
        {person: reason for person, reason in reasons.items() if reason},
    )


def campaigns(connection: Connection) -> tuple[CampaignView, ...]:
    """List all campaigns, the newest first."""
    return tuple(_view(connection, row) for row in store.all_of_them(connection))


def campaign(connection: Connection, campaign_id: int) -> CampaignView | None:
    """Give a campaign, or None."""
    row = store.get(connection, campaign_id)
    return None if row is None else _view(connection, row)


def left_out(connection: Connection, campaign_id: int) -> Mapping[int, str]:
    """Tell who got no case and why, by person."""
    return {row["person_id"]: row["left_out"] for row in store.left_out(connection, campaign_id)}


def _view(connection: Connection, row: Row) -> CampaignView:
    counted = store.counts(connection, row["id"])
    return CampaignView(
        id=row["id"],
        key=campaign_key(row["process_key"], row["period"]),
        process_key=row["process_key"],
        period=row["period"],
        launched_at=row["launched_at"],
        launched_by=row["launched_by"],
        persons=row["persons"],
        started=row["started"],
        left_out={reason: count for reason, count in counted.items() if reason},
    )
