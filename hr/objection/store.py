"""Statements on objections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from hr.objection.tables import Objection
from hr.statements import Row, add_one, first, rows


def of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the objection of a case."""
    found = select(*Objection.__table__.c).where(Objection.instance_id == instance_id)
    return first(connection, found)


def open_one(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write an objection and give its number."""
    return add_one(connection, Objection, row)


def set_case_no(connection: Connection, number: int, case_no: str) -> None:
    """Write the number of an objection's case."""
    same = Objection.id == number
    connection.execute(update(Objection).where(same).values(case_no=case_no))


def close(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Write down what came of an objection."""
    connection.execute(update(Objection).where(Objection.id == number).values(**values))


def of_result(connection: Connection, result_id: int) -> list[Row]:
    """Read the objections to a result, the oldest first."""
    found = select(*Objection.__table__.c).where(Objection.result_id == result_id)
    return rows(connection, found.order_by(Objection.id))
