"""Finding who may rise in rank, and what the tables are asked about a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from engine import Actor, CancelInstance, CompleteTask, Engine, InstallSchedules, Scope
from engine.errors import NotAllowed
from engine.folder import read_folder
from engine.queries import cases, standing
from engine.worker import Worker
from hr.career import queries as career
from hr.career import rules
from hr.career.commands import FindCandidates, ListCandidates
from hr.career.tables import PromotionCandidate
from hr.demo.cast import CAST
from hr.directory.queries import RankStanding
from hr.directory.tables import PersonRank
from hr.notices import queries as notices
from hr.records.queries import CareerRecord, Credit, Dated
from hr.records.tables import AnnualPredicate
from tests.conftest import WORKFLOWS, MovableClock

TMT = date(2026, 9, 1)
EVERYTHING = Scope(path_prefixes=frozenset({"/"}))
CODES = {
    "RTR": "E03",
    "PEER1": "E06",
    "PEER2": "E02",
    "PEER4": "E07",
    "PEER5": "E05",
    "TRN": "E04",
    "STRANGER": "E08",
    "HRC2": "E09",
}


@pytest.fixture
def ready(engine: Engine) -> Engine:
    """The cast with the rank promotion deployed."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    return engine


def work(engine: Engine) -> None:
    worker = Worker(engine)
    while worker.run_due():
        pass


def listed(engine: Engine, tmt: date = TMT) -> dict[int, career.CandidateRow]:
    return {row.person_id: row for row in engine.ask(career.candidates, tmt, limit=500).rows}


def test_the_monthly_search_starts_one_case_for_each_who_is_eligible(ready: Engine) -> None:
    ready.execute(InstallSchedules())
    work(ready)
    found = listed(ready)
    eligible = {CAST[code] for code in ("EMP", "PEER3", "HRO")}
    assert eligible <= {one for one, row in found.items() if row.state == "OPENED"}
    started = ready.ask(cases.cases, EVERYTHING, limit=100).rows
    opened = {one for one, row in found.items() if row.state == "OPENED"}
    assert {row.subject_id for row in started} == opened
    assert {row.id for row in started} == {found[one].instance_id for one in opened}
    assert {row.period for row in started} == {"2026-09"}


def test_those_not_proposed_stand_in_the_list_with_code_and_date(ready: Engine) -> None:
    ready.execute(InstallSchedules())
    work(ready)
    found = listed(ready)
    assert {code: found[CAST[code]].code for code in CODES} == CODES
    assert {found[CAST[code]].state for code in CODES} == {"NOT_ELIGIBLE"}
    assert found[CAST["PEER2"]].eligible_on == date(2028, 1, 1)
    assert found[CAST["TRN"]].eligible_on == date(2027, 4, 1)
    assert found[CAST["STRANGER"]].eligible_on == date(2027, 8, 1)
    assert found[CAST["PEER1"]].eligible_on is None
    assert all(row.definition_id for row in found.values())
    assert CAST["PPPK"] not in found
    short = [row for row in found.values() if row.code == "E06"]
    assert ready.ask(career.counts, TMT)[("NOT_ELIGIBLE", "E06")] == len(short)


def test_searching_again_starts_and_tells_nobody_twice(ready: Engine) -> None:
    for _ in range(2):
        ready.execute(FindCandidates(tmt=TMT))
        work(ready)
    people = list(CAST.values())
    assert ready.execute(ListCandidates(tmt=TMT, people=people)) == 1  # the PPPK of nobody's search
    with ready.database.connect() as connection:
        rows = connection.scalar(select(func.count()).select_from(PromotionCandidate))
    assert rows == len(CAST)
    assert len(ready.ask(notices.unread, CAST["PEER2"])) == 1
    subjects = [row.subject_id for row in ready.ask(cases.cases, EVERYTHING, limit=100).rows]
    assert len(subjects) == len(set(subjects))


