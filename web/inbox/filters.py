"""What the address of the inbox asks for: which list, narrowed to what, from where on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from werkzeug.datastructures import MultiDict

TABS = ("mine", "groups", "taken", "waiting", "done")
_LONGEST = 120


@dataclass(frozen=True)
class Filters:
    """What is asked for; anything unknown counts as not asked."""

    tab: str = TABS[0]
    q: str = ""
    process: str = ""
    period: str = ""
    unit: str = ""
    late: str = ""
    after: str = ""

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> Filters:
        """Read an address, or the fields of a form."""

        def asked(name: str) -> str:
            return values.get(name, "").strip().replace("\0", "")[:_LONGEST]

        tab = asked("tab")
        return cls(
            tab=tab if tab in TABS else TABS[0],
            q=asked("q"),
            process=asked("process"),
            period=asked("period"),
            unit=asked("unit"),
            late="1" if asked("late") == "1" else "",
            after=asked("after"),
        )

    @property
    def narrowed(self) -> bool:
        """Tell whether anything is left out of the list."""
        return bool(self.q or self.process or self.period or self.unit or self.late)

    @property
    def wanted(self) -> dict[str, Any]:
        """Give what the queries are narrowed with."""
        return {
            "text": self.q,
            "process": self.process or None,
            "period": self.period or None,
            "unit": self.unit or None,
        }

    @property
    def query(self) -> str:
        """Write the list, without the place in it, as the part after the question mark."""
        return urlencode(self._said())

    def _said(self) -> dict[str, str]:
        names = ("tab", "q", "process", "period", "unit", "late", "after")
        values = {name: getattr(self, name) for name in names if name != "after"}
        if values["tab"] == TABS[0]:
            values["tab"] = ""
        return {name: value for name, value in values.items() if value}

    def url(self, **changes: str) -> str:
        """Give the address of this list with some filters changed; the page starts anew."""
        asked = replace(self, after="", **{k: v for k, v in changes.items() if k != "after"})
        said: dict[str, Any] = {**asked._said()}
        if changes.get("after"):
            said["after"] = changes["after"]
        return url_for("inbox.index", **said)


def of_request() -> Filters:
    """Give what this request asks for."""
    return Filters.read(request.args)


def periods(asked: str, today: date) -> list[str]:
    """List the periods that a list may be narrowed to, the newest first: a year and more back.

    What the address asks for stands there, too, whatever it is.
    """
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(13)]
    quarters = sorted({f"{year}Q{month // 3 + 1}" for year, month in months}, reverse=True)
    known = [
        str(today.year),
        str(today.year - 1),
        *quarters,
        *(f"{year}-{month + 1:02}" for year, month in months),
    ]
    return known if not asked or asked in known else [asked, *known]
