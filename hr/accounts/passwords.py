"""Password hashes: argon2id with 19 MiB, two passes, one lane; and which passwords are too weak."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 128


@dataclass(frozen=True)
class Cost:
    """What one guess costs: passes over so many KiB of memory (OWASP's least for argon2id)."""

    passes: int = 2
    memory: int = 19 * 1024


LEAST = Cost(passes=1, memory=8)  # what argon2 allows: for throw-away databases only
_cost = Cost()


def use(cost: Cost) -> Cost:
    """Let hashes cost so much from now on in this process; give what they cost before."""
    global _cost
    before, _cost = _cost, cost
    _nobody.cache_clear()
    return before


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password, with a fresh salt and its parameters in it."""
    return _hasher().hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Check a password; without a stored hash, take the same time and say no."""
    try:
        return _hasher().verify(stored or _nobody(), password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made under other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


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


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_cost.passes, memory_cost=_cost.memory, parallelism=1)


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
