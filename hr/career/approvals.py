"""Lines of a CSV file of technical approvals, and what is wrong in which: pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_LINES = 200
_NAMES = {
    "nip": "nip",
    "number": "number",
    "nomor": "number",
    "date": "date",
    "tanggal": "date",
}
_WANTED = frozenset(_NAMES.values())
_NIP = re.compile(r"[0-9]{18}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_NUMBER = range(3, 81)  # letters, as the form of the task asks for


class Wrong(StrEnum):
    """What may be wrong in a line, or (in line 1) with the file."""

    NOT_CSV = "NOT_CSV"
    NO_COLUMNS = "NO_COLUMNS"
    NO_LINES = "NO_LINES"
    TOO_MANY = "TOO_MANY"
    NIP = "NIP"
    NUMBER = "NUMBER"
    DATE = "DATE"
    TWICE = "TWICE"


@dataclass(frozen=True)
class Line:
    """A technical approval: whose, its number and its date."""

    place: int
    nip: str
    number: str
    approved_on: date


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line, and what stands there."""

    place: int
    wrong: Wrong
    text: str = ""


def read(text: str) -> tuple[list[Line], list[Fault]]:
    """Read a file with the columns nip, number, date in any order, by comma or semicolon.

    Whoever stands in two lines is wrong in the second; blank lines are passed over.
    """
    try:
        entries = list(_entries(text))
    except csv.Error:
        return [], [Fault(1, Wrong.NOT_CSV)]
    if not entries:
        return [], [Fault(1, Wrong.NO_COLUMNS)]
    (_, heads), *rest = entries
    names = [_NAMES.get(head.lower(), "") for head in heads]
    if not set(names) >= _WANTED or len([each for each in names if each]) > len(_WANTED):
        return [], [Fault(1, Wrong.NO_COLUMNS)]
    if not rest:
        return [], [Fault(1, Wrong.NO_LINES)]
    if len(rest) > MOST_LINES:
        return [], [Fault(1, Wrong.TOO_MANY, str(len(rest)))]
    return _read(names, rest)


def _entries(text: str) -> Iterator[tuple[int, list[str]]]:
    if "\0" in text:
        raise csv.Error("Expected a text, but there is a NUL in it.")
    text = text.removeprefix("\ufeff")
    head = text.lstrip().partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    for row in rows:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield rows.line_num, cells


def _read(names: list[str], rest: list[tuple[int, list[str]]]) -> tuple[list[Line], list[Fault]]:
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, cells in rest:
        row = dict(zip(names, cells, strict=False))
        nip = row.get("nip", "").removeprefix("'").replace(" ", "")
        number, day = row.get("number", ""), row.get("date", "")
        approved_on = _day(day)
        wrong = []
        if not _NIP.fullmatch(nip):
            wrong.append(Fault(place, Wrong.NIP, nip[:40]))
        elif nip in seen:
            wrong.append(Fault(place, Wrong.TWICE, nip))
        if len(number) not in _NUMBER:
            wrong.append(Fault(place, Wrong.NUMBER, number[:40]))
        if approved_on is None:
            wrong.append(Fault(place, Wrong.DATE, day[:40]))
        seen.add(nip)
        faults += wrong
        if not wrong and approved_on is not None:
            lines.append(Line(place, nip, number, approved_on))
    return lines, faults


def _day(text: str) -> date | None:
    """Read a day as 2026-07-01 or as people here write it: 1/7/2026."""
    iso, local = _ISO.fullmatch(text), _LOCAL.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        return date(int(local[3]), int(local[2]), int(local[1])) if local else None
    except ValueError:
        return None
