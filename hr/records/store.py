"""Statements on attendance, leave, discipline and careers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, Date, Integer, bindparam, func, select

from hr.records.tables import (
    AnnualPredicate,
    AttendanceMonth,
    CareerBreak,
    Education,
    FunctionalCredit,
    Leave,
    Qualification,
    Sanction,
)
from hr.statements import Row, first, rows

# Built once: building costs more than running it, for everybody in a campaign.
_COUNTED = ("working_days", "present_days", "late_days", "early_days", "absent_days", "leave_days")
_ATTENDED = select(
    *(func.sum(getattr(AttendanceMonth, name)).label(name) for name in _COUNTED)
).where(
    AttendanceMonth.person_id == bindparam("id", type_=Integer),
    AttendanceMonth.month.between(bindparam("start", type_=Date), bindparam("end", type_=Date)),
)


def attendance(connection: Connection, person_id: int, start: date, end: date) -> Row:
    """Read the sums of a person's months that begin between two days; None where there are none."""
    span = {"id": person_id, "start": start, "end": end}
    return first(connection, _ATTENDED, span) or {}


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


def educations(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the degrees that these persons had by a day, the oldest first."""
    table = Education
    found = select(table.person_id, table.level, table.graduated_on).where(
        table.person_id.in_(ids), table.graduated_on <= day
    )
    return rows(connection, found.order_by(table.graduated_on, table.id))


def qualifications(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the exams and decrees that these persons had by a day, the oldest first."""
    table = Qualification
    found = select(table.person_id, table.kind, table.result, table.held_on).where(
        table.person_id.in_(ids), table.held_on <= day
    )
    return rows(connection, found.order_by(table.held_on, table.id))


def credits(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the credit set for times that had ended by a day, the oldest first."""
    table = FunctionalCredit
    found = select(table.person_id, table.level, table.credit, table.valid_to).where(
        table.person_id.in_(ids), table.valid_to <= day
    )
    return rows(connection, found.order_by(table.valid_to, table.id))


def breaks(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the leaves without pay that had begun by a day, the oldest first."""
    table = CareerBreak
    found = select(table.person_id, table.valid_from, table.valid_to).where(
        table.person_id.in_(ids), table.valid_from <= day
    )
    return rows(connection, found.order_by(table.valid_from, table.id))


def sanctions_of(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the sanctions of these persons that run on a day."""
    found = select(Sanction.person_id, Sanction.level, Sanction.valid_to).where(
        Sanction.person_id.in_(ids), Sanction.valid_from <= day, Sanction.valid_to >= day
    )
    return rows(connection, found.order_by(Sanction.id))


def predicates(connection: Connection, ids: Collection[int], years: Collection[int]) -> list[Row]:
    """Read the predicates of these persons in some years."""
    found = select(*AnnualPredicate.__table__.c).where(
        AnnualPredicate.person_id.in_(ids), AnnualPredicate.year.in_(years)
    )
    return rows(connection, found)
