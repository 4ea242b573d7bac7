"""Statements on catalogues of indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from hr.indicators.tables import Catalogue, CatalogueGoal, MainIndicator
from hr.statements import Row, add, add_one, first, rows


def add_catalogue(
    connection: Connection,
    row: Mapping[str, Any],
    goals: Iterable[Mapping[str, Any]],
    indicators: Iterable[Mapping[str, Any]],
) -> int:
    """Write a version with its goals and indicators, and give its number."""
    number = add_one(connection, Catalogue, row)
    add(connection, CatalogueGoal, ({"catalogue_id": number, **each} for each in goals))
    add(connection, MainIndicator, ({"catalogue_id": number, **each} for each in indicators))
    return number


def last_version(connection: Connection, year: int) -> int:
    """Give the number of the newest version of a year, 0 where there is none."""
    found = select(func.max(Catalogue.version)).where(Catalogue.year == year)
    return connection.execute(found).scalar_one() or 0


def all_of_them(connection: Connection) -> list[Row]:
    """Read every version, the newest first."""
    newest = (Catalogue.year.desc(), Catalogue.version.desc())
    return rows(connection, select(*Catalogue.__table__.c).order_by(*newest))


def get(connection: Connection, number: int) -> Row | None:
    """Read a version."""
    return first(connection, select(*Catalogue.__table__.c).where(Catalogue.id == number))


def goals(connection: Connection, number: int) -> list[Row]:
    """Read the missions and goals of a version, by code."""
    found = select(*CatalogueGoal.__table__.c).where(CatalogueGoal.catalogue_id == number)
    return rows(connection, found.order_by(CatalogueGoal.code))


def indicators(connection: Connection, number: int) -> list[Row]:
    """Read the indicators of a version, by office and code."""
    found = select(*MainIndicator.__table__.c).where(MainIndicator.catalogue_id == number)
    return rows(connection, found.order_by(MainIndicator.office_path, MainIndicator.code))
