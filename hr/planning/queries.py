"""What is asked about plans: the result rows of a person in a period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from hr.calendar.rules import quarter_days
from hr.planning import rules, store


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
    found = store.results(connection, person_id, period, quarter_days(period)[1])
    return tuple(
        ResultRow(
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
        for row in found
    )
