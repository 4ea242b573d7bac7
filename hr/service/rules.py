"""The sentence about facts that nobody recorded, written and read again in one place.  Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_MISSING = "Expected facts of unit {path} for {period}, but none are recorded."
_READ = re.compile(_MISSING.format(path=r"(\S+)", period=r"(\S+)"))


class Missing(NamedTuple):
    """Whose facts are missing, and of which quarter."""

    unit_path: str
    period: str


def missing_sentence(unit_path: str, period: str) -> str:
    """Say that a unit's facts are missing."""
    return _MISSING.format(path=unit_path, period=period)


def missing_facts(sentence: str) -> Missing | None:
    """Give what a sentence says is missing; None where it is about something else."""
    found = _READ.fullmatch(sentence)
    return Missing(found[1], found[2]) if found else None
