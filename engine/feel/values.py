"""FEEL values at the edge: made of Python's, kept with their JSON; not what they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from engine.feel.budget import MAX_VALUE_DEPTH
from engine.feel.exact import from_json, loads, written
from engine.feel.functions import Function
from engine.feel.large import ENCODER, at_once
from engine.feel.numbers import MAX_EXPONENT, MIN_EXPONENT, NUMBERS
from engine.feel.ranges import Range
from engine.feel.temporal import (
    Date,
    DateTime,
    DaysTimeDuration,
    Time,
    YearsMonthsDuration,
    from_python,
)

__all__ = [
    "Function",
    "Kept",
    "Normalized",
    "Range",
    "from_json",
    "normalize",
    "normalize_context",
    "to_json",
]

_AS_IS = frozenset(
    {type(None), bool, Date, Time, DateTime, DaysTimeDuration, YearsMonthsDuration, Range}
)


_rounded = NUMBERS.plus


class Normalized(dict[str, Any]):
    """A context whose values are FEEL values already; `evaluate` takes it without looking again."""


def normalize_context(context: Mapping[str, Any]) -> Normalized:
    """Turn the variables of a context into FEEL values once for many runs; raises ValueError."""
    return Normalized({key: normalize(value, f"/{key}") for key, value in context.items()})


def normalize(value: Any, path: str = "") -> Any:
    """Copy a value deeply into FEEL values; raises ValueError naming the place of what is none."""
    if type(value) is Kept:
        return value.value
    try:
        return _usual(value, 0, [], set())
    except _Unusual:
        return _normalize(value, path, 0)


class _Unusual(Exception):
    """Expected what forms and expressions give, but there is something that needs a closer look."""


def _usual(value: Any, level: int, odd: list[Any], known: set[Any]) -> Any:
    """Copy a value as `_normalize` does, quickly, where it is the usual one; else raise _Unusual.

    odd -- gets what JSON alone cannot say; known -- sets of keys that were looked at already
    """
    kind = type(value)
    if kind is dict:
        return _usual_context(value, level, odd, known)
    if kind is list:
        if level > MAX_VALUE_DEPTH:
            raise _Unusual
        return [_usual(item, level + 1, odd, known) for item in value]
    if kind is str:
        if not value.isascii():
            _encodable(value)
    elif kind is Decimal:
        return _usual_number(value)
    elif kind is int:
        return _usual_number(Decimal(value))
    elif value is not None and kind is not bool:
        if kind not in _AS_IS:
            raise _Unusual
        odd.append(value)
    return value


def _usual_context(
    context: dict[str, Any], level: int, odd: list[Any], known: set[Any]
) -> dict[str, Any]:
    if level > MAX_VALUE_DEPTH:
        raise _Unusual
    keys = tuple(context)
    if keys not in known:
        for key in keys:
            _encodable(key)
        known.add(keys)
    made = context.copy()
    for key, item in context.items():
        # What forms are full of, without a call.
        kind = type(item)
        if kind is str:
            if not item.isascii():
                _encodable(item)
        elif kind is Decimal:
            if item.adjusted() not in _PLACES:
                _one_digit(item)
            made[key] = _rounded(item) or item
        else:
            made[key] = _usual(item, level + 1, odd, known)
    return made


def _usual_number(number: Decimal) -> Decimal:
    # In this range, rounding gives what can be kept; it would take the sign of a zero.
    if number.adjusted() not in _PLACES:
        _one_digit(number)
    return _rounded(number) or number


# Where the first digit stands; what is no number says 0.
_PLACES = frozenset(range(-33, 34)) - {0}


def _one_digit(number: Decimal) -> None:
    if number.adjusted() != 0 or not number.is_finite():
        raise _Unusual


def _encodable(text: Any) -> None:
    if type(text) is not str:
        raise _Unusual
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Unusual from None


def _normalize(value: Any, path: str, level: int) -> Any:
    kind = type(value)
    if kind is Kept:
        return value.value
    if kind in _AS_IS or isinstance(value, Function):
        return value
    if kind is str:
        return _text(value, path)
    if kind is Decimal or kind is int or kind is float:
        return _number(value, path)
    if level > MAX_VALUE_DEPTH:
        raise ValueError(f"Expected at most {MAX_VALUE_DEPTH} levels, but {path or '/'} has more.")
    if isinstance(value, Mapping):
        return {_key(k, path): _normalize(v, f"{path}/{k}", level + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_normalize(v, f"{path}/{i}", level + 1) for i, v in enumerate(value)]
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return from_python(value)
    if isinstance(value, str):
        return _text(str.__str__(value), path)
    if isinstance(value, int | float | Decimal):
        return _number(value, path)
    raise _stranger(value, path)


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise ValueError(f"Expected text as keys, but {path or '/'} has the key {key!r}.")
    return _text(str.__str__(key), path)


def _text(text: str, path: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError(f"Expected text, but {path or '/'} has half a character.") from None
    return text


def _number(value: Any, path: str) -> Decimal:
    if type(value) is not Decimal:
        if isinstance(value, int) and value.bit_length() > 2_000:
            raise ValueError(
                f"Expected a number below 1e{MAX_EXPONENT}, but {path or '/'} is larger."
            )
        value = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not value.is_finite():
        raise _stranger(value, path)
    if value and not MIN_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        raise ValueError(f"Expected a number below 1e{MAX_EXPONENT}, but {path or '/'} is {value}.")
    digits = value.as_tuple()
    if len(digits.digits) > NUMBERS.prec:
        return NUMBERS.plus(value)
    if isinstance(digits.exponent, int) and abs(digits.exponent) > 2 * -MIN_EXPONENT:
        return Decimal(0)
    return Decimal(value) if type(value) is not Decimal else value


def _stranger(value: Any, path: str) -> ValueError:
    return ValueError(
        f"Expected a FEEL value, but {path or '/'} is {type(value).__name__} {value!r:.60}."
    )


# ----- JSON


def to_json(value: Any) -> str:
    """Write a value as exact canonical JSON: `{"t":{pointer: type},"v":plain}`, `t` if needed.

    Keys are sorted by code point, numbers are their exact decimal text, temporal values their ISO
    text with the type outside, so that no key of the value itself is ever interpreted.
    Raises ValueError for functions and whatever is no FEEL value.
    """
    return _taken(value)[1].decode()


def _taken(value: Any, path: str = "") -> tuple[Any, bytes]:
    """Give a value as FEEL has it, and its JSON; raises ValueError.

    What is large and usual comes back unread: what it is can be made of its text, and mostly
    nobody asks.
    """
    if type(value) is Kept:
        return value.value, value.text
    text = at_once(value)
    if text is not None:
        return _UNREAD, text
    odd: list[Any] = []
    try:
        value = _usual(value, 0, odd, set())
    except _Unusual:
        value = _normalize(value, path, 0)
        odd.append(value)
    if odd:
        return value, written(value).encode()
    return value, b'{"v":%b}' % ENCODER.encode(value)


# ----- a value with its JSON


_UNREAD: Any = object()


class Kept:
    """A value and its JSON text: what is asked for is made of the other, and only then.

    It stands for the value wherever nobody looks into it, so that reading a case, moving it and
    writing it again costs nothing for what no expression names.  Never changes.

    size -- bytes of the text; digest -- its SHA-256 once it is stored apart, else empty
    """

    __slots__ = ("_fetch", "_text", "_value", "digest", "size")

    def __init__(
        self,
        text: bytes,
        *,
        value: Any = _UNREAD,
        size: int = 0,
        digest: str = "",
        fetch: Callable[[], bytes] | None = None,
    ) -> None:
        self._text = text
        self._value = value
        self._fetch = fetch
        self.size = size or len(text)
        self.digest = digest

    @classmethod
    def of(cls, value: Any, path: str = "") -> Kept:
        """Take a value in, copying it; raises ValueError for what is no FEEL value."""
        if type(value) is Kept:
            return value
        value, text = _taken(value, path)
        return cls(text, value=value)

    @classmethod
    def elsewhere(cls, digest: str, size: int, fetch: Callable[[], bytes]) -> Kept:
        """Stand for a text that is stored apart, to be fetched when somebody needs it."""
        return cls(b"", size=size, digest=digest, fetch=fetch)

    @classmethod
    def row(cls, parts: Iterable[Kept | None]) -> Kept:
        """Make a list of kept values, None being null, without reading them."""
        parts = list(parts)
        texts = [_NULL if part is None else part.text for part in parts]
        if all(text.startswith(_PLAIN) for text in texts):
            return cls(b'{"v":[%b]}' % b",".join(text[5:-1] for text in texts))
        return cls.of([None if part is None else part.value for part in parts])

    @property
    def text(self) -> bytes:
        """Give the exact JSON, as `to_json` writes it."""
        if not self._text and self._fetch is not None:
            self._text = self._fetch()
        return self._text

    @property
    def value(self) -> Any:
        """Give the FEEL value; whoever gets it must not change it."""
        if self._value is _UNREAD:
            self._value = from_json(self.text)
        return self._value

    @property
    def is_read(self) -> bool:
        """Tell whether the value is there already."""
        return self._value is not _UNREAD

    def part(self, members: frozenset[str]) -> Any:
        """Give the value, of a context or of contexts in a list only these members."""
        shape = self.text[5:6]
        reader = _MEMBERS if shape == b"{" else _ROWS if shape == b"[" else None
        if reader is None or not self.text.startswith(_PLAIN):
            return self.value
        try:
            found: Any = reader.decode(self.text).v
        except msgspec.ValidationError:  # another shape inside
            return self.value
        if shape == b"{":
            return _chosen(found, members)
        return [_chosen(row, members) for row in found]

    def says(self, other: Kept) -> bool:
        """Tell whether the texts are the same; where both are stored apart, neither is read."""
        if self.digest and other.digest:
            return self.digest == other.digest
        return self.size == other.size and self.text == other.text

    @property
    def is_null(self) -> bool:
        """Tell whether the value is null."""
        return self.size == len(_NULL) and self.text == _NULL

    def __repr__(self) -> str:
        return f"Kept({self.size} bytes)"


class _OfMembers(msgspec.Struct):
    v: dict[str, msgspec.Raw]


class _OfRows(msgspec.Struct):
    v: list[dict[str, msgspec.Raw]]


_MEMBERS = msgspec.json.Decoder(_OfMembers)
_ROWS = msgspec.json.Decoder(_OfRows)


def _chosen(context: dict[str, msgspec.Raw], members: frozenset[str]) -> dict[str, Any]:
    return {name: loads(bytes(context[name])) for name in members if name in context}


_PLAIN = b'{"v":'
_NULL = b'{"v":null}'
