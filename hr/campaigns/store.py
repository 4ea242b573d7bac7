"""Statements on campaigns and whom they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from hr.campaigns.tables import Campaign, CampaignSubject
from hr.statements import Row, add, add_one, first, rows


def add_campaign(
    connection: Connection, row: Mapping[str, Any], subjects: Iterable[Mapping[str, Any]]
) -> int:
    """Write a campaign with its persons and give its number."""
    number = add_one(connection, Campaign, row)
    add(connection, CampaignSubject, ({"campaign_id": number, **each} for each in subjects))
    return number


def find(connection: Connection, process_key: str, period: str) -> Row | None:
    """Read the campaign of a process in a period."""
    found = select(*Campaign.__table__.c).where(
        Campaign.process_key == process_key, Campaign.period == period
    )
    return first(connection, found)


def get(connection: Connection, number: int) -> Row | None:
    """Read a campaign."""
    return first(connection, select(*Campaign.__table__.c).where(Campaign.id == number))


def all_of_them(connection: Connection) -> list[Row]:
    """Read every campaign, the newest first."""
    return rows(connection, select(*Campaign.__table__.c).order_by(Campaign.id.desc()))


def count_started(connection: Connection, number: int, more: int) -> None:
    """Add to how many cases a campaign has started."""
    table = Campaign.__table__
    counted = update(Campaign).where(table.c.id == number)
    connection.execute(counted.values(started=table.c.started + more))


def chunk(connection: Connection, number: int, place: int) -> list[int]:
    """Read the persons of a chunk."""
    found = select(CampaignSubject.person_id).where(
        CampaignSubject.campaign_id == number,
        CampaignSubject.chunk == place,
        CampaignSubject.left_out == "",
    )
    return list(connection.execute(found.order_by(CampaignSubject.person_id)).scalars())


def counts(connection: Connection, number: int) -> dict[str, int]:
    """Count a campaign's persons by why they were left out; `` for those with a case."""
    found = (
        select(CampaignSubject.left_out, func.count().label("persons"))
        .where(CampaignSubject.campaign_id == number)
        .group_by(CampaignSubject.left_out)
    )
    return {row["left_out"]: row["persons"] for row in rows(connection, found)}


def left_out(connection: Connection, number: int) -> list[Row]:
    """Read who was left out and why."""
    found = select(CampaignSubject.person_id, CampaignSubject.left_out).where(
        CampaignSubject.campaign_id == number, CampaignSubject.left_out != ""
    )
    return rows(connection, found.order_by(CampaignSubject.person_id))
