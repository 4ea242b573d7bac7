"""A case told from its history: who, how long, by which rule, in which version, step by step."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from engine import ClaimTask, Deploy, Engine, SendBack
from engine.errors import NotFound
from engine.queries.trace import Trace, picture_at, trace
from tests.conftest import MovableClock
from tests.engine.bpmn.drawing import chain, decision, end, model, rule, start
from tests.engine.stories import REQUEST, begin, complete, open_task, person, request_made
from tests.engine.test_anonymity import answer, asked

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def told_of(engine: Engine, instance_id: int) -> Trace:
    return engine.ask(trace, instance_id)


def test_a_case_says_who_did_what_and_how_long_each_step_took(
    host_engine: Engine, clock: MovableClock
) -> None:
    started, review = request_made(host_engine)
    clock.move(timedelta(days=12))
    complete(host_engine, review.id, 2, {"approved": True})
    told = told_of(host_engine, started.instance_id)
    assert told.whole
    request, reviewed = (one for one in told.happenings if one.kind == "TASK_COMPLETED")
    assert (request.person_id, request.element_name) == (1, "Ajukan permohonan")
    assert (reviewed.person_id, reviewed.waited) == (2, timedelta(days=12))
    assert not request.late
    assert reviewed.late
    assert request.filled is not None
    assert request.filled.form is not None
    assert request.filled.answers.items() >= REQUEST.items()
    (version,) = told.versions
    assert (version.key, version.version, version.seq) == ("two_step", 1, 1)
    computed = next(one for one in told.happenings if one.element_id == "prepare")
    assert {change.name: change.new for change in computed.changes} == {
        "summary": "Cuti besar (4 hari)",
        "long": True,
    }


def test_what_was_changed_after_somebody_saw_it_stands_before_and_after(
    host_engine: Engine, clock: MovableClock
) -> None:
    started, review = request_made(host_engine)
    clock.move(timedelta(hours=3))
    back = SendBack(task_id=review.id, to_element="request", reason="Hari tidak sesuai")
    host_engine.execute(back, by=person(2))
    again = open_task(host_engine, "request", started.instance_id)
    complete(host_engine, again.id, 1, {**REQUEST, "days": Decimal(9)})
    told = told_of(host_engine, started.instance_id)
    (sent_back,) = (one for one in told.happenings if one.kind == "TASK_SENT_BACK")
    assert (sent_back.person_id, sent_back.reason) == (2, "Hari tidak sesuai")
    first, second = (one.filled for one in told.happenings if one.filled)
    assert first is not None
    assert second is not None
    assert first.before == {}
    assert (second.before["days"], second.answers["days"]) == (4, 9)


def test_a_group_s_task_waits_until_it_is_taken_and_is_worked_on_from_then(
    host_engine: Engine, clock: MovableClock
) -> None:
    from tests.engine.bpmn.drawing import user

    files = model(
        start(), user("check", candidateGroup='"HRC"'), end(), chain("begin", "check", "finish")
    )
    host_engine.execute(Deploy(files=files))
    started = begin(host_engine, "test")
    task = open_task(host_engine, "check")
    clock.move(timedelta(hours=5))
    host_engine.execute(ClaimTask(task_id=task.id), by=person(8))
    clock.move(timedelta(hours=2))
    complete(host_engine, task.id, 8, {})
    (done,) = (
        one
        for one in told_of(host_engine, started.instance_id).happenings
        if one.kind == "TASK_COMPLETED"
    )
    assert (done.waited, done.worked) == (timedelta(hours=5), timedelta(hours=2))


def test_a_decision_names_its_rules_with_their_conditions(host_engine: Engine) -> None:
    files = model(start(), rule("rate", "grade"), end(), chain("begin", "rate", "finish"))
    files["grade.dmn"] = decision("grade", (">= 90", '"A"'), ("[50..90)", '"B"'), reads="points")
    host_engine.execute(Deploy(files=files))
    started = begin(host_engine, "test", points=70)
    told = told_of(host_engine, started.instance_id)
    (decided,) = (one.decided for one in told.happenings if one.decided)
    assert decided.inputs == (("points", 70),)
    assert decided.value == "B"
    (matched,) = decided.rules
    assert matched.conditions == (("points", "[50..90)"),)
    assert [text for _, text in matched.outputs] == ['"B"']
    assert len(decided.sha256) == 64


def test_the_replay_shows_the_way_so_far_and_no_further(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    complete(host_engine, review.id, 2, {"approved": True})
    told = told_of(host_engine, started.instance_id)
    assert [one.replay for one in told.happenings if one.replay] == [*range(1, len(told.steps) + 1)]

    def states(seq: int) -> dict[str, str]:
        svg = host_engine.ask(picture_at, started.instance_id, seq)
        found = re.findall(r'class="al-element([^"]*)" data-element-id="([^"]+)"', svg)
        return {element: state.strip() for state, element in found if state.strip()}

    created = next(one.seq for one in told.happenings if one.kind == "TASK_CREATED")
    assert states(created)["request"] == "al-current"
    assert "review" not in states(created)
    assert states(told.steps[-1])["review"] == "al-done"
    assert states(told.steps[-1])["granted"] == "al-done"


def test_anonymous_answers_are_never_told(host_engine: Engine) -> None:
    instance_id = asked(host_engine)
    for peer in (4, 5, 6):
        answer(host_engine, peer)
    told = told_of(host_engine, instance_id)
    anonymous = [one for one in told.happenings if one.anonymous]
    assert len(anonymous) == 3
    assert all(one.filled is None and one.waited is None for one in anonymous)
    assert {one.person_id for one in anonymous} == {None}


def test_a_case_that_is_not_there_is_not_found(host_engine: Engine) -> None:
    with pytest.raises(NotFound):
        host_engine.ask(trace, 4711)
