"""Which fields a person is asked right now, with their choices, texts and values.

The page and the check both walk this, so that nothing is checked that was not shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.forms.model import PLACE, Field, FieldKind, Form, Option, answering
from engine.forms.values import Fault, read_value

MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")
MOST_ROUNDS = 5

Words = Callable[[Any], str]


@dataclass(frozen=True)
class Shown:
    """One visible field at its place.

    path -- `results.0.rating`; value -- as typed, or what the case says where it is read-only;
    parts -- what a group holds; rows -- what each row of a list holds
    """

    field: Field
    path: str
    value: Any = None
    options: tuple[Option, ...] = ()
    text: str = ""
    parts: tuple[Shown, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()


def shown_fields(
    form: Form,
    answers: Mapping[str, Any],
    *,
    context: Mapping[str, Any],
    now: datetime,
    words: Words = str,
) -> tuple[Shown, ...]:
    """Lay the form out for these answers (as typed or typed ones) and this case.

    words -- writes the values that stand inside texts, in the reader's language
    """
    return _Level(form.fields, answers, context, now, "", words).shown()


def every(shown: Sequence[Shown]) -> Iterator[Shown]:
    """Give every visible field below, in the order of the page."""
    for item in shown:
        yield item
        yield from every(item.parts)
        for row in item.rows:
            yield from every(row)


def options_of(item: Field, scope: Mapping[str, Any], now: datetime) -> tuple[Option, ...]:
    """Give a field's choices in this case."""
    if item.options_from is None:
        return item.options
    found = item.options_from.evaluate(scope, now=now)
    entries = found if isinstance(found, list) else []
    options = (_option(entry) for entry in entries)
    return tuple(option for option in options if option is not None)


def given_rows(item: Field, scope: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Give the rows that a list begins with, as far as its `alur:from` gives contexts."""
    found = None if item.prefill is None else item.prefill.evaluate(scope, now=now)
    rows = found if isinstance(found, list) else []
    return [dict(row) for row in rows if isinstance(row, Mapping)][: item.max_rows]


class _Level:
    """The fields that share one object of answers: the form, a group with a path, or one row."""

    def __init__(
        self,
        fields: tuple[Field, ...],
        raw: Mapping[str, Any],
        outer: Mapping[str, Any],
        now: datetime,
        path: str,
        words: Words,
    ) -> None:
        self.fields, self.raw, self.now, self.path = fields, dict(raw), now, path
        self.words = words
        self.scope = {**outer, **_guesses(fields, raw, outer, now)}
        self._compute()
        self.hidden = self._hide()

    def shown(self) -> tuple[Shown, ...]:
        return self._visible(self.fields)

    def _visible(self, fields: tuple[Field, ...]) -> tuple[Shown, ...]:
        return tuple(self._shown(item) for item in fields if id(item) not in self.hidden)

    def _shown(self, item: Field) -> Shown:
        path = self.path + item.key if item.key else ""
        if item.kind is FieldKind.ROWS:
            return Shown(item, path, rows=self._rows(item, path))
        if item.kind is FieldKind.GROUP:
            return Shown(item, path, parts=self._parts(item, path))
        if not item.key:
            return Shown(item, "", text=self._fill(item))
        options = options_of(item, self.scope, self.now)
        return Shown(item, path, self.raw.get(item.key), options)

    def _parts(self, item: Field, path: str) -> tuple[Shown, ...]:
        if not item.key:
            return self._visible(item.fields)
        inner = _mapping(self.raw.get(item.key))
        return self._inside(item, inner, f"{path}.")

    def _rows(self, item: Field, path: str) -> tuple[tuple[Shown, ...], ...]:
        rows = row_values(item, self.raw.get(item.key), self.scope, self.now)
        return tuple(self._inside(item, row, f"{path}.{index}.") for index, row in enumerate(rows))

    def _inside(self, item: Field, raw: Mapping[str, Any], path: str) -> tuple[Shown, ...]:
        return _Level(item.fields, raw, self.scope, self.now, path, self.words).shown()

    def _compute(self) -> None:
        """Give read-only fields the value that the case says, whatever was sent."""
        for item in answering(self.fields):
            if item.read_only and item.prefill is not None and item.kind is not FieldKind.ROWS:
                value = item.prefill.evaluate(self.scope, now=self.now)
                self.raw[item.key] = self.scope[item.key] = value

    def _hide(self) -> frozenset[int]:
        """Find what is hidden; a hidden answer is null to the conditions of the others."""
        hidden: frozenset[int] = frozenset()
        for _ in range(MOST_ROUNDS):
            scope = {**self.scope, **dict.fromkeys(self._keys(hidden))}
            found = frozenset(
                id(item)
                for item in _of_level(self.fields)
                if item.hide is not None and item.hide.evaluate(scope, now=self.now) is True
            )
            if found == hidden:
                break
            hidden = found
        self.scope.update(dict.fromkeys(self._keys(hidden)))
        return hidden

    def _keys(self, hidden: frozenset[int]) -> list[str]:
        gone = [item for item in _of_level(self.fields) if id(item) in hidden]
        return [item.key for item in answering(tuple(gone))]

    def _fill(self, item: Field) -> str:
        """Put values of the case into a text; they are never read as Markdown."""
        values = iter(item.places)

        def value(place: re.Match[str]) -> str:
            found = next(values).evaluate(self.scope, now=self.now)
            return "" if found is None else MARKDOWN.sub(r"\\\1", self.words(found))

        return PLACE.sub(value, item.text)


def _guesses(
    fields: tuple[Field, ...], raw: Mapping[str, Any], outer: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Read every answer as well as it can be read: conditions may look at any of them."""
    return {item.key: _guess(item, raw.get(item.key), outer, now) for item in answering(fields)}


def _guess(item: Field, raw: object, outer: Mapping[str, Any], now: datetime) -> Any:
    if item.kind is FieldKind.ROWS:
        return [_guesses(item.fields, row, outer, now) for row in row_values(item, raw, outer, now)]
    if item.kind is FieldKind.GROUP:
        return _guesses(item.fields, _mapping(raw), outer, now)
    value = read_value(item, raw, options_of(item, outer, now), now)
    return None if isinstance(value, Fault) else value


def row_values(
    item: Field, raw: object, scope: Mapping[str, Any], now: datetime
) -> list[Mapping[str, Any]]:
    """Give the rows as sent; of fixed rows their number and read-only parts come from the case."""
    sent = [_mapping(row) for row in raw] if isinstance(raw, (list, tuple)) else []
    if not item.fixed_rows:
        return sent
    keep = {part.key for part in answering(item.fields) if part.read_only}
    return [
        {**(sent[index] if index < len(sent) else {}), **{key: row.get(key) for key in keep}}
        for index, row in enumerate(given_rows(item, scope, now))
    ]


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _of_level(fields: tuple[Field, ...]) -> Iterator[Field]:
    for item in fields:
        yield item
        if item.kind is FieldKind.GROUP and not item.key:
            yield from _of_level(item.fields)


def _option(entry: object) -> Option | None:
    if isinstance(entry, str):
        return Option(entry, entry)
    if isinstance(entry, Mapping) and entry.get("value") not in (None, ""):
        value = str(entry["value"])
        return Option(value, str(entry.get("label") or value), str(entry.get("anchor") or ""))
    return None
