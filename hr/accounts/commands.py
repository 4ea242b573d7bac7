"""Getting in and out: log-in, log-out, language, password, new accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine import AccountEvent, Actor, Command, Context
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.accounts import codes, passwords, rules, store
from hr.accounts.passwords import Checked
from hr.accounts.tables import Account
from hr.statements import add_one


class RefusedLogin(StrEnum):
    WRONG = "WRONG"
    THROTTLED = "THROTTLED"
    DISABLED = "DISABLED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True)
class LoggedIn:
    """A new session; the token goes into a cookie and is stored nowhere."""

    session_token: str = field(repr=False)
    person_id: int
    language: str


@dataclass(frozen=True)
class CodeWanted:
    """The password was right; GiveCode with this token opens the session."""

    half_token: str = field(repr=False)


@dataclass(frozen=True)
class LoginRefused:
    """No session.  `retry_at` says from when the next try is heard, where there is a wait."""

    reason: RefusedLogin
    retry_at: datetime | None = None


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
        if _wait(ask(store.failures, keys), keys, now) is not None:
            return self
        account = ask(store.by_name, self._name())
        stored = account["password_hash"] if account else None
        return replace(self, checked=passwords.check(self.password, stored))

    def execute(self, ctx: Context) -> LoggedIn | CodeWanted | LoginRefused:
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

    def _open(self, ctx: Context, account: Any, key: str) -> LoggedIn | CodeWanted:
        renewed = self.checked.renewed if self.checked else None
        if renewed:
            store.change_account(ctx.connection, account["id"], password_hash=renewed)
        store.forget_failures(ctx.connection, key)
        factor = store.second_factor(ctx.connection, account["id"])
        if factor is not None and factor["confirmed_at"] is not None:
            return _ask_for_code(ctx, account["id"])
        return _open_session(ctx, account, self.address)


@dataclass(frozen=True, kw_only=True)
class GiveCode(Command[LoggedIn | LoginRefused]):
    """Open the session of a login that wants a code; a wrong code is a result, so that it counts.

    moment -- what a phone's clock shows; a demo's own clock differs
    """

    half_token: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    moment: datetime

    def execute(self, ctx: Context) -> LoggedIn | LoginRefused:
        digest = rules.digest(self.half_token)
        half = store.half_login(ctx.connection, digest)
        if half is None or half["ended_at"] or ctx.now - half["started_at"] > codes.HALFWAY:
            return LoginRefused(RefusedLogin.EXPIRED)
        refused = _hear_code(ctx, half["id"], self.code, self.moment)
        if refused is not None:
            return refused
        if not store.end_half_login(ctx.connection, digest, ctx.now):
            return LoginRefused(RefusedLogin.EXPIRED)
        if half["disabled"]:
            return LoginRefused(RefusedLogin.DISABLED)
        return _open_session(ctx, half, self.address)


@dataclass(frozen=True, kw_only=True)
class BeginSecondFactor(Command[None]):
    """Make a new secret for the actor's phone; it counts when ConfirmSecondFactor heard a code."""

    def execute(self, ctx: Context) -> None:
        account = _own(ctx)
        row = store.second_factor(ctx.connection, account["id"])
        if row is not None and row["confirmed_at"] is not None:
            raise InvalidState("Expected no second factor yet, but one is in use.")
        new = {
            "account_id": account["id"],
            "secret_sealed": ctx.ports.vault.seal(codes.new_secret()),
            "last_step": 0,
            "created_at": ctx.now,
        }
        store.begin_second_factor(ctx.connection, new)


@dataclass(frozen=True, kw_only=True)
class ConfirmSecondFactor(Command[list[str]]):
    """Let the actor's second factor count; give his recovery codes, which are stored nowhere.

    All his other sessions end, as they were opened without a code.
    """

    code: str = field(repr=False)
    moment: datetime

    def execute(self, ctx: Context) -> list[str]:
        account = _own(ctx)
        row = store.second_factor(ctx.connection, account["id"])
        if row is None or row["confirmed_at"] is not None:
            raise InvalidState("Expected a second factor that was begun, but there is none.")
        secret = ctx.ports.vault.unseal(row["secret_sealed"])
        step = codes.step_of(secret, self.code, self.moment, after=row["last_step"])
        if step is None or not store.use_step(ctx.connection, account["id"], step):
            raise InvalidForm([_problem("code", "wrong")])
        store.confirm_second_factor(ctx.connection, account["id"], ctx.now)
        for each in store.open_sessions(ctx.connection, account["id"]):
            if rules.session_id(each["token_sha256"]) != ctx.actor.session_id:
                _end_session(ctx, each)
        made = codes.new_recovery_codes()
        digests = [codes.digest(account["id"], code) for code in made]
        store.replace_recovery_codes(ctx.connection, account["id"], digests)
        _note(ctx, account["id"], "SECOND_FACTOR_ON")
        return made


