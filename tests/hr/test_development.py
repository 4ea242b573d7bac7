"""Needs from signals, gaps from standards, seats, learning hours and budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from engine import Actor, Channel, Engine
from engine.errors import InvalidForm, NotAllowed
from hr.demo.cast import CAST
from hr.development import queries, rules
from hr.development.commands import RecordTrainingSignal
from hr.development.rules import Gap, Topics
from hr.development.tables import LearningCredit
from hr.directory.tables import Holding
from hr.service.tables import ServiceArea
from hr.statements import add

HRC = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
EMP = CAST["EMP"]
GAPS = (Gap(EMP, "PELAYANAN", 3, 4), Gap(EMP, "SISTEM", 1, 4))


def signal(code: str, priority: str = "M", refusable: bool = True) -> dict[str, Any]:
    return {"code": code, "priority": priority, "refusable": refusable}


def facts(engine: Engine, code: str = "EMP") -> queries.Facts:
    return engine.ask(queries.facts, CAST[code], "/01/01/01/", "2026Q2", engine.clock())


def test_signals_about_one_competence_are_one_need() -> None:
    found = rules.merge([signal("T1", "H", False), signal("T4")], Topics(GAPS))
    assert [need.competence for need in found] == ["SISTEM", "PELAYANAN"]
    assert found[0].sources == ("T1", "T4")
    assert (found[0].mandatory, found[0].priority) == (True, "H")
    assert (found[0].level_now, found[0].level_needed) == (1, 4)
    assert (found[1].sources, found[1].mandatory) == (("T4",), False)


def test_a_signal_is_about_the_competence_that_was_noted_with_it() -> None:
    topics = Topics((), {"T6": "SISTEM"})
    named, general = rules.merge([signal("T6"), signal("T3")], topics)
    assert (general.competence, named.competence) == ("SISTEM", "PELAYANAN")


def test_the_mandatory_and_the_pressing_come_first() -> None:
    given_signals = [signal("T10", "L"), signal("T3"), signal("T8", "H"), signal("T1", "H", False)]
    assert [n.sources[0] for n in rules.merge(given_signals, Topics())] == ["T1", "T8", "T3", "T10"]


def test_no_signal_is_no_need() -> None:
    assert rules.merge([], Topics(GAPS)) == ()


@given(st.lists(st.sampled_from([f"T{n}" for n in range(1, 12)])))
def test_no_competence_is_named_twice_and_no_source_lost(codes: list[str]) -> None:
    found = rules.merge([signal(code) for code in codes], Topics(GAPS))
    assert len({need.competence for need in found}) == len(found)
    assert {source for need in found for source in need.sources} == set(codes)


@given(st.sets(st.integers(1, 9)), st.integers(1, 9))
def test_the_lowest_free_seat_is_given(taken: set[int], seats: int) -> None:
    number = rules.free_number(sorted(taken), seats)
    free = set(range(1, seats + 1)) - taken
    assert number == (min(free) if free else None)


@pytest.mark.parametrize(
    ("cost", "score"), [("1500000", "2.67"), ("0", "40.00"), ("20000000", "0.20")]
)
def test_a_score_is_priority_times_gap_times_reach_by_cost(cost: str, score: str) -> None:
    assert rules.score("M", 1, 2, Decimal(cost)) == Decimal(score)


def test_quarters_and_months_are_counted_across_years() -> None:
    assert rules.two_quarters("2026Q1") == ("2026Q1", "2025Q4")
    assert rules.two_quarters("2026Q3") == ("2026Q3", "2026Q2")
    assert rules.two_quarters("2026") == ("2026Q4", "2026Q3")
    assert rules.months_between(date(2024, 6, 30), date(2026, 7, 1)) == 24
    assert rules.months_between(date(2024, 7, 2), date(2026, 7, 1)) == 23


def test_a_gap_is_what_the_post_asks_for_beyond_what_a_person_can(engine: Engine) -> None:
    everybody = engine.ask(queries.gaps, list(CAST.values()), engine.clock())
    assert {gap.person_id for gap in everybody} == {EMP, CAST["PEER1"]}
    assert facts(engine).competence_gap == 1
    assert engine.ask(queries.reach, "/01/", "PELAYANAN", engine.clock()) == 2
    assert engine.ask(queries.reach, "/02/", "PELAYANAN", engine.clock()) == 0


def test_who_has_no_signal_has_facts_that_ask_for_nothing(engine: Engine) -> None:
    found = facts(engine, "PEER2")
    assert (found.predicate, found.competence_gap, found.learning_hours) == (None, 0, 0)
    assert (found.quarters_service_below_target, found.upheld_behaviour_complaints) == (0, 0)
    asked = (found.service_change, found.competence_finding, found.new_managerial_post)
    assert asked == (False, False, False)


def test_what_is_noted_about_a_person_becomes_facts_and_topics(engine: Engine) -> None:
    for kind, value in (
        ("LOW_VALUE", "2.8"),
        ("BEHAVIOUR_COMPLAINT", "1"),
        ("BEHAVIOUR_COMPLAINT", "1"),
        ("TALENT_BOX", "7"),
        ("COMPETENCE_FINDING", "1"),
    ):
        note = RecordTrainingSignal(
            person_id=EMP, kind=kind, value=Decimal(value), competence="SISTEM"
        )
        engine.execute(note, by=HRC)
    found = facts(engine)
    assert found.lowest_value_mean == Decimal("2.8")
    assert (found.upheld_behaviour_complaints, found.talent_box) == (2, 7)
    assert found.competence_finding
    assert found.topics.of("T8") == ("SISTEM",)


def test_the_last_course_about_a_topic_and_this_years_hours_count(engine: Engine) -> None:
    course = {"person_id": EMP, "competence": "KOMUNIKASI", "title": "x", "learning_hours": 8}
    days = [date(2024, 5, 1), date(2026, 2, 1)]
    with engine.database.begin() as connection:
        add(connection, LearningCredit, [{**course, "completed_on": day} for day in days])
    assert facts(engine).learning_hours == 8
    assert facts(engine).months_since_course == 5


def test_two_quarters_below_target_count_and_one_in_between_ends_them(engine: Engine) -> None:
    missed = {"actual": Decimal(25), "target": Decimal(20)}
    with engine.database.begin() as connection:
        connection.execute(update(ServiceArea).values(**missed))
    assert facts(engine).quarters_service_below_target == 1


def test_a_first_managerial_post_is_new_for_a_year(engine: Engine) -> None:
    assert not facts(engine, "RTR").new_managerial_post
    with engine.database.begin() as connection:
        begun = update(Holding).where(Holding.person_id == CAST["RTR"])
        connection.execute(begun.values(valid_from=date(2026, 1, 5)))
    assert facts(engine, "RTR").new_managerial_post


def test_courses_are_listed_with_seats_left_and_only_above_a_level(engine: Engine) -> None:
    found = engine.ask(queries.courses, engine.clock(), competence="KEPEMIMPINAN", above=2)
    assert [course.title for course in found] == ["Pelatihan Kepemimpinan Pengawas"]
    (service,) = engine.ask(queries.courses, engine.clock(), competence="PELAYANAN")
    assert [session.left for session in service.sessions] == [20, 12]


def test_signals_are_written_by_officers_and_not_about_themselves(engine: Engine) -> None:
    note = RecordTrainingSignal(person_id=EMP, kind="TALENT_BOX", value=Decimal(9))
    for code in ("STRANGER", "EMP", "RTR", "AUD", "ADM", "TRN"):
        with pytest.raises(NotAllowed):
            engine.execute(note, by=Actor(person_id=CAST[code]))
    own = RecordTrainingSignal(person_id=CAST["HRC"], kind="TALENT_BOX")
    with pytest.raises(NotAllowed):
        engine.execute(own, by=HRC)
    with pytest.raises(InvalidForm):
        engine.execute(RecordTrainingSignal(person_id=EMP, kind="RUMOUR"), by=HRC)
    assert engine.ask(queries.budget, 2031).left == 0
