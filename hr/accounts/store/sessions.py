"""Statements on sessions, and on log-ins that failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_lite

from hr.accounts.tables import (
    Account,
    LoginFailures,
    Passkey,
    SecondFactor,
    Session,
)
from hr.directory.tables import Person
from hr.statements import Row, first, rows

_SESSION = (
    select(
        Session.account_id,
        Session.started_at,
        Session.seen_at,
        Session.ended_at,
        Account.person_id,
        Account.username,
        Account.short_name,
        Account.language,
        Account.disabled,
        SecondFactor.confirmed_at,
        exists().where(Passkey.account_id == Session.account_id).label("has_passkey"),
    )
    .join(Account, Account.id == Session.account_id)
    .outerjoin(SecondFactor, SecondFactor.account_id == Session.account_id)
    .where(Session.token_sha256 == bindparam("token"))
)


def add_session(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a session."""
    connection.execute(insert(Session), dict(row))


def session(connection: Connection, token_sha256: str) -> Row | None:
    """Read a session with its account."""
    return first(connection, _SESSION, {"token": token_sha256})


def open_sessions(connection: Connection, account_id: int) -> list[Row]:
    """Read the sessions of an account that nobody ended, last used first; too old ones, too."""
    found = select(*Session.__table__.c).where(
        Session.account_id == account_id, Session.ended_at.is_(None)
    )
    return rows(connection, found.order_by(Session.seen_at.desc(), Session.token_sha256))


def touch_session(connection: Connection, token_sha256: str, now: datetime) -> None:
    """Note that a session was used."""
    used = update(Session).where(Session.token_sha256 == token_sha256, Session.ended_at.is_(None))
    connection.execute(used.values(seen_at=now))


def end_session(connection: Connection, token_sha256: str, now: datetime) -> None:
    """End a session for good."""
    open_one = update(Session).where(
        Session.token_sha256 == token_sha256, Session.ended_at.is_(None)
    )
    connection.execute(open_one.values(ended_at=now))


def end_sessions(connection: Connection, account_id: int, now: datetime) -> None:
    """End every session of an account."""
    open_ones = update(Session).where(Session.account_id == account_id, Session.ended_at.is_(None))
    connection.execute(open_ones.values(ended_at=now))


def live_sessions(
    connection: Connection, alive: Row, after: tuple[datetime, str] | None, limit: int
) -> list[Row]:
    """Read everybody's sessions that still count, last used first.

    alive -- the earliest `seen_at` and `started_at` that count
    """
    found = (
        select(
            Session.token_sha256,
            Session.account_id,
            Session.address,
            Session.started_at,
            Session.seen_at,
            Person.name,
        )
        .join(Account, Account.id == Session.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Session.ended_at.is_(None),
            Session.seen_at >= alive["seen_at"],
            Session.started_at >= alive["started_at"],
        )
    )
    if after is not None:
        seen_at, digest = after
        found = found.where(
            or_(
                Session.seen_at < seen_at,
                and_(Session.seen_at == seen_at, Session.token_sha256 > digest),
            )
        )
    return rows(
        connection, found.order_by(Session.seen_at.desc(), Session.token_sha256).limit(limit)
    )


def session_named(connection: Connection, session_id: str) -> Row | None:
    """Read an open session by the name under which it may be shown."""
    found = select(*Session.__table__.c).where(
        Session.token_sha256.startswith(session_id, autoescape=True), Session.ended_at.is_(None)
    )
    return first(connection, found)


def failures(
    connection: Connection, keys: Collection[str], *, lock: bool = False
) -> dict[str, Row]:
    """Read failed logins by key; with `lock`, nobody else counts until this commits."""
    found = select(*LoginFailures.__table__.c).where(LoginFailures.key.in_(keys))
    if lock:
        found = found.order_by(LoginFailures.key).with_for_update()
    return {row["key"]: row for row in rows(connection, found)}


def count_failure(connection: Connection, key: str, failed: int, now: datetime) -> None:
    """Note how many logins have failed under a key."""
    values = {"failures": failed, "last_at": now}
    connection.execute(update(LoginFailures).where(LoginFailures.key == key).values(**values))


def begin_counting(connection: Connection, keys: Collection[str], now: datetime) -> None:
    """Make sure that every key has a row that can be locked."""
    postgresql = connection.dialect.name == "postgresql"
    begun: Any = insert_pg(LoginFailures) if postgresql else insert_lite(LoginFailures)
    new = [{"key": key, "failures": 0, "last_at": now} for key in sorted(keys)]
    connection.execute(begun.values(new).on_conflict_do_nothing())


def forget_failures(connection: Connection, key: str) -> None:
    """Start counting anew under a key."""
    connection.execute(delete(LoginFailures).where(LoginFailures.key == key))
