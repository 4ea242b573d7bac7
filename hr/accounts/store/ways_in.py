"""Statements on ways in without a password: tokens, links, identities, the first run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from hr.accounts.tables import (
    AccessLink,
    Account,
    ApiToken,
    FirstRun,
    Identity,
)
from hr.directory.tables import Person
from hr.statements import Row, first, rows

_TOKEN = (
    select(
        *ApiToken.__table__.c,
        Account.person_id,
        Account.language,
        Account.disabled,
    )
    .join(Account, Account.id == ApiToken.account_id)
    .where(ApiToken.token_sha256 == bindparam("token"))
)


def api_token(connection: Connection, token_sha256: str) -> Row | None:
    """Read an API token with its account."""
    return first(connection, _TOKEN, {"token": token_sha256})


def api_tokens_by_id(connection: Connection, ids: Collection[int]) -> list[Row]:
    """Read some API tokens, and whether their accounts are disabled."""
    found = select(*ApiToken.__table__.c, Account.disabled).join(
        Account, Account.id == ApiToken.account_id
    )
    return rows(connection, found.where(ApiToken.id.in_(sorted(ids))))


def api_tokens(connection: Connection, account_id: int) -> list[Row]:
    """Read the API tokens of an account that nobody ended, the newest first; expired ones, too."""
    found = select(*ApiToken.__table__.c).where(
        ApiToken.account_id == account_id, ApiToken.ended_at.is_(None)
    )
    return rows(connection, found.order_by(ApiToken.id.desc()))


def use_api_token(connection: Connection, token_id: int, now: datetime) -> None:
    """Note that an API token was used."""
    connection.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))


def end_api_token(connection: Connection, token_id: int, now: datetime) -> None:
    """End an API token for good."""
    open_one = update(ApiToken).where(ApiToken.id == token_id, ApiToken.ended_at.is_(None))
    connection.execute(open_one.values(ended_at=now))


def add_link(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a link for a new password."""
    connection.execute(insert(AccessLink), dict(row))


def link(connection: Connection, token_sha256: str) -> Row | None:
    """Read a link for a new password, with its account and whose it is."""
    found = (
        select(
            AccessLink.kind,
            AccessLink.made_at,
            AccessLink.ended_at,
            Account.id,
            Account.person_id,
            Account.username,
            Account.disabled,
            Person.name,
        )
        .join(Account, Account.id == AccessLink.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(AccessLink.token_sha256 == token_sha256)
    )
    return first(connection, found)


def use_link(connection: Connection, token_sha256: str, now: datetime) -> bool:
    """Strike a link out; tell whether it was open until now."""
    open_one = update(AccessLink).where(
        AccessLink.token_sha256 == token_sha256, AccessLink.ended_at.is_(None)
    )
    return connection.execute(open_one.values(ended_at=now)).rowcount == 1


def end_links(connection: Connection, account_id: int, now: datetime) -> None:
    """End every link of an account."""
    open_ones = update(AccessLink).where(
        AccessLink.account_id == account_id, AccessLink.ended_at.is_(None)
    )
    connection.execute(open_ones.values(ended_at=now))


def identity(connection: Connection, issuer: str, subject: str) -> Row | None:
    """Read whom an identity provider means by a subject."""
    found = select(*Identity.__table__.c).where(
        Identity.issuer == issuer, Identity.subject == subject
    )
    return first(connection, found)


def identities_of(connection: Connection, account_id: int, issuer: str) -> list[Row]:
    """Read as whom an identity provider knows an account."""
    found = select(*Identity.__table__.c).where(
        Identity.account_id == account_id, Identity.issuer == issuer
    )
    return rows(connection, found)


def drop_identities(connection: Connection, account_id: int) -> None:
    """Forget as whom any identity provider knows an account."""
    connection.execute(delete(Identity).where(Identity.account_id == account_id))


def add_identity(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write as whom an identity provider knows an account."""
    connection.execute(insert(Identity), dict(row))


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
