"""Values in the words of the reader's language: numbers, dates, yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, get_locale, gettext

from engine.feel.temporal import Date, DateTime, Time
from engine.forms import file_of


def plain_value(value: Any) -> str:
    """Write one value as a person would; lists are joined, nothing is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(gettext("Ya") if value else gettext("Tidak"))
    if isinstance(value, (int, float, Decimal)):
        return number_words(Decimal(str(value)))
    if isinstance(value, (Date, DateTime, Time, date, datetime)):
        return moment_words(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain_value(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain_value(inner) for inner in value) or "–"
    return str(value)


def is_many(value: Any) -> bool:
    """Tell whether a value has parts that deserve lines of their own."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, (list, tuple)) and any(isinstance(v, (Mapping, list)) for v in value)


def is_rows(value: Any) -> bool:
    """Tell whether a value is a list of records of plain values, which read best as a table."""
    if not isinstance(value, (list, tuple)) or len(value) < 2:
        return False
    records = [each for each in value if isinstance(each, Mapping) and len(each) > 1]
    plain = all(not is_many(inner) for each in records for inner in each.values())
    return len(records) == len(value) and plain and not any(map(file_of, records))


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give the names in some records, each once, in order."""
    return list(dict.fromkeys(name for row in rows for name in row))


def number_words(value: Decimal) -> str:
    """Write a number exactly, with the signs of the language: 1.234,5."""
    return str(format_decimal(value, "#,##0.############"))


def moment_words(value: Any) -> str:
    """Write a date, a moment or an hour: 3 Juli 2026, 3 Juli 2026 09.14, 09.14 (in English 09:14).

    A moment is told in the zone of the page; one without a zone as it was written.
    """
    clock = "HH.mm" if str(get_locale() or "id") == "id" else "HH:mm"
    if isinstance(value, Time):
        found = str(value)[:5]
        return found.replace(":", ".") if clock == "HH.mm" else found
    if isinstance(value, (Date, DateTime)):
        try:
            value = value.to_python()
        except (ValueError, OverflowError):  # years that only FEEL knows
            return str(value)
    if isinstance(value, datetime):
        aware = value.tzinfo is not None
        return str(format_datetime(value, f"d MMMM y {clock}", rebase=aware))
    return str(format_date(value, "d MMMM y")) if isinstance(value, date) else str(value)
