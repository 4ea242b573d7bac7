"""The exact canonical JSON of FEEL values: written from normal ones, and read again."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from engine.feel import iso
from engine.feel.ranges import Range
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration

_TAGS: dict[type, str] = {
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTimeDuration: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    Range: "range",
}
_READERS = {
    "date": iso.parse_date,
    "time": iso.parse_time,
    "date and time": iso.parse_date_time,
    "days and time duration": iso.parse_duration,
    "years and months duration": iso.parse_duration,
}


def written(value: Any) -> str:
    """Write a normal value of any kind, as `values.to_json` says."""
    types: dict[str, str] = {}
    parts: list[str] = []
    _write(value, "", parts, types)
    plain = "".join(parts)
    if not types:
        return f'{{"v":{plain}}}'
    tags = ",".join(f"{encode_basestring(k)}:{encode_basestring(types[k])}" for k in sorted(types))
    return f'{{"t":{{{tags}}},"v":{plain}}}'


def _write(value: Any, pointer: str, parts: list[str], types: dict[str, str]) -> None:
    kind = type(value)
    if kind is str:
        parts.append(encode_basestring(value))
    elif kind is Decimal:
        parts.append(str(value))
    elif value is None or kind is bool:
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif kind is dict:
        _write_context(value, pointer, parts, types)
    elif kind is list:
        separator = "["
        for index, item in enumerate(value):
            parts.append(separator)
            _write(item, f"{pointer}/{index}", parts, types)
            separator = ","
        parts.append("]" if value else "[]")
    elif kind is Range:
        types[pointer] = "range"
        fields = {
            "end": value.end,
            "end_included": value.end_included,
            "form": value.form,
            "start": value.start,
            "start_included": value.start_included,
        }
        _write_context(fields, pointer, parts, types)
    elif kind in _TAGS:
        types[pointer] = _TAGS[kind]
        parts.append(encode_basestring(str(value)))
    else:
        raise ValueError(
            f"Expected a value that can be stored, but {pointer or '/'} is a {kind.__name__}."
        )


def _write_context(
    value: dict[str, Any], pointer: str, parts: list[str], types: dict[str, str]
) -> None:
    separator = "{"
    for key in sorted(value):
        parts.append(f"{separator}{encode_basestring(key)}:")
        _write(value[key], f"{pointer}/{_escape(key)}", parts, types)
        separator = ","
    parts.append("}" if value else "{}")


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def from_json(text: str | bytes) -> Any:
    """Read what `written` wrote; raises ValueError for anything else."""
    try:
        outer = loads(text)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(f"Expected JSON as to_json writes it, but: {error}") from error
    if type(outer) is not dict or "v" not in outer or outer.keys() - {"v", "t"}:
        raise ValueError(
            'Expected JSON as to_json writes it, but there is no {"v": ...} around it.'
        )
    types = outer.get("t")
    if types is None:
        return outer["v"]
    if type(types) is not dict:
        raise ValueError("Expected types by pointer, but `t` is none.")
    # a range is rebuilt after what lies inside it
    for pointer in sorted(types, key=lambda p: -p.count("/")):
        _restore(outer, pointer, types[pointer])
    return outer["v"]


def _constant(name: str) -> Any:
    raise ValueError(f"Expected numbers, but got {name}.")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=_constant)


def loads(text: str | bytes) -> Any:
    """Read JSON with exact numbers; raises ValueError."""
    return _DECODER.decode(text.decode() if isinstance(text, bytes) else text)


def _restore(outer: dict[str, Any], pointer: str, tag: str) -> None:
    holder: Any = outer
    key: Any = "v"
    try:
        for part in pointer.split("/")[1:]:
            holder = holder[key]
            key = part.replace("~1", "/").replace("~0", "~")
            if type(holder) is list:
                key = int(key)
        plain = holder[key]
        read = Range(**plain) if tag == "range" else _READERS[tag](plain)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"Expected a {tag} at {pointer or '/'}, but there is none.") from error
    if read is None:
        raise ValueError(f"Expected a {tag} at {pointer or '/'}, but got {plain!r}.")
    holder[key] = read
