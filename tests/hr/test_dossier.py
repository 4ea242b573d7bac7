"""Files of records: all or nothing, again and again, the same files back, and who may."""

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
from hr.dossier import queries
from hr.dossier.commands import ImportRecords
from hr.dossier.kinds import KINDS
from hr.dossier.queries import Found
from hr.records.queries import careers
from hr.sheets import Sheet

LINES = {
    "annual_predicate": "2023,B,tidak",
    "education": "S2,Universitas Contoh,2020-08-01",
    "qualification": "SERVICE_EXAM_2,PASSED,UD-II/7,2026-02-02",
    "functional_credit": "PERTAMA,12.5,PAK/9,2025-01-01,2025-12-31",
    "career_break": "SK 9/CLTN,2026-01-01,2026-06-30",
    "sanction": "LIGHT,Teguran tertulis,SK 9/HD,2026-01-05,2026-07-04",
    "leave": "annual,2026-03-02,06/03/2026",
    "attendance_month": "2026-02,20,18,2,0,1,1",
    "attendance_mark": "2026-02-03,TL1",
    "award": "Satyalancana Karya Satya X,SK 3,2024-08-17",
    "learning_credit": ",Pelayanan prima,12,2026-05-05",
    "competence_level": "pelayanan,4,2026-01-01,",
}


def nip(engine: Engine, code: str = "EMP") -> str:
    with engine.database.connect() as connection:
        return connection.execute(select(Person.nip).where(Person.id == CAST[code])).scalar_one()


def sheet(kind: str, *lines: str) -> Sheet:
    text = "\n".join([",".join(["nip", *KINDS[kind].columns]), *lines]) + "\n"
    return Sheet(f"{kind}.csv", data=text.encode())


def counts(found: Found) -> tuple[int, int, int]:
    return found.added, found.changed, found.known


@pytest.mark.parametrize("kind", LINES)
def test_every_kind_is_taken_in_once_and_given_back(engine: Engine, kind: str) -> None:
    line = LINES[kind].replace("pelayanan,4", f"{_competence(engine)},4")
    command = ImportRecords(kind=kind, sheet=sheet(kind, f"{nip(engine)},{line}"))
    assert counts(engine.ask(queries.look, kind, command.sheet)) == (1, 0, 0)
    assert counts(engine.execute(command)) == (1, 0, 0)
    assert counts(engine.execute(command)) == (0, 0, 1)
    rows = engine.ask(lambda c: list(queries.record_rows(c, kind)))
    names = ("nip", *KINDS[kind].columns)
    lines = [",".join(str(row[name]) for name in names) for row in rows]
    again = engine.ask(queries.look, kind, sheet(kind, *lines))
    assert (again.idle, again.known, again.wrong) == (True, len(rows), 0)
    assert engine.ask(history.check_chains) == ()


def _competence(engine: Engine) -> str:
    from hr.dossier.store import competences

    return min(engine.ask(competences))


def test_what_was_taken_in_is_what_careers_rest_on(engine: Engine) -> None:
    line = f"{nip(engine)},{LINES['functional_credit']}"
    engine.execute(ImportRecords(kind="functional_credit", sheet=sheet("functional_credit", line)))
    day = date(2026, 9, 1)
    found = engine.ask(careers, [CAST["EMP"]], day, [2025])[CAST["EMP"]]
    assert found.credits[-1].credit in (Decimal("12.5"), Decimal(104))
    assert sum(each.credit for each in found.credits) == Decimal("116.5")


def test_the_predicate_of_a_year_is_replaced(engine: Engine) -> None:
    lines = sheet("annual_predicate", f"{nip(engine)},2025,SB,ya")
    found = engine.execute(ImportRecords(kind="annual_predicate", sheet=lines))
    assert counts(found) == (0, 1, 0)
    career = engine.ask(careers, [CAST["EMP"]], date(2026, 9, 1), [2025])[CAST["EMP"]]
    assert (career.predicates, career.objected) == ({2025: "SB"}, frozenset({2025}))


def test_one_fault_and_nothing_is_taken_in(engine: Engine) -> None:
    good, number = f"{nip(engine)},2023,B,", nip(engine, "PEER1")
    lines = (good, f"{number},23,B,", "199001012015031999,2023,B,", f"{number},2023,BAIK,")
    with pytest.raises(InvalidForm) as refused:
        engine.execute(
            ImportRecords(kind="annual_predicate", sheet=sheet("annual_predicate", *lines))
        )
    paths = [problem.path for problem in refused.value.problems]
    assert paths == ["3.year", "4.nip", "5.predicate"]
    found = engine.ask(careers, [CAST["EMP"]], date(2026, 9, 1), [2023])[CAST["EMP"]]
    assert found.predicates == {}


def test_a_file_without_its_columns_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidForm):
        engine.execute(
            ImportRecords(kind="sanction", sheet=Sheet("x.csv", data=b"nip;level\n1;LIGHT\n"))
        )


def test_the_agency_may_and_nobody_else(engine: Engine) -> None:
    line = sheet("education", f"{nip(engine)},{LINES['education']}")
    command = ImportRecords(kind="education", sheet=line)
    for code in ("EMP", "HRO", "AUD", "ADM"):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=Actor(person_id=CAST[code]))
    assert engine.execute(command, by=Actor(person_id=CAST["HRC"])).added == 1


def test_nobody_brings_in_what_is_about_himself(engine: Engine) -> None:
    line = sheet("education", f"{nip(engine, 'HRC')},{LINES['education']}")
    with pytest.raises(InvalidForm) as refused:
        engine.execute(ImportRecords(kind="education", sheet=line), by=Actor(person_id=CAST["HRC"]))
    assert [problem.code for problem in refused.value.problems] == ["own_row"]
