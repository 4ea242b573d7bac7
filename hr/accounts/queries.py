"""What is asked about accounts: whose session a token is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine.ports import Vault
from hr.accounts import rules, store


@dataclass(frozen=True)
class SessionView:
    """A live session.  `csrf_token` belongs into every form of this session."""

    person_id: int
    account_id: int
    username: str
    language: str
    csrf_token: str
    seen_at: datetime
    has_second_factor: bool


@dataclass(frozen=True)
class OpenSession:
    """A session that still counts, as its owner sees it; `id` names it and opens nothing."""

    id: str
    address: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class SecondFactorView:
    """None (all empty), begun (`secret` for the phone), or in use (`since`)."""

    secret: str = field(default="", repr=False)
    since: datetime | None = None
    recovery_codes: int = 0


@dataclass(frozen=True)
class AccountView:
    id: int
    person_id: int
    username: str
    language: str
    disabled: bool


@dataclass(frozen=True)
class DemoLogin:
    short_name: str
    person_id: int


def guess_again_at(connection: Connection, key: str, now: datetime) -> datetime | None:
    """Say from when on the next guess of a code is heard; None where that is now."""
    row = store.failures(connection, [key]).get(key)
    if row is None:
        return None
    failed = rules.counted(row["failures"], row["last_at"], now)
    moment = rules.retry_at(failed, row["last_at"], rules.FREE_GUESSES)
    return moment if moment > now else None


def session(connection: Connection, token: str, now: datetime) -> SessionView | None:
    """Give the session of a browser's token, or None when it is unknown, ended or too old."""
    row = store.session(connection, rules.digest(token))
    if row is None or row["disabled"]:
        return None
    if not rules.is_alive(row["started_at"], row["seen_at"], row["ended_at"], now):
        return None
    return SessionView(
        person_id=row["person_id"],
        account_id=row["account_id"],
        username=row["short_name"] or row["username"],
        language=row["language"],
        csrf_token=rules.csrf_of(token),
        seen_at=row["seen_at"],
        has_second_factor=row["confirmed_at"] is not None,
    )


def second_factor(connection: Connection, person_id: int, vault: Vault) -> SecondFactorView:
    """Say how far somebody is with a second factor; the secret only until it is confirmed."""
    account = store.by_person(connection, person_id)
    row = store.second_factor(connection, account["id"]) if account else None
    if account is None or row is None:
        return SecondFactorView()
    if row["confirmed_at"] is None:
        return SecondFactorView(secret=vault.unseal(row["secret_sealed"]))
    left = store.recovery_codes_left(connection, account["id"])
    return SecondFactorView(since=row["confirmed_at"], recovery_codes=left)


def sessions_of(connection: Connection, person_id: int, now: datetime) -> tuple[OpenSession, ...]:
    """List where a person is logged in, last used first."""
    account = store.by_person(connection, person_id)
    if account is None:
        return ()
    return tuple(
        OpenSession(
            id=rules.session_id(row["token_sha256"]),
            address=row["address"],
            started_at=row["started_at"],
            seen_at=row["seen_at"],
            ends_at=rules.ends_at(row["started_at"], row["seen_at"]),
        )
        for row in store.open_sessions(connection, account["id"])
        if rules.is_alive(row["started_at"], row["seen_at"], None, now)
    )


def account_of(connection: Connection, person_id: int) -> AccountView | None:
    """Give a person's account, or None."""
    row = store.by_person(connection, person_id)
    if row is None:
        return None
    return AccountView(
        row["id"], row["person_id"], row["username"], row["language"], row["disabled"]
    )


def has_accounts(connection: Connection) -> bool:
    """Tell whether anybody can log in at all."""
    return store.has_accounts(connection)


def demo_logins(connection: Connection) -> tuple[DemoLogin, ...]:
    """List the short names that a demo's accounts have."""
    return tuple(DemoLogin(**row) for row in store.short_names(connection))