def test_next_month_only_news_is_told_and_no_second_case_is_started(
    ready: Engine, clock: MovableClock
) -> None:
    ready.execute(InstallSchedules())
    work(ready)
    hand_in(ready, listed(ready)[CAST["EMP"]].instance_id or 0)
    clock.now = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)
    work(ready)
    found = listed(ready, date(2026, 10, 1))
    assert found[CAST["EMP"]].state == "RUNNING"
    # PEER3 handed nothing in: that case was closed, and he is looked at anew.
    assert listed(ready)[CAST["PEER3"]].code == "E07"
    assert found[CAST["PEER3"]].state == "OPENED"
    assert found[CAST["PEER2"]].code == "E02"
    assert len(ready.ask(notices.unread, CAST["PEER2"])) == 1
    subjects = [row.subject_id for row in ready.ask(cases.cases, EVERYTHING, limit=100).rows]
    assert subjects.count(CAST["EMP"]) == 1
    assert subjects.count(CAST["PEER3"]) == 2


def test_a_cancelled_case_keeps_nobody_from_the_next_month(
    ready: Engine, clock: MovableClock
) -> None:
    ready.execute(InstallSchedules())
    work(ready)
    case = listed(ready)[CAST["EMP"]].instance_id or 0
    officer = Actor(person_id=CAST["HRC"])
    ready.execute(CancelInstance(instance_id=case, reason="keliru"), by=officer)
    clock.now = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)
    work(ready)
    assert listed(ready, date(2026, 10, 1))[CAST["EMP"]].state == "OPENED"


def hand_in(engine: Engine, instance: int) -> None:
    (task,) = engine.ask(standing.open_tasks, instance)
    kept = {"name": "a.pdf", "sha256": "ab" * 32, "mime": "application/pdf", "size": 9}
    answers = {"files": [kept], "included": ["RANK_DECREE", "EVALUATIONS"], "is_true": True}
    command = CompleteTask(task_id=task.id, answers=answers, request_key="hand in")
    engine.execute(command, by=Actor(person_id=CAST["EMP"]))


def test_somebody_becomes_a_candidate_in_the_month_in_which_it_is_true(
    ready: Engine, clock: MovableClock
) -> None:
    with ready.database.begin() as connection:
        one = PersonRank.person_id == CAST["EMP"]
        connection.execute(update(PersonRank).where(one).values(valid_from=date(2024, 10, 1)))
        years = AnnualPredicate.year.in_((2024, 2025))
        connection.execute(update(AnnualPredicate).where(years).values(predicate="B"))
    ready.execute(InstallSchedules())
    work(ready)
    found = listed(ready)[CAST["EMP"]]
    assert (found.code, found.eligible_on) == ("E01", date(2026, 10, 1))
    clock.now = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)
    work(ready)
    found = listed(ready, date(2026, 10, 1))[CAST["EMP"]]
    assert (found.state, found.rank_new) == ("OPENED", "III/c")


def test_nobody_but_the_search_itself_finds_candidates(ready: Engine) -> None:
    officer = Actor(person_id=CAST["HRC"])
    for command in (
        FindCandidates(tmt=TMT),
        ListCandidates(tmt=TMT, people=[1]),
        InstallSchedules(),
    ):
        with pytest.raises(NotAllowed):
            ready.execute(command, by=officer)  # type: ignore[arg-type]


def test_without_the_process_the_search_waits_for_next_month(engine: Engine) -> None:
    assert engine.execute(FindCandidates(tmt=TMT)) == 0
    assert listed(engine) == {}


def test_a_case_by_hand_beside_the_list_is_parked(ready: Engine) -> None:
    from engine import NewCase, StartInstance

    ready.execute(InstallSchedules())
    work(ready)
    case = NewCase(subject_id=CAST["EMP"], period="2026-09")
    started = ready.execute(StartInstance(key="rank_promotion", case=case))
    assert ready.ask(standing.open_tasks, started.instance_id) == ()
    (incident,) = ready.ask(cases.case, started.instance_id).incidents
    assert incident.element_id == "gather_facts"


def who(**changed: object) -> RankStanding:
    base: dict[str, object] = {
        "id": 1,
        "name": "Sari",
        "nip": "1",
        "kind": "PNS",
        "education": "S1",
        "rank": "III/a",
        "rank_since": date(2022, 9, 1),
        "post": "Pengelola",
        "post_kind": "PELAKSANA",
        "post_since": date(2022, 9, 1),
        "unit_name": "",
        "unit_path": "/01/",
    }
    return RankStanding(**(base | changed))  # type: ignore[arg-type]


