"""The one text form of an event: what is hashed is what is stored."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from engine.feel.values import to_json


def canonical(value: Any) -> str:
    """Write JSON with sorted keys, no spaces, decimals as their exact text and moments as ISO 8601.

    >>> canonical({"b": Decimal("1.50"), "a": [True, None]})
    '{"a":[true,null],"b":1.50}'
    """
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if kind is dict:
        pairs = [f"{encode_basestring(str(k))}:{canonical(value[k])}" for k in sorted(value)]
        return "{" + ",".join(pairs) + "}"
    if kind is tuple or kind is list:
        return "[" + ",".join([canonical(item) for item in value]) + "]"
    if kind is int or kind is Decimal:
        return str(value)
    return _less_usual(value)


def _less_usual(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return encode_basestring(str(value))
        case int() | Decimal():
            return str(value)
        case datetime() | date():
            return encode_basestring(value.isoformat())
        case dict():
            return canonical(dict(value))
        case list() | tuple():
            return canonical(list(value))
        case _:
            return to_json(value)
