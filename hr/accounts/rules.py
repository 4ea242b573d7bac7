"""When a session is over and when a login must wait: pure, with `now` passed in."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FREE_FAILURES = 5  # per account; one address may fail more often, as offices share one
FREE_FAILURES_OF_ADDRESS = 30
FREE_GUESSES = 10  # of a code on a public page, per address
FREE_RESETS = 3  # links asked for under one name, before it takes longer and longer
FREE_ASKS = 30  # from one address, which an office shares
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
INVITED_FOR = timedelta(hours=72)
RESET_FOR = timedelta(hours=1)
LANGUAGES = ("id", "en")
# What a program may do for its person: never more than he himself may.
SCOPES = (
    "processes:read",
    "processes:write",
    "cases:read",
    "cases:write",
    "tasks:read",
    "tasks:write",
    "messages:write",
    "history:read",
    "files:read",
    "people:read",
    "people:write",
    "webhooks:write",
)
LONGEST_TOKEN = timedelta(days=366)
LONGEST_SIGNS = 200  # of any token that is worth a look
TOKENS_AT_MOST = 20  # open ones, per account
TOKEN_PREFIX = "alur_"  # so that whoever finds one in a file knows what it opens


def is_alive(
    started_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime
) -> bool:
    """Tell whether a session still counts."""
    return ended_at is None and now - seen_at <= IDLE and now - started_at <= ABSOLUTE


def ends_at(started_at: datetime, seen_at: datetime) -> datetime:
    """Give the moment at which a session is over when it is not used any more."""
    return min(seen_at + IDLE, started_at + ABSOLUTE)


def retry_at(failures: int, last_at: datetime, free: int) -> datetime:
    """Give the moment from which another try is heard: 30 s after the free ones, doubling."""
    if failures < free:
        return last_at
    wait = timedelta(seconds=30 * 2 ** min(failures - free, 10))
    return last_at + min(wait, LONGEST_WAIT)


def counted(failures: int, last_at: datetime, now: datetime) -> int:
    """Give how many former failures still count."""
    return 0 if now - last_at > FORGOTTEN_AFTER else failures


def digest(token: str) -> str:
    """Give the form in which a session token may be stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_id(token_sha256: str) -> str:
    """Give the name of a session that may be shown and recorded; it opens nothing."""
    return token_sha256[:16]


def csrf_of(token: str) -> str:
    """Derive a session's CSRF token: bound to the session, and no way back to it."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()[:43]


def link_ends_at(kind: str, made_at: datetime) -> datetime:
    """Give the moment from which a link for a new password opens nothing."""
    return made_at + (INVITED_FOR if kind == "INVITATION" else RESET_FOR)
