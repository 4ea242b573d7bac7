"""Statements on attendance, leave and discipline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, select

from hr.records.tables import AttendanceMonth, Leave, Sanction
from hr.statements import Row, first, rows


def attendance(connection: Connection, person_id: int, start: date, end: date) -> Row:
    """Read the sums of a person's months that begin between two days; None where there are none."""
    month = AttendanceMonth
    sums = [month.working_days, month.present_days, month.late_days, month.early_days]
    sums += [month.absent_days, month.leave_days]
    found = select(*(func.sum(column).label(column.key) for column in sums)).where(
        month.person_id == person_id, month.month.between(start, end)
    )
    return first(connection, found) or {}


def on_leave(connection: Connection, ids: Collection[int], day: date) -> set[int]:
    """Read who of these persons is on leave or official travel on a day."""
    found = select(Leave.person_id).where(
        Leave.person_id.in_(ids), Leave.valid_from <= day, Leave.valid_to >= day
    )
    return set(connection.execute(found).scalars())


def sanctions(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read the sanctions that run on a day."""
    found = select(Sanction.id, Sanction.level, Sanction.measure, Sanction.valid_to).where(
        Sanction.person_id == person_id, Sanction.valid_from <= day, Sanction.valid_to >= day
    )
    return rows(connection, found)
