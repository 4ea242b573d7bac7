"""Writes a synthetic city into an empty database: `small` (240 people) or `city` (15,000).

The same size gives the same city.  Everybody shares one demo password; nobody in it is real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Connection

from hr.accounts.passwords import hash_password
from hr.accounts.tables import Account
from hr.appraisal.tables import Appraisal
from hr.calendar.seed import fasting_months, national_holidays
from hr.calendar.tables import Holiday, HoursSeason
from hr.calibration.tables import Calibration, CalibrationCase
from hr.demo import appraisals, past, promotions
from hr.demo.cast import DEMO_PASSWORD
from hr.demo.offices import AGENCY, INSPECTION, REGISTRY, SIZES
from hr.demo.people import PERIOD, Inventor, Someone
from hr.demo.structure import SINCE, Seat, Structure, lay_out
from hr.demo.training import install_catalogue, install_levels
from hr.development.tables import LearningCredit
from hr.directory.tables import Holding, Person, PersonRank, Post, RoleGrant, Unit
from hr.fairness.tables import GivenRating
from hr.planning.tables import PerformancePlan, PlanResult, PlanRow
from hr.records.tables import AttendanceMonth, Leave, Sanction
from hr.service.tables import ServiceArea, UnitFacts
from hr.siasn.tables import SiasnResult
from hr.statements import add, catch_up

Step = Callable[[int, int], None]
_CHUNK = 2_000
# Whose appraisal of the last year is late, by short name: it runs while the demo does.
LATE = ("emp", "peer3", "peer4")


def install_city(
    connection: Connection, now: datetime, size: str = "small", step: Step | None = None
) -> None:
    """Write offices, people, accounts, plans, records and facts; `step` hears (done, total)."""
    told = step or (lambda done, total: None)
    structure = lay_out(SIZES[size])
    inventor = Inventor(f"alur {size}")
    total = len(structure.seats)
    people = {
        seat.person_id: inventor.person(seat.person_id, seat.post_kind) for seat in structure.seats
    }
    told(total // 4, total)
    years = range(now.year - 1, now.year + 2)
    add(connection, Holiday, national_holidays(years))
    add(connection, HoursSeason, fasting_months(years))
    promoted = promotions.chosen(structure, people)
    _write_directory(connection, structure, people, promoted)
    told(total // 2, total)
    logins = choose_logins(structure)
    _write_access(connection, structure, people, logins, now)
    _write_records(connection, structure, people, inventor)
    promotions.install_careers(connection, people, promoted)
    _write_facts(connection, structure, Random(f"facts {size}"))
    _write_training(connection, structure, logins)
    told(total * 3 // 4, total)
    _write_past(connection, structure, people)
    _add(connection, GivenRating, appraisals.given(structure, people))
    _write_appraisals(connection, structure, people, {logins[name] for name in LATE})
    catch_up(connection, (Unit, Post, Person, PerformancePlan, PlanRow, Appraisal, Calibration))
    told(total, total)


def _write_appraisals(
    connection: Connection, structure: Structure, people: Mapping[int, Someone], late: Set[int]
) -> None:
    """Write the last year's appraisals and calibrations, but of those whose appraisal is late."""
    rows = list(appraisals.proposals(structure, people))
    left_out = {row["id"] for row in rows if row["person_id"] in late}
    written = [row for row in rows if row["id"] not in left_out]
    _add(connection, Appraisal, written)
    _add(connection, SiasnResult, appraisals.handed_over(written))
    add(connection, Calibration, appraisals.calibrations(structure))
    agenda = appraisals.agenda(structure, people)
    kept = (row for row in agenda if row["appraisal_id"] not in left_out)
    add(connection, CalibrationCase, kept)


