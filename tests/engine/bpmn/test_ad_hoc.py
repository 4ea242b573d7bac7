"""Ad-hoc sub-processes: people choose what is done, how often and in which order."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from engine.bpmn import check
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    event,
    model,
    node,
    script,
    service,
    several,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage


def ad_hoc(*body: str, until: str = "close.done = true", loop: str = "", **attributes: str) -> str:
    condition = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    return node("adHocSubProcess", "choose", loop + "".join(body) + condition, **attributes)


def around(drawn: str, *more: str) -> dict[str, bytes]:
    return model(
        start(), drawn, user("after"), end(), chain("begin", "choose", "after", "finish"), *more,
        extra='<bpmn:message id="m1" name="paid" />',
    )  # fmt: skip


MENTORING = (user("talk"), user("visit"), user("report"), script("count_it", "{ reports: (if reports = null then 0 else reports) + 1 }"),
             user("check"), chain("report", "count_it", "check"), user("close"))  # fmt: skip


def test_each_may_be_done_any_number_of_times_until_the_condition_holds(mode: str) -> None:
    case = Case(around(ad_hoc(*MENTORING)), {"x": 1}, mode=mode)
    assert case.waiting() == ["close", "report", "talk", "visit"]
    kept = {case.task(key).token for key in ("close", "report", "visit")}
    case.complete("talk", {"n": 1})
    case.complete("talk", {"n": 2})
    assert case.waiting() == ["close", "report", "talk", "visit"]
    # What others did is seen, and nobody's open task was disturbed.
    assert case.run.variables_of(case.task("close").token) == {"x": 1, "talk": {"n": 2}}
    assert kept <= {task.token for task in case.tasks.values()}
    case.complete("report", {"r": 1})
    assert case.waiting() == ["check", "close", "report", "talk", "visit"]
    assert "reports" not in case.run.variables_of(case.task("talk").token)
    case.complete("check")
    assert case.run.variables_of(case.task("talk").token)["reports"] == 1
    case.complete("report", {"r": 2})
    case.complete("close", {"done": False})
    assert case.waiting() == ["check", "close", "report", "talk", "visit"]
    outcome = case.complete("close", {"done": True})
    assert case.waiting() == ["after"]
    if mode == "restored":
        assert len(outcome.closed) == 4
    seen = case.run.variables_of(case.task("after").token)
    assert seen["talk"] == {"n": 2}
    assert seen["reports"] == 1  # the second report was not checked, so it was not done
    case.complete("after")
    assert case.completed
    assert case.done().count("talk") == 2


def test_what_was_begun_may_be_finished_where_the_drawing_says_so(mode: str) -> None:
    case = Case(around(ad_hoc(*MENTORING, cancelRemainingInstances="false")), mode=mode)
    case.complete("report", {"r": 1})
    case.complete("close", {"done": True})
    assert case.waiting() == ["check"]
    case.complete("check")
    assert case.waiting() == ["after"]
    seen = case.run.variables_of(case.task("after").token)
    assert (seen["reports"], seen["close"]) == (1, {"done": True})


def test_in_a_sequence_nothing_else_is_begun_while_one_is_under_way(mode: str) -> None:
    case = Case(around(ad_hoc(*MENTORING, ordering="Sequential")), mode=mode)
    assert case.waiting() == ["close", "report", "talk", "visit"]
    kept = case.task("visit").token
    case.complete("talk")
    assert case.task("visit").token == kept
    case.complete("report")
    assert case.waiting() == ["check"]
    case.complete("check")
    assert case.waiting() == ["close", "report", "talk", "visit"]
    case.complete("close", {"done": True})
    assert case.waiting() == ["after"]


def test_nothing_need_be_done_at_all_where_a_boundary_event_ends_it(mode: str) -> None:
    files = around(
        ad_hoc(*MENTORING),
        boundary("over", "choose", timer("P30D")),
        end("e2"),
        chain("over", "e2"),
    )
    case = Case(files, mode=mode)
    case.fire("over")
    assert case.completed
    assert case.done() == ["begin", "over", "e2"]


def test_an_event_sub_process_inside_ends_what_may_be_chosen(mode: str) -> None:
    inside = node(
        "subProcess", "stop",
        start("b2", timer("P3D")) + user("sum_up") + end("e2") + chain("b2", "sum_up", "e2"), triggeredByEvent="true",
    )  # fmt: skip
    case = Case(around(ad_hoc(*MENTORING, inside)), mode=mode)
    case.complete("talk", {"n": 1})
    case.fire("b2")
    assert case.waiting() == ["sum_up"]
    case.complete("sum_up")
    assert case.waiting() == ["after"]
    assert case.run.variables_of(case.task("after").token)["talk"] == {"n": 1}


def test_what_was_chosen_can_be_undone(mode: str) -> None:
    stage = Stage()
    undo = (
        boundary("talk_undo", "talk", event("compensate"))
        + service("untalk", "echo", n="talk.n").replace(
            "<bpmn:serviceTask ", '<bpmn:serviceTask isForCompensation="true" '
        )
        + node("association", "link", sourceRef="talk_undo", targetRef="untalk")
    )
    files = model(
        start(), ad_hoc(*MENTORING, undo), node("intermediateThrowEvent", "back", event("compensate")), end(),
        chain("begin", "choose", "back", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    for n in (1, 2):
        case.complete("talk", {"n": n})
    case.complete("close", {"done": True})
    assert case.completed
    assert [call.arguments["n"] for call in stage.calls] == [2, 1]


def test_each_item_of_a_repeated_one_chooses_for_itself(mode: str) -> None:
    drawn = ad_hoc(
        user("talk"), until="talk.done = true",
        loop=several("[1, 2]", item="who", output="all", output_item="talk"),
    )  # fmt: skip
    case = Case(around(drawn), mode=mode)
    case.complete("talk", {"done": True, "n": 1})
    case.complete("talk", {"done": False, "n": 2})
    assert case.waiting() == ["talk"]
    case.complete("talk", {"done": True, "n": 3})
    answers = case.run.variables_of(case.task("after").token)["all"]
    assert [answer["n"] for answer in answers] == [1, 3]


def test_a_condition_that_fails_is_parked_and_nothing_is_lost(mode: str) -> None:
    slow = "talk.n > 2 and count(for i in 1..talk.rounds return i) > 0"
    case = Case(around(ad_hoc(user("talk"), until=slow.replace(">", "&gt;"))), mode=mode)
    case.complete("talk", {"n": 3, "rounds": 900_000})
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("choose", "LIMIT")
    assert case.waiting() == ["talk"]
    case.complete("talk", {"n": 3, "rounds": 2})
    # What was parked has ended with the rest.
    assert case.waiting() == ["after"]
    if mode == "restored":
        assert case.outcome.resumed == (incident.token,)


REFUSED = {
    "nothing to end it": (ad_hoc(user("x"), until=""), "choose"),
    "nothing in it": (ad_hoc(until="true"), "choose"),
    "a choice that no person makes": (ad_hoc(user("u"), script("x", "{ a: 1 }")), "x"),
    "a start event": (ad_hoc(user("u"), start("x"), chain("x", "u")), "x"),
    "an end event": (ad_hoc(user("u"), end("x"), chain("u", "x")), "x"),
    "a choice that repeats": (ad_hoc(user("x", several("[1]"))), "x"),
    "a choice with a timer": (
        ad_hoc(user("x"), boundary("b", "x", timer("P1D")), user("y"), chain("b", "y")), "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_run_is_refused(name: str) -> None:
    drawn, element = REFUSED[name]
    found = check(around(drawn), services={}, functions=(), groups=())
    assert ("ad-hoc", element) in {
        (f.rule, f.element_id) for f in found if f.severity == "error"
    }, found


def test_a_sound_one_has_no_errors() -> None:
    found = check(around(ad_hoc(*MENTORING)), services={}, functions=(), groups=())
    assert {f.rule for f in found} <= {"task-for-nobody"}
