"""Indonesian holidays from the `holidays` library, and Ramadan reckoned from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import holidays

from hr.calendar.rules import RAMADAN

NATIONAL, JOINT = "NATIONAL", "JOINT"
_ESTIMATED = " (perkiraan)"  # how the library marks what depends on the moon and is not decreed
_FIRST_OF_SYAWAL = "Hari Raya Idul Fitri"
_DAY = timedelta(days=1)


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


def fasting_months(years: Iterable[int]) -> list[dict[str, Any]]:
    """Reckon Ramadan of these years: the thirty days before the first of Syawal.

    Some years it has 29 days, and each year's circular on office hours names the days: so all are
    estimates, which the agency confirms or moves.
    """
    found = holidays.country_holidays("ID", years=tuple(years), language="id")
    return [
        {
            "first_day": day - 30 * _DAY,
            "last_day": day - _DAY,
            "name": "Ramadan",
            "opens": RAMADAN.opens,
            "closes": RAMADAN.closes,
            "closes_on_friday": RAMADAN.closes_on_friday,
            "estimated": True,
        }
        for day, name in sorted(found.items())
        if name.removesuffix(_ESTIMATED) == _FIRST_OF_SYAWAL
    ]


def _row(day: date, name: str, kind: str) -> dict[str, Any]:
    plain = name.removesuffix(_ESTIMATED)
    return {"day": day, "name": plain, "kind": kind, "estimated": plain != name}
