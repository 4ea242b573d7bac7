"""What the address of a search asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from engine.queries import search
from engine.queries.search import Wanted
from hr.directory import queries as directory
from web.language import gettext
from web.site import engine, now, site

NAMES = (
    "what", "by", "not_by", "for", "about", "process", "version", "period", "unit", "step", "from",
    "to",
)  # fmt: skip
_LONGEST = 120
_PERSONS = {"by": "person_id", "not_by": "not_by", "for": "on_behalf_of", "about": "subject_id"}


@dataclass(frozen=True)
class Asked:
    """The fields of a search as they were typed, and where in the list the page begins."""

    fields: Mapping[str, str] = field(default_factory=dict)
    after: str = ""

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> Asked:
        """Read an address."""

        def one(name: str) -> str:
            return values.get(name, "").strip().replace("\0", "")[:_LONGEST]

        return cls({name: one(name) for name in NAMES if one(name)}, one("after"))

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def narrowed(self) -> tuple[str, ...]:
        """Name the fields beyond the first three that are filled in."""
        return tuple(name for name in self.fields if name not in ("what", "by", "about"))

    @property
    def query(self) -> str:
        """Write the search, without the place in it, as the part after the question mark."""
        return urlencode(dict(self.fields))

    def wanted(self) -> tuple[Wanted, list[str]]:
        """Give what is searched for, and in words what could not be understood."""
        problems: list[str] = []
        known = self["what"] in search.NAMED
        wanted = search.named(self["what"]) if known else Wanted()
        if self["what"] and not known:
            problems.append(gettext("Pilih salah satu jenis kejadian."))
        changed: dict[str, Any] = {
            "process_key": self["process"],
            "period": self["period"],
            "path_prefix": self["unit"],
            "element_id": self["step"],
        }
        for name, column in _PERSONS.items():
            if self[name]:
                changed[column] = engine().ask(directory.one_person, self[name], now())
                if changed[column] is None:
                    problems.append(
                        gettext(
                            "Tidak ada satu pegawai dengan nama atau NIP %(said)s.", said=self[name]
                        )
                    )
        if self["version"]:
            number = self["version"]
            changed["version"] = int(number) if number.isascii() and number.isdigit() else None
            if changed["version"] is None or len(number) > 6:
                problems.append(gettext("Versi adalah sebuah angka."))
        for name, column, later in (("from", "since", 0), ("to", "until", 1)):
            if self[name]:
                changed[column] = _day(self[name], later)
                if changed[column] is None:
                    problems.append(gettext("Tanggal ditulis sebagai 2026-07-31."))
        if problems:
            return Wanted(), problems
        found = replace(wanted, **changed)
        if not found.kinds and found.element_id:
            found = replace(found, kinds=("TASK_COMPLETED",))
        if found.of_cases and not found.kinds and not (found.person_id or found.subject_id):
            found = replace(found, kinds=search.NAMED["cases"])
        return found, []


def _day(text: str, later: int) -> datetime | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), site().settings.time_zone)
