"""What is asked about records: attendance, leave, the heaviest sanction, what a career rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection

from hr.calendar.rules import local_day, quarter_days
from hr.records import store
from hr.statements import Row

NONE = "NONE"
_ORDER = (NONE, "LIGHT", "MEDIUM", "HEAVY")


@dataclass(frozen=True)
class Attendance:
    """Attendance of some months in working days."""

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


@dataclass(frozen=True)
class Dated:
    """Something that was reached on a day: a degree, an exam with its result."""

    kind: str
    on: date
    result: str = ""


@dataclass(frozen=True)
class Credit:
    """Credit set for a time that ended on a day, and the level it was set for."""

    level: str
    credit: Decimal
    until: date


@dataclass(frozen=True)
class CareerRecord:
    """What the records say about a person as of a day; lists begin with the oldest.

    break_until, sanction_until -- the last day of what runs on that day, None where nothing does
    break_spans -- first and last day of every leave without pay so far
    """

    educations: tuple[Dated, ...] = ()
    qualifications: tuple[Dated, ...] = ()
    credits: tuple[Credit, ...] = ()
    break_spans: tuple[tuple[date, date], ...] = ()
    break_until: date | None = None
    sanction: str = NONE
    sanction_until: date | None = None
    predicates: Mapping[int, str] = field(default_factory=dict)
    objected: frozenset[int] = frozenset()  # years


def attendance(connection: Connection, person_id: int, period: str) -> Attendance | None:
    """Sum up a person's attendance in a quarter, or None where nothing is recorded."""
    return attendance_between(connection, person_id, *quarter_days(period))


def attendance_between(
    connection: Connection, person_id: int, first: date, last: date
) -> Attendance | None:
    """Sum up a person's attendance in whole months, or None where nothing is recorded."""
    row = store.attendance(connection, person_id, first, last)
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


def careers(
    connection: Connection, ids: Collection[int], day: date, years: Collection[int]
) -> dict[int, CareerRecord]:
    """Give what the records say about these persons as of a day, in six statements."""
    degrees = _by_person(store.educations(connection, ids, day))
    exams = _by_person(store.qualifications(connection, ids, day))
    credit = _by_person(store.credits(connection, ids, day))
    breaks = _by_person(store.breaks(connection, ids, day))
    sanctions = _by_person(store.sanctions_of(connection, ids, day))
    predicates = _by_person(store.predicates(connection, ids, years))
    return {
        one: _career(
            degrees[one], exams[one], credit[one], breaks[one], sanctions[one], predicates[one], day
        )
        for one in ids
    }


def _career(
    degrees: list[Row],
    exams: list[Row],
    credit: list[Row],
    breaks: list[Row],
    sanctions: list[Row],
    predicates: list[Row],
    day: date,
) -> CareerRecord:
    heaviest = max(sanctions, key=lambda row: _ORDER.index(row["level"]), default=None)
    ends = [row["valid_to"] for row in sanctions if row["level"] in ("MEDIUM", "HEAVY")]
    running = [row["valid_to"] for row in breaks if row["valid_to"] >= day]
    return CareerRecord(
        educations=tuple(Dated(row["level"], row["graduated_on"]) for row in degrees),
        qualifications=tuple(Dated(r["kind"], r["held_on"], r["result"]) for r in exams),
        credits=tuple(Credit(r["level"], r["credit"], r["valid_to"]) for r in credit),
        break_spans=tuple((row["valid_from"], row["valid_to"]) for row in breaks),
        break_until=max(running, default=None),
        sanction=NONE if heaviest is None else heaviest["level"],
        sanction_until=max(ends, default=None),
        predicates={row["year"]: row["predicate"] for row in predicates},
        objected=frozenset(row["year"] for row in predicates if row["objected"]),
    )


def _by_person(found: Iterable[Row]) -> defaultdict[int, list[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row["person_id"]].append(row)
    return grouped
