"""Files of registers: all or nothing, again and again, the same files back, and who may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import Actor, Engine
from engine.errors import InvalidForm, NotAllowed
from engine.queries import history
from hr.demo.cast import CAST
from hr.development import queries as development
from hr.development.tables import CourseSession
from hr.directory import queries as directory
from hr.directory.tables import Person
from hr.dossier.queries import Found
from hr.indicators import queries as indicators
from hr.registers import files
from hr.registers.commands import ImportRegister
from hr.registers.kinds import REGISTERS
from hr.service.queries import unit_facts
from hr.sheets import Sheet

AGENCY = Actor(person_id=CAST["HRC"])
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
GOALS = (
    "2027,VISION,,,Kota yang melayani,,,,,,,,,",
    "2027,MISSION,M1,,Pelayanan cepat,,,,,,,,,",
    "2027,GOAL,M1.1,M1,Akta selesai sehari,,,,,,,,,",
    "2027,IKU,IKU-1,M1.1,Waktu akta,01,jam,jumlah/berkas,SIAK,LOWER,48,24,time,OUTCOME",
)
LINES = {
    "competence": ["KOM-9,Menulis naskah,technical"],
    "competence_standard": ["J-1,{competence},3,2026-01-01,"],
    "course": ["ZZ-9,Menulis naskah dinas,{competence},2,E_LEARNING,8,\"1250000,50\","],
    "course_session": ["{course},2026-09-01,2026-09-03,Balai Kota,20"],
    "training_budget": ["2031,750000000"],
    "unit_facts": ["01,2025Q4,ya,\"83,5\",120,7,2"],
    "service_area": ["01,2025Q4,Waktu akta,jam,LOWER,24,20"],
    "team_member": ["{nip},2026-01-01,2026-12-31"],
    "goals": list(GOALS),
}  # fmt: skip


def known(engine: Engine) -> dict[str, str]:
    """Give codes that the cast's city has."""
    with engine.database.connect() as connection:
        nip = connection.execute(select(Person.nip).where(Person.id == CAST["PEER1"])).scalar_one()
        (course, *_) = [row["code"] for row in files.rows(connection, "course", engine.clock())]
        (competence, *_) = [r["code"] for r in files.rows(connection, "competence", engine.clock())]
    return {"nip": nip, "course": course, "competence": competence}


def sheet(name: str, *lines: str) -> Sheet:
    text = "\n".join([",".join(REGISTERS[name].columns), *lines]) + "\n"
    return Sheet(f"{name}.csv", data=text.encode())


def take(engine: Engine, name: str, *lines: str, by: Actor | None = None) -> Found:
    command = ImportRegister(name=name, sheet=sheet(name, *lines))
    return engine.execute(command, by=by) if by else engine.execute(command)


def counts(found: Found) -> tuple[int, int, int]:
    return found.added, found.changed, found.known


@pytest.mark.parametrize("name", REGISTERS)
def test_every_register_is_taken_in_once_and_given_back(engine: Engine, name: str) -> None:
    lines = [line.format(**known(engine)) for line in LINES[name]]
    many = len(lines)
    looked = engine.ask(files.look, name, sheet(name, *lines), engine.clock())
    assert (counts(looked), looked.faults) == ((many, 0, 0), [])
    assert counts(take(engine, name, *lines, by=AGENCY)) == (many, 0, 0)
    assert counts(take(engine, name, *lines)) == (0, 0, many)
    rows = engine.ask(lambda c: list(files.rows(c, name, engine.clock())))
    back = [",".join(f'"{row[column]}"' for column in REGISTERS[name].columns) for row in rows]
    again = engine.ask(files.look, name, sheet(name, *back), engine.clock())
    assert (again.idle, again.known, again.faults) == (True, len(rows), [])
    assert engine.ask(history.check_chains) == ()


@on_sqlite
def test_what_was_taken_in_is_what_processes_rest_on(engine: Engine) -> None:
    codes = known(engine)
    for name in ("unit_facts", "team_member", "competence", "competence_standard"):
        take(engine, name, *(line.format(**codes) for line in LINES[name]))
    facts = engine.ask(unit_facts, "/01/", "2025Q4")
    assert facts is not None
    assert facts.skm_index == Decimal("83.5")
    assert CAST["PEER1"] in engine.ask(directory.holders_of_role, "TIM", engine.clock())
    take(engine, "team_member", f"{codes['nip']},2026-01-01,2026-06-30")
    assert CAST["PEER1"] not in engine.ask(directory.holders_of_role, "TIM", engine.clock())
    take(engine, "training_budget", "2026,5")
    assert engine.ask(development.budget, 2026).amount == 5


