"""Statements on appraisals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hr.appraisal.tables import Appraisal
from hr.directory.tables import Holding, Person
from hr.records.tables import AnnualPredicate
from hr.statements import Row, add_one, first, rows

_ALL = tuple(Appraisal.__table__.c)


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
    found = select(Person.joined_on, Person.left_on).where(Person.id == person_id)
    row = connection.execute(found).one()
    return row.joined_on, row.left_on


def post_changes(connection: Connection, person_id: int, first: date, last: date) -> set[date]:
    """Read on which days of a span somebody's posts began, or had ended the day before."""
    found = select(Holding.valid_from, Holding.valid_to).where(
        Holding.person_id == person_id, Holding.valid_from <= last, Holding.valid_to >= first
    )
    days = set()
    for row in connection.execute(found):
        days.add(row.valid_from)
        if row.valid_to < last:
            days.add(row.valid_to + timedelta(days=1))
    return {day for day in days if first <= day <= last}


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
