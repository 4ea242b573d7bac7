"""What is asked about calibrations: an office's, a case's, what is on the agenda."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hr.appraisal.queries import UNRATED
from hr.calibration import rules, store
from hr.directory.queries import units
from hr.statements import Row

FEWEST = 5  # of people in a figure that anybody may see


@dataclass(frozen=True)
class CalibrationView:
    """A calibration of an office for a year; `closed_at` is empty while it runs."""

    id: int
    instance_id: int
    office_path: str
    period: str
    org_predicate: str
    people: int
    breaches: tuple[str, ...]
    report: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class AgendaLine:
    """An appraisal on the agenda, as it went in and as it stands."""

    id: int
    appraisal_id: int
    person_id: int
    rater_id: int | None
    instance_id: int
    case_no: str
    flags: tuple[str, ...]
    before: str
    after: str
    result_rating: str
    behaviour_rating: str
    justification: str
    reason: str
    changed_by: str
    votes_for: int
    votes_against: int
    second_approval: bool


@dataclass(frozen=True)
class OfficeYear:
    """How far an office's appraisals of a year are, and its calibration if there is one."""

    path: str
    name: str
    proposed: int
    people: int
    unrated: int
    calibration: CalibrationView | None


@dataclass(frozen=True)
class Published:
    """What anybody may read of a closed calibration.

    shown -- whether there are figures at all; looked_at and changed are None where they are below
    five, or so near to all that they tell of fewer than five
    """

    name: str
    report: str
    shown: bool
    people: int
    looked_at: int | None
    changed: int | None


def of_case(connection: Connection, instance_id: int) -> CalibrationView | None:
    """Give the calibration of a case, or None."""
    row = store.of_case(connection, instance_id)
    return None if row is None else _view(row)


def of_office(connection: Connection, office_path: str, period: str) -> CalibrationView | None:
    """Give an office's calibration of a year, or None."""
    row = store.of_office(connection, office_path, period)
    return None if row is None else _view(row)


def agenda(connection: Connection, calibration_id: int) -> tuple[AgendaLine, ...]:
    """List what is on the agenda."""
    return tuple(_line(row) for row in store.agenda(connection, calibration_id))


def offices(connection: Connection, period: str) -> tuple[OfficeYear, ...]:
    """List the offices with appraisals in a year, and how far they are."""
    counts: dict[str, dict[str, int]] = {}
    for row in store.by_office(connection, period):
        counts.setdefault(row["office_path"], {})[row["state"]] = row["people"]
    held = {row["office_path"]: _view(row) for row in store.of_year(connection, period)}
    names = units(connection, counts) if counts else {}
    return tuple(
        OfficeYear(
            path=path,
            name=names[path].name if path in names else path,
            proposed=states.get("PROPOSED", 0),
            people=sum(n for state, n in states.items() if state != UNRATED),
            unrated=states.get(UNRATED, 0),
            calibration=held.get(path),
        )
        for path, states in counts.items()
    )


def published(connection: Connection, period: str) -> tuple[Published, ...]:
    """List what was published of a year's closed calibrations, by office."""
    closed = [row for row in store.of_year(connection, period) if row["closed_at"] is not None]
    names = units(connection, [row["office_path"] for row in closed]) if closed else {}
    changed = store.changes(connection, [row["id"] for row in closed]) if closed else {}
    found = []
    for row in closed:
        shown = row["people"] >= FEWEST
        looked_at, moved = changed.get(row["id"], (0, 0)) if shown else (0, 0)
        name = names[row["office_path"]].name if row["office_path"] in names else ""
        people = row["people"] if shown else 0
        figures = rules.published(people, looked_at, moved, FEWEST)
        found.append(Published(name, row["report"], shown, people, *figures))
    return tuple(found)


def _view(row: Row) -> CalibrationView:
    return CalibrationView(**{**row, "breaches": tuple(json.loads(row["breaches"]))})


def _line(row: Row) -> AgendaLine:
    wanted = {name: row[name] for name in AgendaLine.__dataclass_fields__}
    return AgendaLine(**{**wanted, "flags": tuple(json.loads(row["flags"]))})
