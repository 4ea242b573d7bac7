"""Pages of a long list: a key to go on from, instead of a number to count to."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from engine.errors import NotFound

Row = TypeVar("Row")
_LARGEST_ID = 2**53


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list; `next` continues it and is None at the end."""

    rows: tuple[Row, ...]
    next: str | None


def cut(rows: Sequence[Any], limit: int, key: Any) -> tuple[Sequence[Any], str | None]:
    """Cut limit + 1 rows to a page, and give the key of its last row where there are more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_key(*key(rows[limit - 1]))


def write_key(*values: Any) -> str:
    """Write the place in a list as an opaque word for a URL."""
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_key(text: str, kinds: Sequence[type]) -> list[Any]:
    """Read what `write_key` wrote; raise NotFound where somebody changed it."""
    try:
        padded = text + "=" * (-len(text) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode()))
        read = [
            datetime.fromisoformat(v) if k is datetime else k(v)
            for k, v in zip(kinds, values, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error) as error:
        raise NotFound("Expected a place in the list, but the link is damaged.") from error
    if any(_is_nowhere(v) for v in read):
        raise NotFound("Expected a place in the list, but the link is damaged.")
    return read


def _is_nowhere(value: Any) -> bool:
    """Tell a value that no row has and that a database may refuse to compare."""
    if isinstance(value, datetime):
        return value.tzinfo is None
    return isinstance(value, int) and abs(value) > _LARGEST_ID


def pattern(text: str) -> str:
    """Give the LIKE pattern of a search text, its wildcards taken literally (escape: backslash)."""
    literal = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"
