"""Commands on one-time codes: given at log-in, set up, turned off."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from engine import Command, Context
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from hr.accounts import codes, rules, store
from hr.accounts.commands.results import CodeWanted, LoggedIn, LoginRefused, RefusedLogin
from hr.accounts.commands.shared import (
    end_other_sessions,
    note,
    open_session,
    own,
    problem,
    wait_until,
)
from hr.accounts.store import passkeys


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
        return open_session(ctx, half, self.address)


@dataclass(frozen=True, kw_only=True)
class BeginSecondFactor(Command[None]):
    """Make a new secret for the actor's phone; it counts when ConfirmSecondFactor heard a code."""

    def execute(self, ctx: Context) -> None:
        account = own(ctx)
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
        account = own(ctx)
        row = store.second_factor(ctx.connection, account["id"])
        if row is None or row["confirmed_at"] is not None:
            raise InvalidState("Expected a second factor that was begun, but there is none.")
        secret = ctx.ports.vault.unseal(row["secret_sealed"])
        step = codes.step_of(secret, self.code, self.moment, after=row["last_step"])
        if step is None or not store.use_step(ctx.connection, account["id"], step):
            raise InvalidForm([problem("code", "wrong")])
        store.confirm_second_factor(ctx.connection, account["id"], ctx.now)
        end_other_sessions(ctx, account["id"])
        made = codes.new_recovery_codes()
        digests = [codes.digest(account["id"], code) for code in made]
        store.replace_recovery_codes(ctx.connection, account["id"], digests)
        note(ctx, account["id"], "SECOND_FACTOR_ON")
        return made


@dataclass(frozen=True, kw_only=True)
class RemoveSecondFactor(Command[LoginRefused | None]):
    """Forget the actor's second factor, against a last code of it; give what is wrong with that."""

    code: str = field(repr=False)
    moment: datetime

    def execute(self, ctx: Context) -> LoginRefused | None:
        account = own(ctx)
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
        passkeys.drop(ctx.connection, account["id"])
        _forget_second_factor(ctx, account["id"], self.reason)
        store.end_sessions(ctx.connection, account["id"], ctx.now)


def ask_for_code(ctx: Context, account_id: int) -> CodeWanted:
    token = secrets.token_urlsafe(32)
    store.end_half_logins(ctx.connection, account_id, ctx.now)
    row = {
        "token_sha256": rules.digest(token),
        "account_id": account_id,
        "started_at": ctx.now,
    }
    store.add_half_login(ctx.connection, row)
    note(ctx, account_id, "CODE_WANTED")
    return CodeWanted(token)


def has_second_factor(ctx: Context, account_id: int) -> bool:
    factor = store.second_factor(ctx.connection, account_id)
    if factor is not None and factor["confirmed_at"] is not None:
        return True
    return bool(passkeys.of_account(ctx.connection, account_id))


def _hear_code(ctx: Context, account_id: int, code: str, moment: datetime) -> LoginRefused | None:
    """Take a code of the phone or of paper, and strike it out; say what is wrong with it."""
    key = f"code:{account_id}"
    store.begin_counting(ctx.connection, [key], ctx.now)
    failures = store.failures(ctx.connection, [key], lock=True)
    wait = wait_until(failures, {key: codes.FREE_WRONG}, ctx.now)
    if wait is not None:
        return LoginRefused(RefusedLogin.THROTTLED, wait)
    if _strike_out(ctx, account_id, code, moment):
        store.forget_failures(ctx.connection, key)
        return None
    before = rules.counted(failures[key]["failures"], failures[key]["last_at"], ctx.now)
    store.count_failure(ctx.connection, key, before + 1, ctx.now)
    note(ctx, account_id, "CODE_REFUSED")
    return LoginRefused(RefusedLogin.WRONG)


def _strike_out(ctx: Context, account_id: int, code: str, moment: datetime) -> bool:
    row = store.second_factor(ctx.connection, account_id)
    if row is not None and row["confirmed_at"] is not None:
        secret = ctx.ports.vault.unseal(row["secret_sealed"])
        step = codes.step_of(secret, code, moment, after=row["last_step"])
        if step is not None:
            return store.use_step(ctx.connection, account_id, step)
    digest = codes.digest(account_id, code)
    if not store.use_recovery_code(ctx.connection, account_id, digest, ctx.now):
        return False
    note(ctx, account_id, "RECOVERY_CODE_USED")
    return True


def _forget_second_factor(ctx: Context, account_id: int, why: str = "") -> None:
    store.drop_second_factor(ctx.connection, account_id)
    store.end_half_logins(ctx.connection, account_id, ctx.now)
    note(ctx, account_id, "SECOND_FACTOR_OFF", why)
