"""Getting in and out: log-in, log-out, language, password, new accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine import AccountEvent, Actor, Command, Context
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.accounts import passwords, rules, store
from hr.accounts.passwords import Checked
from hr.accounts.tables import Account
from hr.statements import add_one


class RefusedLogin(StrEnum):
    WRONG = "WRONG"
    THROTTLED = "THROTTLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True)
class LoggedIn:
    """A new session; the token goes into a cookie and is stored nowhere."""

    session_token: str = field(repr=False)
    person_id: int
    language: str


@dataclass(frozen=True)
class LoginRefused:
    """No session.  `retry_at` says from when the next try is heard, where there is a wait."""

    reason: RefusedLogin
    retry_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LogIn(Command[LoggedIn | LoginRefused]):
    """Open a session for whoever knows the password; a wrong one is a result, so that it counts.

    An unknown name takes as long as a known one, and reads the same.

    checked -- what `prepared` found: hashing holds up nobody's transaction
    """

    username: str
    password: str = field(repr=False)
    address: str
    checked: Checked | None = field(default=None, repr=False)

    def prepared(self, ask: Callable[..., Any], by: Actor, now: datetime) -> LogIn:
        """Check the password, unless it will not be heard; then it costs nothing either."""
        keys = self._keys()
        if _wait(ask(store.failures, keys), keys, now) is not None:
            return self
        account = ask(store.by_name, self._name())
        stored = account["password_hash"] if account else None
        return replace(self, checked=passwords.check(self.password, stored))

    def execute(self, ctx: Context) -> LoggedIn | LoginRefused:
        keys = self._keys()
        wait = _wait(store.failures(ctx.connection, keys), keys, ctx.now)
        if wait is not None or self.checked is None:
            return LoginRefused(RefusedLogin.THROTTLED, wait or ctx.now)
        account = store.by_name(ctx.connection, self._name())
        if account is None or not self.checked.holds(account["password_hash"]):
            return self._failed(ctx, keys, account)
        if account["disabled"]:
            _note(ctx, account["id"], "LOGIN_REFUSED", "DISABLED")
            return LoginRefused(RefusedLogin.DISABLED)
        return self._open(ctx, account, next(iter(keys)))

    def _name(self) -> str:
        return self.username.strip().lower()[:40]

    def _keys(self) -> dict[str, int]:
        """Give what failures are counted under, the name first, and how many are free."""
        return {
            f"name:{self._name()}": rules.FREE_FAILURES,
            f"from:{self.address}": rules.FREE_FAILURES_OF_ADDRESS,
        }

    def _failed(self, ctx: Context, keys: Mapping[str, int], account: Any) -> LoginRefused:
        # Counted anew under a lock, and not while a password is checked: many may try at once.
        store.begin_counting(ctx.connection, keys, ctx.now)
        failures = store.failures(ctx.connection, keys, lock=True)
        for key in sorted(keys):
            row = failures.get(key)
            before = rules.counted(row["failures"], row["last_at"], ctx.now) if row else 0
            store.count_failure(ctx.connection, key, before + 1, ctx.now)
        if account is not None:
            _note(ctx, account["id"], "LOGIN_FAILED", self.address)
        else:
            stream = (StreamKind.NETWORK, f"{ctx.now:%Y-%m-%d}")
            ctx.record(AccountEvent(what="LOGIN_FAILED", detail_text=self.address), stream)
        return LoginRefused(RefusedLogin.WRONG)

    def _open(self, ctx: Context, account: Any, key: str) -> LoggedIn:
        renewed = self.checked.renewed if self.checked else None
        if renewed:
            store.change_account(ctx.connection, account["id"], password_hash=renewed)
        token = secrets.token_urlsafe(32)
        row = {
            "token_sha256": rules.digest(token),
            "account_id": account["id"],
            "address": self.address[:60],
            "started_at": ctx.now,
            "seen_at": ctx.now,
        }
        store.add_session(ctx.connection, row)
        store.forget_failures(ctx.connection, key)
        _note(ctx, account["id"], "LOGGED_IN", self.address)
        return LoggedIn(token, account["person_id"], account["language"])


@dataclass(frozen=True, kw_only=True)
class LogOut(Command[None]):
    """End a session for good; an unknown or ended one stays as it is."""

    token: str = field(repr=False)

    def execute(self, ctx: Context) -> None:
        digest = rules.digest(self.token)
        row = store.session(ctx.connection, digest)
        if row is not None and row["ended_at"] is None:
            store.end_session(ctx.connection, digest, ctx.now)
            _note(ctx, row["account_id"], "LOGGED_OUT")


@dataclass(frozen=True, kw_only=True)
class EndSession(Command[None]):
    """End one of the actor's own sessions by its name, as where a device was lost."""

    session_id: str

    def execute(self, ctx: Context) -> None:
        account = _own(ctx)
        for row in store.open_sessions(ctx.connection, account["id"]):
            if rules.session_id(row["token_sha256"]) == self.session_id:
                _end_session(ctx, row)
                return
        raise NotFound("Expected one of your own open sessions, but it is none.")


