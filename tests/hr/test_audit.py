"""What an auditor writes: searches, samples that anybody draws again, working papers, exports."""

from __future__ import annotations

from hashlib import sha256

import pytest

from engine import Actor, Engine, NewCase, StartMany
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound
from engine.folder import read_folder
from engine.model import Channel, StreamKind
from engine.queries import history, population
from hr.audit import queries as audits
from hr.audit.commands import (
    AskExport,
    DrawSample,
    DropSearch,
    FinishExport,
    SaveSearch,
    WritePaper,
)
from hr.demo.cast import CAST
from tests.conftest import ROOT
from tests.engine.test_history import alter

TWO_STEP = ROOT / "tests" / "engine" / "models" / "two_step"
AUD = Actor(person_id=CAST["AUD"], channel=Channel.WEB)


@pytest.fixture
def cases(engine: Engine) -> Engine:
    engine.execute(read_folder(TWO_STEP))
    new = tuple(NewCase(subject_id=n, period="2026Q2") for n in range(1, 13))
    engine.execute(StartMany(key="two_step", cases=new, campaign="two"))
    return engine


def draw(engine: Engine, seed: str = "3 1 6 2", size: int = 5) -> int:
    sample = DrawSample(process_key="two_step", period="2026Q2", size=size, seed=seed)
    return engine.execute(sample, by=AUD)


def test_a_sample_is_drawn_again_by_anybody_with_its_seed(cases: Engine) -> None:
    sample, papers = cases.ask(audits.sample, draw(cases))
    assert (sample.population, sample.size) == (12, 5)
    known = [
        number
        for _, number in cases.ask(lambda c: list(population.cases_of(c, "two_step", "2026Q2")))
    ]
    lots = sorted(known, key=lambda number: sha256(f"3 1 6 2:{number}".encode()).hexdigest())
    assert [one.case_no for one in papers] == lots[:5]
    again, same = cases.ask(audits.sample, draw(cases))
    assert again.id != sample.id
    assert [one.case_no for one in same] == lots[:5]
    _, other = cases.ask(audits.sample, draw(cases, seed="1 1 1 1"))
    assert {one.case_no for one in other} != set(lots[:5])
    told = cases.ask(history.events, StreamKind.PERSON, str(CAST["AUD"]))
    drawn = [event for event in told if event.detail.get("what") == "SAMPLE_DRAWN"]
    assert drawn[0].detail["about"]["seed"] == "3 1 6 2"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_more_is_never_drawn_than_there_is(cases: Engine) -> None:
    sample, papers = cases.ask(audits.sample, draw(cases, size=400))
    assert sample.size == len(papers) == 12


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong", [{"size": 0}, {"size": 501}, {"seed": " "}, {"seed": "x" * 41}, {"period": "1999"}]
)
def test_a_sample_of_nothing_is_refused(cases: Engine, wrong: dict[str, object]) -> None:
    given = {"process_key": "two_step", "period": "2026Q2", "size": 5, "seed": "1"} | wrong
    with pytest.raises(InvalidForm):
        cases.execute(DrawSample(**given), by=AUD)  # type: ignore[arg-type]


def test_a_working_paper_holds_note_and_conclusion_and_touches_no_case(cases: Engine) -> None:
    sample_id = draw(cases)
    before = cases.ask(lambda c: c.exec_driver_sql("SELECT * FROM instance ORDER BY id").all())
    paper = WritePaper(sample_id=sample_id, place=2, note="Tanpa bukti", conclusion="FINDING")
    cases.execute(paper, by=AUD)
    sample, papers = cases.ask(audits.sample, sample_id)
    assert sample.written == 1
    assert (papers[1].note, papers[1].written_by) == ("Tanpa bukti", CAST["AUD"])
    with pytest.raises(InvalidForm, match="note"):
        cases.execute(
            WritePaper(sample_id=sample_id, place=2, note=" ", conclusion="FINDING"), by=AUD
        )
    with pytest.raises(NotFound):
        cases.execute(WritePaper(sample_id=sample_id, place=99, note="", conclusion="OK"), by=AUD)
    after = cases.ask(lambda c: c.exec_driver_sql("SELECT * FROM instance ORDER BY id").all())
    assert after == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", ["HRC", "EMP", "ADM", "PPK"])
def test_nobody_but_an_auditor_writes_any_of_it(cases: Engine, code: str) -> None:
    by = Actor(person_id=CAST[code], channel=Channel.WEB)
    for command in (
        DrawSample(process_key="two_step", period="2026Q2", size=1, seed="1"),
        SaveSearch(name="x", query="what=late"),
        WritePaper(sample_id=1, place=1, note="", conclusion="OK"),
        AskExport(form="csv"),
        FinishExport(export_id=1, rows=1, sha256="0"),
    ):
        with pytest.raises(NotAllowed):
            cases.execute(command, by=by)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_searches_are_saved_replaced_and_dropped(engine: Engine) -> None:
    engine.execute(SaveSearch(name="Terlambat", query="what=late"), by=AUD)
    engine.execute(SaveSearch(name="Terlambat", query="what=late&unit=%2F01%2F"), by=AUD)
    (one,) = engine.ask(audits.searches, CAST["AUD"])
    assert one.query == "what=late&unit=%2F01%2F"
    engine.execute(DropSearch(name="Terlambat"), by=AUD)
    assert engine.ask(audits.searches, CAST["AUD"]) == ()
    with pytest.raises(NotFound):
        engine.execute(DropSearch(name="Terlambat"), by=AUD)
    with pytest.raises(InvalidForm):
        engine.execute(SaveSearch(name=" ", query=""), by=AUD)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_exports_are_bounded_in_a_day(engine: Engine) -> None:
    with pytest.raises(InvalidForm):
        engine.execute(AskExport(form="exe"), by=AUD)
    for _ in range(20):
        engine.execute(AskExport(form="csv"), by=AUD)
    with pytest.raises(Conflict):
        engine.execute(AskExport(form="csv"), by=AUD)


def test_a_case_that_is_gone_leaves_its_number_missing(cases: Engine) -> None:
    (whole,) = cases.ask(population.populations)
    assert (whole.given, whole.kept, whole.whole) == (12, 12, True)
    assert cases.ask(population.gaps, whole.code, whole.period) == ()
    with cases.database.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        gone = "(SELECT id FROM instance ORDER BY id LIMIT 1)"
        alter(connection, f"DELETE FROM task WHERE instance_id = {gone}")
        alter(connection, f"DELETE FROM instance WHERE id = {gone}")
        (torn,) = population.populations(connection)
        gaps = population.gaps(connection, torn.code, torn.period)
        connection.rollback()
    assert not torn.whole
    assert [(gap.case_no, gap.kind) for gap in gaps] == [(f"{whole.code}-2026Q2-000001", "MISSING")]
