"""Changes of evaluation's own records: conflicts of interest, and when an office asks peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.directory import queries as directory
from hr.evaluation import store
from hr.permissions.queries import may_about, standing
from hr.permissions.rules import HRC

OFFICE_RULES = (StreamKind.NETWORK, "office_rules")
SHORTEST_REASON, LONGEST_REASON = 10, 1000
_YEAR = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class DeclareConflict(Command[None]):
    """Declare a conflict of interest: neither of the two is asked to rate the other (P04, 2).

    For oneself, or by the agency for somebody, with a reason.
    """

    person_id: int
    other_id: int
    valid_from: date
    valid_to: date = FOREVER
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        _require_right(ctx, "C", self.person_id)
        self._check(ctx)
        row = {
            "person_id": self.person_id,
            "other_id": self.other_id,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }
        store.add_conflict(ctx.connection, {**row, "set_by": ctx.actor.person_id})
        new = {"valid_from": str(self.valid_from), "valid_to": str(self.valid_to)}
        _note_conflict(ctx, (self.person_id, self.other_id), None, new, self.reason.strip())

    def _check(self, ctx: Context) -> None:
        if self.other_id == self.person_id:
            raise _wrong("other", "same_person")
        if self.valid_to < self.valid_from:
            raise _wrong("to", "before_start")
        if self.valid_to < local_day(ctx.now):
            raise _wrong("to", "too_early")
        for path, person in (("person", self.person_id), ("other", self.other_id)):
            if directory.person(ctx.connection, person, ctx.now).status != directory.ACTIVE:
                raise _wrong(path, "left")
        if self.person_id != ctx.actor.person_id:
            _require_reason(self.reason)
        pair = (self.person_id, self.other_id)
        if store.conflict_within(ctx.connection, *pair, self.valid_from, self.valid_to):
            raise _wrong("other", "overlap")


@dataclass(frozen=True, kw_only=True)
class EndConflict(Command[None]):
    """Let a conflict of interest end before a day; before its first day it never comes to be.

    What the agency declared ends by the agency only.
    """

    person_id: int
    other_id: int
    valid_from: date
    ends_on: date

    def execute(self, ctx: Context) -> None:
        actor = ctx.actor.person_id
        _require_right(ctx, "U", self.person_id)
        key = (self.person_id, self.other_id, self.valid_from)
        row = store.conflict(ctx.connection, *key)
        if row is None:
            raise NotFound("Expected a declared conflict of interest, but there is none.")
        by_agency = row["set_by"] not in (None, self.person_id)
        if actor in ((self.person_id, self.other_id) if by_agency else (self.other_id,)):
            raise NotAllowed("Expected somebody else to end it, but it is about you.")
        if self.ends_on < local_day(ctx.now):
            raise _wrong("ends", "too_early")
        if self.ends_on > row["valid_to"]:
            raise _wrong("ends", "ended")
        last = self.ends_on - timedelta(days=1)
        store.end_conflict(ctx.connection, key, last)
        old, new = {"valid_to": str(row["valid_to"])}, {"valid_to": str(last)}
        _note_conflict(ctx, key[:2], old, new)


@dataclass(frozen=True, kw_only=True)
class SetPeerQuarters(Command[None]):
    """Say in which quarters an office asks peers: `1234`, or `24` to spare people (P04, 2).

    It takes the place of whatever rule the office had from that day on.
    """

    unit_id: int
    peer_quarters: str
    valid_from: date
    reason: str

    def execute(self, ctx: Context) -> None:
        person_id = ctx.actor.person_id
        if not ctx.actor.is_platform:
            held = standing(ctx.connection, person_id or 0, None, ctx.now).grants
            if HRC not in {grant.role for grant in held}:
                raise NotAllowed("Expected an officer of the agency, but you are none.")
        self._check(ctx)
        quarters = "".join(sorted(set(self.peer_quarters)))
        before = store.office_rule(ctx.connection, [self.unit_id], self.valid_from)
        row = {"unit_id": self.unit_id, "peer_quarters": quarters, "valid_from": self.valid_from}
        store.set_office_rule(ctx.connection, row)
        old = before and {"peer_quarters": before["peer_quarters"]}
        new = {"peer_quarters": quarters, "valid_from": str(self.valid_from)}
        event = RowChanged(
            noun="office_rule",
            key=str(self.unit_id),
            old=old,
            new=new,
            reason=self.reason.strip(),
        )
        ctx.record(event, OFFICE_RULES)

    def _check(self, ctx: Context) -> None:
        if not set(self.peer_quarters) <= set("1234"):
            raise InvalidForm([Problem("peer_quarters", "pattern", "Expected digits 1 to 4.")])
        if self.unit_id not in {one.id for one in directory.offices(ctx.connection, ctx.now)}:
            raise _wrong("office", "unknown")
        if abs(self.valid_from - local_day(ctx.now)) > _YEAR:
            raise _wrong("from", "range")
        _require_reason(self.reason)


def _require_right(ctx: Context, action: str, person_id: int) -> None:
    if not may_about(ctx.connection, ctx.actor, action, "conflict", person_id, ctx.now):
        raise NotAllowed("Expected your own conflict of interest, but it is another's.")


def _require_reason(reason: str) -> None:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise _wrong("reason", "length")


def _note_conflict(
    ctx: Context,
    pair: tuple[int, int],
    old: Mapping[str, str] | None,
    new: Mapping[str, str],
    reason: str = "",
) -> None:
    event = RowChanged(
        noun="rater_conflict", key=f"{pair[0]}/{pair[1]}", old=old, new=new, reason=reason
    )
    ctx.record(event, (StreamKind.PERSON, str(pair[0])))


def _wrong(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}, but: {code}.")])
