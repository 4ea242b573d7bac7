"""What is asked about notices: those a person has not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hr.notices import store


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


def unread(connection: Connection, person_id: int, limit: int = 20) -> tuple[NoticeRow, ...]:
    """List what a person has not read yet, the newest first."""
    return tuple(
        NoticeRow(
            id=row["id"],
            notice=row["notice"],
            process_key=row["process_key"],
            instance_id=row["instance_id"],
            case_no=row["case_no"],
            values=json.loads(row["values"]),
            at=row["at"],
        )
        for row in store.unread(connection, person_id, limit)
    )