@dataclass(frozen=True, kw_only=True)
class RemoveSecondFactor(Command[LoginRefused | None]):
    """Forget the actor's second factor, against a last code of it; give what is wrong with that."""

    code: str = field(repr=False)
    moment: datetime

    def execute(self, ctx: Context) -> LoginRefused | None:
        account = _own(ctx)
        refused = _hear_code(ctx, account["id"], self.code, self.moment)
        if refused is None:
            _forget_second_factor(ctx, account["id"])
        return refused


@dataclass(frozen=True, kw_only=True)
class ResetSecondFactor(Command[None]):
    """Forget the second factor of somebody who lost it; all his sessions end.  Platform only."""

    person_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the installation to reset it, but a person asked.")
        account = store.by_person(ctx.connection, self.person_id)
        if account is None:
            raise NotFound("Expected somebody with an account, but there is none.")
        _forget_second_factor(ctx, account["id"], self.reason)
        store.end_sessions(ctx.connection, account["id"], ctx.now)


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
        store.end_half_logins(ctx.connection, account["id"], ctx.now)
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


def _ask_for_code(ctx: Context, account_id: int) -> CodeWanted:
    token = secrets.token_urlsafe(32)
    store.end_half_logins(ctx.connection, account_id, ctx.now)
    row = {
        "token_sha256": rules.digest(token),
        "account_id": account_id,
        "started_at": ctx.now,
    }
    store.add_half_login(ctx.connection, row)
    _note(ctx, account_id, "CODE_WANTED")
    return CodeWanted(token)


def _open_session(ctx: Context, account: Mapping[str, Any], address: str) -> LoggedIn:
    token = secrets.token_urlsafe(32)
    row = {
        "token_sha256": rules.digest(token),
        "account_id": account["id"],
        "address": address[:60],
        "started_at": ctx.now,
        "seen_at": ctx.now,
    }
    store.add_session(ctx.connection, row)
    _note(ctx, account["id"], "LOGGED_IN", address)
    return LoggedIn(token, account["person_id"], account["language"])


def _hear_code(ctx: Context, account_id: int, code: str, moment: datetime) -> LoginRefused | None:
    """Take a code of the phone or of paper, and strike it out; say what is wrong with it."""
    key = f"code:{account_id}"
    store.begin_counting(ctx.connection, [key], ctx.now)
    failures = store.failures(ctx.connection, [key], lock=True)
    wait = _wait(failures, {key: codes.FREE_WRONG}, ctx.now)
    if wait is not None:
        return LoginRefused(RefusedLogin.THROTTLED, wait)
    if _strike_out(ctx, account_id, code, moment):
        store.forget_failures(ctx.connection, key)
        return None
    before = rules.counted(failures[key]["failures"], failures[key]["last_at"], ctx.now)
    store.count_failure(ctx.connection, key, before + 1, ctx.now)
    _note(ctx, account_id, "CODE_REFUSED")
    return LoginRefused(RefusedLogin.WRONG)


def _strike_out(ctx: Context, account_id: int, code: str, moment: datetime) -> bool:
    row = store.second_factor(ctx.connection, account_id)
    if row is None or row["confirmed_at"] is None:
        return False
    secret = ctx.ports.vault.unseal(row["secret_sealed"])
    step = codes.step_of(secret, code, moment, after=row["last_step"])
    if step is not None:
        return store.use_step(ctx.connection, account_id, step)
    digest = codes.digest(account_id, code)
    if not store.use_recovery_code(ctx.connection, account_id, digest, ctx.now):
        return False
    _note(ctx, account_id, "RECOVERY_CODE_USED")
    return True


def _forget_second_factor(ctx: Context, account_id: int, why: str = "") -> None:
    store.drop_second_factor(ctx.connection, account_id)
    store.end_half_logins(ctx.connection, account_id, ctx.now)
    _note(ctx, account_id, "SECOND_FACTOR_OFF", why)


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
