"""What is asked about notices: those a person has not read, a case's, and how he wants mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.queries.page import Page, cut, read_key
from hr.notices import store

EACH, DAILY, NONE = "EACH", "DAILY", "NONE"
CHOICES = (EACH, DAILY, NONE)


@dataclass(frozen=True)
class NoticeRow:
    """A notice; its text is `[notices]` of the process's messages.toml, filled with `values`."""

    id: int
    notice: str
    process_key: str
    instance_id: int
    case_no: str
    values: Mapping[str, Any]
    at: datetime
    read_at: datetime | None


def unread(connection: Connection, person_id: int, limit: int = 20) -> tuple[NoticeRow, ...]:
    """List what a person has not read yet, the newest first."""
    return tuple(_row(row) for row in store.unread(connection, person_id, limit))


def of_person(
    connection: Connection, person_id: int, *, limit: int, after: str | None = None
) -> Page[NoticeRow]:
    """List everything that a person was told, read or not, the newest first."""
    before = read_key(after, [int])[0] if after else None
    rows = store.of_person(connection, person_id, limit + 1, before)
    page, following = cut(rows, limit, lambda row: (row["id"],))
    return Page(tuple(map(_row, page)), following)


def _row(row: Any) -> NoticeRow:
    return NoticeRow(
        id=row["id"],
        notice=row["notice"],
        process_key=row["process_key"],
        instance_id=row["instance_id"],
        case_no=row["case_no"],
        values=json.loads(row["values"]),
        at=row["at"],
        read_at=row["read_at"],
    )


@dataclass(frozen=True)
class Sent:
    """A notice and to whom it went."""

    person_id: int
    notice: NoticeRow


def sent_since(connection: Connection, after: int) -> tuple[Sent, ...]:
    """List every notice after one, the oldest first: of a database that holds one story."""
    return tuple(Sent(row["person_id"], _row(row)) for row in store.sent_since(connection, after))


def of_case(connection: Connection, instance_id: int, limit: int = 500) -> tuple[Sent, ...]:
    """List every notice about a case, the oldest first; whom it may be shown to is not asked."""
    found = store.of_case(connection, instance_id, limit)
    return tuple(Sent(row["person_id"], _row(row)) for row in found)


def mail_choice(connection: Connection, person_id: int) -> str:
    """Say how somebody wants mail: EACH (who never said), DAILY or NONE."""
    return store.mail_choice(connection, person_id) or EACH


def who_chose(connection: Connection, mail: str) -> tuple[int, ...]:
    """List who said that he wants mail in this way."""
    return tuple(store.who_chose(connection, mail))
