"""Statements on notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hr.notices.tables import MailChoice, Notice
from hr.statements import Row, add, first, rows


def unread(connection: Connection, person_id: int, limit: int) -> list[Row]:
    """Read what somebody has not read yet, the newest first."""
    found = select(*Notice.__table__.c).where(
        Notice.person_id == person_id, Notice.read_at.is_(None)
    )
    return rows(connection, found.order_by(Notice.id.desc()).limit(limit))


def of_person(connection: Connection, person_id: int, limit: int, before: int | None) -> list[Row]:
    """Read what somebody was told before one notice, read or not, the newest first."""
    found = select(*Notice.__table__.c).where(Notice.person_id == person_id)
    if before is not None:
        found = found.where(Notice.id < before)
    return rows(connection, found.order_by(Notice.id.desc()).limit(limit))


def sent_since(connection: Connection, after: int) -> list[Row]:
    """Read all notices after one, the oldest first."""
    found = select(*Notice.__table__.c).where(Notice.id > after)
    return rows(connection, found.order_by(Notice.id))


def of_case(connection: Connection, instance_id: int, limit: int) -> list[Row]:
    """Read what was told about a case, the oldest first."""
    found = select(*Notice.__table__.c).where(Notice.instance_id == instance_id)
    return rows(connection, found.order_by(Notice.id).limit(limit))


def add_notices(connection: Connection, new: Iterable[Mapping[str, Any]]) -> None:
    """Write notices to many persons."""
    add(connection, Notice, new)


def mark_read(connection: Connection, number: int, person_id: int, now: datetime) -> None:
    """Note that a person has read his notice."""
    own = update(Notice).where(Notice.id == number, Notice.person_id == person_id)
    connection.execute(own.where(Notice.read_at.is_(None)).values(read_at=now))


def mark_all_read(connection: Connection, newest: int, person_id: int, now: datetime) -> None:
    """Note that a person has read his notices up to one."""
    own = update(Notice).where(Notice.person_id == person_id, Notice.id <= newest)
    connection.execute(own.where(Notice.read_at.is_(None)).values(read_at=now))


def mail_choice(connection: Connection, person_id: int) -> str | None:
    """Read how somebody wants mail; None where he never said."""
    found = first(connection, select(MailChoice.mail).where(MailChoice.person_id == person_id))
    return None if found is None else str(found["mail"])


def choose_mail(connection: Connection, person_id: int, mail: str) -> None:
    """Write down how somebody wants mail."""
    connection.execute(delete(MailChoice).where(MailChoice.person_id == person_id))
    connection.execute(insert(MailChoice).values(person_id=person_id, mail=mail))


def who_chose(connection: Connection, mail: str) -> list[int]:
    """List who wants mail in this way."""
    found = select(MailChoice.person_id).where(MailChoice.mail == mail)
    return [int(row["person_id"]) for row in rows(connection, found.order_by(MailChoice.person_id))]
