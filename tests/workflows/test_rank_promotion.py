"""The rank promotion as the city runs it: vectors of domain.md §2.6, the decree, the new rank."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from sqlalchemy import select, update

from engine import (
    Actor,
    ClaimTask,
    CompleteTask,
    Engine,
    NewCase,
    RetryIncident,
    StartInstance,
)
from engine.folder import read_folder
from engine.queries import cases, history, standing
from engine.worker import Worker
from hr.career import queries as career
from hr.demo.cast import CAST
from hr.directory.tables import Person, PersonRank
from hr.notices import queries as notices
from hr.process_bindings import ports as hr_ports
from hr.records.tables import AnnualPredicate, Qualification
from hr.statements import add
from tests.conftest import WORKFLOWS, MovableClock
from web.filing import FilesInMemory

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HRO, EMP = CAST["HRO"], CAST["EMP"]
PDF = b"%PDF-1.7\n%%EOF\n"
# pelaksana II/d, SLTA, 52 months, B,B, UD-I passed
VECTOR: dict[str, Any] = {"rank": "II/d", "predicates": ("B", "B"), "exam": "PASSED", "kind": "PNS"}


@pytest.fixture
def ready(engine: Engine) -> Engine:
    """The cast with the rank promotion deployed."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    return engine


def clerk(engine: Engine, given: Mapping[str, Any]) -> None:
    """Make HRO, who holds a plain post, the person of a vector."""
    with engine.database.begin() as connection:
        connection.execute(
            update(PersonRank)
            .where(PersonRank.person_id == HRO)
            .values(rank=given["rank"], valid_from=date(2022, 5, 1))
        )
        connection.execute(
            update(Person).where(Person.id == HRO).values(education="SLTA", kind=given["kind"])
        )
        for year, predicate in zip((2024, 2025), given["predicates"], strict=True):
            one = (AnnualPredicate.person_id == HRO) & (AnnualPredicate.year == year)
            connection.execute(update(AnnualPredicate).where(one).values(predicate=predicate))
        exam = {"kind": "SERVICE_EXAM_1", "result": given["exam"], "number": "UD-I/7"}
        add(connection, Qualification, [{"person_id": HRO, "held_on": date(2025, 5, 5), **exam}])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("ELIGIBLE", None, "III/a")),
        ({"rank": "III/b"}, ("NOT", "E03", None)),
        ({"predicates": ("BP", "B")}, ("NOT", "E02", None)),
        ({"predicates": ("B", "BP")}, ("NOT", "E02", None)),
        ({"kind": "PPPK", "rank": "IX"}, ("NOT", "E10", None)),
        ({"exam": "EXEMPT"}, ("ELIGIBLE", None, "III/a")),
        ({"exam": "FAILED"}, ("NOT", "E05", None)),
    ],
)
def test_the_vectors_of_dt10_and_dt11_go_through_the_process(
    ready: Engine, changed: dict[str, Any], expected: tuple[str, str | None, str | None]
) -> None:
    clerk(ready, VECTOR | changed)
    case = NewCase(subject_id=HRO, period="2026-09")
    started = ready.execute(StartInstance(key="rank_promotion", case=case))
    found = ready.ask(standing.variables, started.instance_id)
    said = found["eligibility"]
    assert (said["result"], said["code"], said["next_rank"]) == expected
    assert found["months_in_rank"] == 52


def complete(engine: Engine, instance: int, who: str, **answers: Any) -> None:
    (task,) = engine.ask(standing.open_tasks, instance)
    by = Actor(person_id=CAST[who])
    if task.assignee_id is None:
        engine.execute(ClaimTask(task_id=task.id), by=by)
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    engine.execute(command, by=by)


def until_signed(engine: Engine, before_signing: Callable[[], None] = lambda: None) -> int:
    """Play a case of EMP to the signature; give it."""
    case = NewCase(subject_id=EMP, period="2026-09")
    instance = engine.execute(StartInstance(key="rank_promotion", case=case)).instance_id
    assert engine.ports.files is not None
    kept = {"sha256": engine.ports.files.put(PDF), "mime": "application/pdf", "size": len(PDF)}
    files = [{"name": "a.pdf", **kept}]
    papers = ["RANK_DECREE", "EVALUATIONS"]
    complete(engine, instance, "EMP", files=files, included=papers, is_true=True)
    complete(engine, instance, "HRO", complete="YES")
    complete(engine, instance, "RTR", position="PROPOSE")
    complete(engine, instance, "HRC", verdict="MS")
    approval = {"number": 'PT-7 #panic("x") *tebal* $x$', "approved_on": "2026-07-01"}
    complete(engine, instance, "HRC", **approval, letter=files)
    before_signing()
    complete(engine, instance, "PPK", signed=True)
    return instance


def test_the_decree_is_a_pdf_a_2b_that_says_what_it_should(ready: Engine) -> None:
    instance = until_signed(ready)
    decree = ready.ask(career.promotion_of_case, instance)
    assert decree is not None
    assert ready.ports.files is not None
    data = ready.ports.files.get(decree.sha256)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
        keeps_the_rules_of_pdf_a(pdf)
        assert str(pdf.docinfo["/Title"]) == "Keputusan kenaikan pangkat Sari Wulandari"
        said = "".join(words(page) for page in pdf.pages)
    for part in (
        "SariWulandari",
        decree.decree_no,
        decree.code,
        "PenataMudaTingkatI,III/b",
        "Penata,III/c",
        "1September2026",
        'PT-7#panic("x")*tebal*$x$',  # as it was typed: data is never read as a template
        "JokoSantoso",
    ):
        assert part in re.sub(r"\s", "", said).replace("“", '"').replace("”", '"'), part
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", decree.code)
    assert decree.decree_no == "800.1.3.2/2026-09-000001"


