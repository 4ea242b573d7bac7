"""The fixture cast: the same few people in every test and scenario.

One city of two offices.  EMP and five peers are one service unit under RTR, whose superior is SU2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection

from hr.accounts.passwords import hash_password
from hr.accounts.tables import Account
from hr.appraisal.tables import Appraisal
from hr.calendar.seed import fasting_months, national_holidays
from hr.calendar.tables import Holiday, HoursSeason
from hr.demo.careers import install_careers
from hr.demo.training import install_catalogue, install_levels
from hr.directory import nip
from hr.directory.tables import Holding, Person, PersonRank, Post, RoleGrant, Unit
from hr.evaluation.tables import Result
from hr.planning.tables import PerformancePlan, PlanResult, PlanRow
from hr.records.tables import AttendanceMonth
from hr.service.tables import ServiceArea, UnitFacts
from hr.statements import add, catch_up

DEMO_PASSWORD = "alur-demo-2026"
PERIOD = "2026Q2"
SINCE = date(2022, 1, 1)
MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))


@dataclass(frozen=True)
class Role:
    """A member of the cast: post number, roles, and the short name to log in with."""

    code: str
    name: str
    sex: str
    born_on: date
    post: int
    rank: str
    login: str
    granted: str = ""
    kind: str = "PNS"


UNITS: Sequence[tuple[int, int | None, str, str, str]] = (
    (1, None, "/01/", "Dinas Kependudukan dan Pencatatan Sipil", "OFFICE"),
    (2, 1, "/01/01/", "Bidang Pelayanan Pendaftaran Penduduk", "DIVISION"),
    (3, 2, "/01/01/01/", "Seksi Identitas Penduduk", "SECTION"),
    (4, None, "/02/", "Badan Kepegawaian, Pendidikan dan Pelatihan", "OFFICE"),
    (5, None, "/03/", "Sekretariat Daerah", "OFFICE"),
    (6, None, "/04/", "Inspektorat", "OFFICE"),
)
# id, unit, rater post, title, kind, grade, seats
POSTS: Sequence[tuple[int, int, int | None, str, str, int, int]] = (
    (1, 5, None, "Sekretaris Daerah", "JPT", 15, 1),
    (2, 1, 1, "Kepala Dinas Kependudukan dan Pencatatan Sipil", "JPT", 14, 1),
    (3, 2, 2, "Kepala Bidang Pelayanan Pendaftaran Penduduk", "ADMINISTRATOR", 11, 1),
    (4, 3, 3, "Kepala Seksi Identitas Penduduk", "PENGAWAS", 9, 1),
    (5, 3, 4, "Administrator Database Kependudukan", "JF", 8, 6),
    (6, 1, 2, "Pengelola Kepegawaian", "PELAKSANA", 7, 1),
    (7, 4, 1, "Kepala Badan Kepegawaian, Pendidikan dan Pelatihan", "JPT", 14, 1),
    (8, 4, 7, "Analis SDM Aparatur", "JF", 9, 5),
    (9, 6, 1, "Inspektur", "JPT", 14, 1),
    (10, 6, 9, "Auditor", "JF", 9, 3),
)
_ROLES: Sequence[Role] = (
    Role("EMP", "Sari Wulandari", "F", date(1990, 4, 12), 5, "III/b", "emp"),
    Role("RTR", "Bambang Nugroho", "M", date(1982, 7, 3), 4, "III/d", "rtr"),
    Role("SU2", "Ratna Puspitasari", "F", date(1976, 1, 25), 3, "IV/a", "su2"),
    Role("PEER1", "Agus Setiawan", "M", date(1991, 2, 14), 5, "III/a", "peer1"),
    Role("PEER2", "Dewi Lestari", "F", date(1992, 9, 30), 5, "III/a", "peer2"),
    Role("PEER3", "Eko Prasetyo", "M", date(1988, 11, 5), 5, "III/c", "peer3"),
    Role("PEER4", "Fitri Handayani", "F", date(1993, 6, 18), 5, "III/a", "peer4"),
    Role("PEER5", "Gunawan Saputra", "M", date(1989, 3, 21), 5, "III/b", "peer5"),
    Role("HRO", "Hesti Kurniawati", "F", date(1987, 12, 9), 6, "III/b", "hro", "HRO"),
    Role("HRC", "Indra Wijaya", "M", date(1984, 5, 27), 8, "III/d", "hrc", "HRC"),
    Role("PPK", "Joko Santoso", "M", date(1970, 8, 17), 1, "IV/c", "ppk", "PPK"),
    Role("TRN", "Kartika Sari", "F", date(1986, 10, 2), 8, "III/c", "trn", "TRN"),
    Role("DSN", "Lukman Hakim", "M", date(1990, 1, 11), 8, "III/b", "dsn", "DSN"),
    Role("AUD", "Maya Anggraini", "F", date(1983, 4, 4), 10, "III/d", "aud", "AUD"),
    Role("ADM", "Nanda Pratama", "M", date(1991, 7, 7), 8, "III/a", "adm", "ADM"),
    Role("STRANGER", "Oki Firmansyah", "M", date(1994, 3, 15), 10, "III/a", "stranger"),
    Role("HRC2", "Putri Maharani", "F", date(1988, 2, 20), 8, "III/c", "hrc2", "HRC"),
    Role("PPPK", "Wahyu Hidayat", "M", date(1995, 5, 9), 10, "IX", "pppk", kind="PPPK"),
)
TEAM = ("TRN", "PPPK")  # the appraisal team (TIM)
CAST: Mapping[str, int] = {role.code: number for number, role in enumerate(_ROLES, start=1)}
LOGINS: Mapping[str, str] = {role.login: role.code for role in _ROLES}

# plan, indicator, measure, dimension, direction, weight, target, actual (the vector of DT02)
ROWS: Sequence[tuple[str, str, str, str, str, int, str, str]] = (
    (
        "Perekaman KTP elektronik tuntas",
        "Rekam selesai",
        "orang",
        "contribution",
        "HIGHER",
        30,
        "400",
        "420",
    ),
    ("Data kependudukan tanpa kesalahan", "Data benar", "%", "quality", "HIGHER", 25, "100", "95"),
    ("Verifikasi permohonan akta", "Permohonan", "berkas", "quantity", "HIGHER", 15, "500", "700"),
    ("Permohonan selesai tepat waktu", "Tepat waktu", "%", "time", "HIGHER", 10, "95", "95"),
    (
        "Gagasan perbaikan alur loket",
        "Gagasan dipakai",
        "gagasan",
        "innovation",
        "HIGHER",
        10,
        "1",
        "1",
    ),
    ("Waktu tunggu di loket", "Menit menunggu", "menit", "service", "LOWER", 10, "18", "20"),
)


def install_cast(connection: Connection, now: datetime) -> None:
    """Write the cast with accounts, plans, attendance, facts of 2026Q2 into an empty database."""
    add(connection, Holiday, _holidays())
    add(connection, HoursSeason, _fasting_months())
    _install_directory(connection)
    _install_accounts(connection, now)
    _install_plans(connection)
    add(connection, AttendanceMonth, (_attendance(p, m) for p in CAST.values() for m in MONTHS))
    _install_facts(connection)
    install_careers(connection, CAST)
    _install_training(connection)
    add(connection, Result, [_contestable()])
    add(connection, Appraisal, _proposals())
    catch_up(connection, (Unit, Post, Person, PerformancePlan, PlanRow, Result, Appraisal))


@cache
def _demo_hash() -> str:
    # Slow by intention, and the same for the whole cast: once per process is enough.
    return hash_password(DEMO_PASSWORD)


@cache
def _holidays() -> list[dict[str, Any]]:
    return national_holidays(range(2025, 2028))


@cache
def _fasting_months() -> list[dict[str, Any]]:
    return fasting_months(range(2025, 2028))


def _install_plans(connection: Connection) -> None:
    base = {"version": 1, "valid_from": date(2026, 1, 1)}
    add(connection, PerformancePlan, ({"id": n, "person_id": n, **base} for n in CAST.values()))
    numbered = [(n, place, row) for n in CAST.values() for place, row in enumerate(ROWS, start=1)]
    add(connection, PlanRow, (_plan_row(n * 10 + p, n, p, row) for n, p, row in numbered))
    add(connection, PlanResult, (_plan_result(n * 10 + p, row) for n, p, row in numbered))


def _plan_row(key: int, plan_id: int, number: int, row: Sequence[Any]) -> dict[str, Any]:
    """Shape one result row of a plan."""
    plan, indicator, measure, dimension, direction, weight, _, _ = row
    return {
        "id": key,
        "plan_id": plan_id,
        "number": number,
        "kind": "UTAMA" if weight >= 15 else "TAMBAHAN",
        "plan": plan,
        "indicator": indicator,
        "measure": measure,
        "dimension": dimension,
        "direction": direction,
        "weight": Decimal(weight),
        "project": False,
        "target_min": Decimal(row[6]),
    }


def _plan_result(key: int, row: Sequence[Any]) -> dict[str, Any]:
    """Shape target and realisation of one result row in 2026Q2."""
    return {
        "row_id": key,
        "period": PERIOD,
        "target": Decimal(row[6]),
        "actual": Decimal(row[7]),
        "on_time": None,
    }


def _contestable() -> dict[str, Any]:
    """Give a disclosed result to which an objection is in time until 9 July 2026."""
    return {
        "id": 1,
        "person_id": CAST["PEER5"],
        "period": PERIOD,
        "instance_id": 900_001,  # of a time before this database
        "case_no": "P04-2026Q2-900001",
        "predicate": "B",
        "result_rating": "MEETS",
        "behaviour_rating": "MEETS",
        "result_score": Decimal("98.5"),
        "behaviour_score": Decimal("3.4"),
        "note": "",
        "disclosed_at": datetime(2026, 6, 25, 2, 0, tzinfo=UTC),
    }


# Who was proposed what in the office /01/: a year that breaks DT05 for Baik, one that does not.
PROPOSED: Mapping[str, Mapping[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "2025": {
        **dict.fromkeys(("EMP", "PEER3", "PEER4", "PEER5", "HRO"), ("B", "MEETS", "MEETS", ())),
        "PEER1": ("SB", "ABOVE", "ABOVE", ("FX8",)),
        "PEER2": ("B", "MEETS", "MEETS", ("FX5",)),
        **dict.fromkeys(("RTR", "SU2", "STRANGER"), ("B", "MEETS", "ABOVE", ())),
    },
    "2024": {
        **dict.fromkeys(("EMP", "PEER3", "PEER4", "PEER5", "HRO"), ("B", "MEETS", "MEETS", ())),
        **dict.fromkeys(("PEER1", "RTR", "SU2"), ("SB", "ABOVE", "ABOVE", ())),
        "PEER2": ("BP", "BELOW", "MEETS", ()),
    },
}


def _proposals() -> list[dict[str, Any]]:
    """Give proposals that wait for a calibration, of cases before this database."""
    lines = {"SU2": "PPK", "RTR": "SU2", "HRO": "PPK", "STRANGER": "RTR"}
    found: list[dict[str, Any]] = []
    for period, proposed in PROPOSED.items():
        for code, (predicate, result, behaviour, flags) in proposed.items():
            number = int(period) * 100 + CAST[code]
            found.append(
                {
                    "id": len(found) + 1,
                    "instance_id": 700_000_000 + number,
                    "case_no": f"P05-{period}-{number}",
                    "person_id": CAST[code],
                    "period": period,
                    "office_path": "/01/",
                    "state": "PROPOSED",
                    "rater_id": CAST[lines.get(code, "RTR")],
                    "rater_predicate": predicate,
                    "predicate": predicate,
                    "proposed": predicate,
                    "result_rating": result,
                    "behaviour_rating": behaviour,
                    "result_score": Decimal(100),
                    "behaviour_score": Decimal(4),
                    "flags": json.dumps(flags),
                    "proposed_at": datetime(int(period) + 1, 2, 2, tzinfo=UTC),
                }
            )
    return found


def _install_directory(connection: Connection) -> None:
    add(connection, Unit, (_unit(*unit) for unit in UNITS))
    add(connection, Post, (_post(*post) for post in POSTS))
    people = list(zip(CAST.values(), _ROLES, strict=True))
    add(connection, Person, (_person(number, role) for number, role in people))
    add(
        connection,
        PersonRank,
        ({"person_id": n, "rank": role.rank, "valid_from": SINCE} for n, role in people),
    )
    add(
        connection,
        Holding,
        ({"person_id": n, "post_id": role.post, "valid_from": SINCE} for n, role in people),
    )
    add(connection, RoleGrant, (_grant(n, role) for n, role in people if role.granted))
    team = {"role": "TIM", "unit_id": None, "valid_from": SINCE}
    add(connection, RoleGrant, ({"person_id": CAST[code], **team} for code in TEAM))


def _install_accounts(connection: Connection, now: datetime) -> None:
    shared = _demo_hash()
    people = zip(CAST.values(), _ROLES, strict=True)
    add(connection, Account, (_account(n, role, shared, now) for n, role in people))


def _install_facts(connection: Connection) -> None:
    offices = [unit for unit in UNITS if unit[1] is None]
    add(connection, UnitFacts, (_facts(unit[0]) for unit in offices if unit[0] != 1))
    add(
        connection,
        UnitFacts,
        [{**_facts(1), "public_facing": True, "skm_index": Decimal(82), "skm_responses": 120}],
    )
    area = {
        "unit_id": 1,
        "period": PERIOD,
        "indicator": "Waktu tunggu di loket",
        "measure": "menit",
        "direction": "LOWER",
        "target": Decimal(20),
        "actual": Decimal(18),
    }
    add(connection, ServiceArea, [area])


def _install_training(connection: Connection) -> None:
    """EMP and PEER1 are one level below what their post asks for."""
    install_catalogue(connection, budget=20_000_000)
    levels = {who: 3 if code in ("EMP", "PEER1") else 4 for code, who in CAST.items()}
    install_levels(connection, [5], levels)


def _unit(number: int, parent: int | None, path: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "id": number,
        "parent_id": parent,
        "path": path,
        "name": name,
        "kind": kind,
        "valid_from": SINCE,
    }


def _post(
    number: int, unit: int, rater: int | None, title: str, kind: str, grade: int, seats: int
) -> dict[str, Any]:
    return {
        "id": number,
        "unit_id": unit,
        "rater_post_id": rater,
        "title": title,
        "kind": kind,
        "grade": grade,
        "seats": seats,
        "valid_from": SINCE,
    }


def _person(number: int, role: Role) -> dict[str, Any]:
    joined = date(role.born_on.year + 25, 3, 1)
    return {
        "id": number,
        "nip": nip.synthetic(role.born_on, joined, role.sex, 900 + number, kind=role.kind),
        "name": role.name,
        "sex": role.sex,
        "born_on": role.born_on,
        "kind": role.kind,
        "education": "S1",
        "email": f"{role.login}@example.test",
        "synthetic": True,
        "joined_on": joined,
    }


def _grant(number: int, role: Role) -> dict[str, Any]:
    return {
        "person_id": number,
        "role": role.granted,
        "unit_id": 1 if role.granted == "HRO" else None,
        "valid_from": SINCE,
    }


def _account(number: int, role: Role, password_hash: str, now: datetime) -> dict[str, Any]:
    return {
        "person_id": number,
        "username": _person(number, role)["nip"],
        "short_name": role.login,
        "password_hash": password_hash,
        "language": "id",
        "created_at": now,
    }


def _attendance(person_id: int, month: date) -> dict[str, Any]:
    leave, absent = {4: (0, 0), 5: (5, 0), 6: (5, 1)}[month.month]
    return {
        "person_id": person_id,
        "month": month,
        "working_days": 20,
        "present_days": 20 - leave - absent,
        "late_days": 1,
        "early_days": 0,
        "absent_days": absent,
        "leave_days": leave,
    }


def _facts(unit_id: int) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "period": PERIOD,
        "public_facing": False,
        "skm_index": None,
        "skm_responses": 0,
        "complaints": 2,
        "complaints_upheld": 0,
    }


def demo_logins() -> list[tuple[str, str, str]]:
    """List short name, password and who that is, one per role, as a demo's start prints them."""
    who = {
        "emp": "EMP  pegawai",
        "peer1": "PEER rekan kerja",
        "rtr": "RTR  atasan langsung (pejabat penilai)",
        "su2": "SU2  atasan pejabat penilai",
        "hro": "HRO  pengelola kepegawaian",
        "hrc": "HRC  BKPP",
        "ppk": "PPK  pejabat pembina kepegawaian",
        "trn": "TRN  pengelola pelatihan",
        "dsn": "DSN  perancang proses",
        "aud": "AUD  auditor",
        "adm": "ADM  administrator",
    }
    return [(name, DEMO_PASSWORD, role) for name, role in who.items()]
