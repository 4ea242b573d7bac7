"""What anybody may ask about monthly reports: sums per office, never of fewer than five people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from hr.directory.queries import units
from hr.reporting import store

FEWEST = 5


@dataclass(frozen=True)
class OfficeMonth:
    """An office's month in sums."""

    office: str
    reports: int
    services_given: int
    beneficiaries: int


def by_office(connection: Connection, month: date) -> tuple[OfficeMonth, ...]:
    """Sum up a month per office, by fives: two looks never differ by less than five reports."""
    found = store.by_office(connection, month, FEWEST)
    known = units(connection, [row["office_path"] for row in found]) if found else {}
    return tuple(
        OfficeMonth(
            office=known[row["office_path"]].name,
            reports=row["reports"],
            services_given=int(row["services_given"]),
            beneficiaries=int(row["beneficiaries"]),
        )
        for row in found
        if row["office_path"] in known
    )


def reports_by_path(connection: Connection, month: date) -> dict[str, int]:
    """Count a month's reports per office, whatever their number: never for the public."""
    return {row["office_path"]: row["reports"] for row in store.by_office(connection, month, 1)}