def keeps_the_rules_of_pdf_a(pdf: pikepdf.Pdf) -> None:
    """Look for what ISO 19005-2 asks of every file and what can be seen without a validator."""
    assert "/Encrypt" not in pdf.trailer
    assert len(pdf.trailer["/ID"]) == 2
    assert "/Filter" not in pdf.Root["/Metadata"], "anybody reads the metadata as plain XML"
    assert b"pdfaid:part" in pdf.Root["/Metadata"].read_raw_bytes()
    (intent,) = pdf.Root["/OutputIntents"]
    assert str(intent["/S"]) == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"]
    assert profile.read_bytes()[36:40] == b"acsp", "an ICC profile"
    for forbidden in ("/AA", "/OpenAction", "/AcroForm"):
        assert forbidden not in pdf.Root, forbidden
    assert "/JavaScript" not in pdf.Root.get("/Names", {})
    fonts = [each for each in pdf.objects if _type(each) == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in fonts)
    streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
    assert not [each for each in streams if "LZWDecode" in str(each.get("/Filter", ""))]
    actions = [each for each in pdf.objects if _type(each) == "/Action"]
    assert not [each for each in actions if str(each["/S"]) in ("/JavaScript", "/Launch", "/Movie")]


def _type(each: Any) -> str:
    known = isinstance(each, pikepdf.Dictionary | pikepdf.Stream)
    return str(each.get("/Type", "")) if known else ""


def words(page: pikepdf.Page) -> str:
    """Read the text of a page through the fonts' own tables."""
    fonts = {name: glyphs(font) for name, font in page.resources["/Font"].items()}
    said, known = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            known = fonts[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for part in shown:
                raw = bytes(part) if isinstance(part, pikepdf.String) else b""
                said += [known.get(raw[at : at + 2], "?") for at in range(0, len(raw), 2)]
    return "".join(said)


def glyphs(font: Any) -> dict[bytes, str]:
    table = font["/ToUnicode"].read_bytes().decode("latin-1")
    found = {}
    for code, value in re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", table):
        found[bytes.fromhex(code)] = bytes.fromhex(value).decode("utf-16-be")
    return found


def test_on_its_day_the_old_rank_ends_and_the_new_one_begins(
    ready: Engine, clock: MovableClock
) -> None:
    instance = until_signed(ready)
    clock.now = datetime(2026, 8, 31, 16, 59, tzinfo=UTC)
    Worker(ready).run_due()
    assert [rank for rank, _, _ in ranks(ready)] == ["III/b"]
    clock.now = datetime(2026, 8, 31, 17, 1, tzinfo=UTC)  # 1 September in the city
    Worker(ready).run_due()
    assert ranks(ready) == [
        ("III/b", date(2022, 1, 1), date(2026, 8, 31)),
        ("III/c", date(2026, 9, 1), date(9999, 12, 31)),
    ]
    (told,) = ready.ask(notices.unread, EMP)
    assert told.notice == "promoted"
    assert told.values["rank_old"] == "Penata Muda Tingkat I, III/b"
    assert told.values["rank_new"] == "Penata, III/c"
    (promotion,) = ready.ask(career.promotions, EMP)
    assert promotion.applied_at is not None
    assert promotion.instance_id == instance


def test_who_retries_a_decree_has_not_signed_it(ready: Engine, clock: MovableClock) -> None:
    from dataclasses import replace

    class Full(FilesInMemory):
        """A place for files that is full until somebody makes room."""

        full = False

        def put(self, data: bytes, *, unsent: bool = False) -> str:
            if self.full:
                raise OSError("no space left")
            return super().put(data, unsent=unsent)

    place = Full()
    ports = hr_ports(ready.ports.vault, ready.ports.attempts, place)
    engine = Engine(ready.database, replace(ports, files=place), clock)
    instance = until_signed(engine, before_signing=lambda: setattr(Full, "full", True))
    assert engine.ask(career.promotion_of_case, instance) is None
    (incident,) = engine.ask(cases.case, instance).incidents
    Full.full = False
    retry = RetryIncident(incident_id=incident.id, reason="ada tempat lagi")
    engine.execute(retry, by=Actor(person_id=CAST["HRC"]))
    decree = engine.ask(career.promotion_of_case, instance)
    assert decree is not None
    assert decree.signed_by == CAST["PPK"]


def ranks(engine: Engine) -> list[tuple[str, date, date]]:
    with engine.database.connect() as connection:
        found = select(PersonRank.rank, PersonRank.valid_from, PersonRank.valid_to)
        rows = connection.execute(found.where(PersonRank.person_id == EMP))
        return sorted((row.rank, row.valid_from, row.valid_to) for row in rows)


def test_a_rank_that_changed_meanwhile_parks_the_case(ready: Engine, clock: MovableClock) -> None:
    instance = until_signed(ready)
    with ready.database.begin() as connection:
        one = PersonRank.person_id == EMP
        connection.execute(update(PersonRank).where(one).values(rank="III/d"))
    clock.now = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    Worker(ready).run_due()
    assert [rank for rank, _, _ in ranks(ready)] == ["III/d"]
    assert ready.ask(history.check_chains) == ()
    assert "promotion" not in ready.ask(standing.variables, instance)
