"""What is asked about a person's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from engine.model import Scope
from hr.desk import store


@dataclass(frozen=True)
class FilterRow:
    """A saved filter; `group_key` where it is shared, `own` where the reader made it."""

    id: int
    name: str
    query: str
    group_key: str | None
    own: bool


def filters(connection: Connection, scope: Scope) -> tuple[FilterRow, ...]:
    """List the filters that somebody made, and those that his groups share."""
    person = scope.person_id or 0
    return tuple(
        FilterRow(r["id"], r["name"], r["query"], r["group_key"], r["person_id"] == person)
        for r in store.filters(connection, person, scope.groups)
    )


def person_of_calendar(connection: Connection, token: str) -> int | None:
    """Find whose calendar has this secret address, or None."""
    return store.person_of_calendar(connection, digest(token))


def calendar_since(connection: Connection, person_id: int) -> datetime | None:
    """Say since when a person's calendar has an address, or None."""
    return store.calendar_since(connection, person_id)


def digest(token: str) -> str:
    """Give what is kept of a secret address."""
    return sha256(token.encode()).hexdigest()
