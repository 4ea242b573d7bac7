"""Statements on accounts, sessions and failed logins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_lite

from hr.accounts.tables import (
    Account,
    FirstRun,
    HalfLogin,
    LoginFailures,
    RecoveryCode,
    SecondFactor,
    Session,
)
from hr.statements import Row, add, first, rows

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
    )
    .join(Account, Account.id == Session.account_id)
    .outerjoin(SecondFactor, SecondFactor.account_id == Session.account_id)
    .where(Session.token_sha256 == bindparam("token"))
)


def by_name(connection: Connection, name: str) -> Row | None:
    """Read the account whose user name or short name this is."""
    found = select(*Account.__table__.c).where(
        or_(Account.username == name, Account.short_name == name)
    )
    return first(connection, found)


def by_id(connection: Connection, account_id: int) -> Row | None:
    """Read an account."""
    found = select(*Account.__table__.c).where(Account.id == account_id)
    return first(connection, found)


def by_person(connection: Connection, person_id: int) -> Row | None:
    """Read the account of a person."""
    found = select(*Account.__table__.c).where(Account.person_id == person_id)
    return first(connection, found)


def short_names(connection: Connection) -> list[Row]:
    """Read the accounts that have a short name, as a demo has."""
    found = select(Account.short_name, Account.person_id).where(Account.short_name.is_not(None))
    return rows(connection, found.order_by(Account.id))


def change_account(connection: Connection, account_id: int, **values: Any) -> None:
    """Change columns of an account."""
    connection.execute(update(Account).where(Account.id == account_id).values(**values))


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


def has_accounts(connection: Connection) -> bool:
    """Tell whether anybody has an account."""
    return connection.execute(select(Account.id).limit(1)).first() is not None


def offer_first_run(connection: Connection, code_sha256: str, now: datetime) -> None:
    """Write a code for the first administrator; older ones count no more."""
    connection.execute(delete(FirstRun))
    connection.execute(insert(FirstRun), {"code_sha256": code_sha256, "made_at": now})


def use_first_run(
    connection: Connection, code_sha256: str, made_after: datetime, now: datetime
) -> bool:
    """Strike out the code for the first administrator; tell whether it was there and unused."""
    unused = update(FirstRun).where(
        FirstRun.code_sha256 == code_sha256,
        FirstRun.made_at >= made_after,
        FirstRun.used_at.is_(None),
    )
    return connection.execute(unused.values(used_at=now)).rowcount == 1


def add_half_login(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a login that wants a code."""
    connection.execute(insert(HalfLogin), dict(row))


def half_login(connection: Connection, token_sha256: str) -> Row | None:
    """Read a login that wants a code, with its account."""
    found = (
        select(
            HalfLogin.started_at,
            HalfLogin.ended_at,
            Account.id,
            Account.person_id,
            Account.language,
            Account.disabled,
        )
        .join(Account, Account.id == HalfLogin.account_id)
        .where(HalfLogin.token_sha256 == token_sha256)
    )
    return first(connection, found)


def end_half_login(connection: Connection, token_sha256: str, now: datetime) -> bool:
    """End a login that wants a code; tell whether it was open until now."""
    open_one = update(HalfLogin).where(
        HalfLogin.token_sha256 == token_sha256, HalfLogin.ended_at.is_(None)
    )
    return connection.execute(open_one.values(ended_at=now)).rowcount == 1


def end_half_logins(connection: Connection, account_id: int, now: datetime) -> None:
    """End every login of an account that wants a code."""
    open_ones = update(HalfLogin).where(
        HalfLogin.account_id == account_id, HalfLogin.ended_at.is_(None)
    )
    connection.execute(open_ones.values(ended_at=now))


def second_factor(connection: Connection, account_id: int) -> Row | None:
    """Read what an account's codes are computed from, confirmed or not."""
    found = select(*SecondFactor.__table__.c).where(SecondFactor.account_id == account_id)
    return first(connection, found)


def begin_second_factor(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a new secret in the place of one that nobody confirmed."""
    connection.execute(
        delete(SecondFactor).where(
            SecondFactor.account_id == row["account_id"], SecondFactor.confirmed_at.is_(None)
        )
    )
    connection.execute(insert(SecondFactor), dict(row))


def confirm_second_factor(connection: Connection, account_id: int, now: datetime) -> None:
    """Let a secret count from now on."""
    own = update(SecondFactor).where(SecondFactor.account_id == account_id)
    connection.execute(own.values(confirmed_at=now))


def use_step(connection: Connection, account_id: int, step: int) -> bool:
    """Note the step of a code; tell whether no other had it, or a later one."""
    unused = update(SecondFactor).where(
        SecondFactor.account_id == account_id, SecondFactor.last_step < step
    )
    return connection.execute(unused.values(last_step=step)).rowcount == 1


def drop_second_factor(connection: Connection, account_id: int) -> None:
    """Forget the secret and the recovery codes."""
    for table in (SecondFactor, RecoveryCode):
        connection.execute(delete(table).where(table.account_id == account_id))


def replace_recovery_codes(
    connection: Connection, account_id: int, digests: Collection[str]
) -> None:
    """Write new recovery codes; older ones count no more."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    new = ({"account_id": account_id, "code_sha256": one} for one in digests)
    add(connection, RecoveryCode, new)


def use_recovery_code(
    connection: Connection, account_id: int, code_sha256: str, now: datetime
) -> bool:
    """Strike a recovery code out; tell whether it was there and unused."""
    unused = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_sha256 == code_sha256,
        RecoveryCode.used_at.is_(None),
    )
    return connection.execute(unused.values(used_at=now)).rowcount == 1


def recovery_codes_left(connection: Connection, account_id: int) -> int:
    """Count the recovery codes that nobody used."""
    unused = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return connection.execute(unused).scalar_one()


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
