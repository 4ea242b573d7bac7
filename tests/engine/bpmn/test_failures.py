"""The failure boundary: what fails is parked, the rest runs on, a retry goes on from there."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from engine.bpmn import Bounds, load
from engine.errors import Busy, InvalidState, LimitExceeded
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    event,
    flow,
    gateway,
    model,
    node,
    script,
    service,
    several,
    start,
    user,
)
from tests.engine.bpmn.stage import NOW, Case, Stage, compiled


def beside() -> dict[str, bytes]:
    """A service that may break, and a task beside it that must not notice."""
    return model(
        start(),
        user("ask"),
        gateway("parallel", "fork"),
        service("pay", "broken", "paid", amount="ask.amount"),
        user("other"),
        gateway("parallel", "join"),
        user("after"),
        end(),
        chain("begin", "ask", "fork", "pay", "join", "after", "finish"),
        chain("fork", "other", "join"),
    )


def test_a_failing_service_parks_its_token_and_nothing_else(mode: str) -> None:
    case = Case(beside(), mode=mode, stage=Stage(fail=True))
    outcome = case.complete("ask", {"amount": 5})
    (incident,) = outcome.incidents
    assert (incident.element_id, incident.kind) == ("pay", "SERVICE")
    assert incident.message == "Expected the payroll to answer, but it is closed."
    assert case.waiting() == ["other"]
    assert case.variables["ask"] == {"amount": 5}


def reserving(*caught: str, inner: str = "") -> dict[str, bytes]:
    """A service that may refuse, inside a sub-process."""
    part = node(
        "subProcess", "part",
        start("b2") + service("hold", "reserve", "held", inner, amount="5") + end("e2")
        + chain("b2", "hold", "e2") + "".join(caught),
    )  # fmt: skip
    return model(
        start(), part, user("after"), end(), chain("begin", "part", "after", "finish"),
        boundary("outside", "part", event("error"), result="why"), user("give_up"), chain("outside", "give_up", "finish"),
        extra='<bpmn:error id="e1" errorCode="NO_BUDGET" />',
    )  # fmt: skip


ON_IT = (
    boundary("too_dear", "hold", event("error", "e1"), result="refusal")
    + user("save_up")
    + end("e3")
    + chain("too_dear", "save_up", "e3")
)


def test_a_business_error_goes_the_way_drawn_on_its_task(mode: str) -> None:
    case = Case(reserving(ON_IT), {"x": 1}, mode=mode, stage=Stage(fail=True))
    assert (case.waiting(), case.outcome.incidents) == (["save_up"], ())
    told = {"code": "NO_BUDGET", "message": "Expected money to be left, but there is none."}
    assert case.run.variables_of(case.task("save_up").token) == {"x": 1, "refusal": told}
    assert case.done() == ["begin", "b2", "too_dear"]
    assert [type(fact).__name__ for fact in case.facts].count("ServiceCalled") == 1
    case.complete("save_up")
    assert case.waiting() == ["after"]
    # Where all goes well, nobody hears of it.
    assert Case(reserving(ON_IT), mode=mode).waiting() == ["after"]


def test_a_business_error_that_nothing_near_catches_goes_outwards(mode: str) -> None:
    case = Case(reserving(), mode=mode, stage=Stage(fail=True))
    assert case.waiting() == ["give_up"]
    assert case.run.variables_of(case.task("give_up").token)["why"]["code"] == "NO_BUDGET"
    guard = node(
        "subProcess", "guard",
        start("b3", event("error", "e1")) + user("nearer") + end("e3") + chain("b3", "nearer", "e3"),
        triggeredByEvent="true",
    )  # fmt: skip
    case = Case(reserving(guard), mode=mode, stage=Stage(fail=True))
    assert case.waiting() == ["nearer"]


def test_a_business_error_of_one_item_ends_them_all(mode: str) -> None:
    files = reserving(ON_IT, inner=several("[1, 2]", item="n"))
    case = Case(files, mode=mode, stage=Stage(fail=True))
    assert case.waiting() == ["save_up"]


def test_a_business_error_that_nothing_catches_is_parked(mode: str) -> None:
    files = model(start(), service("hold", "reserve"), end(), chain("begin", "hold", "finish"))
    stage = Stage(fail=True)
    case = Case(files, mode=mode, stage=stage)
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("hold", "SERVICE")
    stage.fail = False
    case.retry(incident.token)
    assert case.completed


def test_a_retried_token_runs_with_the_same_data_and_goes_on(mode: str) -> None:
    stage = Stage(fail=True)
    case = Case(beside(), mode=mode, stage=stage)
    (incident,) = case.complete("ask", {"amount": 5}).incidents
    again = case.retry(incident.token)
    assert [i.token for i in again.incidents] == [incident.token]
    assert again.resumed == ()
    case.complete("other")
    assert case.waiting() == []
    stage.fail = False
    done = case.retry(incident.token)
    assert done.incidents == ()
    assert case.waiting() == ["after"]
    assert case.run.variables_of(case.task("after").token)["paid"] == {"amount": 5}
    assert [dict(call.arguments) for call in stage.calls] == [{"amount": 5}] * 3


def test_a_resumed_token_is_reported_once() -> None:
    stage = Stage(fail=True)
    case = Case(beside(), mode="restored", stage=stage)
    (incident,) = case.complete("ask", {"amount": 5}).incidents
    assert case.complete("other").incidents == (), "an old incident is told again"
    stage.fail = False
    assert case.retry(incident.token).resumed == (incident.token,)


def test_what_a_host_raises_is_not_quoted(mode: str) -> None:
    files = model(start(), service("pay", "crash"), end(), chain("begin", "pay", "finish"))
    case = Case(files, mode=mode, stage=Stage(fail=True))
    (incident,) = case.outcome.incidents
    assert "ZeroDivisionError" in incident.message
    assert "secret details" not in incident.message


def test_a_lock_that_was_not_to_be_had_is_the_callers_business() -> None:
    class Locked(Stage):
        def serve(self, request: object) -> object:
            raise Busy

    files = model(start(), service("pay", "echo"), end(), chain("begin", "pay", "finish"))
    with pytest.raises(Busy):
        Case(files, stage=Locked())


def test_a_script_that_fails_changes_nothing(mode: str) -> None:
    files = model(
        start(), script("s", "{ a: 1 }"), user("u"),
        script("t", "{ c: a, d: function(x) x }"), end(), chain("begin", "s", "u", "t", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("u")
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("t", "EXPRESSION")
    assert "c" not in case.variables
    assert case.variables["a"] == 1


def test_an_expression_beyond_its_budget_parks_with_the_limit(mode: str) -> None:
    text = "{ n: count(for a in 1..9999, b in 1..9999, c in 1..9999 return a) }"
    files = model(start(), script("s", text), end(), chain("begin", "s", "finish"))
    case = Case(files, mode=mode)
    assert [i.kind for i in case.outcome.incidents] == ["LIMIT"]


def test_an_endless_loop_of_scripts_is_stopped(mode: str) -> None:
    files = model(
        start(), gateway("exclusive", "top"), script("s", "{ n: 1 }"),
        gateway("exclusive", "again", "again_to_finish"), end(), chain("begin", "top", "s", "again"),
        flow("again", "top", "n = 1"), flow("again", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=Stage(bounds=Bounds(steps=100)))
    (incident,) = case.outcome.incidents
    assert incident.kind == "LIMIT"
    assert "100 automatic steps" in incident.message


def test_too_many_items_park_the_multi_instance(mode: str) -> None:
    files = model(
        start(),
        user("many", several("for i in 1..50 return i", item="n")),
        end(),
        chain("begin", "many", "finish"),
    )
    case = Case(files, mode=mode, stage=Stage(bounds=Bounds(items=10)))
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("many", "LIMIT")
    assert "10 items" in incident.message


def test_too_many_tokens_park(mode: str) -> None:
    files = model(
        start(), node("subProcess", "many", several("for i in 1..60 return i", item="n") + start("b2") + user("u")
        + end("e2") + chain("b2", "u", "e2")), end(), chain("begin", "many", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=Stage(bounds=Bounds(tokens=50)))
    assert {i.kind for i in case.outcome.incidents} == {"LIMIT"}
    assert "50 live tokens" in case.outcome.incidents[0].message


def test_too_large_answers_are_refused_and_change_nothing(mode: str) -> None:
    files = model(start(), user("ask"), end(), chain("begin", "ask", "finish"))
    case = Case(files, mode=mode, stage=Stage(bounds=Bounds(data_bytes=1000)))
    token = case.task("ask").token
    with pytest.raises(LimitExceeded):
        case.run.complete(token, {"text": "x" * 2000})
    case.run.complete(token, {"text": "short"})
    case.run.advance()
    assert case.run.outcome().completed


def test_a_script_that_fills_the_memory_parks(mode: str) -> None:
    text = '{ big: for i in 1..400 return "0123456789" }'
    files = model(start(), script("s", text), end(), chain("begin", "s", "finish"))
    case = Case(files, mode=mode, stage=Stage(bounds=Bounds(data_bytes=1000)))
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("s", "LIMIT")
    assert "big" not in case.variables


def test_after_a_second_crash_the_answer_is_kept_and_the_rest_is_held() -> None:
    stage = Stage()
    case = Case(beside(), mode="restored", stage=stage)
    token = case.task("ask").token
    case.run.complete(token, {"amount": 5})
    case.run.advance(hold=True)
    outcome = case.run.outcome()
    assert stage.calls == []
    assert {i.kind for i in outcome.incidents} == {"CRASHED"}
    assert case.run.variables()["ask"] == {"amount": 5}
    case.reload()
    for incident in outcome.incidents:
        case.run.retry(incident.token)
    case.run.advance()
    assert len(stage.calls) == 1
    assert [task.element_id for task in case.run.outcome().opened] == ["other"]


def test_only_open_tasks_can_be_completed(mode: str) -> None:
    case = Case(beside(), mode=mode)
    token = case.task("ask").token
    with pytest.raises(InvalidState):
        case.run.complete(token + 100, {})
    case.complete("ask", {"amount": 1})
    with pytest.raises(InvalidState):
        case.run.complete(token, {})
    with pytest.raises(InvalidState):
        case.run.fire(case.task("other").token)
    with pytest.raises(InvalidState):
        case.run.retry(case.task("other").token)


def test_a_task_whose_assignee_cannot_be_computed_is_parked_until_it_can(mode: str) -> None:
    files = model(
        start(), user("ask", candidateGroup="group"), end(), chain("begin", "ask", "finish")
    )
    case = Case(files, {"group": 5}, mode=mode)
    assert case.waiting() == []
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("ask", "EXPRESSION")]


def test_cancelling_closes_everything(mode: str) -> None:
    case = Case(beside(), mode=mode, stage=Stage(fail=True))
    case.complete("ask", {"amount": 5})
    token = case.task("other").token
    outcome = case.cancel()
    assert outcome.completed
    assert outcome.incidents == ()
    if mode == "restored":
        assert outcome.closed == (token,)


def test_a_stored_case_knows_its_parked_tokens_again() -> None:
    case = Case(beside(), mode="memory", stage=Stage(fail=True))
    (incident,) = case.complete("ask", {"amount": 5}).incidents
    saved = case.run.save()
    run = load(compiled(beside()), saved.header, saved.values.__getitem__, Stage().env)
    run.advance()
    assert run.outcome().facts == (), "a parked token ran without being retried"
    run.retry(incident.token)
    run.advance()
    assert run.outcome().resumed == (incident.token,)
    assert Stage().env.now == NOW
