"""What is asked about careers: the facts of a person, the list of a month, promotions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.queries import standing
from hr.career import rules, store
from hr.career.rules import Facts
from hr.directory import queries as directory
from hr.directory.queries import RankStanding
from hr.records import queries as records
from hr.records.queries import CareerRecord
from hr.statements import Row

APPROVAL = "technical_approval"  # the step, and the name of its answers
STATES = store.STATES
YEARS_BACK = 6  # of predicates that are looked at


@dataclass(frozen=True)
class Aspirant:
    """A person with everything that decides about his promotion on a day."""

    who: RankStanding
    record: CareerRecord
    facts: Facts
    tmt: date

    def becomes_true(self, code: str | None) -> date | None:
        """Say from which month on a refusal no longer holds."""
        return rules.becomes_true(code, self.facts, self.who, self.record, self.tmt)


@dataclass(frozen=True)
class CandidateRow:
    """A line of a month's list; `code` and `eligible_on` say why not, and until when not."""

    id: int
    person_id: int
    name: str
    tmt: date
    promotion_type: str
    rank_old: str
    rank_new: str
    state: str
    code: str
    eligible_on: date | None
    reason: str
    definition_id: int | None
    instance_id: int | None
    found_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Candidates:
    """A page of the list; `next` asks for the one after it."""

    rows: tuple[CandidateRow, ...]
    next: int | None


@dataclass(frozen=True)
class Approval:
    """Where the technical approval of a person's case stands.

    task_id -- the task that waits for it, None before and after; number, approved_on -- as noted,
    the day as 2026-07-01
    """

    instance_id: int
    task_id: int | None
    number: str | None
    approved_on: str


@dataclass(frozen=True)
class PromotionView:
    """A promotion by decree; `applied_at` is None until its day has come."""

    id: int
    person_id: int
    instance_id: int
    rank_old: str
    rank_new: str
    tmt: date
    approval_no: str
    approval_date: date
    decree_no: str
    decree_date: date
    code: str
    sha256: str
    size: int
    signed_by: int
    signed_at: datetime
    applied_at: datetime | None

    @property
    def file(self) -> dict[str, str | int]:
        """Name the decree as uploaded files are named."""
        name = f"SK {self.decree_no.replace('/', '-')}.pdf"
        return {"name": name, "sha256": self.sha256, "mime": "application/pdf", "size": self.size}


def aspirants(connection: Connection, ids: Collection[int], tmt: date) -> dict[int, Aspirant]:
    """Gather what decides about the promotion of these persons, in seven statements."""
    people = directory.rank_standings(connection, ids, tmt)
    years = range(tmt.year - YEARS_BACK, tmt.year)
    known = records.careers(connection, list(people), tmt, years)
    return {
        one: Aspirant(who, known[one], rules.facts(who, known[one], tmt), tmt)
        for one, who in people.items()
    }


def candidates(
    connection: Connection,
    tmt: date,
    *,
    states: Collection[str] = store.STATES,
    after: int = 0,
    limit: int = 50,
) -> Candidates:
    """List the candidates of a month, also those who were not proposed, and why."""
    found = store.page(connection, tmt, states, after, limit + 1)
    names = directory.names(connection, [row["person_id"] for row in found])
    views = tuple(
        CandidateRow(**row, name=names.get(row["person_id"], "")) for row in found[:limit]
    )
    return Candidates(views, views[-1].id if len(found) > limit else None)


def approvals(connection: Connection, ids: Collection[int]) -> dict[int, Approval]:
    """Say for these persons which task waits for a technical approval, or what was noted."""
    found: dict[int, Approval] = {}
    for row in store.cases_of(connection, ids):
        person_id, instance = row["person_id"], row["instance_id"]
        if person_id in found and found[person_id].task_id is not None:
            continue
        tasks = standing.open_tasks(connection, instance)
        waiting = next((each.id for each in tasks if each.element_id == APPROVAL), None)
        if waiting is None and person_id in found:
            continue
        noted = {} if waiting else standing.variables(connection, instance).get(APPROVAL) or {}
        day = str(noted.get("approved_on", ""))
        found[person_id] = Approval(instance, waiting, noted.get("number"), day)
    return found


def months(connection: Connection, limit: int = 24) -> tuple[date, ...]:
    """List the months that have been searched, the latest first."""
    return tuple(store.months(connection, limit))


def counts(connection: Connection, tmt: date) -> Mapping[tuple[str, str], int]:
    """Count the list of a month by state and code."""
    return store.counts(connection, tmt)


def promotion_of_case(connection: Connection, instance_id: int) -> PromotionView | None:
    """Give the promotion that a case decreed, or None."""
    return _promotion(store.promotion_of(connection, instance_id))


def decreed(connection: Connection, decree_no: str, code: str) -> PromotionView | None:
    """Give the promotion that a decree of this number and code is about, or None."""
    return _promotion(store.decreed(connection, decree_no, code))


def promotions(connection: Connection, person_id: int) -> tuple[PromotionView, ...]:
    """List the promotions of a person, the newest first."""
    found = (_promotion(row) for row in store.promotions(connection, person_id))
    return tuple(each for each in found if each is not None)


def _promotion(row: Row | None) -> PromotionView | None:
    return None if row is None else PromotionView(**row)
