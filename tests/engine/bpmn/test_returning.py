"""Going back to an earlier step: along the token's own way, with whatever runs beside untouched."""

from __future__ import annotations

import pytest

from engine.bpmn import Outcome, earlier_steps, send_back, steps_back
from engine.errors import InvalidState
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    flow,
    gateway,
    model,
    script,
    service,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case

BRANCHES = model(
    start(),
    user("first"),
    gateway("parallel", "fork"),
    user("a"),
    script("note", "{ noted: a.x }"),
    user("b"),
    boundary("late", "b", timer("P1D"), interrupting=False),
    user("beside"),
    user("reminded"),
    gateway("parallel", "join"),
    user("after"),
    end(),
    end("told"),
    chain("begin", "first", "fork", "a", "note", "b", "join", "after", "finish"),
    chain("fork", "beside", "join"),
    chain("late", "reminded", "told"),
)


def back(case: Case, element_id: str, to: str) -> Outcome:
    token = case.task(element_id).token
    if case.mode == "memory":
        del case.tasks[token]
    return case._step(lambda: send_back(case.run, token, to))


def possible(case: Case, element_id: str) -> tuple[str, ...]:
    found = steps_back(case.definition, element_id, case.flows())
    assert set(found) <= earlier_steps(case.definition, element_id)  # what the drawing alone says
    return found


def test_a_step_is_done_again_and_what_runs_beside_stays(mode: str) -> None:
    case = Case(BRANCHES, mode=mode)
    case.complete("first", {})
    assert possible(case, "a") == ()  # beyond the fork others run on
    case.complete("a", {"x": 1})
    assert possible(case, "b") == ("a",)
    outcome = back(case, "b", "a")
    assert case.waiting() == ["a", "beside"] or mode == "memory"
    assert [task.element_id for task in outcome.opened][-1] == "a"
    assert case.timers == {}  # that of the step that was left
    case.complete("a", {"x": 2})
    assert case.run.variables_of(case.task("b").token)["noted"] == 2
    assert len(case.timers) == 1
    case.complete("b", {})
    case.complete("beside", {})
    assert possible(case, "after") == ()  # not over the join
    assert case.complete("after", {}).completed


def test_a_way_over_services_or_repetitions_is_not_gone_back(mode: str) -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    case = Case(
        model(
            start(),
            user("asked"),
            service("served", "echo"),
            user("told"),
            user("each", many),
            user("last"),
            end(),
            chain("begin", "asked", "served", "told", "each", "last", "finish"),
        ),
        mode=mode,
    )
    case.complete("asked", {})
    assert possible(case, "told") == ()
    for element in ("asked", "told", "each", "last"):
        assert earlier_steps(case.definition, element) == frozenset()
    case.complete("told", {})
    assert possible(case, "each") == ()
    case.complete("each", {}, item=0)
    case.complete("each", {}, item=1)
    assert possible(case, "last") == ()
    with pytest.raises(InvalidState):
        send_back(case.run, case.task("last").token, "served")


def test_round_a_loop_the_newest_way_counts(mode: str) -> None:
    case = Case(
        model(
            start(),
            user("draft"),
            user("check"),
            gateway("exclusive", "enough", default="enough_to_draft"),
            user("sign"),
            end(),
            chain("begin", "draft", "check", "enough", "draft"),
            flow("enough", "sign", "check.good = true"),
            chain("sign", "finish"),
        ),
        mode=mode,
    )
    case.complete("draft", {})
    case.complete("check", {"good": False})
    assert possible(case, "draft") == ("check",)
    case.complete("draft", {})
    case.complete("check", {"good": True})
    assert possible(case, "sign") == ("check", "draft")
    back(case, "sign", "draft")
    case.complete("draft", {})
    case.complete("check", {"good": True})
    assert case.complete("sign", {}).completed


def test_only_an_open_task_goes_back_and_only_to_a_user_task(mode: str) -> None:
    case = Case(BRANCHES, mode=mode)
    with pytest.raises(InvalidState):
        send_back(case.run, 4711, "first")
    with pytest.raises(InvalidState):
        send_back(case.run, case.task("first").token, "fork")
