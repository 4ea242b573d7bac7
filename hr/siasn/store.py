"""Statements on what goes to SIASN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hr.siasn.tables import SiasnFile, SiasnResult
from hr.statements import Row, add_one, rows

_result = SiasnResult.__table__.c


def prepare(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write what became final; an earlier row of the same person and year is superseded."""
    same = (_result.person_id == row["person_id"], _result.year == row["year"])
    connection.execute(update(SiasnResult).where(*same).values(superseded=True))
    return add_one(connection, SiasnResult, row)


def waiting(connection: Connection, year: int) -> list[Row]:
    """Read what is final and in no file yet, by number."""
    found = select(*_result).where(
        _result.year == year, _result.file_id.is_(None), _result.superseded.is_(False)
    )
    return rows(connection, found.order_by(_result.id))


def add_file(
    connection: Connection, file: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> int:
    """Write a file and put its lines into it; each has `row` (its number) and `fields`."""
    number = connection.execute(insert(SiasnFile).values(**file).returning(SiasnFile.id))
    file_id: int = number.scalar_one()
    taken = update(SiasnResult).where(_result.id == bindparam("row")).values(file_id=file_id)
    written = taken.values(fields=bindparam("written"))
    connection.execute(written, [{"row": one["row"], "written": one["fields"]} for one in lines])
    return file_id


def files(connection: Connection, year: int) -> list[Row]:
    """Read the files of a year, the newest first."""
    all_of_it = SiasnFile.__table__.c
    found = select(*all_of_it).where(all_of_it.year == year)
    return rows(connection, found.order_by(all_of_it.id.desc()))


def file(connection: Connection, file_id: int) -> list[Row]:
    """Read a file, as a list of one or none."""
    all_of_it = SiasnFile.__table__.c
    return rows(connection, select(*all_of_it).where(all_of_it.id == file_id))


def lines(connection: Connection, file_id: int) -> list[str]:
    """Read the fields of a file's rows, in its order."""
    found = select(_result.fields).where(_result.file_id == file_id).order_by(_result.id)
    return list(connection.execute(found).scalars())
