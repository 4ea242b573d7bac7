"""What is asked about feedback and notes; who may ask is decided where they are given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hr.feedback import store


@dataclass(frozen=True)
class FeedbackView:
    """What one person told another."""

    id: int
    person_id: int
    by_id: int
    at: datetime
    kind: str
    value: str
    text: str


@dataclass(frozen=True)
class NoteView:
    """A coaching note."""

    id: int
    person_id: int
    by_id: int
    counsellor_id: int | None
    at: datetime
    text: str


def about(
    connection: Connection, person_id: int, *, before: int | None = None, limit: int = 20
) -> tuple[FeedbackView, ...]:
    """List feedback on a person, the newest first."""
    return tuple(FeedbackView(**row) for row in store.about(connection, person_id, before, limit))


def counts(connection: Connection, people: Collection[int]) -> dict[int, int]:
    """Count the feedback on each of these persons; who has none is left out."""
    return store.counts(connection, people) if people else {}


def notes(
    connection: Connection, person_id: int, reader_id: int, limit: int = 50
) -> tuple[NoteView, ...]:
    """List the notes about a person that this reader may read, the newest first."""
    return tuple(NoteView(**row) for row in store.notes(connection, person_id, reader_id, limit))
