"""Statements on monthly reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from hr.reporting.tables import MonthlyReport
from hr.statements import Row, rows


def set_report(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a person's report of a month; a second one replaces it."""
    same = (MonthlyReport.person_id == row["person_id"], MonthlyReport.month == row["month"])
    connection.execute(delete(MonthlyReport).where(*same))
    connection.execute(insert(MonthlyReport), dict(row))


def by_office(connection: Connection, month: date, at_once: int) -> list[Row]:
    """Sum up a month per office; reports count in groups of so many, in the order of their rating.

    What does not fill a group is left out: nobody sees the sum before and after one report.
    """
    office = MonthlyReport.office_path
    order = (MonthlyReport.rated_at, MonthlyReport.instance_id)
    each = (
        select(
            office,
            MonthlyReport.services_given,
            MonthlyReport.beneficiaries,
            func.row_number().over(partition_by=office, order_by=order).label("place"),
            func.count().over(partition_by=office).label("all"),
        )
        .where(MonthlyReport.month == month)
        .subquery()
    )
    found = select(
        each.c.office_path,
        func.count().label("reports"),
        func.sum(each.c.services_given).label("services_given"),
        func.sum(each.c.beneficiaries).label("beneficiaries"),
    ).where(each.c.place <= each.c.all - each.c.all % at_once)
    grouped = found.group_by(each.c.office_path)
    return rows(connection, grouped.order_by(each.c.office_path))
