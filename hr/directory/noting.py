"""How a changed row about a person is written into that person's history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine import Context, RowChanged
from engine.model import StreamKind


def note_of_person(
    ctx: Context,
    person_id: int,
    noun: str,
    number: int,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    reason: str,
) -> None:
    """Write what a row about somebody was and is; of `old` only what `new` names."""
    event = RowChanged(
        noun=noun,
        key=str(number),
        old=None if old is None else {name: _plain(old[name]) for name in new},
        new={name: _plain(value) for name, value in new.items()},
        reason=reason,
    )
    ctx.record(event, (StreamKind.PERSON, str(person_id)))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
