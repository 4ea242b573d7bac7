"""What several commands on accounts have in common."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from engine import AccountEvent, Context
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.accounts import passwords, rules, store
from hr.accounts.commands.results import LoggedIn
from hr.permissions.queries import may_by_role


def wait_until(
    failures: Mapping[str, Any], keys: Mapping[str, int], now: datetime
) -> datetime | None:
    moments = [
        rules.retry_at(
            rules.counted(row["failures"], row["last_at"], now), row["last_at"], keys[key]
        )
        for key, row in failures.items()
    ]
    return max((moment for moment in moments if moment > now), default=None)


def own(ctx: Context) -> Any:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected somebody logged in, but nobody is.")
    account = store.by_person(ctx.connection, ctx.actor.person_id)
    if account is None:
        raise NotFound(
            f"Expected person {ctx.actor.person_id} to have an account, but there is none."
        )
    return account


def require_administrator(ctx: Context) -> None:
    """Refuse whoever may not change accounts: the right to update roles in the whole city."""
    if ctx.actor.is_platform:
        return
    if not may_by_role(ctx.connection, ctx.actor.person_id, "U", "roles", ctx.now):
        raise NotAllowed("Expected an administrator, but you are none.", reason="NO_ROLE")


def require_other(ctx: Context, person_id: int) -> None:
    """Refuse who would administer himself."""
    if ctx.actor.person_id == person_id:
        raise NotAllowed("Expected somebody else's account, but it is yours.", reason="OWN_CASE")


def refuse_weak(password: str, username: str, path: str, words: Collection[str] = ()) -> None:
    weak = passwords.weaknesses(password, username=username, words=words)
    if weak:
        raise InvalidForm([problem(path, code.lower()) for code in weak])


def problem(path: str, code: str) -> Problem:
    return Problem(path, code, f"Expected another value for {path}, but: {code}.")


def note(ctx: Context, account_id: int, what: str, detail: str = "") -> None:
    ctx.record(AccountEvent(what=what, detail_text=detail), (StreamKind.ACCOUNT, str(account_id)))


def end_session(ctx: Context, row: Mapping[str, Any]) -> None:
    store.end_session(ctx.connection, row["token_sha256"], ctx.now)
    note(ctx, row["account_id"], "SESSION_ENDED", rules.session_id(row["token_sha256"]))


def end_other_sessions(ctx: Context, account_id: int) -> None:
    for each in store.open_sessions(ctx.connection, account_id):
        if rules.session_id(each["token_sha256"]) != ctx.actor.session_id:
            end_session(ctx, each)


def open_session(ctx: Context, account: Mapping[str, Any], address: str) -> LoggedIn:
    token = secrets.token_urlsafe(32)
    row = {
        "token_sha256": rules.digest(token),
        "account_id": account["id"],
        "address": address[:60],
        "started_at": ctx.now,
        "seen_at": ctx.now,
    }
    store.add_session(ctx.connection, row)
    note(ctx, account["id"], "LOGGED_IN", address)
    return LoggedIn(token, account["person_id"], account["language"])
