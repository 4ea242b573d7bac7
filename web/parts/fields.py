"""What templates of form fields ask: ids, what stands in an input, problems in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, lazy_gettext

from engine.errors import Problem
from engine.feel.temporal import Date, DateTime, Time
from engine.forms import ENDINGS, Field, FieldKind, Form, Shown, file_of
from web.parts.values import number_words, plain_value

FOLDED_FROM = 6  # fields in a row
_MOST_IN_LINE = 12
_LONGEST_IN_LINE = 120
_WRITTEN = (FieldKind.TEXTAREA, FieldKind.TEXTFIELD)
_UNEVEN = (FieldKind.FILES, FieldKind.GROUP, FieldKind.ROWS)
# The same sentences as engine/forms/messages.py (a test compares them), but translated.
SENTENCES = {
    "required": lazy_gettext("%(label)s wajib diisi."),
    "must_tick": lazy_gettext("%(label)s harus dicentang."),
    "not_text": lazy_gettext("%(label)s: isi dengan teks."),
    "too_long": lazy_gettext("%(label)s paling panjang %(limit)s huruf."),
    "too_short": lazy_gettext("%(label)s paling sedikit %(limit)s huruf."),
    "email": lazy_gettext("%(label)s: tulis alamat surel yang lengkap, misalnya nama@kota.go.id."),
    "pattern": lazy_gettext("%(label)s: bentuknya tidak sesuai."),
    "not_number": lazy_gettext("%(label)s: isi dengan angka."),
    "unclear_number": lazy_gettext(
        "%(label)s: %(limit)s dapat dibaca dengan dua cara; tulis tanpa titik ribuan."
    ),
    "whole_number": lazy_gettext("%(label)s: isi dengan bilangan bulat."),
    "too_many_decimals": lazy_gettext("%(label)s: paling banyak %(limit)s angka di belakang koma."),
    "too_small": lazy_gettext("%(label)s paling kecil %(limit)s."),
    "too_large": lazy_gettext("%(label)s paling besar %(limit)s."),
    "not_date": lazy_gettext("%(label)s: tulis tanggal yang ada, misalnya 31/12/2026."),
    "not_time": lazy_gettext("%(label)s: tulis jam, misalnya 09.30."),
    "not_datetime": lazy_gettext("%(label)s: tulis tanggal dan jam, misalnya 31/12/2026 09:30."),
    "past": lazy_gettext("%(label)s: tanggal ini sudah lewat."),
    "not_an_option": lazy_gettext("%(label)s: pilih dari pilihan yang ada."),
    "too_few_choices": lazy_gettext("%(label)s: pilih sedikitnya %(limit)s."),
    "too_many_choices": lazy_gettext("%(label)s: pilih paling banyak %(limit)s."),
    "not_a_file": lazy_gettext(
        "%(label)s: %(limit)s tidak dapat diterima; unggah PDF, JPG, PNG, XLSX, atau DOCX."
    ),
    "file_too_large": lazy_gettext("%(label)s: %(limit)s lebih besar dari 10 MB."),
    "too_many_files": lazy_gettext("%(label)s: paling banyak %(limit)s berkas."),
    "too_few_rows": lazy_gettext("%(label)s: isi sedikitnya %(limit)s baris."),
    "too_many_rows": lazy_gettext("%(label)s: paling banyak %(limit)s baris."),
}


def in_words(problems: Iterable[Problem], form: Form) -> tuple[Problem, ...]:
    """Say problems in the language of the page; `form` is the localised one."""
    fields = {item.name: item for item in form.texts if item.has_answer}
    return tuple(replace(p, message=_sentence(p, form, fields)) for p in problems)


def _sentence(problem: Problem, form: Form, fields: Mapping[str, Field]) -> str:
    name = ".".join(part for part in problem.path.split(".") if not part.isdigit())
    item = fields.get(name)
    if problem.code == "rule":
        lists = (one.rules for one in form.texts if one.rules and name.startswith(one.name + "."))
        rules = [rule for some in (form.rules, *lists) for rule in some]
        found = (r.message for r in rules if r.id == problem.limit and name.endswith(r.field))
        return next(found, problem.message)
    if item is None or problem.code not in SENTENCES:
        return problem.message
    if problem.code == "pattern" and item.pattern_message:
        return item.pattern_message
    return str(SENTENCES[problem.code]) % {"label": item.label or item.key, "limit": problem.limit}


def problems_by_path(problems: Sequence[Problem]) -> dict[str, str]:
    """Give the first sentence about each field."""
    return {problem.path: problem.message for problem in reversed(problems)}


def control_id(path: str) -> str:
    """Give the id of the first control of a field: `f-results-0-rating`."""
    return "f-" + path.replace(".", "-")


def input_value(item: Shown) -> str:
    """Give what stands in the input: as it was typed, or a value as one would type it."""
    value = item.value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float, Decimal)):
        text = f"{Decimal(str(value)):f}"
        return text.replace(".", ",") if str(get_locale() or "id") == "id" else text
    if isinstance(value, (Date, DateTime, Time, date, datetime)):
        text = str(value).replace(" ", "T")
        return text[:16] if item.field.kind is FieldKind.DATETIME else text
    return str(value)


def bounds_words(item: Shown) -> str:
    """Say before anybody types what would else be said as a fault; empty where there is no such."""
    field = item.field
    if field.min_length is not None and field.min_length > 1:
        return str(lazy_gettext("Paling sedikit %(number)s huruf.", number=field.min_length))
    low, high = field.minimum, field.maximum
    if low is None or high is None:
        return ""
    bounds = {"low": number_words(low), "high": number_words(high)}
    return str(lazy_gettext("Dari %(low)s sampai %(high)s.", **bounds))


def types_of(item: Shown) -> str:
    """Write the endings that a file field takes, as a browser wants them."""
    return ",".join(f".{e}" for e, kind in ENDINGS.items() if kind in item.field.accept)


def is_picked(item: Shown, value: object) -> bool:
    """Tell whether a choice is the chosen one, or one of them."""
    chosen = item.value if isinstance(item.value, (list, tuple)) else [item.value]
    return str(value) in {str(one) for one in chosen if one is not None}


def is_table(item: Shown) -> bool:
    """Tell whether rows are nothing but values to read, the same in each: a table is shorter."""
    widths = {len(row) for row in item.rows}
    cells = [cell for row in item.rows for cell in row]
    plain = all(c.field.read_only and c.field.has_answer and not c.field.fields for c in cells)
    return item.field.fixed_rows and plain and len(widths) == 1 and 0 not in widths


def row_title(row: Sequence[Shown]) -> str:
    """Give what names a row where it is folded: its first text; empty where nothing is written."""
    found = (str(item.value) for item in row if item.field.kind in _WRITTEN and item.value)
    return next(found, "")


def row_figures(row: Sequence[Shown]) -> str:
    """Write the numbers of a row with their labels, for reading it where it is folded."""
    figures = [one for one in row if one.field.kind is FieldKind.NUMBER and one.value is not None]
    told = (f"{item.field.label} {answer_words(item)}" for item in figures)
    return " · ".join(told)


def says_something(item: Shown) -> bool:
    """Tell whether an answer stands in a field or in a group: not in what only explains."""
    if item.field.kind is FieldKind.GROUP:
        return any(map(says_something, item.parts))
    return item.field.has_answer


def reads_as_lines(item: Shown) -> bool:
    """Tell whether rows that were answered read best as a line each: plain values, no long ones."""
    cells = [cell for row in item.rows for cell in row]
    plain = all(c.field.has_answer and c.field.kind not in _UNEVEN for c in cells)
    short = all(len(answer_words(cell)) <= _LONGEST_IN_LINE for cell in cells) if plain else False
    return short and bool(item.rows) and all(1 < len(row) <= _MOST_IN_LINE for row in item.rows)


def row_name(row: Sequence[Shown]) -> str:
    """Give what names a row where it is read: what was written first, else what stands first."""
    return answer_words(row[_named_at(row)])


def row_line(row: Sequence[Shown]) -> str:
    """Write what stands in a row beside its name, each with its label."""
    beside = (item for place, item in enumerate(row) if place != _named_at(row))
    told = ((item.field.label, answer_words(item)) for item in beside)
    return " · ".join(f"{label} {words}" for label, words in told if words != "–")


def _named_at(row: Sequence[Shown]) -> int:
    written = (
        place for place, item in enumerate(row) if item.field.kind in _WRITTEN and item.value
    )
    return next(written, 0)


def row_folds(item: Shown, row: Sequence[Shown]) -> bool:
    """Tell whether a row may be folded to a line: a long one among others.

    Six plans of twelve fields each are nine screens of a phone for whoever changes one target.
    """
    return len(row) >= FOLDED_FROM and len(item.rows) > 1 and not item.field.fixed_rows


def is_folded(row: Sequence[Shown], wrong: Mapping[str, str]) -> bool:
    """Tell whether such a row begins folded: it is filled in, and nothing in it is wrong."""
    return row_title(row) != "" and not any(one.path in wrong for one in row)


def answer_words(item: Shown) -> str:
    """Write an answer for reading: the words of a choice, numbers and dates of the language."""
    value: Any = item.value
    if item.field.kind is FieldKind.FILES:
        files = map(file_of, value if isinstance(value, (list, tuple)) else [])
        return ", ".join(str(each["name"]) for each in files if each is not None) or "–"
    if item.options and value is not None:
        picked = [option.label for option in item.options if is_picked(item, option.value)]
        return ", ".join(picked) or "–"
    if item.field.kind is FieldKind.CHECKBOX:
        return plain_value(bool(value) and value not in ("false", ""))
    words = plain_value(value)
    if words == "–":
        return words
    # Money is written without a space, Rp500.000; a unit stands apart, 12 orang.
    return f"{item.field.prefix}{words} {item.field.unit}".rstrip()
