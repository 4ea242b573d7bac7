"""Giving and taking roles: one person proposes those that open much, another one decides.

A single administrator may give the first such roles, as nobody else could approve them; from the
moment at which anybody else was given ADM or HRC, that is over for good.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from engine import Command, Context, Noted
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.ports import Told
from hr.accounts.commands import CodeWanted, LoggedIn, LoginRefused, RefusedLogin, identity
from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.directory.commands import CITY_ROLES, EndRole, GrantRole
from hr.directory.queries import holders_of_role
from hr.granting import rules, store
from hr.granting.tables import GroupRole, RoleProposal
from hr.permissions import matrix
from hr.permissions.queries import may_by_role
from hr.statements import add_one

_LONGEST_REASON = 500
_GROUPS_AT_MOST = 200
PROPOSED, APPROVED, REFUSED = "ROLE_PROPOSED", "ROLE_APPROVED", "ROLE_REFUSED"


class Given(StrEnum):
    """What came of giving a role."""

    GRANTED = "GRANTED"
    PROPOSED = "PROPOSED"


@dataclass(frozen=True, kw_only=True)
class GiveRole(Command[Given]):
    """Give somebody a role, or propose it where it needs a second person."""

    person_id: int
    role: str
    unit_id: int | None = None
    valid_from: date
    valid_to: date = FOREVER
    reason: str

    def execute(self, ctx: Context) -> Given:
        _require_decider(ctx)
        _refuse_self(ctx, self.person_id)
        _require_reason(self.reason)
        grant = GrantRole(
            person_id=self.person_id,
            role=self.role,
            unit_id=self.unit_id,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            reason=self.reason,
        )
        if not _needs_second(ctx, self.role):
            grant.written(ctx)
            return Given.GRANTED
        grant.check()
        row = {
            "person_id": self.person_id,
            "role": self.role,
            "unit_id": self.unit_id,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "reason": self.reason,
        }
        _propose(ctx, row)
        return Given.PROPOSED


@dataclass(frozen=True, kw_only=True)
class GiveGroupRole(Command[Given]):
    """Let a group of the identity provider stand for a role, or propose it."""

    group_name: str
    role: str
    unit_id: int | None = None
    reason: str

    def execute(self, ctx: Context) -> Given:
        _require_decider(ctx)
        _require_reason(self.reason)
        name = self.group_name.strip()
        if not name or len(name) > 200:
            raise _invalid("group_name", "required")
        if self.role not in rules.GRANTED:
            raise _invalid("role", "option")
        if rules.is_of_unit(self.role) != (self.unit_id is not None):
            raise _invalid("unit_id", "required")
        row = {"group_name": name, "role": self.role, "unit_id": self.unit_id}
        if not _needs_second(ctx, self.role):
            _write_group_role(ctx, row, self.reason)
            return Given.GRANTED
        today = local_day(ctx.now)
        dated = {"valid_from": today, "valid_to": FOREVER, "reason": self.reason}
        _propose(ctx, {**row, **dated})
        return Given.PROPOSED


@dataclass(frozen=True, kw_only=True)
class DecideRole(Command[None]):
    """Approve or refuse a proposed role; neither the proposer nor who would get it may."""

    proposal_id: int
    approved: bool

    def execute(self, ctx: Context) -> None:
        _require_decider(ctx)
        row = store.proposal(ctx.connection, self.proposal_id)
        if row is None:
            raise NotFound(f"Expected proposal {self.proposal_id}, but there is none.")
        if row["state"] != "OPEN":
            raise InvalidState("Expected a proposal that waits, but it is decided.")
        if ctx.actor.person_id == row["proposed_by"]:
            raise NotAllowed("Expected a second person, but you proposed it.", reason="SAME_PERSON")
        if row["person_id"] is not None:
            _refuse_self(ctx, row["person_id"])
        store.decide(
            ctx.connection,
            self.proposal_id,
            state="APPROVED" if self.approved else "REFUSED",
            decided_by=ctx.actor.person_id,
            decided_at=ctx.now,
        )
        _note(ctx, "ROLE_APPROVED" if self.approved else "ROLE_REFUSED", row)
        _tell(ctx, [row["proposed_by"]], APPROVED if self.approved else REFUSED, row["role"])
        if self.approved:
            self._give(ctx, row)

    def _give(self, ctx: Context, row: Any) -> None:
        if row["group_name"] is not None:
            _write_group_role(ctx, row, row["reason"])
            return
        GrantRole(
            person_id=row["person_id"],
            role=row["role"],
            unit_id=row["unit_id"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            reason=f"{row['reason']} (proposed by person {row['proposed_by']})",
        ).written(ctx)


@dataclass(frozen=True, kw_only=True)
class TakeRole(Command[None]):
    """Let a role end with a day; one person may, as it opens nothing.

    last_day -- the day before its first takes back what was never in force
    """

    grant_id: int
    last_day: date
    reason: str

    def execute(self, ctx: Context) -> None:
        _require_decider(ctx)
        _require_reason(self.reason)
        row = store.grant(ctx.connection, self.grant_id)
        if row is None:
            raise NotFound(f"Expected a role that was given, but {self.grant_id} is none.")
        _refuse_self(ctx, row["person_id"])
        before = row["valid_from"] - timedelta(days=1)
        if not before <= self.last_day <= row["valid_to"]:
            raise _invalid("last_day", "range")
        EndRole(
            person_id=row["person_id"],
            role=row["role"],
            last_day=self.last_day,
            reason=self.reason,
        ).written(ctx, row)


@dataclass(frozen=True, kw_only=True)
class DropGroupRole(Command[None]):
    """Let a group stand for a role no longer; who has it by the group loses it when he logs in."""

    group_role_id: int

    def execute(self, ctx: Context) -> None:
        _require_decider(ctx)
        known = {row["id"]: row for row in store.group_roles(ctx.connection)}
        if self.group_role_id not in known:
            raise NotFound("Expected a group that stands for a role, but there is none.")
        store.drop_group_role(ctx.connection, self.group_role_id)
        _note(ctx, "GROUP_ROLE_DROPPED", known[self.group_role_id])


@dataclass(frozen=True, kw_only=True)
class LogInByIdentity(Command[LoggedIn | CodeWanted | LoginRefused]):
    """Let somebody in whom the city's identity provider named; his groups give their roles.

    A refusal is a result, so that it is recorded.

    name -- his NIP, looked at only where nobody is known by `subject` yet
    """

    issuer: str
    subject: str
    name: str
    groups: Collection[str]
    address: str

    def execute(self, ctx: Context) -> LoggedIn | CodeWanted | LoginRefused:
        account = identity.account_behind(
            ctx, issuer=self.issuer, subject=self.subject, name=self.name
        )
        if account is None:
            stream = (StreamKind.NETWORK, f"{ctx.now:%Y-%m-%d}")
            ctx.record(Noted(what="IDENTITY_UNKNOWN", about={"address": self.address}), stream)
            return LoginRefused(RefusedLogin.UNKNOWN)
        if identity.is_closed(ctx, account):
            return LoginRefused(RefusedLogin.DISABLED)
        _follow_groups(ctx, account["id"], account["person_id"], self.groups)
        return identity.let_in(ctx, account, self.address)


def _follow_groups(ctx: Context, account_id: int, person_id: int, groups: Collection[str]) -> None:
    """Give what somebody's groups stand for today, and take what came from others."""
    today = local_day(ctx.now)
    wanted = {
        row["id"]: row for row in store.roles_of_groups(ctx.connection, [*groups][:_GROUPS_AT_MOST])
    }
    held = store.group_grants(ctx.connection, account_id, today)
    for row in held:
        if row["group_role_id"] not in wanted:
            EndRole(
                person_id=person_id,
                role=row["role"],
                last_day=today - timedelta(days=1),
                reason="no longer in the group",
            ).written(ctx, row)
    known = {row["group_role_id"] for row in held}
    for number, row in wanted.items():
        if number not in known:
            grant_id = GrantRole(
                person_id=person_id,
                role=row["role"],
                unit_id=row["unit_id"],
                valid_from=today,
                reason=f"group {row['group_name']}",
            ).written(ctx)
            new = {"role_grant_id": grant_id, "account_id": account_id, "group_role_id": number}
            store.add_group_grant(ctx.connection, new)


