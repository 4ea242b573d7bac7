"""Lines of a CSV file of career records -> rows, and what is wrong in which line: pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

PREDICATES = ("SB", "B", "BP", "K", "SK")
# Of education, the lowest first (DT11).
LEVELS = (
    *("SD", "SLTP", "SLTP_KEJURUAN", "SLTA", "D1", "D2", "SGPLB", "D3"),
    *("D4", "S1", "DOKTER", "APOTEKER", "S2", "S3"),
)
FUNCTIONAL = ("PEMULA", "TERAMPIL", "MAHIR", "PENYELIA", "PERTAMA", "MUDA", "MADYA", "UTAMA")
QUALIFICATIONS = (
    *("SERVICE_EXAM_1", "SERVICE_EXAM_2", "DIPLOMA_EXAM"),
    *("COMPETENCE_TEST", "VACANCY", "EXCEPTIONAL_DECREE"),
)
RESULTS = ("PASSED", "EXEMPT", "FAILED")
SANCTIONS = ("LIGHT", "MEDIUM", "HEAVY")
LONGEST = 160
_WORDS = {"true": True, "false": False, "ya": True, "tidak": False, "": False}

Read = Callable[[str], Any]


@dataclass(frozen=True)
class Line:
    """A line that can be read: its number in the file, whom it is about, and the row."""

    number: int
    nip: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line."""

    number: int
    column: str
    message: str


def one_of(*allowed: str) -> Read:
    """Read one of some codes."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"Expected one of {', '.join(allowed)}, but it is {text!r}.")
        return text

    return read


def words(text: str) -> str:
    """Read a text that must be there."""
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"Expected a text of 1 to {LONGEST} letters.")
    return text


def day(text: str) -> date:
    """Read a day such as 2026-02-10."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"Expected a day such as 2026-02-10, but it is {text!r}.") from None


def year(text: str) -> int:
    """Read a year."""
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(f"Expected a year, but it is {text!r}.")
    return int(text)


def amount(text: str) -> Decimal:
    """Read a number of 0 or more with a decimal point."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 10_000:
        raise ValueError(f"Expected a number such as 12.5, but it is {text!r}.")
    return number


def yes(text: str) -> bool:
    """Read true or false; nothing is false."""
    if text.lower() not in _WORDS:
        raise ValueError(f"Expected true or false, but it is {text!r}.")
    return _WORDS[text.lower()]


_SPAN: Mapping[str, Read] = {"valid_from": day, "valid_to": day}
# The columns of each kind of file, beside `nip`.
COLUMNS: Mapping[str, Mapping[str, Read]] = {
    "annual_predicate": {"year": year, "predicate": one_of(*PREDICATES), "objected": yes},
    "education": {"level": one_of(*LEVELS), "institution": words, "graduated_on": day},
    "qualification": {
        "kind": one_of(*QUALIFICATIONS),
        "result": one_of(*RESULTS),
        "number": words,
        "held_on": day,
    },
    "functional_credit": {
        "level": one_of(*FUNCTIONAL),
        "credit": amount,
        "decree": words,
        **_SPAN,
    },
    "career_break": {"decree": words, **_SPAN},
    "sanction": {"level": one_of(*SANCTIONS), "measure": words, "decree": words, **_SPAN},
}


def read(kind: str, text: str) -> tuple[list[Line], list[Fault]]:
    """Read a file of a kind; the first line names the columns, in any order."""
    columns = COLUMNS[kind]
    found = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    wanted = {"nip", *columns}
    missing = sorted(wanted - set(found.fieldnames or ()))
    if missing:
        return [], [Fault(1, missing[0], f"Expected the columns {', '.join(sorted(wanted))}.")]
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, entry in enumerate(found, start=2):
        row, wrong = _row(number, entry, columns)
        faults += wrong
        lines.append(Line(number, (entry["nip"] or "").strip(), row))
    return lines, faults


def _row(
    number: int, entry: Mapping[str, str | None], columns: Mapping[str, Read]
) -> tuple[dict[str, Any], list[Fault]]:
    row: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, reader in columns.items():
        try:
            row[name] = reader((entry[name] or "").strip())
        except ValueError as error:
            faults.append(Fault(number, name, str(error)))
    if not faults and row.get("valid_to", date.max) < row.get("valid_from", date.min):
        faults.append(Fault(number, "valid_to", "Expected the last day after the first."))
    return row, faults
