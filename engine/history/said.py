"""What the body of an event says: who stands behind it, why, and what is particular.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """The parts of an event's body; `name` is the person's at that time, or the pseudonym."""

    name: str
    post: str
    unit: str
    channel: str
    anonymous: bool
    reason: str
    detail: Mapping[str, Any]


def said(body: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Said:
    """Read a body.

    before -- who stands behind the command, from its first event, where this one does not say
    """
    by = body.get("by") or before or {}
    detail = dict(body.get("detail") or {})
    reason = detail.pop("reason", "")
    return Said(
        name=by.get("name", by.get("as", "")),
        post=by.get("post", ""),
        unit=by.get("unit", ""),
        channel=by.get("channel", ""),
        anonymous="as" in by,
        reason=reason,
        detail=detail,
    )
