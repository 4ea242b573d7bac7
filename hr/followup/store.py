"""Statements on follow-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, false, or_, select, update

from hr.followup.tables import Followup
from hr.statements import Row, add_one, first, rows

OPEN, CONSUMED, DROPPED = "OPEN", "CONSUMED", "DROPPED"


def open_one(connection: Connection, row: Mapping[str, Any]) -> int:
    """Open a follow-up, or give the number of the one with the same key."""
    same = select(Followup.id).where(Followup.dedup_key == row["dedup_key"])
    known = connection.execute(same).scalar_one_or_none()
    return add_one(connection, Followup, {**row, "state": OPEN}) if known is None else known


def get(connection: Connection, number: int) -> Row | None:
    """Read a follow-up."""
    return first(connection, select(*Followup.__table__.c).where(Followup.id == number))


def lock(connection: Connection, number: int) -> Row | None:
    """Read a follow-up and keep others from taking it up until the transaction ends."""
    found = select(*Followup.__table__.c).where(Followup.id == number)
    return first(connection, found.with_for_update())


def consume(connection: Connection, number: int, case_id: int, now: datetime) -> bool:
    """Mark an open follow-up as taken up by a case; tell whether it was still open."""
    free = update(Followup).where(Followup.id == number, Followup.state == OPEN)
    values = {"state": CONSUMED, "consumed_at": now, "consumed_by": case_id}
    return bool(connection.execute(free.values(**values)).rowcount)


def drop(connection: Connection, source_id: int, kinds: Collection[str], now: datetime) -> None:
    """Take back what a case asked for and nobody has taken up yet."""
    free = update(Followup).where(
        Followup.source_id == source_id, Followup.state == OPEN, Followup.kind.in_(kinds)
    )
    connection.execute(free.values(state=DROPPED, consumed_at=now))


def page(
    connection: Connection,
    prefixes: Collection[str],
    subjects: Collection[int],
    excluded: Collection[int],
    kind: str | None,
    after: int | None,
    limit: int,
) -> list[Row]:
    """Read open follow-ups under these paths or about these persons, the newest first."""
    ways = [Followup.scope_path.startswith(p, autoescape=True) for p in sorted(prefixes)]
    if excluded and ways:
        about_others = or_(Followup.subject_id.is_(None), Followup.subject_id.not_in(excluded))
        ways = [and_(or_(*ways), about_others)]
    if subjects:
        ways.append(Followup.subject_id.in_(subjects))
    found = select(*Followup.__table__.c).where(Followup.state == OPEN, or_(false(), *ways))
    if kind:
        found = found.where(Followup.kind == kind)
    if after is not None:
        found = found.where(Followup.id < after)
    return rows(connection, found.order_by(Followup.id.desc()).limit(limit))


def open_numbers(connection: Connection, kind: str, limit: int) -> list[int]:
    """Read the numbers of open follow-ups of a kind, the oldest first."""
    found = select(Followup.id).where(Followup.state == OPEN, Followup.kind == kind)
    oldest = found.order_by(Followup.opened_at, Followup.id).limit(limit)
    return list(connection.execute(oldest).scalars())


def of_case(connection: Connection, source_id: int) -> list[Row]:
    """Read the follow-ups that a case opened."""
    found = select(*Followup.__table__.c).where(Followup.source_id == source_id)
    return rows(connection, found.order_by(Followup.id))
