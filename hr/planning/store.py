"""Statements on plans, their rows and what was realised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, insert, select, update

from hr.planning.tables import PerformancePlan, PlanResult, PlanRow
from hr.statements import Row, first, rows


def results(connection: Connection, person_id: int, period: str, day: date) -> list[Row]:
    """Read the rows of the plan that is valid on a day, with what a period brought."""
    found = (
        select(
            PlanRow.id,
            PlanRow.number,
            PlanRow.kind,
            PlanRow.plan,
            PlanRow.indicator,
            PlanRow.measure,
            PlanRow.dimension,
            PlanRow.direction,
            PlanRow.weight,
            PlanResult.target,
            PlanResult.actual,
            PlanResult.on_time,
        )
        .join(PerformancePlan, PerformancePlan.id == PlanRow.plan_id)
        .join(PlanResult, PlanResult.row_id == PlanRow.id)
        .where(
            PerformancePlan.person_id == person_id,
            PerformancePlan.valid_from <= day,
            PerformancePlan.valid_to >= day,
            PlanResult.period == period,
        )
        .order_by(PlanRow.number)
    )
    return rows(connection, found)


def owner(connection: Connection, row_id: int) -> int | None:
    """Tell whose plan a row belongs to."""
    found = (
        select(PerformancePlan.person_id)
        .join(PlanRow, PlanRow.plan_id == PerformancePlan.id)
        .where(PlanRow.id == row_id)
    )
    return connection.execute(found).scalar_one_or_none()


def result(connection: Connection, row_id: int, period: str) -> Row | None:
    """Read what a period brought for a row."""
    found = select(PlanResult.target, PlanResult.actual, PlanResult.on_time).where(
        PlanResult.row_id == row_id, PlanResult.period == period
    )
    return first(connection, found)


def set_result(
    connection: Connection, row_id: int, period: str, target: Decimal, actual: Decimal
) -> None:
    """Write what a period brought for a row."""
    same = (PlanResult.row_id == row_id, PlanResult.period == period)
    done = connection.execute(update(PlanResult).where(*same).values(target=target, actual=actual))
    if not done.rowcount:
        values = {"row_id": row_id, "period": period, "target": target, "actual": actual}
        connection.execute(insert(PlanResult), values)
