"""Competences, courses, sessions and budget of the fixture cast and of the synthetic city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from hr.development.tables import (
    Competence,
    CompetenceLevel,
    CompetenceStandard,
    Course,
    CourseSession,
    TrainingBudget,
)
from hr.statements import add, catch_up

SINCE = date(2022, 1, 1)
YEAR = 2026
SERVICE, PERFORMANCE, COMMUNICATION = "PELAYANAN", "KINERJA", "KOMUNIKASI"
LEADERSHIP, SYSTEM, TALENT = "KEPEMIMPINAN", "SISTEM", "TALENTA"
COMPETENCES: Sequence[tuple[str, str, str]] = (
    (SERVICE, "Pelayanan publik", "SOCIAL"),
    (PERFORMANCE, "Pengelolaan kinerja diri", "MANAGERIAL"),
    (COMMUNICATION, "Komunikasi dan kerja sama", "SOCIAL"),
    (LEADERSHIP, "Kepemimpinan", "MANAGERIAL"),
    (SYSTEM, "Aplikasi dan sistem layanan", "TECHNICAL"),
    (TALENT, "Program talenta", "MANAGERIAL"),
    ("STANDAR", "Standar kompetensi layanan", "TECHNICAL"),
    ("PENGEMBANGAN", "Pengembangan diri", "SOCIAL"),
)
# code, title, competence, level, modality, JP, cost in rupiah
COURSES: Sequence[tuple[str, str, str, int, str, int, int]] = (
    ("PEL-4", "Pelayanan Publik Prima", SERVICE, 4, "INTERNAL", 24, 1_500_000),
    ("KIN-3", "Mengelola Kinerja Diri", PERFORMANCE, 3, "E_LEARNING", 12, 0),
    ("KOM-3", "Komunikasi yang Melayani", COMMUNICATION, 3, "INTERNAL", 16, 900_000),
    ("KEP-2", "Dasar Kepemimpinan", LEADERSHIP, 2, "INTERNAL", 20, 3_000_000),
    ("KEP-3", "Pelatihan Kepemimpinan Pengawas", LEADERSHIP, 3, "UNIVERSITY", 120, 12_000_000),
    ("SIS-2", "Aplikasi Layanan Terpadu", SYSTEM, 2, "INTERNAL", 8, 250_000),
)
# course, begins, ends, place, seats
SESSIONS: Sequence[tuple[int, date, date, str, int]] = (
    (1, date(YEAR, 8, 5), date(YEAR, 8, 7), "Balai Diklat", 20),
    (1, date(YEAR, 9, 9), date(YEAR, 9, 11), "Balai Diklat", 12),
    (2, date(YEAR, 7, 20), date(YEAR, 7, 31), "Daring", 100),
    (3, date(YEAR, 8, 19), date(YEAR, 8, 20), "Aula Badan Kepegawaian", 15),
    (4, date(YEAR, 9, 1), date(YEAR, 9, 3), "Balai Diklat", 5),
    (6, date(YEAR, 7, 27), date(YEAR, 7, 27), "Laboratorium Komputer", 1),
)


def install_catalogue(connection: Connection, budget: int) -> None:
    """Write competences, courses, sessions and this year's budget in rupiah."""
    kinds = ({"code": code, "name": name, "kind": kind} for code, name, kind in COMPETENCES)
    add(connection, Competence, kinds)
    add(connection, Course, (_course(number, *row) for number, row in enumerate(COURSES, start=1)))
    add(connection, CourseSession, (_session(n, *row) for n, row in enumerate(SESSIONS, start=1)))
    add(connection, TrainingBudget, [{"year": YEAR, "amount": Decimal(budget)}])
    catch_up(connection, (Course, CourseSession))


def install_levels(
    connection: Connection,
    posts: Iterable[int],
    levels: Mapping[int, int],
    *,
    competence: str = SERVICE,
    needed: int = 4,
) -> None:
    """Have posts ask for a level of a competence, and write at which level persons are."""
    since = {"competence": competence, "valid_from": SINCE}
    add(
        connection,
        CompetenceStandard,
        ({**since, "post_id": post, "level": needed} for post in posts),
    )
    add(
        connection,
        CompetenceLevel,
        ({**since, "person_id": who, "level": level} for who, level in levels.items()),
    )


def _course(
    number: int,
    code: str,
    title: str,
    competence: str,
    level: int,
    modality: str,
    hours: int,
    cost: int,
) -> dict[str, Any]:
    return {
        "id": number,
        "code": code,
        "title": title,
        "competence": competence,
        "level": level,
        "modality": modality,
        "learning_hours": hours,
        "cost": Decimal(cost),
    }


def _session(
    number: int, course: int, begins: date, ends: date, place: str, seats: int
) -> dict[str, Any]:
    return {
        "id": number,
        "course_id": course,
        "starts_on": begins,
        "ends_on": ends,
        "place": place,
        "seats": seats,
    }
