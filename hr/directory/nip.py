"""The 18-digit civil-service number (NIP): its rules (domain.md §2.4), and synthetic ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

DIGITS = re.compile(r"\d{18}")
MALE, FEMALE = "M", "F"
SEXES: Mapping[str, str] = {"1": MALE, "2": FEMALE}
YOUNGEST, OLDEST = 18, 35
PPPK_CODE = "21"
SYNTHETIC_FROM = 900  # real sequences start at 001 and never come this far


def problems(
    nip: str, *, kind: str = "PNS", born_on: date | None = None, sex: str | None = None
) -> list[str]:
    """List what is wrong with a NIP, as stable codes; empty when it is right.

    `TOO_OLD` (over 35 when the service began) is a warning only: see `is_valid`.
    """
    if not DIGITS.fullmatch(nip):
        return ["NOT_18_DIGITS"]
    found = []
    birth = _birth(nip)
    if birth is None:
        found.append("NO_BIRTH_DATE")
    elif born_on not in (None, birth):
        found.append("OTHER_BIRTH_DATE")
    if SEXES.get(nip[14]) is None:
        found.append("NO_SEX")
    elif sex not in (None, SEXES[nip[14]]):
        found.append("OTHER_SEX")
    if nip[15:] == "000":
        found.append("NO_SEQUENCE")
    return found + (_start_problems(nip, birth) if kind == "PNS" else _contract_problems(nip))


def is_valid(nip: str, *, kind: str = "PNS") -> bool:
    """Tell whether a NIP may be stored; warnings do not hinder."""
    return not [problem for problem in problems(nip, kind=kind) if problem != "TOO_OLD"]


def synthetic(
    born_on: date, started_on: date, sex: str, sequence: int, *, kind: str = "PNS"
) -> str:
    """Make a NIP that passes every rule and that nobody can have: sequence 900-999."""
    if not SYNTHETIC_FROM <= sequence <= 999:
        raise ValueError(f"Expected a synthetic sequence of 900-999, but got {sequence}.")
    month = f"{started_on:%m}" if kind == "PNS" else PPPK_CODE
    return f"{born_on:%Y%m%d}{started_on:%Y}{month}{'1' if sex == MALE else '2'}{sequence:03d}"


def _birth(nip: str) -> date | None:
    try:
        return date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    except ValueError:
        return None


def _start_problems(nip: str, birth: date | None) -> list[str]:
    year, month = int(nip[8:12]), int(nip[12:14])
    if not 1 <= month <= 12:
        return ["NO_START_MONTH"]
    if birth is None:
        return []
    age = year - birth.year - (month < birth.month)
    if age < YOUNGEST:
        return ["TOO_YOUNG"]
    return ["TOO_OLD"] if age > OLDEST else []


def _contract_problems(nip: str) -> list[str]:
    return [] if nip[12:14] == PPPK_CODE else ["NO_CONTRACT_CODE"]
