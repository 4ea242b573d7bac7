"""What a compiled form is made of: frozen fields, options and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from engine.feel import Expression


class FieldKind(StrEnum):
    """The kinds of component that a form may hold; the values are form-js's own type names."""

    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CHECKBOX = "checkbox"
    CHECKLIST = "checklist"
    RADIO = "radio"
    SELECT = "select"
    TAGLIST = "taglist"
    TEXT = "text"
    GROUP = "group"
    ROWS = "dynamiclist"
    FILES = "filepicker"
    SPACER = "spacer"
    SEPARATOR = "separator"


TEXTUAL = frozenset({FieldKind.TEXTFIELD, FieldKind.TEXTAREA})
TEMPORAL = frozenset({FieldKind.DATE, FieldKind.TIME, FieldKind.DATETIME})
ONE_OF = frozenset({FieldKind.RADIO, FieldKind.SELECT})
SOME_OF = frozenset({FieldKind.CHECKLIST, FieldKind.TAGLIST})
PLACE = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
MUTE = frozenset({FieldKind.TEXT, FieldKind.SPACER, FieldKind.SEPARATOR})


@dataclass(frozen=True)
class Option:
    """One choice.  `value` is a Decimal on a rating scale; `anchor` says what it is in practice."""

    value: str | Decimal
    label: str
    anchor: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule across fields: broken when `when` is true; `message` then stands at `field`."""

    id: str
    when: Expression
    message: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component of a form, as screens draw it and as the check reads it.

    key -- the name in the answers; empty for what has none (text, spacer, group without a path)
    why -- why this is asked, in the designer's words; shown when somebody wants to know
    name -- what translations call it: the key path, or the component id where there is no key
    scale -- the name of a rating scale; its options then hold numbers
    options_from -- FEEL that gives the options: a list of `{value, label}` contexts or of texts
    prefill -- FEEL that gives the first value; with `read_only` nothing else is ever accepted
    places -- the FEEL of each `{{ }}` in `text`
    hide -- FEEL that is true when the field is not to be asked
    max_length -- letters; min_rows, max_rows -- how many rows, choices or files
    unit, prefix -- written after and before the value: `orang`, `Rp`
    accept -- the types of file that are taken
    decides -- what else is shown or filled depends on it
    fixed_rows -- nobody adds or removes rows: they are those of `prefill`
    visible_to -- lanes that may read the answer later; empty where whoever reads the others may
    """

    kind: FieldKind
    key: str = ""
    name: str = ""
    label: str = ""
    help: str = ""
    why: str = ""
    text: str = ""
    required: bool = False
    read_only: bool = False
    options: tuple[Option, ...] = ()
    options_from: Expression | None = None
    scale: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    email: bool = False
    not_past: bool = False
    min_rows: int = 0
    max_rows: int = 0
    fixed_rows: bool = False
    start_rows: int = 0
    accept: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    places: tuple[Expression, ...] = ()
    default: Any = None
    prefill: Expression | None = None
    hide: Expression | None = None
    unit: str = ""
    prefix: str = ""
    width: int | None = None
    decides: bool = False
    visible_to: tuple[str, ...] = ()

    @property
    def has_answer(self) -> bool:
        """Tell whether the field itself puts something into the answers."""
        return bool(self.key) and self.kind not in MUTE


@dataclass(frozen=True, kw_only=True)
class Form:
    """A compiled form.

    schema -- JSON Schema 2020-12 of the answers; a field that may be hidden is not `required` in it
    """

    id: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """List the names of the top-level answers, in the order of the form."""
        return tuple(item.key for item in answering(self.fields))

    @property
    def texts(self) -> tuple[Field, ...]:
        """List every field, groups and rows included, in the order of the form."""
        return tuple(walk(self.fields))


def answering(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Give the fields of one level that have an answer, those in groups without a path too."""
    for item in fields:
        if item.has_answer:
            yield item
        elif item.kind is FieldKind.GROUP:
            yield from answering(item.fields)


def walk(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Give every field below, each before what it holds."""
    for item in fields:
        yield item
        yield from walk(item.fields)
