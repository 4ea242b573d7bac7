"""Career records from CSV files: all or nothing, again and again, and who may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import Actor, Engine
from engine.errors import InvalidForm, NotAllowed
from engine.queries import history
from hr.demo.cast import CAST
from hr.directory.tables import Person
from hr.records import rules
from hr.records.commands import Imported, ImportRecords
from hr.records.queries import careers

LINES = {
    "annual_predicate": "2023,B,tidak",
    "education": "S2,Universitas Contoh,2020-08-01",
    "qualification": "SERVICE_EXAM_2,PASSED,UD-II/7,2026-02-02",
    "functional_credit": "PERTAMA,12.5,PAK/9,2025-01-01,2025-12-31",
    "career_break": "SK 9/CLTN,2026-01-01,2026-06-30",
    "sanction": "LIGHT,Teguran tertulis,SK 9/HD,2026-01-05,2026-07-04",
}


def nip(engine: Engine, code: str = "EMP") -> str:
    with engine.database.connect() as connection:
        return connection.execute(select(Person.nip).where(Person.id == CAST[code])).scalar_one()


def text(kind: str, *lines: str) -> str:
    return "\n".join([",".join(["nip", *rules.COLUMNS[kind]]), *lines]) + "\n"


@pytest.mark.parametrize("kind", LINES)
def test_every_kind_is_taken_in_once(engine: Engine, kind: str) -> None:
    command = ImportRecords(kind=kind, text=text(kind, f"{nip(engine)},{LINES[kind]}"))
    assert engine.execute(command) == Imported(1, 0, 0)
    assert engine.execute(command) == Imported(0, 0, 1)
    assert engine.ask(history.check_chains) == ()


def test_what_was_taken_in_is_what_careers_rest_on(engine: Engine) -> None:
    line = f"{nip(engine)},{LINES['functional_credit']}"
    engine.execute(ImportRecords(kind="functional_credit", text=text("functional_credit", line)))
    day = date(2026, 9, 1)
    found = engine.ask(careers, [CAST["EMP"]], day, [2025])[CAST["EMP"]]
    assert found.credits[-1].credit in (Decimal("12.5"), Decimal(104))
    assert sum(each.credit for each in found.credits) == Decimal("116.5")


def test_the_predicate_of_a_year_is_replaced(engine: Engine) -> None:
    lines = text("annual_predicate", f"{nip(engine)},2025,SB,ya")
    assert engine.execute(ImportRecords(kind="annual_predicate", text=lines)) == Imported(0, 1, 0)
    found = engine.ask(careers, [CAST["EMP"]], date(2026, 9, 1), [2025])[CAST["EMP"]]
    assert (found.predicates, found.objected) == ({2025: "SB"}, frozenset({2025}))


def test_one_fault_and_nothing_is_taken_in(engine: Engine) -> None:
    good, number = f"{nip(engine)},2023,B,", nip(engine, "PEER1")
    lines = (good, f"{number},23,B,", "199001012015031999,2023,B,", f"{number},2023,BAIK,")
    with pytest.raises(InvalidForm) as refused:
        engine.execute(
            ImportRecords(kind="annual_predicate", text=text("annual_predicate", *lines))
        )
    paths = [problem.path for problem in refused.value.problems]
    assert paths == ["3.year", "4.nip", "5.predicate"]
    found = engine.ask(careers, [CAST["EMP"]], date(2026, 9, 1), [2023])[CAST["EMP"]]
    assert found.predicates == {}


def test_a_file_without_its_columns_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidForm):
        engine.execute(ImportRecords(kind="sanction", text="nip;level\n1;LIGHT\n"))


def test_the_agency_may_and_nobody_else(engine: Engine) -> None:
    line = text("education", f"{nip(engine)},{LINES['education']}")
    command = ImportRecords(kind="education", text=line)
    for code in ("EMP", "HRO", "AUD", "ADM"):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=Actor(person_id=CAST[code]))
    assert engine.execute(command, by=Actor(person_id=CAST["HRC"])).added == 1
