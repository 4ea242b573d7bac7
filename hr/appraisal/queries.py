"""What is asked about appraisals: a case's, an office's for its calibration, a person's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from hr.appraisal import store
from hr.statements import Row

PROPOSED, CALIBRATED, LOCKED, UNRATED = "PROPOSED", "CALIBRATED", "LOCKED", "UNRATED"


@dataclass(frozen=True)
class AppraisalView:
    """An appraisal of a year; the predicates are empty where there is none (yet)."""

    id: int
    instance_id: int
    case_no: str
    person_id: int
    period: str
    office_path: str
    state: str
    reason_code: str
    rater_id: int | None
    rater_predicate: str
    sampled: bool
    sampled_because: str
    team_predicate: str
    levels_apart: int
    result_rating: str
    behaviour_rating: str
    predicate: str
    proposed: str
    result_score: Decimal
    behaviour_score: Decimal
    potential: Decimal | None
    talent_box: int | None
    flags: tuple[str, ...]
    reason: str
    proposed_at: datetime
    calibrated_at: datetime | None
    locked_at: datetime | None


@dataclass(frozen=True)
class YearRow:
    """Who has which predicates in a year: as it stands, the rater's, the team's or none."""

    id: int
    person_id: int
    office_path: str
    state: str
    predicate: str
    rater_predicate: str
    team_predicate: str


def of_case(connection: Connection, instance_id: int) -> AppraisalView | None:
    """Give the appraisal of a case, or None before it is proposed."""
    row = store.of_case(connection, instance_id)
    return None if row is None else _view(row)


def of_office(connection: Connection, office_path: str, period: str) -> tuple[AppraisalView, ...]:
    """List an office's appraisals of a year that have a predicate."""
    return tuple(_view(row) for row in store.of_office(connection, office_path, period))


def of_year(connection: Connection, period: str) -> tuple[YearRow, ...]:
    """List the city's predicates of a year."""
    return tuple(YearRow(**row) for row in store.of_year(connection, period))


def of_person(connection: Connection, person_id: int) -> tuple[AppraisalView, ...]:
    """List a person's appraisals, the newest year first."""
    return tuple(_view(row) for row in store.of_person(connection, person_id))


def _view(row: Row) -> AppraisalView:
    return AppraisalView(**{**row, "flags": tuple(json.loads(row["flags"]))})
