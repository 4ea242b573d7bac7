"""Statements on requests of programs, and on webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hr.programs.tables import DoneRequest, Webhook
from hr.statements import Row, add_one, first, rows

_DONE = select(*DoneRequest.__table__.c).where(DoneRequest.digest == bindparam("digest"))


def done_request(connection: Connection, digest: str) -> Row | None:
    """Read a request that was done."""
    return first(connection, _DONE, {"digest": digest})


def note_request(
    connection: Connection, digest: str, asked: str, result: str, now: datetime
) -> None:
    """Note that a request was done."""
    row = {"digest": digest, "asked": asked, "result": result, "at": now}
    connection.execute(insert(DoneRequest).values(**row))


def forget_requests(connection: Connection, before: datetime) -> int:
    """Forget requests from before a moment; give how many."""
    done = connection.execute(delete(DoneRequest).where(DoneRequest.at < before))
    return int(done.rowcount)


def open_webhooks(connection: Connection, person_id: int | None = None) -> list[Row]:
    """Read the webhooks that nobody ended: a person's, or all."""
    found = select(*Webhook.__table__.c).where(Webhook.ended_at.is_(None))
    if person_id is not None:
        found = found.where(Webhook.person_id == person_id)
    return rows(connection, found.order_by(Webhook.id))


def webhook(connection: Connection, number: int) -> Row | None:
    """Read a webhook that nobody ended."""
    found = select(*Webhook.__table__.c).where(Webhook.id == number, Webhook.ended_at.is_(None))
    return first(connection, found)


def add_webhook(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a webhook and give its number."""
    return add_one(connection, Webhook, row)


def end_webhook(connection: Connection, number: int, person_id: int, now: datetime) -> bool:
    """End a person's webhook; tell whether there was one."""
    own = update(Webhook).where(Webhook.id == number, Webhook.person_id == person_id)
    done = connection.execute(own.where(Webhook.ended_at.is_(None)).values(ended_at=now))
    return bool(done.rowcount)