def _needs_second(ctx: Context, role: str) -> bool:
    if ctx.actor.person_id is None or not rules.needs_second_person(role):
        return False
    return store.somebody_else_decides(ctx.connection, ctx.actor.person_id)


def _propose(ctx: Context, row: dict[str, Any]) -> None:
    new = {
        **row,
        "state": "OPEN",
        "proposed_by": ctx.actor.person_id,
        "proposed_at": ctx.now,
    }
    add_one(ctx.connection, RoleProposal, new)
    _note(ctx, "ROLE_PROPOSED", {"person_id": None, "group_name": None, **row})
    out = {ctx.actor.person_id, row.get("person_id")}
    deciders = {
        person
        for role in matrix.roles("C", "roles") & CITY_ROLES
        for person in holders_of_role(ctx.connection, role, ctx.now)
    }
    _tell(ctx, sorted(deciders - out), PROPOSED, row["role"])


def _tell(ctx: Context, people: Collection[int], notice: str, role: str) -> None:
    if ctx.ports.notices is None:
        return
    told = [
        Told(
            person_id=person,
            notice=notice,
            process_key="",
            instance_id=0,
            case_no="",
            values={"role": role},
        )
        for person in people
    ]
    ctx.ports.notices.tell(ctx.connection, told, ctx.now)


def _write_group_role(ctx: Context, row: Any, reason: str) -> None:
    new = {name: row[name] for name in ("group_name", "role", "unit_id")}
    add_one(ctx.connection, GroupRole, new)
    _note(ctx, "GROUP_ROLE_GIVEN", {**new, "reason": reason})


def _note(ctx: Context, what: str, row: Any) -> None:
    person_id = row.get("person_id")
    about = {
        "person_id": person_id,
        "group": row.get("group_name"),
        "role": row["role"],
        "unit_id": row["unit_id"],
    }
    kind = StreamKind.NETWORK if person_id is None else StreamKind.PERSON
    key = "groups" if person_id is None else str(person_id)
    ctx.record(Noted(what=what, about=about, reason=row.get("reason", "")), (kind, key))


def _require_decider(ctx: Context) -> None:
    if ctx.actor.is_platform:
        return
    if not may_by_role(ctx.connection, ctx.actor.person_id, "C", "roles", ctx.now):
        raise NotAllowed(
            "Expected an administrator or an officer of the agency, but you are none.",
            reason="NO_ROLE",
        )


def _refuse_self(ctx: Context, person_id: int) -> None:
    if ctx.actor.person_id == person_id:
        raise NotAllowed(
            "Expected somebody else to decide about you, but you asked yourself.", reason="OWN_CASE"
        )


def _require_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise _invalid("reason", "required")


def _invalid(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}, but: {code}.")])
