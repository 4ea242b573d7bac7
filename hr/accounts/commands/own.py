"""Commands on the account itself: language, password, a new one, guesses that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import Actor, Command, Context
from engine.errors import Conflict, InvalidForm, NotAllowed
from hr.accounts import passwords, rules, store
from hr.accounts.commands.shared import note, own, problem, refuse_weak
from hr.accounts.passwords import Checked
from hr.accounts.tables import Account
from hr.statements import add_one


@dataclass(frozen=True, kw_only=True)
class SetLanguage(Command[None]):
    """Choose the language of the actor's screens."""

    language: str

    def execute(self, ctx: Context) -> None:
        if self.language not in rules.LANGUAGES:
            raise InvalidForm([problem("language", "option")])
        account = own(ctx)
        store.change_account(ctx.connection, account["id"], language=self.language)


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Command[None]):
    """Change the actor's own password; all his sessions end."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    checked: Checked | None = field(default=None, repr=False)
    hashed: str = field(default="", repr=False)

    def prepared(self, ask: Callable[..., Any], by: Actor, now: datetime) -> ChangePassword:
        """Do the hashing, which is slow."""
        account = ask(store.by_person, by.person_id) if by.person_id is not None else None
        if account is None:
            return self
        checked = passwords.check(self.old, account["password_hash"])
        words = ask(store.words_of, by.person_id)
        weak = passwords.weaknesses(self.new, username=account["username"], words=words)
        wanted = checked.fits and not weak
        hashed = passwords.hash_password(self.new) if wanted else ""
        return replace(self, checked=checked, hashed=hashed)

    def execute(self, ctx: Context) -> None:
        account = own(ctx)
        if self.checked is None or not self.checked.holds(account["password_hash"]):
            raise InvalidForm([problem("old", "wrong")])
        words = store.words_of(ctx.connection, account["person_id"])
        refuse_weak(self.new, account["username"], "new", words)
        store.change_account(ctx.connection, account["id"], password_hash=self.hashed)
        store.end_half_logins(ctx.connection, account["id"], ctx.now)
        store.end_sessions(ctx.connection, account["id"], ctx.now)
        note(ctx, account["id"], "PASSWORD_CHANGED")


@dataclass(frozen=True, kw_only=True)
class CreateAccount(Command[int]):
    """Give a person an account; only the platform (installation, import) may."""

    person_id: int
    username: str
    password: str = field(repr=False)
    short_name: str | None = None
    language: str = "id"

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the installation to make accounts, but a person asked.")
        words = store.words_of(ctx.connection, self.person_id)
        refuse_weak(self.password, self.username, "password", words)
        if store.by_person(ctx.connection, self.person_id) is not None:
            raise Conflict(
                f"Expected person {self.person_id} to have no account, but there is one."
            )
        row = {
            "person_id": self.person_id,
            "username": self.username.lower(),
            "short_name": self.short_name,
            "password_hash": passwords.hash_password(self.password),
            "language": self.language,
            "created_at": ctx.now,
        }
        account_id = add_one(ctx.connection, Account, row)
        note(ctx, account_id, "CREATED")
        return account_id


@dataclass(frozen=True, kw_only=True)
class CountGuess(Command[None]):
    """Note that somebody guessed a code of a public page wrongly; `key` says from where."""

    key: str

    def execute(self, ctx: Context) -> None:
        """Count it under a lock: many may guess at once."""
        store.begin_counting(ctx.connection, [self.key], ctx.now)
        row = store.failures(ctx.connection, [self.key], lock=True)[self.key]
        before = rules.counted(row["failures"], row["last_at"], ctx.now)
        store.count_failure(ctx.connection, self.key, before + 1, ctx.now)
