"""What is asked about training: gaps, the facts of DT14, courses and seats, budget, referrals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection

from hr.calendar.rules import local_day
from hr.development import rules, store
from hr.development.rules import Gap, Topics
from hr.directory.queries import LEADING
from hr.evaluation import queries as evaluation
from hr.service import queries as service
from hr.statements import Row

_QUARTER, _YEAR = timedelta(days=92), timedelta(days=366)
_NEW_POST_MONTHS = 12
_TWO_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Facts:
    """What DT14 asks about a person, by the names of its inputs, and what it is about."""

    predicate: str | None
    lowest_value_mean: Decimal | None
    quarters_service_below_target: int
    competence_gap: int
    learning_hours: int
    month: int
    service_change: bool
    new_managerial_post: bool
    competence_finding: bool
    upheld_behaviour_complaints: int
    talent_box: int | None
    months_since_course: int
    topics: Topics


@dataclass(frozen=True)
class SessionView:
    """A session of a course; `left` are the seats nobody has yet."""

    id: int
    course_id: int
    starts_on: date
    ends_on: date
    place: str
    seats: int
    taken: int

    @property
    def left(self) -> int:
        """Count the seats that are free."""
        return max(self.seats - self.taken, 0)


@dataclass(frozen=True)
class CourseView:
    """A course on offer with its coming sessions; `waiting` people have no seat yet."""

    id: int
    code: str
    title: str
    competence: str
    competence_name: str
    level: int
    modality: str
    learning_hours: int
    cost: Decimal
    sessions: tuple[SessionView, ...]
    waiting: int


@dataclass(frozen=True)
class BudgetView:
    """A year's budget in rupiah, and what set referrals have taken of it."""

    year: int
    amount: Decimal
    booked: Decimal

    @property
    def left(self) -> Decimal:
        """Give what can still be spent."""
        return self.amount - self.booked


@dataclass(frozen=True)
class ReferralView:
    """A referral and what came of it."""

    id: int
    person_id: int
    competence: str
    state: str
    sources: tuple[str, ...]
    priority: str
    mandatory: bool
    level_now: int
    level_needed: int
    followup_id: int | None
    instance_id: int
    course_id: int | None
    year: int | None
    learning_hours: int | None
    cost: Decimal | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None


def gaps(connection: Connection, ids: Collection[int], at: datetime) -> tuple[Gap, ...]:
    """List where persons are below what their posts ask for; who was not assessed has no gap."""
    return tuple(Gap(**row) for row in store.gaps_of(connection, ids, local_day(at)))


def fulfilment(connection: Connection, ids: Collection[int], at: datetime) -> dict[int, Decimal]:
    """Give how much of what posts ask for their holders have, 0 to 100; the unmeasured are out.

    A level above what is asked counts no more than that.  Two places, halves up: used as potential
    (DT13) [D], whose box is then the same wherever it is asked for.
    """
    shares: defaultdict[int, list[Decimal]] = defaultdict(list)
    for row in store.measured(connection, ids, local_day(at)) if ids else ():
        have, needed = row["level_now"], row["level_needed"]
        shares[row["person_id"]].append(100 * min(Decimal(have) / needed, Decimal(1)))
    return {
        one: (sum(known, Decimal(0)) / len(known)).quantize(_TWO_PLACES, ROUND_HALF_UP)
        for one, known in shares.items()
    }


def reach(connection: Connection, path: str, competence: str, at: datetime) -> int:
    """Count the people under a scope path with a gap in a competence."""
    found = store.gaps_below(connection, path, competence, local_day(at))
    return len({row["person_id"] for row in found})


def facts(connection: Connection, person_id: int, path: str, period: str, at: datetime) -> Facts:
    """Gather what DT14 asks about a person: the newest result, gaps, signals, hours, courses."""
    day = local_day(at)
    results = evaluation.results_of(connection, person_id)
    found = tuple(sorted(gaps(connection, [person_id], at), key=lambda gap: -gap.size))
    noted = store.signals(connection, person_id, day - _YEAR, day)
    recent = [row for row in noted if row["noted_on"] > day - _QUARTER]
    last = store.last_courses(connection, person_id)
    return Facts(
        predicate=results[0].predicate if results else None,
        lowest_value_mean=min((r["value"] for r in _of(recent, rules.LOW_VALUE)), default=None),
        quarters_service_below_target=_below_target(connection, path, period),
        competence_gap=found[0].size if found else 0,
        learning_hours=learning_hours(connection, [person_id], day.year).get(person_id, 0),
        month=day.month,
        service_change=bool(_of(recent, rules.SERVICE_CHANGE)),
        new_managerial_post=_newly_leading(connection, person_id, day),
        competence_finding=bool(_of(recent, rules.FINDING)),
        upheld_behaviour_complaints=int(sum(r["value"] for r in _of(recent, rules.COMPLAINT))),
        talent_box=next((int(r["value"]) for r in _of(noted, rules.TALENT)), None),
        months_since_course=rules.months_between(last[0]["completed_on"], day) if last else 0,
        topics=Topics(found, _named(noted, last)),
    )


