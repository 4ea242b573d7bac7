"""What is asked about evaluations: who may be asked to rate, and what was disclosed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection

from hr.calendar.rules import local_day, quarter_days
from hr.directory import queries as directory
from hr.evaluation import rules, store
from hr.records.queries import on_leave

_MOST_CONFLICTS = 200


@dataclass(frozen=True)
class ResultView:
    """A disclosed result; objections are in time until `objection_until`."""

    id: int
    person_id: int
    period: str
    instance_id: int
    case_no: str
    predicate: str
    result_rating: str
    behaviour_rating: str
    result_score: Decimal
    behaviour_score: Decimal
    note: str
    disclosed_at: datetime
    frozen_for: int | None = None
    replaced_by: int | None = None

    @property
    def disclosed_on(self) -> date:
        """Give the day of disclosure where the city is."""
        return local_day(self.disclosed_at)

    @property
    def objection_until(self) -> date:
        """Give the last day on which an objection is in time."""
        return rules.objection_until(self.disclosed_on)


@dataclass(frozen=True)
class DrawView:
    """How a case's raters were drawn: enough to repeat it."""

    seed: str
    pool: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class ConflictView:
    """A conflict of interest that somebody declared, or the agency for him."""

    person_id: int
    other_id: int
    valid_from: date
    valid_to: date
    by_agency: bool


@dataclass(frozen=True)
class OfficeRuleView:
    """In which quarters an office asks peers, from a day to a day."""

    unit_id: int
    peer_quarters: str
    valid_from: date
    valid_to: date


def blocked(
    connection: Connection,
    ids: Collection[int],
    *,
    subject_id: int,
    period: str,
    instance_id: int,
    at: datetime,
) -> dict[int, str]:
    """Tell who of these persons can't be asked to rate somebody, and why."""
    forms = store.form_counts(connection, ids, period, instance_id)
    reasons = {one: "TOO_MANY_FORMS" for one, n in forms.items() if n >= rules.MOST_FORMS}
    reasons |= dict.fromkeys(on_leave(connection, ids, at), "ON_LEAVE")
    reasons |= dict.fromkeys(store.conflicts(connection, subject_id, local_day(at)), "CONFLICT")
    return reasons


def peers_asked(connection: Connection, path: str, period: str) -> bool:
    """Tell whether the office of a scope path asks peers in a quarter; by default it does."""
    units = directory.units_upward(connection, path)
    rule = store.office_rule(connection, [unit.id for unit in units], quarter_days(period)[1])
    return rule is None or period[-1] in rule["peer_quarters"]


def conflicts_declared(
    connection: Connection, person_id: int | None, at: datetime
) -> tuple[ConflictView, ...]:
    """List the conflicts of interest, not over, of one person or of everybody: the first 200."""
    found = store.declared(connection, person_id, local_day(at), _MOST_CONFLICTS)
    return tuple(
        ConflictView(
            row["person_id"],
            row["other_id"],
            row["valid_from"],
            row["valid_to"],
            row["set_by"] not in (None, row["person_id"]),
        )
        for row in found
    )


def office_rules(connection: Connection, at: datetime) -> tuple[OfficeRuleView, ...]:
    """List in which quarters offices ask peers, now and later; who has no rule asks in each."""
    return tuple(OfficeRuleView(**row) for row in store.office_rules(connection, local_day(at)))


def draw_of(connection: Connection, instance_id: int) -> DrawView | None:
    """Give the draw of a case's raters, for whoever wants to repeat it; None before it."""
    row = store.draw(connection, instance_id)
    return None if row is None else DrawView(row["seed"], tuple(json.loads(row["pool"])), row["at"])


def result_of_case(connection: Connection, instance_id: int) -> ResultView | None:
    """Give the result that a case disclosed, or None before disclosure."""
    row = store.result_of_case(connection, instance_id)
    return None if row is None else ResultView(**row)


def results_of(connection: Connection, person_id: int) -> tuple[ResultView, ...]:
    """List a person's disclosed results, the newest period first."""
    return tuple(ResultView(**row) for row in store.results(connection, person_id))


def predicates_of(connection: Connection, period: str) -> dict[int, str]:
    """Tell who has which predicate of a period, as it counts now."""
    return {row["person_id"]: row["predicate"] for row in store.predicates_of(connection, period)}


def predicates_by_path(
    connection: Connection, prefixes: Collection[str], period: str, at: datetime, serving: date
) -> tuple[tuple[str, str, int], ...]:
    """Count a period's predicates by the unit where people sit now: path, predicate, people."""
    if not prefixes:
        return ()
    found = store.predicates_by_path(connection, prefixes, period, local_day(at), serving)
    return tuple((row["unit_path"], row["predicate"], row["people"]) for row in found)


def newest_results(
    connection: Connection, people: Collection[int], each: int = 4
) -> dict[int, tuple[ResultView, ...]]:
    """Give the newest results that count of each of these persons, the newest first."""
    found: dict[int, tuple[ResultView, ...]] = {}
    for row in store.results_of_many(connection, people) if people else ():
        known = found.get(row["person_id"], ())
        if len(known) < each:
            found[row["person_id"]] = (*known, ResultView(**row))
    return found


def last_predicate(connection: Connection, person_id: int, before: str) -> str | None:
    """Give the predicate of the newest disclosed period before this one."""
    return store.last_predicate(connection, person_id, before)
