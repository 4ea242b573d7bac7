"""Statements on feedback and coaching notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, func, or_, select

from hr.feedback.tables import CoachingNote, Feedback
from hr.statements import Row, add_one, rows


def add_feedback(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write feedback and give its number."""
    return add_one(connection, Feedback, row)


def add_note(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a coaching note and give its number."""
    return add_one(connection, CoachingNote, row)


def about(connection: Connection, person_id: int, before: int | None, limit: int) -> list[Row]:
    """Read feedback on a person, the newest first."""
    found = select(*Feedback.__table__.c).where(Feedback.person_id == person_id)
    if before is not None:
        found = found.where(Feedback.id < before)
    return rows(connection, found.order_by(Feedback.id.desc()).limit(limit))


def counts(connection: Connection, people: Collection[int]) -> dict[int, int]:
    """Count the feedback on each of these persons."""
    found = (
        select(Feedback.person_id, func.count().label("given"))
        .where(Feedback.person_id.in_(people))
        .group_by(Feedback.person_id)
    )
    return {row["person_id"]: row["given"] for row in rows(connection, found)}


def notes(connection: Connection, person_id: int, reader_id: int, limit: int) -> list[Row]:
    """Read the notes about a person that a reader is one of the three of, the newest first."""
    note = CoachingNote
    three = or_(
        note.person_id == reader_id, note.by_id == reader_id, note.counsellor_id == reader_id
    )
    found = select(*note.__table__.c).where(note.person_id == person_id, three)
    return rows(connection, found.order_by(note.id.desc()).limit(limit))
