"""What comes of a login."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RefusedLogin(StrEnum):
    WRONG = "WRONG"
    THROTTLED = "THROTTLED"
    DISABLED = "DISABLED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class LoggedIn:
    """A new session; the token goes into a cookie and is stored nowhere."""

    session_token: str = field(repr=False)
    person_id: int
    language: str


@dataclass(frozen=True)
class CodeWanted:
    """The password was right; GiveCode with this token opens the session."""

    half_token: str = field(repr=False)


@dataclass(frozen=True)
class LoginRefused:
    """No session.  `retry_at` says from when the next try is heard, where there is a wait."""

    reason: RefusedLogin
    retry_at: datetime | None = None
