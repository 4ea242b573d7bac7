"""What each step of a case wrote, with the labels of its form where it had one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.forms import Field
from engine.queries.cases import CaseView
from engine.queries.history import ValueChange
from web.words import element_name, form_of


@dataclass(frozen=True)
class Change:
    """One value before and after; `who` is empty for the system, `name` for a whole form."""

    at: datetime
    step: str
    who: str
    name: str
    old: Any
    new: Any


def in_words(case: CaseView, changes: Sequence[ValueChange]) -> list[Change]:
    """Give the changes as they are read."""
    return [_change(case, each) for each in changes]


def _change(case: CaseView, each: ValueChange) -> Change:
    form = form_of(case.process_key, each.element_id)
    fields = {item.name: item for item in form.texts if item.has_answer} if form else {}
    return Change(
        at=each.at,
        step=element_name(case.process_key, each.element_id, each.element_name),
        who=each.person_name,
        name="" if form else each.name,
        old=labelled(each.old, fields),
        new=labelled(each.new, fields),
    )


def labelled(value: Any, fields: Mapping[str, Field], path: str = "") -> Any:
    """Replace keys by labels and chosen values by the words of the choice.

    fields -- by key path: `results.rating` is a field of each row of `results`
    """
    if isinstance(value, Mapping):
        start = f"{path}." if path else ""
        return {
            _label(fields, start + key, key): labelled(inner, fields, start + key)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [labelled(inner, fields, path) for inner in value]
    options = fields[path].options if path in fields else ()
    chosen = (option.label for option in options if str(option.value) == str(value))
    return next(chosen, value)


def _label(fields: Mapping[str, Field], path: str, key: str) -> str:
    return (fields[path].label if path in fields else "") or key
