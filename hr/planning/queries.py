"""What is asked about plans: a person's plan with its rows, and what a period brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from hr.calendar.rules import local_day, quarter_days
from hr.planning import rules, store
from hr.statements import Row


@dataclass(frozen=True)
class ResultRow:
    """A row of the plan with what the period brought; `ratio` is capped at 1.20."""

    id: int
    number: int
    plan: str
    indicator: str
    measure: str
    dimension: str
    direction: str
    weight: Decimal
    target: Decimal
    actual: Decimal
    ratio: Decimal
    on_time: bool | None


def result_rows(connection: Connection, person_id: int, period: str) -> tuple[ResultRow, ...]:
    """List the result rows of the plan that was valid at the end of a quarter."""
    return rows_of_quarters(connection, person_id, [period])[period]


def rows_of_quarters(
    connection: Connection, person_id: int, periods: Sequence[str]
) -> dict[str, tuple[ResultRow, ...]]:
    """List the result rows of several quarters at once, each of the plan at its end."""
    ends = {period: quarter_days(period)[1] for period in periods}
    found: dict[str, list[ResultRow]] = {period: [] for period in periods}
    for row in store.results(connection, person_id, ends):
        found[row["period"]].append(_result_row(row))
    return {period: tuple(each) for period, each in found.items()}


def _result_row(row: Row) -> ResultRow:
    return ResultRow(
        id=row["id"],
        number=row["number"],
        plan=row["plan"],
        indicator=row["indicator"],
        measure=row["measure"],
        dimension=row["dimension"],
        direction=row["direction"],
        weight=row["weight"],
        target=row["target"],
        actual=row["actual"],
        ratio=rules.ratio(row["direction"], row["target"], row["actual"]),
        on_time=row["on_time"],
    )


@dataclass(frozen=True)
class PlanLine:
    """A row of a plan as people write it; `measured` is one of `rules.MEASURED`."""

    id: int
    number: int
    type: str
    superior_row: int | None
    plan: str
    measured: str
    direction: str
    indicator: str
    target: Decimal | None
    target_max: Decimal | None
    unit: str
    weight: Decimal
    iku_code: str
    perspective: str


@dataclass(frozen=True)
class PlanView:
    """A version of a person's plan (SKP); `behaviour` holds special expectations by value."""

    id: int
    person_id: int
    version: int
    valid_from: date
    valid_to: date
    approach: str
    case_no: str
    resources: str
    accountability: str
    consequences: str
    rows: tuple[PlanLine, ...]
    behaviour: dict[str, str]


def plan_on(connection: Connection, person_id: int, day: date) -> PlanView | None:
    """Give the plan of a person that is valid on a day."""
    return _view(connection, store.plan_on(connection, person_id, day))


def planned(connection: Connection, day: date) -> frozenset[int]:
    """Name everybody who has a plan that is valid on a day."""
    return frozenset(store.planned(connection, day))


def planned_by_path(
    connection: Connection, prefixes: Collection[str], at: datetime, on: date
) -> dict[str, int]:
    """Count, by the unit where they sit now, who has a plan that is valid on a day."""
    return store.planned_by_path(connection, prefixes, local_day(at), on) if prefixes else {}


def iku_counts(connection: Connection, day: date) -> dict[str, int]:
    """Count the people whose plan of a day has a row for an indicator, by its code."""
    return store.iku_counts(connection, day)


def newest_plan(connection: Connection, people: Sequence[int]) -> PlanView | None:
    """Give the newest plan of any of these persons."""
    return _view(connection, store.newest_of(connection, people)) if people else None


def versions(connection: Connection, person_id: int) -> tuple[PlanView, ...]:
    """List all plans of a person, the newest first."""
    found = (_view(connection, row) for row in store.versions_of(connection, person_id))
    return tuple(view for view in found if view is not None)


def history(
    connection: Connection, person_id: int
) -> tuple[tuple[PlanView, tuple[dict[str, Any], ...]], ...]:
    """List all plans of a person, the newest first, each with what it changed in the one before.

    A change is `change` (ADDED, CHANGED, REMOVED), `plan`, `before` and `after`.
    """
    found = versions(connection, person_id)
    told = []
    for one, older in zip(found, (*found[1:], None), strict=True):
        before = [] if older is None else [asdict(row) for row in older.rows]
        changed = rules.changes(before, [asdict(row) for row in one.rows]) if older else []
        told.append((one, tuple(changed)))
    return tuple(told)


def _view(connection: Connection, row: Row | None) -> PlanView | None:
    if row is None:
        return None
    return PlanView(
        **{name: value for name, value in row.items() if name != "instance_id"},
        rows=tuple(_line(each) for each in store.rows_of(connection, row["id"])),
        behaviour=store.behaviour_of(connection, row["id"]),
    )


def _line(row: Row) -> PlanLine:
    renamed: dict[str, Any] = {
        "type": row["kind"],
        "superior_row": row["superior_row_id"],
        "measured": rules.measured_as(row["aspect"], row["dimension"]),
        "target": row["target_min"],
        "unit": row["measure"],
    }
    same = ("id", "number", "plan", "direction", "indicator", "target_max", "weight")
    kept = (*same, "iku_code", "perspective")
    return PlanLine(**renamed, **{name: row[name] for name in kept})
