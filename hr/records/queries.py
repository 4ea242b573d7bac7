"""What is asked about records: attendance of a quarter, who is on leave, the heaviest sanction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection

from hr.calendar.rules import local_day, quarter_days
from hr.records import store

NONE = "NONE"
_ORDER = (NONE, "LIGHT", "MEDIUM", "HEAVY")


@dataclass(frozen=True)
class Attendance:
    """Attendance of a quarter in working days."""

    working_days: int
    present_days: int
    late_days: int
    absent_days: int
    leave_days: int

    @property
    def due_days(self) -> int:
        """Give the days on which the person had to be there."""
        return self.working_days - self.leave_days

    @property
    def ratio(self) -> Decimal:
        """Give present over due days, 0-1 with four places; 1 where nothing was due."""
        if self.due_days <= 0:
            return Decimal(1)
        reached = Decimal(self.present_days) / Decimal(self.due_days)
        return min(reached, Decimal(1)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def attendance(connection: Connection, person_id: int, period: str) -> Attendance | None:
    """Sum up a person's attendance in a quarter, or None where nothing is recorded."""
    row = store.attendance(connection, person_id, *quarter_days(period))
    if row.get("working_days") is None:
        return None
    names = ("working_days", "present_days", "late_days", "absent_days", "leave_days")
    return Attendance(*(int(row[name]) for name in names))


def on_leave(connection: Connection, ids: Collection[int], at: datetime) -> frozenset[int]:
    """Tell who of these persons is on leave or official travel on the day of a moment."""
    return frozenset(store.on_leave(connection, ids, local_day(at)))


def active_sanction(connection: Connection, person_id: int, at: datetime) -> str:
    """Give the level of the heaviest sanction that runs on the day of a moment, or `NONE`."""
    levels = [row["level"] for row in store.sanctions(connection, person_id, local_day(at))]
    return max(levels, key=_ORDER.index, default=NONE)
