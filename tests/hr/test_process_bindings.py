"""The verbs that a model may call, each called as the engine calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy import Engine as Database

from engine.errors import ServiceTaskFailed
from engine.feel.values import normalize
from engine.model import PLATFORM, Scope
from engine.ports import Call, Ports
from hr.appraisal.store import propose
from hr.calibration.rules import MOST_OFFERED, MOST_ON_AGENDA
from hr.demo.cast import CAST, install_cast
from hr.evaluation import queries as evaluation
from hr.evaluation import rules
from hr.evaluation.tables import RaterConflict, RaterInvitation
from hr.followup import queries as followup
from hr.notices import queries as notices
from hr.process_bindings import reading, writing
from hr.records.tables import Leave
from hr.statements import add

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
EMP, RTR, SU2, HRC = (CAST[code] for code in ("EMP", "RTR", "SU2", "HRC"))
PEERS = [CAST[f"PEER{number}"] for number in range(1, 6)]
RESULT = {
    "predicate": "B",
    "result_rating": "MEETS",
    "behaviour_rating": "MEETS",
    "result_score": Decimal("102.55"),
    "behaviour_score": Decimal("3.80"),
}


@pytest.fixture
def call(database: Database) -> Iterator[Call]:
    with database.begin() as connection:
        install_cast(connection, NOW)
        yield _call(connection)


def _call(connection: Connection) -> Call:
    return Call(
        connection=connection,
        now=NOW,
        actor=PLATFORM,
        instance_id=1,
        case_no="P04-2026Q2-000001",
        process_key="quarterly_evaluation",
        element_id="here",
        subject_id=EMP,
        scope_path="/01/01/01/",
        period="2026Q2",
    )


def test_every_verb_says_in_indonesian_what_it_does(ports: Ports) -> None:
    for verb in (*ports.services.values(), *ports.functions.values()):
        assert len(verb.doc) > 20
        assert verb.result
        assert verb.name.islower()
    assert not set(ports.services) & set(ports.functions)


def test_a_session_takes_the_heaviest_flags_of_an_office_that_has_more(
    ports: Ports, call: Call
) -> None:
    proposal = {
        "person_id": EMP,
        "period": "2026",
        "office_path": "/01/",
        "state": "PROPOSED",
        "predicate": "B",
        "result_score": Decimal(4),
        "behaviour_score": Decimal(4),
        "proposed_at": NOW,
    }
    numbers = [
        propose(
            call.connection,
            {**proposal, "instance_id": 100 + n, "case_no": str(n), "flags": json.dumps(flags)},
        )
        for n, flags in enumerate([[], *[["FX8"]] * 150, ["FX1", "FX8"], *[[]] * 100])
    ]
    year = replace(call, process_key="calibration_review", period="2026")
    functions = ports.functions
    assert functions["flagged_count"].run(year) == 151
    chosen = functions["flagged_appraisals"].run(year)
    assert chosen == [str(n) for n in (numbers[151], *numbers[1:MOST_ON_AGENDA])]
    offered = [one["value"] for one in functions["calibration_options"].run(year, True)]
    assert len(offered) == MOST_OFFERED
    assert offered[:MOST_ON_AGENDA] == chosen
    assert offered[151] == str(numbers[0])  # the unflagged come after the flagged
    assert len(functions["calibration_options"].run(year)) == 151


def test_every_function_gives_a_feel_value(ports: Ports, call: Call) -> None:
    answers: list[Any] = [{"a": Decimal(4)}] * 3
    given: dict[str, list[Any]] = {
        "person_name": [Decimal(EMP)],
        "person_options": [["4", Decimal(5)]],
        "summarise_ratings": [answers, ["a"]],
        "own_ratings": [answers[0], ["a"]],
        "ratings_by_days": [answers[0], {"parts": []}, [], None, ["a"]],
        "plan_links": [[]],
        "working_day": [Decimal(3)],
        "suggested_course": ["PELAYANAN", Decimal(3)],
        "session_options": ["PELAYANAN", Decimal(3)],
        "course_options": ["PELAYANAN"],
        "training_score": [Decimal(1_500_000)],
        "plan_findings": [[]],
        "plan_changes": [[]],
        "contested_result": [None],
        "rater_facts": [Decimal(RTR)],
        "rater_flags": [Decimal(RTR)],
        "team_sample": ["B", []],
        "levels_apart": ["B", "SB"],
        "calibration_options": [True],
        "calibration_motions": [[]],
        "result_rests": [Decimal(1)],
        "objection_decider": [None],
        "catalogue_orphans": [[], []],
    }
    of_a_year = replace(call, process_key="indicator_catalogue", period="2026")
    for name, function in ports.functions.items():
        of = of_a_year if name.startswith("catalogue_") else call
        normalize(function.run(of, *given.get(name, [])))


def test_people_of_a_case_are_numbers(call: Call) -> None:
    assert reading.subject(call) == EMP
    assert reading.rater(call) == RTR
    assert reading.rater_superior(call) == SU2
    assert reading.person_name(call, str(EMP)) == "Sari Wulandari"
    assert reading.person_name(call, "nobody") is None


def test_the_kind_of_position_weighs_raters(call: Call) -> None:
    assert reading.position_kind(call) == "STAFF_PUBLIC"
    assert reading.position_kind(replace(call, subject_id=RTR)) == "LEADER"
    inside = replace(call, subject_id=HRC, scope_path="/02/")
    assert reading.position_kind(inside) == "STAFF_INTERNAL"


def test_options_name_the_peers_one_may_propose(call: Call) -> None:
    options = reading.peer_options(call)
    assert {option["value"] for option in options} == {str(peer) for peer in PEERS}
    assert [option["label"] for option in options] == sorted(o["label"] for o in options)


def test_a_peer_on_leave_in_conflict_or_overworked_is_no_option(call: Call) -> None:
    away = {"person_id": PEERS[0], "kind": "SICK"}
    add(call.connection, Leave, [{**away, "valid_from": NOW.date(), "valid_to": NOW.date()}])
    conflict = {"person_id": PEERS[1], "other_id": EMP, "valid_from": date(2026, 1, 1)}
    add(call.connection, RaterConflict, [conflict])
    asked = [
        {"instance_id": n, "rater_id": PEERS[2], "period": "2026Q2", "relation": "PEER"}
        for n in range(100, 108)
    ]
    add(call.connection, RaterInvitation, asked)
    left = {option["value"] for option in reading.peer_options(call)}
    assert left == {str(PEERS[3]), str(PEERS[4])}
    chosen = writing.choose_raters(call, [PEERS[0], PEERS[1], PEERS[2]])
    assert [each["reason"] for each in chosen["refused"]] == [
        "ON_LEAVE",
        "CONFLICT",
        "TOO_MANY_FORMS",
    ]
    assert chosen["peers"] == [PEERS[3], PEERS[4]]


def test_result_rows_carry_attendance_and_make_the_domains_score(call: Call) -> None:
    rows = reading.result_rows(call)
    ratios = {row["dimension"]: row["ratio"] for row in rows}
    weights = {
        "contribution": 30,
        "quality": 25,
        "quantity": 15,
        "time": 10,
        "attendance": 10,
        "innovation": 5,
        "service": 5,
    }
    assert sum(weights[key] * ratios[key] for key in weights) == Decimal("102.55")


def test_raters_are_proposed_and_drawn_with_a_recorded_seed(call: Call) -> None:
    chosen = writing.choose_raters(call, ["4", "5", "6"], [], Decimal(2))
    assert chosen["peers"] == PEERS
    draw = evaluation.draw_of(call.connection, 1)
    assert draw is not None
    assert draw.seed == chosen["seed"]
    assert set(rules.draw(draw.seed, draw.pool, 2)) == {7, 8}


def test_a_second_choice_replaces_the_first(call: Call) -> None:
    writing.choose_raters(call, PEERS[:3])
    again = writing.choose_raters(call, PEERS[:3], [PEERS[0]])
    assert again["peers"] == PEERS[1:]
    count = call.connection.execute(select(func.count()).select_from(RaterInvitation)).scalar_one()
    assert count == 4


def test_a_leader_is_rated_by_his_subordinates_too(call: Call) -> None:
    chosen = writing.choose_raters(replace(call, subject_id=RTR))
    assert chosen["subordinates"] == sorted([EMP, *PEERS])
    assert chosen["peers"] == []


def test_a_proposal_that_is_no_person_fails(call: Call) -> None:
    with pytest.raises(ServiceTaskFailed, match="numbers of persons"):
        writing.choose_raters(call, ["Budi"])


def test_facts_of_a_unit_fail_where_none_are_recorded(call: Call) -> None:
    facts = writing.unit_facts(call)
    assert (facts["skm_index"], facts["gap"]) == (Decimal(82), False)
    with pytest.raises(ServiceTaskFailed, match="2026Q3"):
        writing.unit_facts(replace(call, period="2026Q3"))


def test_a_result_is_disclosed_once_and_told(call: Call) -> None:
    first = writing.disclose_result(call, **RESULT)
    again = writing.disclose_result(replace(call, now=NOW.replace(month=8)), **RESULT)
    assert first == again
    assert first["objection_until"] == date(2026, 7, 15)
    (told,) = notices.unread(call.connection, EMP)
    assert (told.notice, told.values) == ("result_disclosed", {"period": "2026Q2"})
    later = replace(call, instance_id=2, period="2026Q3")
    assert reading.previous_predicate(later) == "B"
    assert reading.previous_predicate(call) is None


def test_an_incomplete_result_is_not_disclosed(call: Call) -> None:
    with pytest.raises(ServiceTaskFailed, match="predicate"):
        writing.disclose_result(call, **{**RESULT, "predicate": None})
    assert evaluation.result_of_case(call.connection, 1) is None


def test_a_followup_is_opened_once_per_kind_and_case(call: Call) -> None:
    number = writing.open_followup(call, "COACHING", "BP")
    assert writing.open_followup(call, "COACHING", "BP") == number
    assert writing.open_followup(call, "REFERRAL") != number
    gap = writing.open_followup(call, "SERVICE_GAP")
    other_case = replace(call, instance_id=2, subject_id=PEERS[0])
    assert writing.open_followup(other_case, "SERVICE_GAP") == gap
    with pytest.raises(ServiceTaskFailed, match="DISMISSAL"):
        writing.open_followup(call, "DISMISSAL")


def test_followups_are_listed_for_those_in_charge_only(call: Call) -> None:
    writing.open_followup(call, "COACHING")
    agency = Scope(HRC, frozenset({HRC}), frozenset({""}), exclude_subjects=frozenset({HRC}))
    found = followup.open_followups(call.connection, agency).rows
    assert [(row.kind, row.subject_id) for row in found] == [("COACHING", EMP)]
    own = Scope(EMP, frozenset({EMP}), exclude_subjects=frozenset({EMP}))
    assert followup.open_followups(call.connection, own).rows == ()
    rater = Scope(RTR, frozenset({RTR, EMP}), exclude_subjects=frozenset({RTR}))
    assert len(followup.open_followups(call.connection, rater).rows) == 1


def test_people_are_told_once_each(call: Call) -> None:
    assert writing.notify(call, [Decimal(4), "5", Decimal(4)], "hello", {"when": NOW}) == 2
    (note,) = notices.unread(call.connection, PEERS[0])
    assert (note.notice, note.case_no) == ("hello", call.case_no)


def test_offices_may_spare_their_people_in_some_quarters(call: Call) -> None:
    from hr.evaluation.tables import OfficeRule

    assert reading.peers_asked(call)
    rule = {"unit_id": 1, "valid_from": date(2026, 1, 1), "peer_quarters": "24"}
    add(call.connection, OfficeRule, [rule])
    assert reading.peers_asked(call)
    assert not reading.peers_asked(replace(call, period="2026Q3"))


def test_a_working_day_ends_at_four_in_the_city(call: Call) -> None:
    end = reading.working_day(call, Decimal(3))
    assert end is not None
    assert end.isoformat() == "2026-07-06T16:00:00+07:00"
    assert reading.working_day(call, Decimal("1.5")) is None
