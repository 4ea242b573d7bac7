"""Statements on the records of a kind, whatever it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, select, update

from hr.development.tables import Competence, CompetenceLevel, LearningCredit
from hr.directory.tables import ActingOfficial, Holding, Person, PersonRank, Post, Unit
from hr.records.tables import (
    AnnualPredicate,
    AttendanceMark,
    AttendanceMonth,
    Award,
    CareerBreak,
    Education,
    FunctionalCredit,
    Leave,
    Qualification,
    Sanction,
)
from hr.statements import Row, add, first, rows

_TABLES: Mapping[str, Any] = {
    table.__tablename__: table
    for table in (
        *(AnnualPredicate, AttendanceMark, AttendanceMonth, Award, CareerBreak, Education),
        *(FunctionalCredit, Leave, Qualification, Sanction, CompetenceLevel, LearningCredit),
    )
}


def _table(kind: str) -> Table:
    table: Table = _TABLES[kind].__table__
    return table


def of_people(connection: Connection, kind: str, ids: Collection[int]) -> list[Row]:
    """Read the rows of a kind that these persons have, with all columns."""
    columns = _table(kind).c
    return rows(connection, select(*columns).where(columns.person_id.in_(ids)))


def newest(
    connection: Connection, kind: str, person_id: int, order: str, limit: int
) -> tuple[list[Row], int]:
    """Read the newest rows of a person, and how many there are."""
    columns = _table(kind).c
    mine = columns.person_id == person_id
    found = rows(
        connection, select(*columns).where(mine).order_by(columns[order].desc()).limit(limit)
    )
    if len(found) < limit:
        return found, len(found)
    total = connection.execute(select(func.count()).select_from(_table(kind)).where(mine))
    return found, int(total.scalar_one())


def everybody(connection: Connection, kind: str, names: Sequence[str]) -> Iterator[Row]:
    """Read all rows of a kind with their person's NIP, a chunk at a time."""
    columns = _table(kind).c
    wanted = [columns[name] for name in names]
    found = (
        select(Person.nip, *wanted)
        .join(Person, Person.id == columns.person_id)
        .where(Person.erased_on.is_(None))
        .order_by(Person.nip, *wanted)
        .execution_options(yield_per=1_000)
    )
    for row in connection.execute(found).mappings():
        yield dict(row)


def add_rows(connection: Connection, kind: str, new: Iterable[Mapping[str, Any]]) -> None:
    """Write many rows of a kind."""
    add(connection, _TABLES[kind], new)


def replace(connection: Connection, kind: str, key: Sequence[str], row: Mapping[str, Any]) -> None:
    """Change the row of a person that has this key."""
    table = _table(kind)
    same = [table.c[name] == row[name] for name in ("person_id", *key)]
    values = {name: value for name, value in row.items() if name not in ("person_id", *key)}
    connection.execute(update(table).where(and_(*same)).values(**values))


def erase(connection: Connection, kind: str, person_id: int) -> int:
    """Remove a person's rows of a kind, and say how many there were."""
    table = _table(kind)
    return connection.execute(delete(table).where(table.c.person_id == person_id)).rowcount


def competences(connection: Connection) -> frozenset[str]:
    """Read the codes of all competences."""
    return frozenset(connection.execute(select(Competence.code)).scalars())


def person(connection: Connection, person_id: int) -> Row | None:
    """Read a person, with all columns."""
    return first(connection, select(*Person.__table__.c).where(Person.id == person_id))


def career(connection: Connection, person_id: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Read the posts that a person held, those he acted in, and his ranks, the oldest first."""
    place = (Post.title.label("post"), Post.grade, Unit.name.label("unit"))
    held = (
        select(Holding.id, Holding.valid_from, Holding.valid_to, *place)
        .join(Post, Post.id == Holding.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(Holding.person_id == person_id)
    )
    acted = (
        select(ActingOfficial.valid_from, ActingOfficial.valid_to, ActingOfficial.kind, *place)
        .join(Post, Post.id == ActingOfficial.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(ActingOfficial.person_id == person_id)
    )
    ranks = select(*PersonRank.__table__.c).where(PersonRank.person_id == person_id)
    return (
        rows(connection, held.order_by(Holding.valid_from)),
        rows(connection, acted.order_by(ActingOfficial.valid_from)),
        rows(connection, ranks.order_by(PersonRank.valid_from)),
    )
