"""Commands that open, touch and end sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import AccountEvent, Actor, Command, Context
from engine.errors import NotFound
from engine.model import StreamKind
from hr.accounts import passwords, rules, store
from hr.accounts.commands.results import CodeWanted, LoggedIn, LoginRefused, RefusedLogin
from hr.accounts.commands.second_factor import ask_for_code, has_second_factor
from hr.accounts.commands.shared import end_session, note, open_session, own, wait_until
from hr.accounts.passwords import Checked


@dataclass(frozen=True, kw_only=True)
class LogIn(Command[LoggedIn | CodeWanted | LoginRefused]):
    """Open a session for whoever knows the password; a wrong one is a result, so that it counts.

    Whoever has a second factor is asked for a code first.

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
        if wait_until(ask(store.failures, keys), keys, now) is not None:
            return self
        account = ask(store.by_name, self._name())
        stored = account["password_hash"] if account else None
        return replace(self, checked=passwords.check(self.password, stored))

    def execute(self, ctx: Context) -> LoggedIn | CodeWanted | LoginRefused:
        keys = self._keys()
        wait = wait_until(store.failures(ctx.connection, keys), keys, ctx.now)
        if wait is not None or self.checked is None:
            return LoginRefused(RefusedLogin.THROTTLED, wait or ctx.now)
        account = store.by_name(ctx.connection, self._name())
        if account is None or not self.checked.holds(account["password_hash"]):
            return self._failed(ctx, keys, account)
        if account["disabled"]:
            note(ctx, account["id"], "LOGIN_REFUSED", "DISABLED")
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
            note(ctx, account["id"], "LOGIN_FAILED", self.address)
        else:
            stream = (StreamKind.NETWORK, f"{ctx.now:%Y-%m-%d}")
            ctx.record(AccountEvent(what="LOGIN_FAILED", detail_text=self.address), stream)
        return LoginRefused(RefusedLogin.WRONG)

    def _open(self, ctx: Context, account: Any, key: str) -> LoggedIn | CodeWanted:
        renewed = self.checked.renewed if self.checked else None
        if renewed:
            store.change_account(ctx.connection, account["id"], password_hash=renewed)
        store.forget_failures(ctx.connection, key)
        if has_second_factor(ctx, account["id"]):
            return ask_for_code(ctx, account["id"])
        return open_session(ctx, account, self.address)


@dataclass(frozen=True, kw_only=True)
class LogOut(Command[None]):
    """End a session for good; an unknown or ended one stays as it is."""

    token: str = field(repr=False)

    def execute(self, ctx: Context) -> None:
        digest = rules.digest(self.token)
        row = store.session(ctx.connection, digest)
        if row is not None and row["ended_at"] is None:
            store.end_session(ctx.connection, digest, ctx.now)
            note(ctx, row["account_id"], "LOGGED_OUT")


@dataclass(frozen=True, kw_only=True)
class EndSession(Command[None]):
    """End one of the actor's own sessions by its name, as where a device was lost."""

    session_id: str

    def execute(self, ctx: Context) -> None:
        account = own(ctx)
        for row in store.open_sessions(ctx.connection, account["id"]):
            if rules.session_id(row["token_sha256"]) == self.session_id:
                end_session(ctx, row)
                return
        raise NotFound("Expected one of your own open sessions, but it is none.")


@dataclass(frozen=True, kw_only=True)
class EndOtherSessions(Command[int]):
    """End all sessions of the actor but the one he acts in; give how many there were."""

    def execute(self, ctx: Context) -> int:
        found = store.open_sessions(ctx.connection, own(ctx)["id"])
        others = [
            row for row in found if rules.session_id(row["token_sha256"]) != ctx.actor.session_id
        ]
        for row in others:
            end_session(ctx, row)
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
