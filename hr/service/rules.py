"""The sentence about facts that nobody recorded: it is also how its incident is known.  Pure."""

from __future__ import annotations


def missing_sentence(unit_path: str, period: str) -> str:
    """Say that a unit's facts are missing."""
    return f"Expected facts of unit {unit_path} for {period}, but none are recorded."
