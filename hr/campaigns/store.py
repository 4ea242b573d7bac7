"""Statements on campaigns, whom they are about, what was done in them, and their cadences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from hr.campaigns.tables import Campaign, CampaignAct, CampaignCadence, CampaignSubject
from hr.statements import Row, add, add_one, first, rows


def add_campaign(
    connection: Connection, row: Mapping[str, Any], subjects: Iterable[Mapping[str, Any]]
) -> int:
    """Write a campaign with its persons and give its number."""
    number = add_one(connection, Campaign, row)
    add(connection, CampaignSubject, ({"campaign_id": number, **each} for each in subjects))
    return number


def rounds(connection: Connection, process_key: str, period: str) -> int:
    """Count the campaigns of a process in a period."""
    same = (Campaign.process_key == process_key, Campaign.period == period)
    return connection.execute(select(func.count()).select_from(Campaign).where(*same)).scalar_one()


def reached(connection: Connection, process_key: str, period: str) -> frozenset[int]:
    """Read whom the campaigns of a process have reached in a period."""
    found = (
        select(CampaignSubject.person_id)
        .join(Campaign, Campaign.id == CampaignSubject.campaign_id)
        .where(
            Campaign.process_key == process_key,
            Campaign.period == period,
            CampaignSubject.left_out == "",
        )
    )
    return frozenset(connection.execute(found).scalars())


def get(connection: Connection, number: int, *, lock: bool = False) -> Row | None:
    """Read a campaign; locked where it is to be changed."""
    found = select(*Campaign.__table__.c).where(Campaign.id == number)
    return first(connection, found.with_for_update() if lock else found)


def all_of_them(connection: Connection, before: int | None, limit: int) -> list[Row]:
    """Read campaigns, the newest first."""
    found = select(*Campaign.__table__.c).order_by(Campaign.id.desc()).limit(limit)
    return rows(connection, found if before is None else found.where(Campaign.id < before))


def count_started(connection: Connection, number: int, more: int) -> None:
    """Add to how many cases a campaign has started."""
    table = Campaign.__table__
    counted = update(Campaign).where(table.c.id == number)
    connection.execute(counted.values(started=table.c.started + more))


def set_campaign(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Change a campaign."""
    connection.execute(update(Campaign).where(Campaign.id == number).values(**values))


def chunk(connection: Connection, number: int, place: int) -> list[int]:
    """Read the persons of a chunk."""
    found = select(CampaignSubject.person_id).where(
        CampaignSubject.campaign_id == number,
        CampaignSubject.chunk == place,
        CampaignSubject.left_out == "",
    )
    return list(connection.execute(found.order_by(CampaignSubject.person_id)).scalars())


def counts(connection: Connection, numbers: Iterable[int]) -> dict[int, dict[str, int]]:
    """Count the persons of campaigns by why they were left out; `` for those with a case."""
    wanted = list(numbers)
    found = (
        select(
            CampaignSubject.campaign_id,
            CampaignSubject.left_out,
            func.count().label("persons"),
        )
        .where(CampaignSubject.campaign_id.in_(wanted))
        .group_by(CampaignSubject.campaign_id, CampaignSubject.left_out)
    )
    counted: dict[int, dict[str, int]] = {number: {} for number in wanted}
    for row in rows(connection, found):
        counted[row["campaign_id"]][row["left_out"]] = row["persons"]
    return counted


def left_out(connection: Connection, number: int) -> list[Row]:
    """Read who was left out and why."""
    found = select(CampaignSubject.person_id, CampaignSubject.left_out).where(
        CampaignSubject.campaign_id == number, CampaignSubject.left_out != ""
    )
    return rows(connection, found.order_by(CampaignSubject.person_id))


def add_act(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write what was done in a campaign, and give its number."""
    return add_one(connection, CampaignAct, row)


def acts(connection: Connection, number: int, limit: int) -> list[Row]:
    """Read what was done in a campaign, the newest first."""
    found = select(*CampaignAct.__table__.c).where(CampaignAct.campaign_id == number)
    return rows(connection, found.order_by(CampaignAct.id.desc()).limit(limit))


def count_act(connection: Connection, number: int, *, done: int, passed: int) -> None:
    """Add to what has become of an act."""
    table = CampaignAct.__table__
    counted = update(CampaignAct).where(table.c.id == number)
    new = {"done": table.c.done + done, "passed": table.c.passed + passed}
    connection.execute(counted.values(**new))


def cadences(connection: Connection) -> list[Row]:
    """Read every cadence, the oldest first."""
    return rows(connection, select(*CampaignCadence.__table__.c).order_by(CampaignCadence.id))


def add_cadence(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a cadence and give its number."""
    return add_one(connection, CampaignCadence, row)


def set_cadence(connection: Connection, number: int, values: Mapping[str, Any]) -> bool:
    """Change a cadence; tell whether it is there."""
    changed = update(CampaignCadence).where(CampaignCadence.id == number).values(**values)
    return bool(connection.execute(changed).rowcount)


def began(connection: Connection, cadence_id: int, period: str) -> bool:
    """Tell whether a cadence has launched a period already."""
    same = (Campaign.cadence_id == cadence_id, Campaign.period == period)
    return first(connection, select(Campaign.id).where(*same)) is not None
