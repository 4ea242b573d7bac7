"""Statements on accounts, sessions and failed logins."""

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
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_lite

from hr.accounts.tables import (
    AccessLink,
    Account,
    ApiToken,
    FirstRun,
    HalfLogin,
    Identity,
    LoginFailures,
    Passkey,
    RecoveryCode,
    SecondFactor,
    Session,
)
from hr.directory.tables import Person
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
        exists().where(Passkey.account_id == Session.account_id).label("has_passkey"),
    )
    .join(Account, Account.id == Session.account_id)
    .outerjoin(SecondFactor, SecondFactor.account_id == Session.account_id)
    .where(Session.token_sha256 == bindparam("token"))
)

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
