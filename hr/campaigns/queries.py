"""What is asked about campaigns: whom one would reach, whom one has reached, what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from hr.campaigns import rules, store
from hr.campaigns.rules import WHOLE_CITY, Member, Reach
from hr.directory import queries as directory
from hr.directory.lines import Lines
from hr.planning.queries import planned
from hr.records.queries import on_leave
from hr.statements import Row


@dataclass(frozen=True)
class CampaignView:
    """A campaign; `key` marks its cases in the engine."""

    id: int
    key: str
    process_key: str
    period: str
    round: int
    launched_at: datetime
    launched_by: int | None
    closed_at: datetime | None
    persons: int
    started: int
    reach: Reach
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Preview:
    """Whom a campaign would reach, who is left out and why, and whose case will meet trouble."""

    reached: tuple[int, ...]
    left_out: Mapping[int, str]
    troubled: Mapping[int, str]

    @property
    def reasons(self) -> Mapping[str, int]:
        """Count those left out by reason."""
        return Counter(self.left_out.values())

    @property
    def troubles(self) -> Mapping[str, int]:
        """Count those in for trouble by what it is."""
        return Counter(self.troubled.values())


@dataclass(frozen=True)
class ActView:
    """What the agency did in a campaign; `passed` counts what could not be done."""

    id: int
    kind: str
    at: datetime
    person_id: int | None
    reason: str
    office_path: str
    element_id: str
    until: datetime | None
    wanted: int
    done: int
    passed: int


@dataclass(frozen=True)
class CadenceView:
    """How often a process begins by itself, and for whom."""

    id: int
    process_key: str
    every: str
    days_after: int
    reach: Reach
    active: bool
    reason: str
    changed_at: datetime


def campaign_key(process_key: str, period: str, round: int = 1) -> str:
    """Name a campaign as the engine's cases carry it."""
    return f"{process_key}/{period}" + (f"/{round}" if round > 1 else "")


def preview(
    connection: Connection,
    period: str,
    *,
    process_key: str = "quarterly_evaluation",
    reach: Reach = WHOLE_CITY,
    at: datetime,
) -> Preview:
    """Say whom a campaign of a period would reach, as of a moment; ValueError for no period."""
    first, last = rules.period_days(period)
    lines = directory.all_lines(connection, at)
    rated = {person for person in lines.main_posts if lines.superior(person) is not None}
    before = store.reached(connection, process_key, period)
    reasons = {
        m.person_id: rules.left_out(m, rated, first, last, least=reach.least_days, reached=before)
        for m in _members(connection, reach, first, last, at)
    }
    reached = tuple(person for person, reason in reasons.items() if not reason)
    return Preview(
        reached,
        {person: reason for person, reason in reasons.items() if reason},
        _troubled(connection, reached, lines, process_key, last, at),
    )


def _members(
    connection: Connection, reach: Reach, first: date, last: date, at: datetime
) -> list[Member]:
    """Read who is in service in the period and within reach."""
    found = [
        Member(row["id"], row["joined_on"], row["left_on"], row["unit_path"], row["post_kind"])
        for row in directory.members(connection, "", at)
    ]
    return [
        one
        for one in found
        if one.left_on >= first and one.joined_on <= last
        if reach.holds(one.scope_path, one.post_kind)
    ]


def _troubled(
    connection: Connection,
    people: tuple[int, ...],
    lines: Lines,
    process_key: str,
    last: date,
    at: datetime,
) -> Mapping[int, str]:
    """Say what will get into the way of whose case; it is started nevertheless."""
    superiors = {one: lines.superior(one) for one in people}
    everybody = {*people, *(one for one in superiors.values() if one is not None)}
    away = on_leave(connection, everybody, at) if everybody else frozenset()
    asks_plan = process_key in rules.NEEDS_PLAN
    plans = planned(connection, last) if asks_plan else frozenset(people)
    found: dict[int, str] = {}
    for one, above in superiors.items():
        post = lines.main_posts.get(above) if above is not None else None
        covered = post is not None and bool(lines.acting.get(post))
        if one in away:
            found[one] = rules.ON_LEAVE
        elif above in away and not covered:
            found[one] = rules.RATER_AWAY
        elif one not in plans:
            found[one] = rules.NO_PLAN
    return found


def campaigns(
    connection: Connection, *, before: int | None = None, limit: int = 50
) -> tuple[CampaignView, ...]:
    """List campaigns, the newest first."""
    return _views(connection, store.all_of_them(connection, before, limit))


def campaign(connection: Connection, campaign_id: int) -> CampaignView | None:
    """Give a campaign, or None."""
    row = store.get(connection, campaign_id)
    return None if row is None else _views(connection, [row])[0]


def left_out(connection: Connection, campaign_id: int) -> Mapping[int, str]:
    """Tell who got no case and why, by person."""
    return {row["person_id"]: row["left_out"] for row in store.left_out(connection, campaign_id)}


def acts(connection: Connection, campaign_id: int, limit: int = 20) -> tuple[ActView, ...]:
    """List what the agency did in a campaign, the newest first."""
    names = ActView.__dataclass_fields__
    found = store.acts(connection, campaign_id, limit)
    return tuple(ActView(**{name: row[name] for name in names}) for row in found)


def cadences(connection: Connection) -> tuple[CadenceView, ...]:
    """List what begins by itself."""
    return tuple(_cadence(row) for row in store.cadences(connection))


def _cadence(row: Row) -> CadenceView:
    same = ("id", "process_key", "every", "days_after", "active", "reason", "changed_at")
    kept = {name: row[name] for name in same}
    return CadenceView(**kept, reach=rules.reach_of(row["reach"]))


def _views(connection: Connection, found: list[Row]) -> tuple[CampaignView, ...]:
    counted = store.counts(connection, [row["id"] for row in found]) if found else {}
    same = ("id", "process_key", "period", "round", "launched_at", "launched_by", "closed_at")
    return tuple(
        CampaignView(
            **{name: row[name] for name in same},
            key=campaign_key(row["process_key"], row["period"], row["round"]),
            persons=row["persons"],
            started=row["started"],
            reach=rules.reach_of(row["reach"]),
            left_out={reason: n for reason, n in counted[row["id"]].items() if reason},
        )
        for row in found
    )
