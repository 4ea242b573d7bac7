"""Statements on second factors, recovery codes, and log-ins that wait for a code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    delete,
    func,
    insert,
    select,
    update,
)

from hr.accounts.tables import (
    Account,
    HalfLogin,
    RecoveryCode,
    SecondFactor,
)
from hr.statements import Row, add, first


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
