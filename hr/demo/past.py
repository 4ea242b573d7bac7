"""Two past years of the synthetic city: attendance, leave, learning, what units were measured by.

Each person draws from a source of his own, so that nothing else in the city depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hr.demo.structure import Structure
from hr.demo.traits import traits
from hr.statements import Row

YEARS = (2024, 2025)
_WORKING_DAYS = (21, 19, 20, 20, 20, 19, 22, 21, 21, 22, 20, 20)
_COURSES = (
    ("Pelayanan prima", 16),
    ("Pengelolaan arsip digital", 8),
    ("Penyusunan laporan kinerja", 12),
    ("Keamanan informasi dasar", 6),
    ("Komunikasi publik", 10),
)


def attendance(person_id: int) -> Iterator[Row]:
    """Give a person's 24 months: some days late, hardly any absent, leave mostly in December."""
    random = Random(f"past attendance {person_id}")
    often_late = random.random() < 0.08
    for year in YEARS:
        for month, days in enumerate(_WORKING_DAYS, start=1):
            leave = min(days, random.choice((0, 0, 0, 1, 1, 2)) + (month == 12) * 2)
            absent = int(random.random() < 0.03)
            present = days - leave - absent
            yield {
                "person_id": person_id,
                "month": date(year, month, 1),
                "working_days": days,
                "present_days": present,
                "late_days": min(present, random.choice((2, 3, 5) if often_late else (0, 0, 1, 2))),
                "early_days": random.choice((0, 0, 0, 1)),
                "absent_days": absent,
                "leave_days": leave,
            }


def leaves(person_id: int) -> Iterator[Row]:
    """Give the leave and travel of a person in both years, none of it overlapping."""
    random = Random(f"past leave {person_id}")
    for year in YEARS:
        for month in sorted(random.sample(range(1, 13), 2)):
            start = date(year, month, random.randint(1, 20))
            length = random.randint(1, 4)
            yield {
                "person_id": person_id,
                "kind": random.choice(("ANNUAL", "ANNUAL", "TRAVEL", "SICK")),
                "valid_from": start,
                "valid_to": start + timedelta(days=length),
            }


def learning(person_id: int) -> Iterator[Row]:
    """Give what a person learned in both years: some reach 20 hours a year, most do not."""
    random = Random(f"past learning {person_id}")
    for year in YEARS:
        for title, hours in random.sample(_COURSES, random.choice((0, 1, 1, 2))):
            yield {
                "person_id": person_id,
                "competence": "",
                "title": title,
                "learning_hours": hours,
                "completed_on": date(year, random.randint(2, 11), 15),
            }


def services(structure: Structure) -> Iterator[tuple[Row, Row | None]]:
    """Give facts and indicator of each office and past quarter; one unit misses its target."""
    slow = traits(structure).slow_unit
    public = {seat.office.name: seat.office.public for seat in structure.seats}
    for unit in (unit for unit in structure.units if unit["parent_id"] is None):
        serves = public.get(unit["name"], False)
        random = Random(f"past service {unit['id']}")
        for year in YEARS:
            for quarter in range(1, 5):
                yield facts_of(unit["id"], f"{year}Q{quarter}", serves, unit["id"] == slow, random)


def facts_of(
    unit_id: int, period: str, serves: bool, slow: bool, random: Random
) -> tuple[Row, Row | None]:
    """Give a unit's facts of a quarter, and its indicator where it serves the public."""
    complaints = random.randint(20, 40) if slow else random.randint(0, 15)
    facts: dict[str, Any] = {
        "unit_id": unit_id,
        "period": period,
        "public_facing": serves,
        "skm_index": Decimal(random.randint(7000, 7600) if slow else random.randint(7700, 9100))
        / 100
        if serves
        else None,
        "skm_responses": random.randint(60, 400) if serves else 0,
        "complaints": complaints,
        "complaints_upheld": complaints // 4,
    }
    if not serves:
        return facts, None
    area = {
        "unit_id": unit_id,
        "period": period,
        "indicator": "Waktu tunggu",
        "measure": "menit",
        "direction": "LOWER",
        "target": Decimal(20),
        "actual": Decimal(random.randint(24, 38) if slow else random.randint(11, 20)),
    }
    return facts, area