@dataclass(frozen=True, kw_only=True)
class EndOtherSessions(Command[int]):
    """End all sessions of the actor but the one he acts in; give how many there were."""

    def execute(self, ctx: Context) -> int:
        found = store.open_sessions(ctx.connection, _own(ctx)["id"])
        others = [
            row for row in found if rules.session_id(row["token_sha256"]) != ctx.actor.session_id
        ]
        for row in others:
            _end_session(ctx, row)
        return len(others)


@dataclass(frozen=True, kw_only=True)
class TouchSession(Command[None]):
    """Note that a session is used, so that it does not run idle."""

    token: str = field(repr=False)

    def execute(self, ctx: Context) -> None:
        digest = rules.digest(self.token)
        row = store.session(ctx.connection, digest)
        alive = row is not None and rules.is_alive(
            row["started_at"], row["seen_at"], row["ended_at"], ctx.now
        )
        if alive:
            store.touch_session(ctx.connection, digest, ctx.now)


@dataclass(frozen=True, kw_only=True)
class SetLanguage(Command[None]):
    """Choose the language of the actor's screens."""

    language: str

    def execute(self, ctx: Context) -> None:
        if self.language not in rules.LANGUAGES:
            raise InvalidForm([_problem("language", "option")])
        account = _own(ctx)
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
        wanted = checked.fits and not passwords.weaknesses(self.new, username=account["username"])
        hashed = passwords.hash_password(self.new) if wanted else ""
        return replace(self, checked=checked, hashed=hashed)

    def execute(self, ctx: Context) -> None:
        account = _own(ctx)
        if self.checked is None or not self.checked.holds(account["password_hash"]):
            raise InvalidForm([_problem("old", "wrong")])
        _refuse_weak(self.new, account["username"], "new")
        store.change_account(ctx.connection, account["id"], password_hash=self.hashed)
        store.end_sessions(ctx.connection, account["id"], ctx.now)
        _note(ctx, account["id"], "PASSWORD_CHANGED")


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
        _refuse_weak(self.password, self.username, "password")
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
        _note(ctx, account_id, "CREATED")
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


def _end_session(ctx: Context, row: Mapping[str, Any]) -> None:
    store.end_session(ctx.connection, row["token_sha256"], ctx.now)
    _note(ctx, row["account_id"], "SESSION_ENDED", rules.session_id(row["token_sha256"]))


def _wait(failures: Mapping[str, Any], keys: Mapping[str, int], now: datetime) -> datetime | None:
    moments = [
        rules.retry_at(
            rules.counted(row["failures"], row["last_at"], now), row["last_at"], keys[key]
        )
        for key, row in failures.items()
    ]
    return max((moment for moment in moments if moment > now), default=None)


def _own(ctx: Context) -> Any:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected somebody logged in, but nobody is.")
    account = store.by_person(ctx.connection, ctx.actor.person_id)
    if account is None:
        raise NotFound(
            f"Expected person {ctx.actor.person_id} to have an account, but there is none."
        )
    return account


def _refuse_weak(password: str, username: str, path: str) -> None:
    weak = passwords.weaknesses(password, username=username)
    if weak:
        raise InvalidForm([_problem(path, code.lower()) for code in weak])


def _problem(path: str, code: str) -> Problem:
    return Problem(path, code, f"Expected another value for {path}, but: {code}.")


def _note(ctx: Context, account_id: int, what: str, detail: str = "") -> None:
    ctx.record(AccountEvent(what=what, detail_text=detail), (StreamKind.ACCOUNT, str(account_id)))
