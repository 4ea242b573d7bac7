"""Rows that are valid from a day to a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, select, update

from hr.directory.tables import (
    ActingOfficial,
    Holding,
    PersonRank,
    Post,
    PostLine,
    RoleGrant,
    Unit,
)
from hr.statements import Row, rows

Dated = (
    type[Holding]
    | type[ActingOfficial]
    | type[RoleGrant]
    | type[PersonRank]
    | type[Post]
    | type[PostLine]
    | type[Unit]
)


def on_day(table: Dated, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Restrict to the rows that are valid on a day."""
    return and_(table.valid_from <= day, table.valid_to >= day)


def end(connection: Connection, table: Dated, row_id: int, last_day: date) -> None:
    """Let a dated row end on a day."""
    connection.execute(update(table).where(table.id == row_id).values(valid_to=last_day))


def running(
    connection: Connection, table: type[Holding] | type[RoleGrant], person_id: int, day: date
) -> list[Row]:
    """Read the rows of a person that are valid on a day, with all columns."""
    found = select(*table.__table__.c).where(table.person_id == person_id, on_day(table, day))
    return rows(connection, found)
