"""Indonesian holidays from the `holidays` library, national days and joint leave (cuti bersama)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import holidays

NATIONAL, JOINT = "NATIONAL", "JOINT"


def national_holidays(years: Iterable[int]) -> list[dict[str, Any]]:
    """List what the library knows of these years, with Indonesian names.

    Joint leave is known once it is decreed, so later years hold national days only: the agency
    adds the rest by hand.
    """
    years = tuple(years)
    public = holidays.country_holidays("ID", years=years, language="id")
    both = holidays.country_holidays(
        "ID", years=years, language="id", categories=("public", "government")
    )
    return [
        _row(day, name, NATIONAL if day in public else JOINT) for day, name in sorted(both.items())
    ]


def _row(day: date, name: str, kind: str) -> dict[str, Any]:
    return {"day": day, "name": name, "kind": kind}
