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


def by_office(connection: Connection, month: date, fewest: int) -> list[Row]:
    """Sum up a month per office; offices with fewer reports than that are left out."""
    count = func.count().label("reports")
    found = select(
        MonthlyReport.office_path,
        count,
        func.sum(MonthlyReport.services_given).label("services_given"),
        func.sum(MonthlyReport.beneficiaries).label("beneficiaries"),
    ).where(MonthlyReport.month == month)
    grouped = found.group_by(MonthlyReport.office_path).having(count >= fewest)
    return rows(connection, grouped.order_by(MonthlyReport.office_path))
