"""Password hashes: argon2id with 19 MiB, two passes, one lane; and which passwords are too weak."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 128
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password, with a fresh salt and its parameters in it."""
    return _HASHER.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Check a password; without a stored hash, take the same time and say no."""
    try:
        return _HASHER.verify(stored or _nobody(), password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made under other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def weaknesses(password: str, *, username: str = "") -> list[str]:
    """List why a password may not be used, as stable codes."""
    found = []
    if len(password) < SHORTEST:
        found.append("TOO_SHORT")
    if len(password) > LONGEST:
        found.append("TOO_LONG")
    if len(set(password)) < 5:
        found.append("TOO_FEW_DIFFERENT")
    if username and username.lower() in password.lower():
        found.append("CONTAINS_NAME")
    return found


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
