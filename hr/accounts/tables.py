"""Accounts, server-side sessions and failed logins.  No password and no session token is stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base


class Account(Base):
    """A person's way in.  `username` is the NIP; a demo adds a short name."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_username", "username", unique=True),
        Index("uq_account_short_name", "short_name", unique=True),
        Index("uq_account_person_id", "person_id", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    username: Mapped[str] = mapped_column(String(40))
    short_name: Mapped[str | None] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="id")
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]


class Session(Base):
    """A login that lives on the server; the browser's token is known by its SHA-256 only."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_account_id", "account_id"),)
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    address: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FirstRun(Base):
    """A code that lets one person become the first administrator, once."""

    __tablename__ = "first_run"
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HalfLogin(Base):
    """A right password that still wants its code; opens nothing but the question for it."""

    __tablename__ = "half_login"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SecondFactor(Base):
    """What an account's phone computes codes from, sealed; it counts from `confirmed_at` on."""

    __tablename__ = "second_factor"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret_sealed: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(BigInteger)  # of the code heard last: each counts once
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that counts once instead of the phone's."""

    __tablename__ = "recovery_code"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class LoginFailures(Base):
    """How often logins failed in a row for a name or from an address."""

    __tablename__ = "login_failures"
    key: Mapped[str] = mapped_column(
        String(120), primary_key=True
    )  # name: or reset:<username>, from: or asks:<address>, code:<account>
    failures: Mapped[int]
    last_at: Mapped[datetime]


class ApiToken(Base):
    """A key for a program that acts as a person, within scopes and until a day; known by SHA-256.

    scopes -- with spaces between them, sorted: `read write`
    """

    __tablename__ = "api_token"
    __table_args__ = (
        Index("uq_api_token_token_sha256", "token_sha256", unique=True),
        Index("ix_api_token_account_id", "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_sha256: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AccessLink(Base):
    """A link that lets somebody set a password once: INVITATION or RESET; known by its SHA-256."""

    __tablename__ = "access_link"
    __table_args__ = (Index("ix_access_link_account_id", "account_id"),)
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


class Identity(Base):
    """How the city's identity provider names somebody: issuer and subject, never the mail."""

    __tablename__ = "identity"
    __table_args__ = (
        Index("uq_identity_issuer_subject", "issuer", "subject", unique=True),
        Index("ix_identity_account_id", "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]


class Passkey(Base):
    """A device that signs for an account (WebAuthn); only its public key is here.

    credential_id, public_key -- base64url; sign_count -- what the device said last
    """

    __tablename__ = "passkey"
    __table_args__ = (
        Index("uq_passkey_credential_sha256", "credential_sha256", unique=True),
        Index("ix_passkey_account_id", "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credential_sha256: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a device is asked to sign, once; with an account where it is to be registered for it."""

    __tablename__ = "passkey_challenge"
    challenge_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
