"""Reads what a model hands over: persons as numbers or option texts, contexts, texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.evaluation import queries as evaluation
from hr.evaluation import rules as rating


def about(call: Call) -> int:
    """Give the subject of the case; fail where it is about nobody."""
    if call.subject_id is None:
        raise ServiceTaskFailed("Expected a case about a person, but this one is about nobody.")
    return call.subject_id


def person(value: Any) -> int | None:
    """Read a person from a number or an option text, or None."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    number = rating.number(value)
    return int(number) if number is not None and number == int(number) else None


def persons(value: Any) -> list[int]:
    """Read persons from numbers or option texts, one or a list; each once, in order."""
    values = value if isinstance(value, list | tuple) else [value]
    found = [person(each) for each in values if each is not None]
    if None in found:
        raise ServiceTaskFailed("Expected numbers of persons, but one is no number.")
    return list(dict.fromkeys(each for each in found if each is not None))


def contexts(value: Any) -> list[Mapping[str, Any]]:
    """Read one context or a list of them; anything else is passed over."""
    values = value if isinstance(value, list | tuple) else [value]
    return [each for each in values if isinstance(each, Mapping)]


def texts(value: Any) -> list[str]:
    """Read one text or a list of them."""
    values = value if isinstance(value, list | tuple) else [value]
    return [each for each in values if isinstance(each, str)]


def blocked(call: Call, persons: Iterable[int]) -> dict[int, str]:
    """Tell who of these persons cannot be asked to rate the subject, and why."""
    return evaluation.blocked(
        call.connection,
        list(persons),
        subject_id=about(call),
        period=call.period,
        instance_id=call.instance_id,
        at=call.now,
    )
