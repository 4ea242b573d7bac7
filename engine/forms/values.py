"""One answer at a time: what was typed or sent -> a FEEL value, or the fault in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import regex

from engine.feel.values import normalize
from engine.forms.files import file_of
from engine.forms.model import ONE_OF, SOME_OF, TEMPORAL, TEXTUAL, Field, FieldKind, Option

PLAIN = re.compile(r"[+-]?\d{1,20}(\.\d{1,12})?")
DOTTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
WRITTEN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
TICKED = frozenset({"on", "true", "1", "yes"})
LONGEST_TEXT = 20_000
PATTERN_SECONDS = 0.1


@dataclass(frozen=True)
class Fault:
    """Why an answer does not fit: a code, and the number or word it is about."""

    code: str
    limit: str = ""


def read_value(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    """Give the FEEL value of one answer, None for a blank one, or a Fault."""
    value = _readers(item)(item, raw, options, now)
    if item.required and (value is None or value == []):
        return Fault("required")
    return value


def tidy(text: str) -> str:
    """Drop what no person types: control characters, odd line ends, blanks at the ends."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def _readers(item: Field) -> Callable[[Field, object, Sequence[Option], datetime], Any]:
    if item.kind in TEXTUAL:
        return _text
    if item.kind in TEMPORAL:
        return _moment
    if item.kind in ONE_OF:
        return _choice
    if item.kind in SOME_OF:
        return _choices
    if item.kind is FieldKind.FILES:
        return _files
    return _number if item.kind is FieldKind.NUMBER else _tick


def _text(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    if raw is None:
        return None
    if not isinstance(raw, str):
        return Fault("not_text")
    text = tidy(raw)
    if not text:
        return None
    if item.max_length is not None and len(text) > item.max_length:
        return Fault("too_long", str(item.max_length))
    if item.min_length is not None and len(text) < item.min_length:
        return Fault("too_short", str(item.min_length))
    if item.email and not EMAIL.fullmatch(text):
        return Fault("email")
    if item.pattern and not _fits(item.pattern, text):
        return Fault("pattern", item.pattern_message)
    return text


def _fits(pattern: str, text: str) -> bool:
    """Search as browsers and JSON Schema do; a pattern that runs away fits nothing."""
    try:
        return regex.search(pattern, text, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def _number(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    value = read_number(raw, item.decimals)
    if value is None or isinstance(value, Fault):
        return value
    if item.decimals is not None and _decimals(value) > item.decimals:
        return Fault(
            "whole_number" if item.decimals == 0 else "too_many_decimals", str(item.decimals)
        )
    if item.minimum is not None and value < item.minimum:
        return Fault("too_small", f"{item.minimum:f}")
    if item.maximum is not None and value > item.maximum:
        return Fault("too_large", f"{item.maximum:f}")
    return value


def read_number(raw: object, decimals: int | None = None) -> Decimal | Fault | None:
    """Read a number as Indonesians (1.234,5) and machines (1234.5) write it.

    A lone group such as 1.234 is a thousand where fewer than three decimals are allowed, and
    unclear otherwise.
    """
    if raw is None or isinstance(raw, bool):
        return None if raw is None else Fault("not_number")
    if isinstance(raw, (int, float, Decimal)):
        return _bounded(raw)
    text = re.sub(r"[\s_]", "", raw) if isinstance(raw, str) else "?"
    if not text:
        return None
    if "," in text and "." in text:
        point = max(text.rfind(","), text.rfind("."))
        text = re.sub(r"[.,]", "", text[:point]) + "." + text[point + 1 :]
    elif "," in text:
        text = text.replace(",", ".") if text.count(",") == 1 else text.replace(",", "")
    elif DOTTED.fullmatch(text):
        if text.count(".") == 1 and (decimals is None or decimals >= 3):
            return Fault("unclear_number", text)
        text = text.replace(".", "")
    return Decimal(text) if PLAIN.fullmatch(text) else Fault("not_number")


def _bounded(raw: int | float | Decimal) -> Decimal | Fault:
    try:
        value = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    except InvalidOperation:
        return Fault("not_number")
    if not value.is_finite() or not -20 <= value.adjusted() <= 20:
        return Decimal(0) if value == 0 else Fault("not_number")
    return value


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _moment(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    if raw is None:
        return None
    text = tidy(str(raw))
    if not text:
        return None
    try:
        value = _parse_moment(item.kind, text, now)
    except ValueError:
        return Fault(f"not_{item.kind.value}")
    if item.not_past and _is_past(value, now):
        return Fault("past")
    return normalize(value)


def _parse_moment(kind: FieldKind, text: str, now: datetime) -> date | time | datetime:
    if kind is FieldKind.TIME:
        return time.fromisoformat(text.replace(".", ":", 1) if ":" not in text else text)
    if kind is FieldKind.DATE:
        return _date(text)
    day, _, clock = text.replace("T", " ").partition(" ")
    moment = datetime.combine(_date(day), time.fromisoformat(clock.split("@")[0] or "00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _date(text: str) -> date:
    if written := WRITTEN_DATE.fullmatch(text):
        day, month, year = (int(part) for part in written.groups())
        return date(year, month, day)
    return date.fromisoformat(text)


def _is_past(value: date | time | datetime, now: datetime) -> bool:
    if isinstance(value, datetime):
        return value < (now if value.tzinfo else now.replace(tzinfo=None))
    return isinstance(value, date) and value < now.date()


def _tick(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    ticked = raw if isinstance(raw, bool) else str(raw).lower() in TICKED
    return Fault("must_tick") if item.required and not ticked else ticked


def _choice(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    if raw is None or raw == "":
        return None
    option = _find(raw, options)
    return Fault("not_an_option") if option is None else option.value


def _choices(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    sent = [raw] if isinstance(raw, str) else raw
    if sent is None:
        return []
    if not isinstance(sent, (list, tuple)):
        return Fault("not_an_option")
    found = [_find(entry, options) for entry in sent if entry != ""]
    if None in found:
        return Fault("not_an_option")
    values = [option.value for option in options if option in found]
    if values and len(values) < item.min_rows:
        return Fault("too_few_choices", str(item.min_rows))
    if item.max_rows and len(values) > item.max_rows:
        return Fault("too_many_choices", str(item.max_rows))
    return values


def _files(item: Field, raw: object, options: Sequence[Option], now: datetime) -> Any:
    sent = raw if isinstance(raw, (list, tuple)) else [] if raw in (None, "") else [raw]
    found: dict[str, dict[str, Any]] = {}
    for entry in sent:
        one = file_of(entry)
        if one is None or one["mime"] not in item.accept:
            return Fault("not_a_file", str(entry.get("name", "")) if hasattr(entry, "get") else "")
        found.setdefault(one["sha256"], one)
    if len(found) > item.max_rows:
        return Fault("too_many_files", str(item.max_rows))
    return normalize(list(found.values()))


def _find(raw: object, options: Sequence[Option]) -> Option | None:
    if isinstance(raw, (bool, dict, list)):
        return None
    number = read_number(raw, 0)
    return next((o for o in options if o.value == number or str(o.value) == str(raw)), None)
