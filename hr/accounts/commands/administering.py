"""What administrators do with accounts: open, close, open again, end sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine import PLATFORM, Command, Context
from engine.errors import Conflict, InvalidForm, NotFound
from hr.accounts import rules, store
from hr.accounts.commands.shared import (
    end_session,
    note,
    problem,
    require_administrator,
    require_other,
)
from hr.accounts.tables import Account
from hr.directory import queries as directory
from hr.directory.commands import RegisterPerson
from hr.statements import Row, add_one

_NO_PASSWORD = ""  # fits none: the person sets one by a link


@dataclass(frozen=True, kw_only=True)
class OpenAccount(Command[int]):
    """Give somebody an account without a password; he sets one by a link (MakeLink).

    name -- of somebody whom the directory does not know yet: he is written into it, too
    """

    nip: str
    name: str = ""

    def execute(self, ctx: Context) -> int:
        require_administrator(ctx)
        person_id = directory.person_of_nip(ctx.connection, self.nip)
        if person_id is None:
            if not self.name.strip():
                raise InvalidForm([problem("nip", "unknown")])
            by = f"account opened by person {ctx.actor.person_id}"
            known = RegisterPerson(nip=self.nip, name=self.name, reason=by)
            person_id = known.execute(replace(ctx, actor=PLATFORM))
        if store.by_person(ctx.connection, person_id) is not None:
            raise Conflict(f"Expected {self.nip} to have no account, but there is one.")
        row = {
            "person_id": person_id,
            "username": self.nip,
            "short_name": None,
            "password_hash": _NO_PASSWORD,
            "language": "id",
            "created_at": ctx.now,
        }
        account_id = add_one(ctx.connection, Account, row)
        note(ctx, account_id, "CREATED")
        return account_id


@dataclass(frozen=True, kw_only=True)
class CloseAccount(Command[None]):
    """Let nobody in by an account any more; sessions, links and tokens count no longer."""

    account_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        row = _meant(ctx, self.account_id, self.reason)
        store.change_account(ctx.connection, row["id"], disabled=True)
        store.end_sessions(ctx.connection, row["id"], ctx.now)
        store.end_half_logins(ctx.connection, row["id"], ctx.now)
        store.end_links(ctx.connection, row["id"], ctx.now)
        note(ctx, row["id"], "CLOSED", self.reason)


@dataclass(frozen=True, kw_only=True)
class ReopenAccount(Command[None]):
    """Let somebody in again by an account that was closed."""

    account_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        row = _meant(ctx, self.account_id, self.reason)
        store.change_account(ctx.connection, row["id"], disabled=False)
        note(ctx, row["id"], "REOPENED", self.reason)


@dataclass(frozen=True, kw_only=True)
class EndSessionsOf(Command[None]):
    """End all sessions of an account."""

    account_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        row = _meant(ctx, self.account_id, self.reason)
        for each in store.open_sessions(ctx.connection, row["id"]):
            end_session(ctx, each)


@dataclass(frozen=True, kw_only=True)
class EndAnySession(Command[None]):
    """End one session of anybody, by the name under which it is shown."""

    session_id: str

    def execute(self, ctx: Context) -> None:
        require_administrator(ctx)
        row = store.session_named(ctx.connection, self.session_id)
        if row is None or rules.session_id(row["token_sha256"]) != self.session_id:
            raise NotFound("Expected a session that is open, but it is none.")
        end_session(ctx, row)


@dataclass(frozen=True, kw_only=True)
class EndAnyToken(Command[None]):
    """End an API token of an account for good."""

    account_id: int
    token_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        row = _meant(ctx, self.account_id, self.reason)
        known = {each["id"] for each in store.api_tokens(ctx.connection, row["id"])}
        if self.token_id not in known:
            raise NotFound("Expected a token of this account, but it is none.")
        store.end_api_token(ctx.connection, self.token_id, ctx.now)
        note(ctx, row["id"], "TOKEN_ENDED", f"{self.token_id}: {self.reason}")


@dataclass(frozen=True, kw_only=True)
class UnlinkIdentity(Command[None]):
    """Forget as whom the identity provider knows somebody; he is linked anew when he next comes."""

    account_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        row = _meant(ctx, self.account_id, self.reason)
        store.drop_identities(ctx.connection, row["id"])
        store.end_sessions(ctx.connection, row["id"], ctx.now)
        note(ctx, row["id"], "IDENTITY_UNLINKED", self.reason)


def _meant(ctx: Context, account_id: int, reason: str) -> Row:
    require_administrator(ctx)
    row = store.by_id(ctx.connection, account_id)
    if row is None:
        raise NotFound(f"Expected account {account_id}, but there is none.")
    require_other(ctx, row["person_id"])
    if not reason.strip():
        raise InvalidForm([problem("reason", "required")])
    return row
