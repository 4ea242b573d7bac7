"""Which answers of a form somebody may read later: a field's `alur:visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.forms.model import Field, FieldKind, Form


def readable(form: Form, readers: Collection[str]) -> Form:
    """Give the form without the fields that none of these readers may see."""
    if not _guarded(form):
        return form
    return replace(form, fields=tuple(_kept(form.fields, readers)))


def readable_answers(form: Form, answers: Any, readers: Collection[str]) -> Any:
    """Give answers without what none of these readers may see, inside groups and rows too.

    answers -- of the form, or a list of such answers; anything else is given back as it is
    """
    return _without(form.fields, answers, frozenset(readers)) if _guarded(form) else answers


def _guarded(form: Form) -> bool:
    return any(item.visible_to for item in form.texts)


def _open_to(item: Field, readers: Collection[str]) -> bool:
    return not item.visible_to or not set(item.visible_to).isdisjoint(readers)


def _kept(fields: tuple[Field, ...], readers: Collection[str]) -> Iterator[Field]:
    for item in fields:
        if _open_to(item, readers):
            yield replace(item, fields=tuple(_kept(item.fields, readers)))


def _without(fields: tuple[Field, ...], answers: Any, readers: frozenset[str]) -> Any:
    if isinstance(answers, Mapping):
        inside = dict(_level(fields, readers, closed=False))
        return {
            key: value if key not in inside else _inside(inside[key], value, readers)
            for key, value in answers.items()
            if inside.get(key, ()) is not None
        }
    if isinstance(answers, Sequence) and not isinstance(answers, str | bytes):
        return [_without(fields, each, readers) for each in answers]
    return answers


def _inside(fields: tuple[Field, ...] | None, value: Any, readers: frozenset[str]) -> Any:
    return _without(fields, value, readers) if fields else value


def _level(
    fields: tuple[Field, ...], readers: frozenset[str], *, closed: bool
) -> Iterator[tuple[str, tuple[Field, ...] | None]]:
    """Give the keys of one object of answers with the fields inside; None: not for these readers.

    closed -- a group without a path around them is not for these readers
    """
    for item in fields:
        shut = closed or not _open_to(item, readers)
        if item.has_answer:
            yield item.key, None if shut else item.fields
        elif item.kind is FieldKind.GROUP:
            yield from _level(item.fields, readers, closed=shut)
