"""What is asked about accounts: whose session a token is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.ports import Vault
from hr.accounts import rules, store
from hr.accounts.store import passkeys
from hr.statements import Row


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
class TokenHolder:
    """Whom a program acts for, and within which scopes (hr.accounts.rules.SCOPES).

    session_id -- what stands in the history for this token; it opens nothing
    """

    token_id: int
    account_id: int
    person_id: int
    language: str
    scopes: frozenset[str]
    used_at: datetime | None

    @property
    def session_id(self) -> str:
        return f"token-{self.token_id}"


@dataclass(frozen=True)
class ApiTokenView:
    """An API token as its owner sees it; the token itself was shown once."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class PasskeyView:
    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


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
class AccountRow:
    """An account as an administrator sees it; `is_linked` to the city's identity provider."""

    id: int
    person_id: int
    username: str
    name: str
    nip: str
    email: str
    disabled: bool
    has_password: bool
    is_linked: bool
    has_second_factor: bool


@dataclass(frozen=True)
class AccountPage:
    """Some accounts by name; `next` is where the next page begins, None on the last."""

    rows: tuple[AccountRow, ...]
    next: str | None


@dataclass(frozen=True)
class LiveSession:
    """Somebody's session that still counts; `id` names it and opens nothing."""

    id: str
    account_id: int
    name: str
    address: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class SessionPage:
    rows: tuple[LiveSession, ...]
    next: str | None


@dataclass(frozen=True)
class LinkView:
    """A link that somebody may set a password by, and whose it is."""

    kind: str
    name: str
    username: str
    ends_at: datetime


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
        has_second_factor=row["confirmed_at"] is not None or bool(row["has_passkey"]),
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


def passkeys_of(connection: Connection, person_id: int) -> tuple[PasskeyView, ...]:
    """List a person's passkeys, the oldest first."""
    account = store.by_person(connection, person_id)
    if account is None:
        return ()
    return tuple(
        PasskeyView(row["id"], row["name"], row["created_at"], row["used_at"])
        for row in passkeys.of_account(connection, account["id"])
    )


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


def token_holder(connection: Connection, token: str, now: datetime) -> TokenHolder | None:
    """Say for whom a bearer token speaks; None when it is unknown, ended, expired or disabled."""
    if not token.startswith(rules.TOKEN_PREFIX) or len(token) > rules.LONGEST_SIGNS:
        return None
    row = store.api_token(connection, rules.digest(token))
    if row is None or row["disabled"] or row["ended_at"] or row["expires_at"] <= now:
        return None
    return TokenHolder(
        token_id=row["id"],
        account_id=row["account_id"],
        person_id=row["person_id"],
        language=row["language"],
        scopes=frozenset(row["scopes"].split()),
        used_at=row["used_at"],
    )


def living_tokens(
    connection: Connection, ids: Collection[int], now: datetime
) -> dict[int, frozenset[str]]:
    """Give the scopes of those of these tokens that still count."""
    return {
        row["id"]: frozenset(row["scopes"].split())
        for row in store.api_tokens_by_id(connection, ids)
        if not row["disabled"] and row["ended_at"] is None and row["expires_at"] > now
    }


def tokens_of(connection: Connection, person_id: int) -> tuple[ApiTokenView, ...]:
    """List a person's API tokens that nobody ended, the newest first; expired ones, too."""
    account = store.by_person(connection, person_id)
    if account is None:
        return ()
    return tuple(
        ApiTokenView(
            id=row["id"],
            name=row["name"],
            scopes=tuple(row["scopes"].split()),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            used_at=row["used_at"],
        )
        for row in store.api_tokens(connection, account["id"])
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


def link(connection: Connection, token: str, now: datetime) -> LinkView | None:
    """Say what a link for a new password is for; None when it is used, too old or unknown."""
    row = store.link(connection, rules.digest(token))
    if row is None or row["disabled"] or row["ended_at"]:
        return None
    ends_at = rules.link_ends_at(row["kind"], row["made_at"])
    return None if ends_at <= now else LinkView(row["kind"], row["name"], row["username"], ends_at)


def accounts(
    connection: Connection, *, text: str = "", after: str | None = None, limit: int = 25
) -> AccountPage:
    """List accounts by the names of their persons."""
    name, _, number = (after or "").rpartition("|")
    key = (name, int(number)) if number.isdecimal() and len(number) < 16 else None
    found = [_account_row(row) for row in store.accounts(connection, text, key, limit + 1)]
    shown = tuple(found[:limit])
    return AccountPage(shown, f"{shown[-1].name}|{shown[-1].id}" if len(found) > limit else None)


def account(connection: Connection, account_id: int) -> AccountRow:
    """Describe one account."""
    row = store.account(connection, account_id)
    if row is None:
        raise NotFound(f"Expected an account with number {account_id}, but there is none.")
    return _account_row(row)


def live_sessions(
    connection: Connection, now: datetime, *, after: str | None = None, limit: int = 25
) -> SessionPage:
    """List everybody's sessions that still count, last used first."""
    alive = {"seen_at": now - rules.IDLE, "started_at": now - rules.ABSOLUTE}
    found = store.live_sessions(connection, alive, _session_key(after), limit + 1)
    shown = [LiveSession(rules.session_id(row.pop("token_sha256")), **row) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return SessionPage(
        tuple(shown), f"{shown[-1].seen_at.isoformat()}|{shown[-1].id}" if last else None
    )


def _session_key(after: str | None) -> tuple[datetime, str] | None:
    moment, _, digest = (after or "").partition("|")
    try:
        seen_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if seen_at.tzinfo is None else (seen_at, f"{digest[:16]}g")


def _account_row(row: Row) -> AccountRow:
    second = bool(row.pop("has_passkey")) | (row.pop("confirmed_at") is not None)
    row["is_linked"] = bool(row["is_linked"])
    return AccountRow(**row, has_second_factor=second)
