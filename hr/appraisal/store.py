"""Statements on appraisals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    bindparam,
    delete,
    insert,
    select,
    union_all,
    update,
)

from engine import quick
from hr.appraisal.tables import Appraisal
from hr.directory import store as directory
from hr.directory.tables import ActingOfficial, Holding, Person, PostLine
from hr.records.tables import AnnualPredicate
from hr.statements import Row, add_one, first, rows

_ALL = tuple(Appraisal.__table__.c)
_SERVICE = select(Person.joined_on, Person.left_on).where(
    Person.id == bindparam("id", type_=Integer)
)


def propose(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a case's appraisal and give its number; a second one replaces it."""
    same = Appraisal.instance_id == row["instance_id"]
    known = connection.execute(select(Appraisal.id).where(same)).scalar_one_or_none()
    if known is None:
        return add_one(connection, Appraisal, row)
    connection.execute(update(Appraisal).where(same).values(**row))
    return known


def of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the appraisal of a case."""
    return first(connection, select(*_ALL).where(Appraisal.instance_id == instance_id))


def of_office(connection: Connection, office_path: str, period: str) -> list[Row]:
    """Read an office's appraisals of a year that have a predicate, by number."""
    found = select(*_ALL).where(
        Appraisal.office_path == office_path,
        Appraisal.period == period,
        Appraisal.predicate != "",
    )
    return rows(connection, found.order_by(Appraisal.id))


def of_year(connection: Connection, period: str) -> list[Row]:
    """Read who has which predicates in a year, by number."""
    found = select(
        Appraisal.id,
        Appraisal.person_id,
        Appraisal.office_path,
        Appraisal.state,
        Appraisal.predicate,
        Appraisal.rater_predicate,
        Appraisal.team_predicate,
    ).where(Appraisal.period == period, Appraisal.predicate != "")
    return rows(connection, found.order_by(Appraisal.id))


def of_person(connection: Connection, person_id: int) -> list[Row]:
    """Read a person's appraisals, the newest year first."""
    found = select(*_ALL).where(Appraisal.person_id == person_id)
    return rows(connection, found.order_by(Appraisal.period.desc(), Appraisal.id.desc()))


def change(connection: Connection, numbers: Collection[int], values: Mapping[str, Any]) -> None:
    """Write values into appraisals."""
    connection.execute(update(Appraisal).where(Appraisal.id.in_(numbers)).values(**values))


def service_of(connection: Connection, person_id: int) -> tuple[date, date]:
    """Read the first and the last day of somebody's service."""
    (row,) = quick.run(connection, _SERVICE, {"id": person_id})
    return row.joined_on, row.left_on


_OWN_POSTS = select(Holding.post_id).where(
    Holding.person_id == bindparam("id", type_=Integer),
    Holding.valid_from <= bindparam("end", type_=Date),
    Holding.valid_to >= bindparam("begin", type_=Date),
)


def _changes(table: Any, of_interest: Any) -> Any:
    return select(table.valid_from, table.valid_to).where(
        of_interest,
        table.valid_from <= bindparam("end", type_=Date),
        table.valid_to >= bindparam("begin", type_=Date),
    )


_POSTS = bindparam("posts", expanding=True, type_=Integer)
_LINE_CHANGES = union_all(  # built once: every case of a quarter asks
    _changes(Holding, Holding.person_id == bindparam("id", type_=Integer)),
    _changes(Holding, Holding.post_id.in_(_POSTS)),
    _changes(ActingOfficial, ActingOfficial.post_id.in_(_POSTS)),
    _changes(PostLine, PostLine.post_id.in_(_POSTS)),
)


def line_changes(connection: Connection, person_id: int, begin: date, end: date) -> set[date]:
    """Read on which days after the first of a span the line above somebody may have changed.

    Posts of his own, and who held, acted in or rated from a post on the way up.
    """
    span = {"id": person_id, "begin": begin, "end": end}
    posts = set(connection.execute(_OWN_POSTS, span).scalars())
    posts |= set(directory.posts_above(connection, posts, end))
    changes = _days_of_change(connection, {**span, "posts": list(posts)})
    if changes:  # another way up at first; without a change it was the same
        posts |= set(directory.posts_above(connection, posts, begin))
        changes |= _days_of_change(connection, {**span, "posts": list(posts)})
    return changes


def _days_of_change(connection: Connection, span: Mapping[str, Any]) -> set[date]:
    days = set[date]()
    for row in connection.execute(_LINE_CHANGES, span):
        days.add(row.valid_from)
        if row.valid_to < span["end"]:
            days.add(row.valid_to + timedelta(days=1))
    return {day for day in days if span["begin"] < day <= span["end"]}


def annual_predicate(connection: Connection, person_id: int, year: int) -> str | None:
    """Read the predicate of a year that counts for a career, or None."""
    found = select(AnnualPredicate.predicate).where(
        AnnualPredicate.person_id == person_id, AnnualPredicate.year == year
    )
    return connection.execute(found).scalar_one_or_none()


def set_annual_predicate(connection: Connection, person_id: int, year: int, predicate: str) -> None:
    """Write the final predicate of a year for whoever counts years."""
    same = (AnnualPredicate.person_id == person_id, AnnualPredicate.year == year)
    connection.execute(delete(AnnualPredicate).where(*same))
    row = {"person_id": person_id, "year": year, "predicate": predicate, "objected": False}
    connection.execute(insert(AnnualPredicate), row)
