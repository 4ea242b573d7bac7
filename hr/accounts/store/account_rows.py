"""Statements on accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Connection,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from hr.accounts.tables import (
    Account,
    Identity,
    Passkey,
    SecondFactor,
)
from hr.directory.tables import Person
from hr.statements import Row, first, rows

_ACCOUNT = (
    select(
        Account.id,
        Account.person_id,
        Account.username,
        Account.disabled,
        (Account.password_hash != "").label("has_password"),
        SecondFactor.confirmed_at,
        exists().where(Passkey.account_id == Account.id).label("has_passkey"),
        exists().where(Identity.account_id == Account.id).label("is_linked"),
        Person.name,
        Person.nip,
        Person.email,
    )
    .join(Person, Person.id == Account.person_id)
    .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
)


def by_name(connection: Connection, name: str) -> Row | None:
    """Read the account whose user name or short name this is."""
    found = select(*Account.__table__.c).where(
        or_(Account.username == name, Account.short_name == name)
    )
    return first(connection, found)


def by_username(connection: Connection, name: str) -> Row | None:
    """Read the account with this user name; a demo's short names are none."""
    return first(connection, select(*Account.__table__.c).where(Account.username == name))


def by_id(connection: Connection, account_id: int) -> Row | None:
    """Read an account."""
    found = select(*Account.__table__.c).where(Account.id == account_id)
    return first(connection, found)


def by_person(connection: Connection, person_id: int) -> Row | None:
    """Read the account of a person."""
    found = select(*Account.__table__.c).where(Account.person_id == person_id)
    return first(connection, found)


def words_of(connection: Connection, person_id: int) -> list[str]:
    """Read what others know of a person, as words that no password should be made of."""
    found = select(Person.name, Person.nip, Person.email, Person.born_on)
    row = first(connection, found.where(Person.id == person_id))
    if row is None:
        return []
    born = [f"{row['born_on']:{form}}" for form in ("%d%m%Y", "%d%m%y", "%Y%m%d", "%Y")]
    return [row["name"], row["nip"], *row["email"].replace("@", ".").split("."), *born]


def short_names(connection: Connection) -> list[Row]:
    """Read the accounts that have a short name, as a demo has."""
    found = select(Account.short_name, Account.person_id).where(Account.short_name.is_not(None))
    return rows(connection, found.order_by(Account.id))


def change_account(connection: Connection, account_id: int, **values: Any) -> None:
    """Change columns of an account."""
    connection.execute(update(Account).where(Account.id == account_id).values(**values))


def accounts(
    connection: Connection, text: str, after: tuple[str, int] | None, limit: int
) -> list[Row]:
    """Read accounts by the name of their persons, with what stands about them."""
    found = _ACCOUNT
    if text:
        found = found.where(
            or_(
                func.lower(Person.name).contains(text.lower(), autoescape=True),
                Person.nip.startswith(text, autoescape=True),
            )
        )
    if after is not None:
        found = found.where(tuple_(Person.name, Account.id) > tuple_(*map(literal, after)))
    return rows(connection, found.order_by(Person.name, Account.id).limit(limit))


def account(connection: Connection, account_id: int) -> Row | None:
    """Read one account with what stands about it."""
    return first(connection, _ACCOUNT.where(Account.id == account_id))
