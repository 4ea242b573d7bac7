"""What a quarter of the played year rests on: realised targets, attendance, facts of the offices.

It comes from other systems in a city; here it is written at once, the same for the same city.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from sqlalchemy import Connection, select

from hr.calendar import queries as calendar
from hr.calendar.rules import is_working_day, quarter_days
from hr.demo import past
from hr.demo.structure import Structure
from hr.demo.traits import traits
from hr.planning.tables import PerformancePlan, PlanResult, PlanRow
from hr.records.tables import AttendanceMonth
from hr.service.tables import ServiceArea, UnitFacts
from hr.statements import Row, add, rows

_MOST = 500  # people to a statement
_TALENT = (1.05, 0.08)
_ROOM = Decimal(88)  # a target in percent leaves room above it


def write_quarter(
    connection: Connection, structure: Structure, people: Sequence[int], period: str
) -> None:
    """Write down a quarter of these people and of all offices; what is there stays."""
    _, last = quarter_days(period)
    for start in range(0, len(people), _MOST):
        some = people[start : start + _MOST]
        add(connection, PlanResult, list(_results(connection, some, period, last)))
        add(connection, AttendanceMonth, list(_attendance(connection, some, period)))
    _write_facts(connection, structure, period)


def _results(
    connection: Connection, people: Collection[int], period: str, day: date
) -> Iterator[Row]:
    known = select(PlanResult.row_id).where(PlanResult.period == period)
    found = (
        select(PlanRow.id, PlanRow.measure, PlanRow.direction, PlanRow.target_min)
        .add_columns(PerformancePlan.person_id)
        .join(PerformancePlan, PerformancePlan.id == PlanRow.plan_id)
        .where(
            PerformancePlan.person_id.in_(people),
            PerformancePlan.valid_from <= day,
            PerformancePlan.valid_to >= day,
            PlanRow.id.not_in(known),
        )
    )
    for row in rows(connection, found.order_by(PlanRow.id)):
        factor = max(
            0.3,
            talent_of(row["person_id"]) + Random(f"reached {row['id']} {period}").gauss(0, 0.05),
        )
        target = min(row["target_min"], _ROOM) if row["measure"] == "%" else row["target_min"]
        reached = float(target) / factor if row["direction"] == "LOWER" else float(target) * factor
        actual = Decimal(reached).quantize(Decimal(1), ROUND_HALF_UP)
        yield {
            "row_id": row["id"],
            "period": period,
            "target": target,
            "actual": min(actual, Decimal(100)) if row["measure"] == "%" else actual,
            "on_time": None,
        }


def talent_of(person: int) -> float:
    """Give what scales a person's results, 1 being what was planned."""
    return Random(f"talent {person}").gauss(*_TALENT)


def _attendance(connection: Connection, people: Collection[int], period: str) -> Iterator[Row]:
    months = _months(period)
    _, last = quarter_days(period)
    closed = calendar.closed_days(connection, months[0], last)
    found = select(AttendanceMonth.person_id, AttendanceMonth.month).where(
        AttendanceMonth.person_id.in_(people), AttendanceMonth.month.in_(months)
    )
    known = {(row["person_id"], row["month"]) for row in rows(connection, found)}
    for month in months:
        days = [month + timedelta(days=number) for number in range(31)]
        working = sum(is_working_day(day, closed) for day in days if day.month == month.month)
        for person in people:
            if (person, month) not in known:
                yield _month(person, month, working)


def _month(person: int, month: date, working: int) -> Row:
    random = Random(f"attended {person} {month}")
    leave = random.choice((0, 0, 0, 0, 1, 2))
    absent = int(random.random() < 0.05)
    present = working - leave - absent
    return {
        "person_id": person,
        "month": month,
        "working_days": working,
        "present_days": present,
        "late_days": sum(random.random() < 0.06 for _ in range(present)),
        "early_days": 0,
        "absent_days": absent,
        "leave_days": leave,
    }


def _write_facts(connection: Connection, structure: Structure, period: str) -> None:
    known = select(UnitFacts.unit_id).where(UnitFacts.period == period)
    done = set(connection.execute(known).scalars())
    slow = traits(structure).slow_unit
    public = {seat.office.name: seat.office.public for seat in structure.seats}
    offices = [unit for unit in structure.units if unit["parent_id"] is None]
    told = [
        past.facts_of(
            unit["id"],
            period,
            public.get(unit["name"], False),
            unit["id"] == slow,
            Random(f"service {unit['id']} {period}"),
        )
        for unit in offices
        if unit["id"] not in done
    ]
    add(connection, UnitFacts, [facts for facts, _ in told])
    add(connection, ServiceArea, [area for _, area in told if area is not None])


def _months(period: str) -> list[date]:
    first, _ = quarter_days(period)
    return [date(first.year, first.month + number, 1) for number in range(3)]
