"""What is asked about follow-ups: which are open, and which a case opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.model import Scope
from hr.followup import store
from hr.statements import Row

KINDS = ("COACHING", "REFERRAL", "SERVICE_GAP", "NOMINATION", "FAIRNESS_REVIEW")


@dataclass(frozen=True)
class FollowupRow:
    """A follow-up; `consumed_by` is the case that took it up."""

    id: int
    kind: str
    state: str
    subject_id: int | None
    scope_path: str
    period: str
    source_id: int
    source_no: str
    detail: str
    opened_at: datetime
    consumed_at: datetime | None
    consumed_by: int | None


@dataclass(frozen=True)
class Followups:
    """A page; `next` asks for the one after it."""

    rows: tuple[FollowupRow, ...]
    next: str | None


def open_followups(
    connection: Connection,
    scope: Scope,
    *,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Followups:
    """List the open follow-ups that somebody may see by role, the newest first."""
    number = int(after) if after and after.isdecimal() and len(after) < 16 else None
    below = scope.subjects - {scope.person_id or 0}
    found = store.page(
        connection, scope.path_prefixes, below, scope.exclude_subjects, kind, number, limit + 1
    )
    views = tuple(_view(row) for row in found[:limit])
    return Followups(views, str(views[-1].id) if len(found) > limit else None)


def of_case(connection: Connection, instance_id: int) -> tuple[FollowupRow, ...]:
    """List the follow-ups that a case opened."""
    return tuple(_view(row) for row in store.of_case(connection, instance_id))


def locked(connection: Connection, followup_id: int) -> FollowupRow | None:
    """Give a follow-up that nobody else can take up until the transaction ends, or None."""
    row = store.lock(connection, followup_id)
    return None if row is None else _view(row)


def open_numbers(connection: Connection, kind: str, *, limit: int = 1000) -> tuple[int, ...]:
    """List the open follow-ups of a kind by number, the oldest first."""
    return tuple(store.open_numbers(connection, kind, limit))


def _view(row: Row) -> FollowupRow:
    return FollowupRow(**{name: value for name, value in row.items() if name != "dedup_key"})
