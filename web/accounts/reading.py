"""What the forms of administrators send, read within bounds."""

from __future__ import annotations

from datetime import date, time

from flask import request

_LONGEST = 600


def sent(name: str) -> str:
    """Give a field of a form, without the spaces around it."""
    return request.form.get(name, "").strip()[:_LONGEST]


def reason() -> str:
    """Give why, as it was typed."""
    return sent("reason")


def number(name: str) -> int | None:
    """Give a number that a choice sent; None where nothing, or no number, was chosen."""
    text = sent(name)
    return int(text) if text.isdecimal() and len(text) < 16 else None


def day(name: str) -> date | None:
    """Give a date; None where it is none."""
    try:
        return date.fromisoformat(sent(name))
    except ValueError:
        return None


def hour(name: str) -> time | None:
    """Give a time of day without a zone, to the minute; None where it is none."""
    try:
        read = time.fromisoformat(sent(name))
    except ValueError:
        return None
    return read.replace(second=0, microsecond=0, tzinfo=None)
