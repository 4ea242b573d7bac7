"""Statements on plans, their rows and what was realised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, insert, select, update

from hr.directory.store import placed
from hr.planning.tables import PerformancePlan, PlanBehaviour, PlanResult, PlanRow
from hr.statements import Row, add, add_one, first, rows

_RESULTS = (  # built once: every case of a quarter and a year asks
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
        PlanResult.period,
        PlanResult.target,
        PlanResult.actual,
        PlanResult.on_time,
        PerformancePlan.valid_from,
        PerformancePlan.valid_to,
    )
    .join(PerformancePlan, PerformancePlan.id == PlanRow.plan_id)
    .join(PlanResult, PlanResult.row_id == PlanRow.id)
    .where(
        PerformancePlan.person_id == bindparam("id", type_=Integer),
        PlanResult.period.in_(bindparam("periods", expanding=True)),
    )
    .order_by(PlanRow.number)
)


def results(connection: Connection, person_id: int, ends: Mapping[str, date]) -> list[Row]:
    """Read what periods brought to the rows of the plan that was valid on the last day of each."""
    found = rows(connection, _RESULTS, {"id": person_id, "periods": list(ends)})
    return [one for one in found if one["valid_from"] <= ends[one["period"]] <= one["valid_to"]]


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


def plan_on(connection: Connection, person_id: int, day: date) -> Row | None:
    """Read the plan of a person that is valid on a day."""
    found = select(*PerformancePlan.__table__.c).where(
        PerformancePlan.person_id == person_id,
        PerformancePlan.valid_from <= day,
        PerformancePlan.valid_to >= day,
    )
    return first(connection, found.order_by(PerformancePlan.version.desc()).limit(1))


def iku_counts(connection: Connection, day: date) -> dict[str, int]:
    """Count the people whose plan of a day has a row for an indicator, by its code."""
    found = (
        select(PlanRow.iku_code, func.count(func.distinct(PerformancePlan.person_id)))
        .join(PerformancePlan, PerformancePlan.id == PlanRow.plan_id)
        .where(
            PlanRow.iku_code != "",
            PerformancePlan.valid_from <= day,
            PerformancePlan.valid_to >= day,
        )
        .group_by(PlanRow.iku_code)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def planned(connection: Connection, day: date) -> list[int]:
    """Read who has a plan that is valid on a day."""
    found = select(PerformancePlan.person_id).where(
        PerformancePlan.valid_from <= day, PerformancePlan.valid_to >= day
    )
    return list(connection.execute(found).scalars())


def planned_by_path(
    connection: Connection, prefixes: Collection[str], day: date, on: date
) -> dict[str, int]:
    """Count by unit path who has a plan that is valid on a day."""
    people = placed(prefixes, day, on).subquery()
    who = func.count(people.c.person_id.distinct())
    found = (
        select(people.c.unit_path, who)
        .join(PerformancePlan, PerformancePlan.person_id == people.c.person_id)
        .where(PerformancePlan.valid_from <= on, PerformancePlan.valid_to >= on)
        .group_by(people.c.unit_path)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def newest_of(connection: Connection, people: Sequence[int]) -> Row | None:
    """Read the newest plan of any of these persons."""
    found = select(*PerformancePlan.__table__.c).where(PerformancePlan.person_id.in_(people))
    return first(connection, found.order_by(PerformancePlan.valid_from.desc()).limit(1))


def rows_of(connection: Connection, plan_id: int) -> list[Row]:
    """Read the rows of a plan, in order."""
    found = select(*PlanRow.__table__.c).where(PlanRow.plan_id == plan_id)
    return rows(connection, found.order_by(PlanRow.number))


def behaviour_of(connection: Connection, plan_id: int) -> dict[str, str]:
    """Read what is expected in particular, by value."""
    found = select(PlanBehaviour.value, PlanBehaviour.expectation)
    return {
        row.value: row.expectation
        for row in connection.execute(found.where(PlanBehaviour.plan_id == plan_id))
    }


def versions_of(connection: Connection, person_id: int) -> list[Row]:
    """Read all plans of a person, the newest first."""
    found = select(*PerformancePlan.__table__.c).where(PerformancePlan.person_id == person_id)
    return rows(connection, found.order_by(PerformancePlan.version.desc()))


def last_version(connection: Connection, person_id: int) -> int:
    """Give the number of a person's last plan, 0 where there is none."""
    found = select(func.max(PerformancePlan.version)).where(PerformancePlan.person_id == person_id)
    return connection.execute(found).scalar_one() or 0


def of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the plan that a case settled."""
    found = select(*PerformancePlan.__table__.c)
    return first(connection, found.where(PerformancePlan.instance_id == instance_id))


def end_before(connection: Connection, person_id: int, day: date) -> None:
    """Let what is valid on a day or later end on the day before."""
    same = (PerformancePlan.person_id == person_id, PerformancePlan.valid_to >= day)
    ended = update(PerformancePlan).where(*same).values(valid_to=day - timedelta(days=1))
    connection.execute(ended)


def add_plan(
    connection: Connection,
    plan: Mapping[str, Any],
    plan_rows: Sequence[Mapping[str, Any]],
    behaviour: Mapping[str, str],
) -> int:
    """Write a plan with its rows and give its number."""
    number = add_one(connection, PerformancePlan, plan)
    add(connection, PlanRow, ({"plan_id": number, **row} for row in plan_rows))
    expected = behaviour.items()
    add(
        connection,
        PlanBehaviour,
        ({"plan_id": number, "value": key, "expectation": text} for key, text in expected),
    )
    return number
