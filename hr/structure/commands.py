"""Who is in a post: acting officials (Plt, Plh) for some days, moves from post to post (mutasi)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine import Command, Context
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.directory.noting import note_of_person
from hr.directory.store import end
from hr.directory.tables import ActingOfficial, Holding
from hr.permissions.queries import may_about, may_within
from hr.statements import Row, add_one
from hr.structure import store

ACTING_KINDS = ("PLT", "PLH")
LONGEST_DECREE = 80
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AppointActing(Command[int]):
    """Let somebody act in a post for some days: PLT when vacant, PLH when its holder is away.

    The personnel officer of the post's office or the agency may, never for themselves; one at a
    time acts in a post.
    """

    person_id: int
    post_id: int
    kind: str
    decree: str
    valid_from: date
    valid_to: date

    def execute(self, ctx: Context) -> int:
        post = _post(ctx, self.post_id)
        _require_officer(ctx, self.person_id, post)
        _check(self.kind in ACTING_KINDS, "kind", "option")
        _check(self.valid_from <= self.valid_to, "valid_to", "before_start")
        _check_decree(self.decree)
        _check_serves(ctx, self.person_id, self.valid_from, self.valid_to)
        _check(_within(post, self.valid_from, self.valid_to), "post_id", "post_gone")
        held = store.holdings_since(ctx.connection, self.person_id, self.valid_from)
        own = [row for row in held if row["post_id"] == self.post_id]
        _check(not any(row["valid_from"] <= self.valid_to for row in own), "person_id", "holder")
        others = store.acting_in(ctx.connection, self.post_id)
        _check(not any(self._meets(row) for row in others), "valid_from", "overlap")
        row = {
            "person_id": self.person_id,
            "post_id": self.post_id,
            "kind": self.kind,
            "decree": self.decree.strip(),
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }
        number = add_one(ctx.connection, ActingOfficial, row)
        note_of_person(ctx, self.person_id, "acting_official", number, None, row, self.decree)
        return number

    def _meets(self, row: Row) -> bool:
        first, last = row["valid_from"], row["valid_to"]
        return bool(first <= last and first <= self.valid_to and last >= self.valid_from)


@dataclass(frozen=True, kw_only=True)
class EndActing(Command[None]):
    """Let somebody act in a post no longer than a day; before its first day it never comes to be.

    What has been so stays so: the day is today or later, or yesterday.
    """

    acting_id: int
    last_day: date

    def execute(self, ctx: Context) -> None:
        row = store.acting(ctx.connection, self.acting_id)
        if row is None:
            raise NotFound(f"Expected an acting official {self.acting_id}, but there is none.")
        _require_officer(ctx, row["person_id"], _post(ctx, row["post_id"]))
        last = max(self.last_day, row["valid_from"] - _DAY)
        earliest = local_day(ctx.now) - _DAY
        _check(earliest <= last < row["valid_to"], "last_day", "range")
        end(ctx.connection, ActingOfficial, row["id"], last)
        new = {"valid_to": last}
        note_of_person(ctx, row["person_id"], "acting_official", row["id"], row, new, row["decree"])


@dataclass(frozen=True, kw_only=True)
class TransferPerson(Command[int]):
    """Move somebody to another post (mutasi); the old holding ends the day before.

    The agency may, for others; a file of the whole directory does the same for many.

    reason -- the number of the decree
    """

    person_id: int
    post_id: int
    valid_from: date
    reason: str

    def execute(self, ctx: Context) -> int:
        post = _post(ctx, self.post_id)
        if not may_about(ctx.connection, ctx.actor, "C", "person", self.person_id, ctx.now):
            raise _not_allowed(ctx, self.person_id)
        _check_decree(self.reason)
        _check_serves(ctx, self.person_id, self.valid_from, self.valid_from)
        _check(_within(post, self.valid_from, self.valid_from), "post_id", "post_gone")
        held = store.holdings_since(ctx.connection, self.person_id, self.valid_from)
        _check(not any(row["post_id"] == self.post_id for row in held), "person_id", "holder")
        late = [row for row in held if row["valid_from"] >= self.valid_from]
        _check(not late, "valid_from", "earlier")
        ended = {"valid_to": self.valid_from - _DAY}
        for old in held:
            end(ctx.connection, Holding, old["id"], ended["valid_to"])
            note_of_person(ctx, self.person_id, "holding", old["id"], old, ended, self.reason)
        row = {
            "person_id": self.person_id,
            "post_id": self.post_id,
            "valid_from": self.valid_from,
            "valid_to": FOREVER,
        }
        number = add_one(ctx.connection, Holding, row)
        note_of_person(ctx, self.person_id, "holding", number, None, row, self.reason)
        return number


def _post(ctx: Context, post_id: int) -> Row:
    row = store.post(ctx.connection, post_id, lock=True)
    if row is None:
        raise NotFound(f"Expected a post {post_id}, but there is none.")
    return row


def _require_officer(ctx: Context, person_id: int, post: Row) -> None:
    what = ("C", "acting_official", person_id, post["path"])
    if not may_within(ctx.connection, ctx.actor, *what, ctx.now):
        raise _not_allowed(ctx, person_id)


def _not_allowed(ctx: Context, person_id: int) -> NotAllowed:
    if ctx.actor.person_id == person_id:
        return NotAllowed("Expected somebody else, but you asked for yourself.", reason="OWN_CASE")
    return NotAllowed("Expected an officer in charge of this post, but you are not.")


def _within(post: Row, first: date, last: date) -> bool:
    return bool(post["valid_from"] <= first and last <= post["valid_to"])


def _check_decree(text: str) -> None:
    _check(bool(text.strip()), "decree", "required")
    _check(len(text.strip()) <= LONGEST_DECREE, "decree", "length")


def _check_serves(ctx: Context, person_id: int, first: date, last: date) -> None:
    days = store.service(ctx.connection, person_id)
    if days is None:
        raise NotFound(f"Expected a person {person_id}, but there is none.")
    _check(days["joined_on"] <= first and last <= days["left_on"], "person_id", "left")


def _check(fine: bool, path: str, code: str) -> None:
    if not fine:
        raise InvalidForm([Problem(path, code, f"Expected another value for {path}, but: {code}.")])