GOOD = {2024: "B", 2025: "B"}


@pytest.mark.parametrize(
    ("person", "record", "kind"),
    [
        (who(), CareerRecord(), "REGULAR"),
        (who(post_kind="PENGAWAS"), CareerRecord(), "STRUCTURAL"),
        (who(post_kind="JF"), CareerRecord(), "FUNCTIONAL"),
        (
            who(),
            CareerRecord(
                educations=(Dated("S2", date(2025, 2, 1)),),
                qualifications=(Dated("DIPLOMA_EXAM", date(2025, 8, 1), "PASSED"),),
            ),
            "DIPLOMA",
        ),
        (who(), CareerRecord(educations=(Dated("S2", date(2025, 2, 1)),)), "REGULAR"),
        (
            who(),
            CareerRecord(qualifications=(Dated("EXCEPTIONAL_DECREE", date(2026, 2, 1), "PASSED"),)),
            "EXCEPTIONAL",
        ),
    ],
)
def test_the_kind_of_promotion_follows_post_and_records(
    person: RankStanding, record: CareerRecord, kind: str
) -> None:
    assert rules.facts(person, record, TMT).promotion_type == kind


@pytest.mark.parametrize(
    ("kind", "rank", "place"),
    [
        ("PENGAWAS", "III/a", "ONE_BELOW"),
        ("PENGAWAS", "III/b", "IN_BAND"),
        ("PENGAWAS", "III/d", "OUTSIDE"),
        ("ADMINISTRATOR", "III/c", "ONE_BELOW"),
        ("JPT", "IV/e", "OUTSIDE"),
        ("PELAKSANA", "III/d", "IN_BAND"),
    ],
)
def test_leading_posts_have_bands_of_ranks(kind: str, rank: str, place: str) -> None:
    found = rules.facts(who(post_kind=kind, rank=rank), CareerRecord(predicates=GOOD), TMT)
    assert found.band_position == place


@pytest.mark.parametrize(
    ("rank", "level", "expected"),
    [
        ("III/a", "PERTAMA", ("PERTAMA", False)),
        ("III/b", "PERTAMA", ("PERTAMA", True)),
        ("III/d", "MUDA", ("MUDA", True)),
        ("III/c", "", ("MUDA", False)),
    ],
)
def test_a_level_rises_when_the_next_rank_lies_above_it(
    rank: str, level: str, expected: tuple[str, bool]
) -> None:
    credit = (Credit(level, Decimal(50), date(2025, 12, 31)),) if level else ()
    found = rules.facts(who(post_kind="JF", rank=rank), CareerRecord(credits=credit), TMT)
    assert (found.functional_level, found.level_rise) == expected


def test_credit_from_before_the_present_rank_does_not_count_again() -> None:
    credits = (
        Credit("PERTAMA", Decimal(40), date(2022, 6, 30)),
        Credit("PERTAMA", Decimal("12.5"), date(2024, 12, 31)),
    )
    assert rules.facts(who(), CareerRecord(credits=credits), TMT).credit == Decimal("12.5")


def test_months_on_leave_without_pay_do_not_count() -> None:
    away = CareerRecord(break_spans=((date(2024, 1, 1), date(2024, 12, 31)),))
    assert rules.facts(who(), CareerRecord(), TMT).months_in_rank == 48
    assert rules.facts(who(), away, TMT).months_in_rank == 35


def test_a_missing_predicate_is_no_good_one() -> None:
    found = rules.facts(who(), CareerRecord(predicates={2025: "B"}), TMT)
    assert (found.documents_complete, found.missing) == (False, ("predicate 2024",))


@pytest.mark.parametrize("text", ["2026-13", "2026Q3", "", "26-09", "2026-9", "2026-09-01"])
def test_a_promotion_month_is_a_month(text: str) -> None:
    with pytest.raises(ValueError, match="promotion month"):
        rules.month_of(text)
