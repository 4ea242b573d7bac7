"""The one text form of an event: what is hashed is what is stored."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.feel.values import to_json


def canonical(value: Any) -> str:
    """Write JSON with sorted keys, no spaces, decimals as their exact text and moments as ISO 8601.

    >>> canonical({"b": Decimal("1.50"), "a": [True, None]})
    '{"a":[true,null],"b":1.50}'
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case int() | Decimal():
            return str(value)
        case datetime() | date():
            return json.dumps(value.isoformat())
        case dict():
            pairs = (f"{canonical(str(k))}:{canonical(v)}" for k, v in sorted(value.items()))
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(canonical, value)) + "]"
        case _:
            return to_json(value)