def learning_hours(connection: Connection, ids: Collection[int], year: int) -> dict[int, int]:
    """Give learning hours (JP) in a year, completed or booked; who has none is left out."""
    return store.hours(connection, ids, year)


def competence_names(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Give the names of competences by code."""
    return store.competence_names(connection, codes)


def courses(
    connection: Connection, at: datetime, *, competence: str | None = None, above: int = 0
) -> tuple[CourseView, ...]:
    """List the courses on offer with their coming sessions and how many wait."""
    day = local_day(at)
    found = store.courses(connection, day, competence, above)
    ids = [row["id"] for row in found]
    coming: dict[int, list[SessionView]] = {}
    for row in store.sessions(connection, ids, day):
        coming.setdefault(row["course_id"], []).append(SessionView(**row))
    names = store.competence_names(connection, {row["competence"] for row in found})
    queues = store.waiting_counts(connection, ids)
    return tuple(
        CourseView(
            **{name: value for name, value in row.items() if name != "valid_to"},
            competence_name=names.get(row["competence"]) or row["competence"],
            sessions=tuple(coming.get(row["id"], ())),
            waiting=queues.get(row["id"], 0),
        )
        for row in found
    )


def budget(connection: Connection, year: int) -> BudgetView:
    """Give a year's budget; nothing can be spent where none was set."""
    amount = store.budget(connection, year) or Decimal(0)
    return BudgetView(year, amount, store.booked(connection, year))


def referral_of_case(connection: Connection, instance_id: int) -> ReferralView | None:
    """Give the referral that a case is about, or None."""
    row = store.referral_of_case(connection, instance_id)
    return None if row is None else _view(row)


def standing_of(connection: Connection, person_id: int, at: datetime) -> tuple[ReferralView, ...]:
    """List a person's referrals that are open, or were set this year."""
    since = datetime(local_day(at).year, 1, 1, tzinfo=UTC)
    return tuple(_view(row) for row in store.standing_of(connection, person_id, since))


def referrals(connection: Connection, *, limit: int = 50) -> tuple[ReferralView, ...]:
    """List the city's referrals, the newest first."""
    return tuple(_view(row) for row in store.referrals(connection, (), limit))


def _of(noted: list[Row], kind: str) -> list[Row]:
    return [row for row in noted if row["kind"] == kind]


def _named(noted: list[Row], last: list[Row]) -> dict[str, str]:
    """Name the competence of each signal that has one of its own."""
    codes = {
        rules.LOW_VALUE: "T2",
        rules.SERVICE_CHANGE: "T6",
        rules.FINDING: "T8",
        rules.COMPLAINT: "T9",
        rules.TALENT: "T10",
    }
    # The newest comes first and wins.
    named = {codes[row["kind"]]: row["competence"] for row in reversed(noted) if row["competence"]}
    return named | ({"T11": last[0]["competence"]} if last else {})


def _below_target(connection: Connection, path: str, period: str) -> int:
    missed = 0
    for quarter in rules.two_quarters(period) if period else ():
        found = service.unit_facts(connection, path, quarter)
        if found is None or all(area.met for area in found.areas):
            break
        missed += 1
    return missed


def _newly_leading(connection: Connection, person_id: int, day: date) -> bool:
    since = store.leading_since(connection, person_id, LEADING, day)
    return since is not None and rules.months_between(since, day) < _NEW_POST_MONTHS


def _view(row: Row) -> ReferralView:
    left_out = ("scope_path", "period", "open_key")
    kept = {name: value for name, value in row.items() if name not in left_out}
    return ReferralView(**{**kept, "sources": tuple(row["sources"].split(","))})
