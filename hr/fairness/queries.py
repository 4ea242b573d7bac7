"""What is asked about fairness: the newest findings of a year, and a rater's for DT20."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from hr.appraisal import queries as appraisal
from hr.appraisal.rules import PREDICATES, quarters_of
from hr.calendar.rules import local_day
from hr.fairness import rules, store
from hr.fairness.rules import Finding, Member, Rated
from hr.statements import Row

_TEN_MINUTES = timedelta(minutes=10)
_LONGEST_PERIOD = timedelta(days=100)


@dataclass(frozen=True)
class FairnessView:
    """The newest computed findings of a year; `waiting`: newer ones are being computed."""

    period: str
    computed_at: datetime | None
    ratings: int
    people: int
    waiting: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class RaterFacts:
    """What DT20 is told of a rater: the ends of intervals nearest to "nothing unusual"."""

    mean_difference: Decimal
    people: int
    deviation: Decimal


NOTHING_KNOWN = RaterFacts(Decimal(0), 0, Decimal(1))


def of_year(connection: Connection, period: str, *, flagged: bool = False) -> FairnessView:
    """Give the newest findings of a year: all of them, or those alone that are flagged."""
    run = store.newest(connection, period)
    waiting = store.waiting(connection, period)
    if run is None:
        return FairnessView(period, None, 0, 0, waiting, ())
    kinds = (rules.SEVERITY, rules.SPREAD, rules.GROUP, rules.AGREEMENT)
    state = rules.FLAGGED if flagged else None
    found = tuple(_finding(row) for row in store.findings(connection, run["id"], kinds, state))
    known = (run["computed_at"], run["ratings"], run["people"])
    return FairnessView(period, *known, waiting, found)


def rater_facts(connection: Connection, rater_id: int, period: str) -> RaterFacts:
    """Give what DT20 is told of a rater, by the year's newest findings."""
    run = store.newest(connection, period)
    if run is None:
        return NOTHING_KNOWN
    found = {row["kind"]: _finding(row) for row in store.of_rater(connection, run["id"], rater_id)}
    mild, flat = found.get(rules.SEVERITY), found.get(rules.SPREAD)
    return RaterFacts(
        _said(mild.cautious) if mild else NOTHING_KNOWN.mean_difference,
        mild.people if mild and mild.state != rules.TOO_FEW else 0,
        _said(flat.cautious) if flat else NOTHING_KNOWN.deviation,
    )


def flags_of_rater(
    connection: Connection, rater_id: int, period: str, at: datetime
) -> tuple[str, ...]:
    """Name what DT20 flags about a rater: his severity and spread, and too many forms at once."""
    run = store.newest(connection, period)
    rows = store.of_rater(connection, run["id"], rater_id) if run is not None else []
    codes = {rules.flag_of(_finding(row)) for row in rows} - {""}
    if most_within_ten_minutes(connection, rater_id, at) > rules.MOST_AT_ONCE:
        codes.add("FX11")
    return tuple(sorted(codes))


def most_within_ten_minutes(connection: Connection, rater_id: int, at: datetime) -> int:
    """Count the most ratings that somebody settled within ten minutes of late (FX11)."""
    window: deque[datetime] = deque()
    most = 0
    for moment in store.rated_by(connection, rater_id, at - _LONGEST_PERIOD):
        window.append(moment)
        while moment - window[0] > _TEN_MINUTES:
            window.popleft()
        most = max(most, len(window))
    return most


def given_in(connection: Connection, period: str) -> tuple[Rated, ...]:
    """Give what superiors gave in the quarters of a year."""
    return tuple(
        Rated(
            row["person_id"],
            row["rater_id"],
            row["office_path"],
            tuple(int(digit) for digit in row["digits"]),
            row["period"],
        )
        for row in store.given(connection, quarters_of(period))
    )


def members_of(connection: Connection, period: str, at: datetime) -> tuple[Member, ...]:
    """Give who has a predicate in a year, with the groups he belongs to."""
    found = appraisal.of_year(connection, period)
    known: dict[int, Row] = {}
    for ids in _in_parts([row.person_id for row in found]):
        known |= store.groups_of(connection, ids)
    day = local_day(at)
    return tuple(
        Member(row.person_id, row.predicate == "SB", _groups(known[row.person_id], day))
        for row in found
    )


def pairs_of(connection: Connection, period: str) -> tuple[tuple[float, float], ...]:
    """Give the two predicates, 1 to 5, of everybody whom rater and team both rated."""
    level = {code: float(number) for number, code in enumerate(PREDICATES, start=1)}
    return tuple(
        (level[row.rater_predicate], level[row.team_predicate])
        for row in appraisal.of_year(connection, period)
        if row.rater_predicate in level and row.team_predicate in level
    )


def _groups(row: Row, day: Any) -> dict[str, str]:
    band = rules.age_band(row["born_on"], day)
    return {"sex": row["sex"], "kind": row["kind"], "age": band}


def _in_parts(ids: Sequence[int], size: int = 900) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _finding(row: Row) -> Finding:
    numbers = (row["estimate"], row["low"], row["high"])
    return Finding(
        row["kind"],
        row["rater_id"] if row["rater_id"] is not None else row["group_name"],
        row["of"],
        row["people"],
        row["state"],
        *(None if one is None else float(one) for one in numbers),
    )


def _said(number: float) -> Decimal:
    return Decimal(f"{number:.4f}")
