"""Statements on passkeys and on what they are asked to sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hr.accounts.tables import Account, Passkey, PasskeyChallenge
from hr.statements import Row, first, rows


def of_account(connection: Connection, account_id: int) -> list[Row]:
    """Read the passkeys of an account, the oldest first."""
    found = select(*Passkey.__table__.c).where(Passkey.account_id == account_id)
    return rows(connection, found.order_by(Passkey.id))


def by_credential(connection: Connection, credential_sha256: str) -> Row | None:
    """Read a passkey with its account."""
    found = (
        select(
            *Passkey.__table__.c,
            Account.person_id,
            Account.language,
            Account.disabled,
        )
        .join(Account, Account.id == Passkey.account_id)
        .where(Passkey.credential_sha256 == credential_sha256)
    )
    return first(connection, found)


def use(connection: Connection, passkey_id: int, sign_count: int, now: datetime) -> None:
    """Note that a passkey signed, and how often it says it has."""
    meant = update(Passkey).where(Passkey.id == passkey_id)
    connection.execute(meant.values(sign_count=sign_count, used_at=now))


def drop(connection: Connection, account_id: int, passkey_id: int | None = None) -> None:
    """Forget one passkey of an account, or all."""
    meant = delete(Passkey).where(Passkey.account_id == account_id)
    if passkey_id is not None:
        meant = meant.where(Passkey.id == passkey_id)
    connection.execute(meant)


def ask(connection: Connection, row: Mapping[str, Any], forgotten: datetime) -> None:
    """Write what a passkey is to sign; what nobody signed since long is dropped."""
    connection.execute(delete(PasskeyChallenge).where(PasskeyChallenge.made_at < forgotten))
    connection.execute(insert(PasskeyChallenge), dict(row))


def answered(
    connection: Connection, challenge_sha256: str, account_id: int | None, since: datetime
) -> bool:
    """Strike out what was asked; tell whether it was there, for this account, and not too old."""
    meant = delete(PasskeyChallenge).where(
        PasskeyChallenge.challenge_sha256 == challenge_sha256,
        PasskeyChallenge.made_at >= since,
        PasskeyChallenge.account_id.is_(None)
        if account_id is None
        else PasskeyChallenge.account_id == account_id,
    )
    return connection.execute(meant).rowcount == 1
