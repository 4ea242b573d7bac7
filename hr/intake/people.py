"""What a row of a directory file changes about a person: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hr.columns import FOREVER
from hr.directory import nip as nips
from hr.intake.columns import Entry, born_on, joined_on
from hr.intake.structure import changes
from hr.sheets import Fault
from hr.statements import Row

ADDED, CHANGED, ENDED = "ADDED", "CHANGED", "ENDED"
_DAY = timedelta(days=1)
_FIELDS = {
    "nama": "name",
    "status_asn": "kind",
    "pendidikan": "education",
    "email": "email",
    "telepon": "phone",
    "tanggal_masuk": "joined_on",
    "tanggal_keluar": "left_on",
}


@dataclass
class Change:
    """What is to be done about one person.

    row -- the person's own columns that are new or differ; ends -- spans that end, by number
    old, new -- the same in words, for whoever looks and for the history
    """

    number: int
    nip: str
    name: str
    how: str
    person_id: int | None = None
    row: Row = field(default_factory=dict)
    rank_ends: dict[int, date] = field(default_factory=dict)
    holding_ends: dict[int, date] = field(default_factory=dict)
    rank: Row | None = None
    holding: Row | None = None
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)


def compare(
    entry: Entry,
    day: date,
    known: Row | None,
    ranks: Sequence[Row],
    holdings: Sequence[Row],
    post_id: int | None,
) -> tuple[Change | None, list[Fault]]:
    """Give what a row changes from a day on, None where nothing, and what cannot be.

    known -- the person as he is; post_id -- the post of the row: None for none, negative for a post
    that is yet to be made
    """
    values = entry.values
    if known is None:
        change = Change(entry.number, entry.nip, entry.name, ADDED)
        change.row = _founded(entry)
        change.new = _plain(change.row)
    else:
        said = {name: values[column] for column, name in _FIELDS.items() if column in values}
        old, new = changes(known, said)
        change = Change(entry.number, entry.nip, entry.name, CHANGED, known["id"], new)
        change.old, change.new = _plain(old), _plain(new)
        if "left_on" in new:
            change.how = ENDED
    faults = _rank(entry, day, ranks, change) + _holding(entry, day, holdings, change, post_id)
    left_on = change.row.get("left_on")
    if left_on is not None and left_on != FOREVER:
        later = [row for row in holdings if row["valid_to"] > left_on]
        change.holding_ends |= {row["id"]: left_on for row in later}
        if change.holding is not None:
            change.holding["valid_to"] = left_on
    return (change if change.how == ADDED or change.new else None), faults


def leaving(person: Row, last_day: date) -> Change:
    """Give the change for somebody who is no longer in a file that has everybody."""
    change = Change(0, person["nip"], person["name"], ENDED, person["id"], {"left_on": last_day})
    change.old, change.new = {"left_on": str(FOREVER)}, {"left_on": str(last_day)}
    return change


def _founded(entry: Entry) -> Row:
    values = entry.values
    return {
        "nip": entry.nip,
        "name": entry.name,
        "sex": nips.SEXES[entry.nip[14]],
        "born_on": born_on(entry.nip),
        "kind": entry.kind,
        "education": values.get("pendidikan", ""),
        "email": values.get("email", ""),
        "phone": values.get("telepon", ""),
        "synthetic": int(entry.nip[15:]) >= nips.SYNTHETIC_FROM,
        "joined_on": values.get("tanggal_masuk") or joined_on(entry.nip, entry.kind),
        "left_on": values.get("tanggal_keluar", FOREVER),
    }


def _rank(entry: Entry, day: date, spans: Sequence[Row], change: Change) -> list[Fault]:
    rank = entry.values.get("golongan")
    if rank is None:
        return []
    since = entry.values.get("tmt_golongan") or _begin(entry, day, spans, change)
    running = _on(spans, max(since, day))
    if running is not None and running["rank"] == rank:
        return []
    if running is not None and running["valid_from"] >= since:
        return [Fault(entry.number, "tmt_golongan", "earlier", wanted=str(running["valid_from"]))]
    if running is not None:
        change.rank_ends[running["id"]] = since - _DAY
        change.old["rank"] = running["rank"]
    change.rank = {"rank": rank, "valid_from": since, "valid_to": _until(spans, since)}
    change.new |= {"rank": rank, "rank_since": str(since)}
    return []


def _holding(
    entry: Entry, day: date, spans: Sequence[Row], change: Change, post_id: int | None
) -> list[Fault]:
    if post_id is None or entry.values.get("tanggal_keluar", FOREVER) < day:
        return []
    since = entry.values.get("tmt_jabatan") or _begin(entry, day, spans, change)
    running = _on(spans, max(since, day))
    if running is not None and running["post_id"] == post_id:
        return []
    if running is not None and running["valid_from"] >= since:
        return [Fault(entry.number, "tmt_jabatan", "earlier", wanted=str(running["valid_from"]))]
    if running is not None:
        change.holding_ends[running["id"]] = since - _DAY
        change.old["post_id"] = running["post_id"]
    change.holding = {
        "post_id": post_id,
        "valid_from": since,
        "valid_to": _until(spans, since),
    }
    change.new |= {"post": entry.values.get("jabatan", ""), "post_since": str(since)}
    return []


def _begin(entry: Entry, day: date, spans: Sequence[Row], change: Change) -> date:
    """Give the day from which something holds whose day the file does not have."""
    if change.how == ADDED and not spans:
        joined: date = change.row["joined_on"]
        return min(day, joined)
    return day


def _on(spans: Sequence[Row], day: date) -> Row | None:
    held = [row for row in spans if row["valid_from"] <= day <= row["valid_to"]]
    return held[0] if held else None  # of two posts the one held longer is the main one


def _until(spans: Sequence[Row], since: date) -> date:
    later = [row["valid_from"] for row in spans if row["valid_from"] > since]
    return min(later) - _DAY if later else FOREVER


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if value not in ("", FOREVER)
    }
