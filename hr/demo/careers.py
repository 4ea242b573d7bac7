"""What the fixture cast's careers rest on: one of them for every code of DT10."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from hr.career import rules
from hr.records.tables import (
    AnnualPredicate,
    CareerBreak,
    FunctionalCredit,
    Qualification,
    Sanction,
)
from hr.statements import add

# Angka kredit since 2022, and its level.
_CREDIT: Mapping[str, tuple[str, str]] = {
    "EMP": ("PERTAMA", "104.00"),
    "PEER1": ("PERTAMA", "20.00"),
    "PEER2": ("PERTAMA", "61.00"),
    "PEER3": ("MUDA", "112.50"),
    "PEER4": ("PERTAMA", "58.00"),
    "PEER5": ("PERTAMA", "120.00"),
    "TRN": ("MUDA", "104.00"),
    "HRC2": ("MUDA", "104.00"),
    "STRANGER": ("PERTAMA", "55.00"),
}
_PREDICATES: Mapping[str, tuple[str | None, str | None]] = {  # of 2024 and 2025
    "PEER2": ("B", "BP"),
    "PEER4": (None, "B"),
}


def install_careers(connection: Connection, cast: Mapping[str, int]) -> None:
    """Write credit, predicates, exams, a sanction and a leave without pay of the cast.

    On 1 September 2026 EMP, PEER3 and HRO are eligible; PEER1 lacks credit (E06), PEER2 a
    predicate (E02), PEER4 a record (E07), PEER5 the competence test (E05), RTR has reached the top
    of his post (E03), TRN is sanctioned (E04), STRANGER on leave (E08), HRC2 objects (E09).
    """
    span = {"valid_from": date(2022, 1, 1), "valid_to": date(2025, 12, 31)}
    add(
        connection,
        FunctionalCredit,
        (
            {"person_id": cast[who], "level": level, "credit": Decimal(credit), **span}
            | {"decree": f"PAK/{cast[who]:03d}/2026"}
            for who, (level, credit) in _CREDIT.items()
        ),
    )
    add(
        connection,
        AnnualPredicate,
        (
            {"person_id": number, "year": year, "predicate": predicate}
            | {"objected": (who, year) == ("HRC2", 2025)}
            for who, number in cast.items()
            for year, predicate in zip((2024, 2025), _PREDICATES.get(who, ("B", "B")), strict=True)
            if predicate is not None
        ),
    )
    add(
        connection,
        Qualification,
        (
            {"person_id": cast["EMP"], "kind": kind, "result": rules.PASSED}
            | {"number": f"{kind}/01/2026", "held_on": date(2026, 2, 10)}
            for kind in (rules.COMPETENCE, rules.VACANCY)
        ),
    )
    measure = {"measure": "Penundaan kenaikan gaji berkala", "decree": "SK 007/HD/2026"}
    days = {"valid_from": date(2026, 3, 2), "valid_to": date(2027, 3, 1)}
    add(connection, Sanction, [{"person_id": cast["TRN"], "level": "MEDIUM", **measure, **days}])
    away = {"valid_from": date(2026, 8, 1), "valid_to": date(2027, 7, 31)}
    leave = {"person_id": cast["STRANGER"], "decree": "SK 011/CLTN/2026", **away}
    add(connection, CareerBreak, [leave])
