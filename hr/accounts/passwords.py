"""Password hashes: argon2id with 19 MiB, two passes, one lane; and which passwords are too weak."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import Busy
from hr.accounts.common import WORDS

SHORTEST, LONGEST = 10, 128
STRONG = 3  # of zxcvbn's 0 to 4: more than 10**8 guesses by whoever knows how people choose
_LOOKED_AT = 72  # signs; estimating takes longer than in proportion
AT_ONCE = 2  # hashes in a process: a morning's rush of logins must not take all cores and memory
PATIENCE = 10.0  # seconds to wait for one's turn
_turns = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Cost:
    """What one guess costs: passes over so many KiB of memory (OWASP's least for argon2id)."""

    passes: int = 2
    memory: int = 19 * 1024


@dataclass(frozen=True)
class Checked:
    """What came of comparing a password with a stored hash; `renewed` where it was outdated."""

    stored: str | None
    fits: bool
    renewed: str | None = None

    def holds(self, stored: str) -> bool:
        """Tell whether the password fits what is stored now, which may be another hash."""
        return self.fits and self.stored == stored


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
    with _turn():
        return _hasher().hash(password)


def check(password: str, stored: str | None) -> Checked:
    """Compare a password with what is stored; call it outside of transactions, as it is slow."""
    if not fits(password, stored):
        return Checked(stored, fits=False)
    outdated = is_outdated(str(stored))
    return Checked(stored, fits=True, renewed=hash_password(password) if outdated else None)


def fits(password: str, stored: str | None) -> bool:
    """Check a password; without a stored hash, take the same time and say no."""
    against = stored or _nobody()
    try:
        with _turn():
            return _hasher().verify(against, password[:LONGEST]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made under other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def weaknesses(password: str, *, username: str = "", words: Collection[str] = ()) -> list[str]:
    """List why a password may not be used, as stable codes; no rule asks for kinds of signs.

    words -- what others know of the person: name, birthday, mail
    """
    found = []
    if len(password) < SHORTEST:
        found.append("TOO_SHORT")
    if len(password) > LONGEST:
        found.append("TOO_LONG")
    if len(set(password)) < 5:
        found.append("TOO_FEW_DIFFERENT")
    if username and username.lower() in password.lower():
        found.append("CONTAINS_NAME")
    if not found and _is_guessable(password, [username, *words]):
        found.append("GUESSABLE")
    return found


def _is_guessable(password: str, own: Collection[str]) -> bool:
    known = [part.lower() for word in own for part in (word, *word.split()) if len(part) > 2]
    rest = password.lower()
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST // 2:
        return True
    from zxcvbn import zxcvbn  # 12 MB of word lists, for whoever sets a password

    guessed = zxcvbn(password[:_LOOKED_AT], user_inputs=[*known, *WORDS], max_length=_LOOKED_AT)
    return bool(guessed["score"] < STRONG)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy("Expected a turn to check a password, but too many people log in at once.")
    try:
        yield
    finally:
        _turns.release()


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_cost.passes, memory_cost=_cost.memory, parallelism=1)


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
