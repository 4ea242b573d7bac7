"""What each step of a case wrote, as a person reads it; the raw record stays for experts.

Labels of answers come from the form; those of computed values from `[variables]` in messages.toml,
where a name may be a path (`facts.unit`), and from `[codes]` for values that are codes.  A process
without `[variables]` has its values called by the name of the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from engine.forms import Field, file_of
from engine.queries.cases import CaseView
from engine.queries.history import ValueChange
from web.wording import Words, words_of
from web.words import element_name, form_of


@dataclass(frozen=True)
class Entry:
    """A value in words; `old` is what it was before, None where it is new."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Written:
    """What one step wrote; `who` is empty for the system."""

    step: str
    who: str
    at: datetime
    entries: tuple[Entry, ...]


def in_words(case: CaseView, changes: Sequence[ValueChange]) -> list[Written]:
    """Give what was written step by step, in order; steps that wrote nothing readable are out."""
    words = words_of(case.messages)
    choices = _choices(changes)
    people = {step.element_id for step in case.steps}
    told: list[Written] = []
    for (element_id, at, _form), group in groupby(changes, key=partial(_step, case)):
        written = list(group)
        entries = [entry for each in written for entry in _entries(case, each, words, choices)]
        if entries:
            name = element_name(case.process_key, element_id, written[0].element_name)
            who = written[0].person_name if element_id in people else ""
            told.append(Written(name, who, at, tuple(entries)))
    return told


def _step(case: CaseView, each: ValueChange) -> tuple[str, datetime, int]:
    """Tell one writing of a step from the next; two forms of one step never share a fold."""
    is_form = form_of(case.process_key, each.element_id) is not None
    return each.element_id, each.at, id(each) if is_form else 0


def _entries(
    case: CaseView, each: ValueChange, words: Words, choices: Mapping[str, Mapping[str, str]]
) -> list[Entry]:
    form = form_of(case.process_key, each.element_id)
    if form is not None:
        return _answers(each, {item.name: item for item in form.texts if item.has_answer}, choices)
    name = words.label(each.name)
    if words.variables and name is None:
        return []
    drawn = element_name(case.process_key, each.element_id, each.element_name)
    return [Entry(name or drawn, words.told(each.old, each.name), words.told(each.new, each.name))]


def _answers(
    each: ValueChange, fields: Mapping[str, Field], choices: Mapping[str, Mapping[str, str]]
) -> list[Entry]:
    new, old = (each.new or {}, each.old or {})
    return [
        Entry(
            _label(fields, key, key),
            labelled(old.get(key), fields, key, choices),
            labelled(new[key], fields, key, choices),
        )
        for key in _in_order(new, fields)
    ]


def _in_order(answers: Mapping[str, Any], fields: Mapping[str, Field], path: str = "") -> list[str]:
    """Give the keys of answers in the order of the form."""
    places = {name: place for place, name in enumerate(fields)}
    return sorted(answers, key=lambda key: places.get(path + key, len(places)))


def labelled(
    value: Any, fields: Mapping[str, Field], path: str, choices: Mapping[str, Mapping[str, str]]
) -> Any:
    """Replace keys by labels and chosen values by the words of the choice.

    fields -- by key path: `results.rating` is a field of each row of `results`
    choices -- lists that the case offered, by the variable that holds them
    """
    if isinstance(value, Mapping):
        if file_of(value):
            return value
        return {
            _label(fields, f"{path}.{key}", key): labelled(
                value[key], fields, f"{path}.{key}", choices
            )
            for key in _in_order(value, fields, f"{path}.")
        }
    if isinstance(value, (list, tuple)):
        return [labelled(inner, fields, path, choices) for inner in value]
    field = fields.get(path)
    return value if field is None else _chosen(value, field, choices)


def _chosen(value: Any, field: Field, choices: Mapping[str, Mapping[str, str]]) -> Any:
    for option in field.options:
        if str(option.value) == str(value):
            return option.label
    reads = field.options_from.reads if field.options_from else ()
    found = (choices[name][str(value)] for name in reads if str(value) in choices.get(name, {}))
    return next(found, value)


def _choices(changes: Iterable[ValueChange]) -> dict[str, dict[str, str]]:
    """Collect the lists of choices among the values: variable -> value -> label."""
    return {
        each.name: {str(row["value"]): str(row["label"]) for row in each.new}
        for each in changes
        if isinstance(each.new, (list, tuple)) and all(map(_is_choice, each.new))
    }


def _is_choice(row: Any) -> bool:
    return isinstance(row, Mapping) and row.keys() >= {"label", "value"}


def _label(fields: Mapping[str, Field], path: str, key: str) -> str:
    return (fields[path].label if path in fields else "") or key