def choose_logins(structure: Structure) -> Mapping[str, int]:
    """Choose who gets the short user names: one person per role, in one line of the structure."""
    registry = [seat for seat in structure.seats if seat.office.mark == REGISTRY]
    leaders = {person: unit for unit, person in structure.heads.items()}
    section = next(s.unit_id for s in registry if s.person_id not in leaders)
    team = [s.person_id for s in registry if s.unit_id == section and s.person_id not in leaders]
    parents = {unit["id"]: unit["parent_id"] for unit in structure.units}
    desk = _staff_of(structure, AGENCY, leaders)
    auditors = _staff_of(structure, INSPECTION, leaders)
    other = [s.person_id for s in registry if s.unit_id != section and s.person_id not in leaders]
    logins = {
        "emp": team[0],
        "rtr": structure.heads[section],
        "su2": structure.heads[parents[section]],
        "hro": other[0],
        "ppk": structure.heads[1],
        "aud": auditors[0],
        "stranger": auditors[1],
    }
    logins |= {f"peer{number}": person for number, person in enumerate(team[1:6], start=1)}
    logins |= dict(zip(("hrc", "hrc2", "trn", "dsn", "adm"), desk, strict=False))
    return logins


def _staff_of(structure: Structure, mark: str, leaders: Mapping[int, int]) -> list[int]:
    return [
        s.person_id for s in structure.seats if s.office.mark == mark and s.person_id not in leaders
    ]


def _write_directory(
    connection: Connection,
    structure: Structure,
    people: Mapping[int, Someone],
    promoted: Sequence[int],
) -> None:
    places = {one: place for place, one in enumerate(promoted)}
    add(connection, Unit, structure.units)
    _add(connection, Post, structure.posts)
    _add(connection, Person, (one.row for one in people.values()))
    ranks = (_rank(number, one, places.get(number)) for number, one in people.items())
    _add(connection, PersonRank, ranks)
    _add(connection, Holding, (_holding(seat, people[seat.person_id]) for seat in structure.seats))


def _rank(number: int, one: Someone, place: int | None) -> dict[str, Any]:
    since = promotions.rank_since(number, one, place)
    return {"person_id": number, "rank": one.rank, "valid_from": since}


def _holding(seat: Seat, one: Someone) -> dict[str, Any]:
    return {
        "person_id": seat.person_id,
        "post_id": seat.post_id,
        "valid_from": max(SINCE, one.row["joined_on"]),
    }


def _write_access(
    connection: Connection,
    structure: Structure,
    people: Mapping[int, Someone],
    logins: Mapping[str, int],
    now: datetime,
) -> None:
    shared = hash_password(DEMO_PASSWORD)
    short = {person: name for name, person in logins.items()}
    accounts = (
        {
            "person_id": number,
            "username": one.row["nip"],
            "short_name": short.get(number),
            "password_hash": shared,
            "language": "id",
            "created_at": now,
        }
        for number, one in people.items()
    )
    _add(connection, Account, accounts)
    add(connection, RoleGrant, _grants(structure, logins))


