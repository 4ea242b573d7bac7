"""Statements on the rows of a register, whatever it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select, update

from hr.development.tables import (
    Competence,
    CompetenceStandard,
    Course,
    CourseSession,
    TrainingBudget,
)
from hr.directory.tables import Person, RoleGrant
from hr.indicators import store as indicators
from hr.indicators.tables import Catalogue
from hr.intake import store as intake
from hr.service.tables import ServiceArea, UnitFacts
from hr.statements import Row, add, add_one, rows

_TABLES: Mapping[str, Any] = {
    table.__tablename__: table
    for table in (
        *(Competence, CompetenceStandard, Course, CourseSession, TrainingBudget),
        *(UnitFacts, ServiceArea, RoleGrant),
    )
}


def _table(name: str) -> Table:
    table: Table = _TABLES[name].__table__
    return table


def units(connection: Connection) -> list[Row]:
    """Read all units."""
    return intake.units(connection)


def posts(connection: Connection, day: date) -> list[Row]:
    """Read all posts of a day."""
    return intake.posts(connection, day)


def courses(connection: Connection) -> dict[str, int]:
    """Read the numbers of all courses by code."""
    found = rows(connection, select(Course.code, Course.id))
    return {row["code"]: row["id"] for row in found}


def competences(connection: Connection) -> frozenset[str]:
    """Read the codes of all competences."""
    return frozenset(connection.execute(select(Competence.code)).scalars())


def nips(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Read the NIPs of persons by number."""
    found = rows(connection, select(Person.id, Person.nip).where(Person.id.in_(ids)))
    return {row["id"]: row["nip"] for row in found}


def stored(
    connection: Connection,
    table: str,
    fixed: Mapping[str, Any],
    column: str,
    values: Collection[Any],
) -> list[Row]:
    """Read the rows of a register whose column has one of these values."""
    columns = _table(table).c
    found = select(*columns).where(columns[column].in_(values), *_same(table, fixed))
    return rows(connection, found)


def everything(
    connection: Connection, table: str, fixed: Mapping[str, Any], order: Collection[str]
) -> Iterator[Row]:
    """Read all rows of a register, a chunk at a time."""
    columns = _table(table).c
    found = (
        select(*columns).where(*_same(table, fixed)).order_by(*(columns[name] for name in order))
    )
    for row in connection.execute(found.execution_options(yield_per=1_000)).mappings():
        yield dict(row)


def add_rows(connection: Connection, table: str, new: list[Row]) -> None:
    """Write many rows of a register."""
    add(connection, _TABLES[table], new)


def add_row(connection: Connection, table: str, row: Row) -> int:
    """Write a row, and give its number."""
    return add_one(connection, _TABLES[table], row)


def change(connection: Connection, table: str, key: Mapping[str, Any], values: Row) -> int | None:
    """Change the row that has this key; give its number where the table has one."""
    columns = _table(table).c
    same = and_(*_same(table, key))
    connection.execute(update(_table(table)).where(same).values(**values))
    if "id" not in columns:
        return None
    return connection.execute(select(columns.id).where(same)).scalar()


def catalogue(connection: Connection, year: int) -> tuple[Row, list[Row], list[Row]] | None:
    """Read the newest version of a year with its goals and indicators, or None."""
    newest = select(*Catalogue.__table__.c).where(Catalogue.year == year)
    found = rows(connection, newest.order_by(Catalogue.version.desc()).limit(1))
    if not found:
        return None
    number = found[0]["id"]
    return found[0], indicators.goals(connection, number), indicators.indicators(connection, number)


def years(connection: Connection) -> list[int]:
    """Read the years that have a catalogue, in order."""
    return sorted({row["year"] for row in indicators.all_of_them(connection)})


def add_catalogue(
    connection: Connection, row: Mapping[str, Any], goals: list[Row], measured: list[Row]
) -> int:
    """Write a version after those of its year, and give which one it is."""
    version = indicators.last_version(connection, row["year"]) + 1
    indicators.add_catalogue(connection, {**row, "version": version}, goals, measured)
    return version


def _same(table: str, values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    columns = _table(table).c
    return [
        columns[name].is_(None) if value is None else columns[name] == value
        for name, value in values.items()
    ]