@on_sqlite
def test_a_tree_that_says_something_else_is_the_year_s_next_version(engine: Engine) -> None:
    take(engine, "goals", *GOALS)
    changed = [line.replace(",48,24,", ",48,12,") for line in GOALS]
    assert counts(take(engine, "goals", *changed)) == (0, 1, 3)
    (newest, first) = [v for v in engine.ask(indicators.versions) if v.year == 2027]
    assert (newest.version, first.version, newest.case_no) == (2, 1, "")
    tree = engine.ask(indicators.tree, newest.id)
    assert tree is not None
    (goal,) = tree.missions[0].goals
    (iku,) = goal.indicators
    assert (tree.version.vision, iku.target, iku.office_path) == (
        "Kota yang melayani", Decimal(12), "/01/",
    )  # fmt: skip
    shorter = [*changed, "2027,IKU,IKU-2,M1.1,Lagi,01,jam,,,LOWER,,5,time,OUTPUT"]
    take(engine, "goals", *shorter)
    assert counts(take(engine, "goals", *changed)) == (0, 1, 4)  # what is gone is a change, too


@on_sqlite
@pytest.mark.parametrize(
    ("name", "line", "at"),
    [
        ("competence", "X,Y,MAGIC", "kind"),
        ("competence_standard", "J-1,NICHTS,3,2026-01-01,", "competence"),
        ("competence_standard", "J-999999,{competence},3,2026-01-01,", "post"),
        ("competence_standard", "J-1,{competence},3,2026-01-01,2025-01-01", "valid_to"),
        ("course", "C,T,{competence},9,E_LEARNING,8,1,", "level"),
        ("course_session", "{course},2026-09-03,2026-09-01,X,20", "ends_on"),
        ("course_session", "NICHTS,2026-09-01,2026-09-01,X,20", "course"),
        ("training_budget", "2026,banyak", "amount"),
        ("unit_facts", "01,2026,ya,,,,", "period"),
        ("unit_facts", "01,2026Q1,ya,12,,,", "skm_index"),
        ("unit_facts", "01,2026Q1,ya,,,1,2", "complaints_upheld"),
        ("service_area", "99.99,2026Q1,a,jam,LOWER,1,1", "unit"),
        ("team_member", "199001012015031999,2026-01-01,", "nip"),
        ("goals", "2027,IKU,I,,x,,,,,,,,,", "parent"),
        ("goals", "2027,GOAL,M1.2,M7,x,,,,,,,,,", "parent"),
    ],
)
def test_one_fault_is_named_by_row_and_column_and_nothing_is_taken_in(
    engine: Engine, name: str, line: str, at: str
) -> None:
    codes = known(engine)
    good = [one.format(**codes) for one in LINES[name]]
    before = engine.ask(lambda c: list(files.rows(c, name, engine.clock())))
    with pytest.raises(InvalidForm) as refused:
        take(engine, name, *good, line.format(**codes))
    places = {problem.path for problem in refused.value.problems}
    assert f"{len(good) + 2}.{at}" in places
    assert engine.ask(lambda c: list(files.rows(c, name, engine.clock()))) == before


@on_sqlite
def test_seats_that_somebody_may_have_are_not_taken_away(engine: Engine) -> None:
    course = known(engine)["course"]
    take(engine, "course_session", f"{course},2026-09-01,2026-09-03,Balai Kota,20")
    with pytest.raises(InvalidForm):
        take(engine, "course_session", f"{course},2026-09-01,2026-09-03,Balai Kota,19")
    grown = take(engine, "course_session", f"{course},2026-09-01,2026-09-03,Balai Kota,21")
    assert counts(grown) == (0, 1, 0)
    with engine.database.connect() as connection:
        mine = select(CourseSession.seats).where(CourseSession.place == "Balai Kota")
        assert connection.execute(mine).scalar_one() == 21


@on_sqlite
def test_two_rows_that_contradict_each_other_are_refused(engine: Engine) -> None:
    with pytest.raises(InvalidForm) as refused:
        take(engine, "training_budget", "2031,1", "2031,1", "2031,2")
    assert [problem.path for problem in refused.value.problems] == ["4.year"]


@on_sqlite
def test_the_agency_may_and_nobody_else_and_nobody_for_himself(engine: Engine) -> None:
    for code in ("EMP", "HRO", "AUD", "ADM", "TRN"):
        with pytest.raises(NotAllowed):
            take(engine, "training_budget", "2031,1", by=Actor(person_id=CAST[code]))
    with engine.database.connect() as connection:
        own = connection.execute(select(Person.nip).where(Person.id == CAST["HRC"])).scalar_one()
    with pytest.raises(InvalidForm):
        take(engine, "team_member", f"{own},2026-01-01,", by=AGENCY)
    assert date(2026, 7, 1) == engine.clock().date()
