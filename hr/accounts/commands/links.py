"""Commands on links by which somebody sets a password: an invitation, or a reset."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import Actor, Command, Context
from engine.errors import InvalidForm, InvalidState, NotFound
from hr.accounts import passwords, rules, store
from hr.accounts.commands.shared import (
    note,
    problem,
    refuse_weak,
    require_administrator,
    require_other,
    wait_until,
)
from hr.statements import Row

MAIL = "mail_access_link"
"""The kind of job that mails a link; the host has one where it has a mail server."""


@dataclass(frozen=True)
class LinkMade:
    """A link on its way: by mail, or else by the administrator's hands, who sees `token` once."""

    kind: str
    ends_at: datetime
    token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class MakeLink(Command[LinkMade]):
    """Let somebody set his password by a link that counts once and briefly; earlier ones end.

    His second factor stays: a link alone opens nothing that wants a code.
    """

    account_id: int

    def execute(self, ctx: Context) -> LinkMade:
        require_administrator(ctx)
        row = store.account(ctx.connection, self.account_id)
        if row is None:
            raise NotFound(f"Expected account {self.account_id}, but there is none.")
        require_other(ctx, row["person_id"])
        if row["disabled"]:
            raise InvalidState("Expected an account that is open, but it is closed.")
        kind = "RESET" if row["has_password"] else "INVITATION"
        store.end_links(ctx.connection, self.account_id, ctx.now)
        token = _new(ctx, self.account_id, kind)
        mailed = bool(row["email"]) and MAIL in ctx.ports.job_kinds
        if mailed:
            _mail(ctx, self.account_id, token)
        note(ctx, self.account_id, "LINK_MADE", f"{kind} {'mailed' if mailed else 'shown'}")
        return LinkMade(kind, rules.link_ends_at(kind, ctx.now), "" if mailed else token)


@dataclass(frozen=True, kw_only=True)
class AskForLink(Command[None]):
    """Mail a link for a new password to who forgot his; nobody learns whether he is known.

    Links that wait stay good: whoever asks in another's name takes nothing from him.
    """

    username: str
    address: str

    def execute(self, ctx: Context) -> None:
        if MAIL not in ctx.ports.job_kinds:
            raise InvalidState("Expected a mail server to send the link by, but there is none.")
        name = self.username.strip().lower()[:40]
        if not self._is_heard(ctx, name):
            return
        account = store.by_username(ctx.connection, name)
        row = store.account(ctx.connection, account["id"]) if account else None
        if row is None or row["disabled"] or not row["has_password"] or not row["email"]:
            return
        _mail(ctx, row["id"], _new(ctx, row["id"], "RESET"))
        note(ctx, row["id"], "LINK_ASKED", self.address)

    def _is_heard(self, ctx: Context, name: str) -> bool:
        free = {f"reset:{name}": rules.FREE_RESETS, f"asks:{self.address}": rules.FREE_ASKS}
        store.begin_counting(ctx.connection, free, ctx.now)
        failures = store.failures(ctx.connection, free, lock=True)
        if wait_until(failures, free, ctx.now) is not None:
            return False
        for key, row in failures.items():
            before = rules.counted(row["failures"], row["last_at"], ctx.now)
            store.count_failure(ctx.connection, key, before + 1, ctx.now)
        return True


@dataclass(frozen=True, kw_only=True)
class UseLink(Command[None]):
    """Set a password by a link; every session of the account ends, its second factor stays."""

    token: str = field(repr=False)
    password: str = field(repr=False)
    hashed: str = field(default="", repr=False)

    def prepared(self, ask: Callable[..., Any], by: Actor, now: datetime) -> UseLink:
        """Do the hashing, which is slow, and only for a link that is there."""
        row = ask(store.link, rules.digest(self.token))
        if row is None or row["ended_at"]:
            return self
        words = ask(store.words_of, row["person_id"])
        if passwords.weaknesses(self.password, username=row["username"], words=words):
            return self
        return replace(self, hashed=passwords.hash_password(self.password))

    def execute(self, ctx: Context) -> None:
        digest = rules.digest(self.token)
        row = store.link(ctx.connection, digest)
        if row is None or self._is_over(row, ctx.now):
            raise InvalidForm([problem("link", "expired")])
        words = store.words_of(ctx.connection, row["person_id"])
        refuse_weak(self.password, row["username"], "password", words)
        if not self.hashed or not store.use_link(ctx.connection, digest, ctx.now):
            raise InvalidForm([problem("link", "expired")])
        store.end_links(ctx.connection, row["id"], ctx.now)
        store.change_account(ctx.connection, row["id"], password_hash=self.hashed)
        store.end_half_logins(ctx.connection, row["id"], ctx.now)
        store.end_sessions(ctx.connection, row["id"], ctx.now)
        store.forget_failures(ctx.connection, f"name:{row['username']}")
        note(ctx, row["id"], "PASSWORD_SET", row["kind"])

    def _is_over(self, row: Row, now: datetime) -> bool:
        ends_at = rules.link_ends_at(row["kind"], row["made_at"])
        return bool(row["ended_at"] or row["disabled"] or ends_at <= now)


def _new(ctx: Context, account_id: int, kind: str) -> str:
    token = secrets.token_urlsafe(32)
    row = {
        "token_sha256": rules.digest(token),
        "account_id": account_id,
        "kind": kind,
        "made_at": ctx.now,
        "made_by": ctx.actor.person_id,
    }
    store.add_link(ctx.connection, row)
    return token


def _mail(ctx: Context, account_id: int, token: str) -> None:
    # The table of jobs is no place for what opens an account.
    sealed = ctx.ports.vault.seal(token)
    ctx.enqueue(MAIL, {"account_id": account_id, "sealed": sealed})