def _grants(structure: Structure, logins: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    city_wide = {"hrc": "HRC", "hrc2": "HRC", "ppk": "PPK", "trn": "TRN"}
    city_wide |= {"dsn": "DSN", "aud": "AUD", "adm": "ADM"}
    for name, role in city_wide.items():
        yield {"person_id": logins[name], "role": role, "unit_id": None, "valid_from": SINCE}
    leaders = set(structure.heads.values())
    free = [
        one
        for one in _staff_of(structure, AGENCY, dict.fromkeys(leaders, 0))
        if one not in logins.values()
    ]
    for person in (logins["trn"], *free[:3]):  # the appraisal team
        yield {"person_id": person, "role": "TIM", "unit_id": None, "valid_from": SINCE}
    taken = set(logins.values()) - {logins["hro"]}
    for unit in (unit for unit in structure.units if unit["parent_id"] is None):
        office = [s for s in structure.seats if s.office.name == unit["name"]]
        staff = [s.person_id for s in office if s.person_id not in leaders | taken]
        officer = logins["hro"] if logins["hro"] in staff else staff[0]
        yield {"person_id": officer, "role": "HRO", "unit_id": unit["id"], "valid_from": SINCE}


def _write_records(
    connection: Connection,
    structure: Structure,
    people: Mapping[int, Someone],
    inventor: Inventor,
) -> None:
    first = date(2026, 1, 1)
    plans = ({"id": n, "person_id": n, "version": 1, "valid_from": first} for n in people)
    _add(connection, PerformancePlan, plans)
    pairs = [
        pair
        for seat in structure.seats
        for pair in inventor.plan(
            seat.person_id, people[seat.person_id].talent, seat.office.profile.plans
        )
    ]
    _add(connection, PlanRow, (row for row, _ in pairs))
    _add(connection, PlanResult, (result for _, result in pairs))
    _add(connection, AttendanceMonth, (m for n in people for m in inventor.attendance(n)))
    add(connection, Sanction, _sanctions(structure, inventor.random))


def _write_past(
    connection: Connection, structure: Structure, people: Mapping[int, Someone]
) -> None:
    """Write what two past years left behind."""
    _add(connection, AttendanceMonth, (row for one in people for row in past.attendance(one)))
    _add(connection, Leave, (row for one in people for row in past.leaves(one)))
    _add(connection, LearningCredit, (row for one in people for row in past.learning(one)))
    quarters = list(past.services(structure))
    _add(connection, UnitFacts, (facts for facts, _ in quarters))
    _add(connection, ServiceArea, (area for _, area in quarters if area is not None))


def _sanctions(structure: Structure, random: Random) -> Iterator[dict[str, Any]]:
    staff = [s.person_id for s in structure.seats if s.post_kind not in ("JPT", "ADMINISTRATOR")]
    for number, person in enumerate(random.sample(staff, max(1, len(staff) // 150)), start=1):
        yield {
            "person_id": person,
            "level": random.choice(("LIGHT", "LIGHT", "MEDIUM")),
            "measure": "Teguran tertulis",
            "decree": f"SK {number:03d}/HD/2026",
            "valid_from": date(2026, 5, 4),
            "valid_to": date(2026, 11, 3),
        }


def _write_facts(connection: Connection, structure: Structure, random: Random) -> None:
    offices = {unit["id"]: unit for unit in structure.units if unit["parent_id"] is None}
    public = {seat.office.name: seat.office.public for seat in structure.seats}
    recorded = [unit for unit in offices.values() if unit["id"] != 1]
    # The first office records by division, and its last division has not yet: the agency finds
    # cases there that wait for facts.
    recorded += [unit for unit in structure.units if unit["parent_id"] == 1][:-1]
    add(
        connection,
        UnitFacts,
        (_facts(u["id"], public.get(u["name"], False), random) for u in recorded),
    )
    served = [unit for unit in offices.values() if public.get(unit["name"])]
    add(connection, ServiceArea, (_area(unit["id"], random) for unit in served))


def _write_training(
    connection: Connection, structure: Structure, logins: Mapping[str, int]
) -> None:
    """Let the registry's staff be measured: some of the logins' team are a level short."""
    install_catalogue(connection, budget=150_000_000)
    leaders = set(structure.heads.values())
    staff = [s for s in structure.seats if s.office.mark == REGISTRY and s.person_id not in leaders]
    short = {logins[name] for name in ("emp", "peer1", "peer2", "peer5")}
    levels = {seat.person_id: 3 if seat.person_id in short else 4 for seat in staff}
    install_levels(connection, sorted({seat.post_id for seat in staff}), levels)


def _facts(unit_id: int, public: bool, random: Random) -> dict[str, Any]:
    complaints = random.randint(3, 40) if public else random.randint(0, 4)
    return {
        "unit_id": unit_id,
        "period": PERIOD,
        "public_facing": public,
        "skm_index": Decimal(random.randint(7600, 9100)) / 100 if public else None,
        "skm_responses": random.randint(80, 900) if public else 0,
        "complaints": complaints,
        "complaints_upheld": complaints // 4,
    }


def _area(unit_id: int, random: Random) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "period": PERIOD,
        "indicator": "Waktu tunggu",
        "measure": "menit",
        "direction": "LOWER",
        "target": Decimal(20),
        "actual": Decimal(random.choice((14, 17, 19, 26))),
    }


def _add(connection: Connection, table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write many rows, some thousands at a time, so that memory stays small."""
    waiting: list[Mapping[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _CHUNK:
            add(connection, table, waiting)
            waiting.clear()
    add(connection, table, waiting)
