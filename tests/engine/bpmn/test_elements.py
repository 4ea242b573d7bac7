"""What elements do beyond what the models of tests/conformance/bpmn show: variants and details."""

# A drawn process reads better in few lines.

from __future__ import annotations

import pytest

from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    decision,
    end,
    event,
    extension,
    flow,
    gateway,
    loop,
    model,
    node,
    properties,
    rule,
    script,
    service,
    several,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage

MESSAGE = '<bpmn:message id="m1" name="paid" />'
SIGNAL = '<bpmn:signal id="s1" name="published" />'


def straight(*body: str, ids: tuple[str, ...], extra: str = "") -> dict[str, bytes]:
    return model(start(), *body, end(), chain("begin", *ids, "finish"), extra=extra)


def test_script_entries_become_variables_in_order(mode: str) -> None:
    case = Case(straight(script("sum", "{ a: 2, b: a * 21 }"), ids=("sum",)), mode=mode)
    assert case.completed
    assert case.variables == {"a": 2, "b": 42}
    changes = [f for f in case.facts if type(f).__name__ == "VariableChanged"]
    assert [(c.name, c.old, c.new.value) for c in changes] == [("a", None, 2), ("b", None, 42)]


def test_a_business_rule_asks_its_decision_and_leaves_a_trace(mode: str) -> None:
    files = straight(rule("rate", "grade"), ids=("rate",))
    files["grade.dmn"] = decision("grade", (">= 90", '"A"'), ("< 90", '"B"'), reads="points")
    case = Case(files, {"points": 95}, mode=mode)
    assert case.completed
    assert case.variables["grade"] == "A"
    made = [f for f in case.facts if type(f).__name__ == "DecisionMade"]
    assert made[0].decision_id == "grade"
    assert made[0].trace[-1].matched == ("grade_1",)


def test_a_business_rule_with_a_payload_is_asked_with_that_and_nothing_becomes_a_variable(
    mode: str,
) -> None:
    files = straight(rule("rate", "grade", payload="{ points: reached * 2 }"), ids=("rate",))
    files["grade.dmn"] = decision("grade", (">= 90", '"A"'), ("< 90", '"B"'), reads="points")
    case = Case(files, {"reached": 48, "points": 3}, mode=mode)
    assert case.completed
    assert case.variables == {"reached": 48, "points": 3, "grade": "A"}
    made = [f for f in case.facts if type(f).__name__ == "DecisionMade"]
    assert made[0].trace[-1].inputs == {"points": 96}
    case = Case({**files, **straight(rule("rate", "grade", payload="7"), ids=("rate",))}, mode=mode)
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("rate", "DECISION")]


def test_a_decision_that_yields_nothing_parks_the_token(mode: str) -> None:
    files = straight(rule("rate", "grade"), ids=("rate",))
    files["grade.dmn"] = decision("grade", ("> 5", '"A"'), reads="points")
    case = Case(files, {"points": 1}, mode=mode)
    assert not case.completed
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("rate", "DECISION")]
    assert "yielded nothing" in case.outcome.incidents[0].message


@pytest.mark.parametrize("chosen", [{"a"}, {"b"}, {"a", "b"}, set()])
def test_an_inclusive_gateway_waits_for_those_it_started(mode: str, chosen: set[str]) -> None:
    files = model(
        start(),
        gateway("inclusive", "fork", "fork_to_none"),
        user("a", result="answer_a"),
        user("b", result="answer_b"),
        user("none", result="answer_none"),
        gateway("inclusive", "join"),
        user("after"),
        end(),
        chain("begin", "fork"),
        flow("fork", "a", "take_a"),
        flow("fork", "b", "take_b"),
        flow("fork", "none"),
        chain("a", "join"),
        chain("b", "join"),
        chain("none", "join"),
        chain("join", "after", "finish"),
    )
    case = Case(files, {"take_a": "a" in chosen, "take_b": "b" in chosen}, mode=mode)
    started = sorted(chosen) or ["none"]
    assert case.waiting() == started
    for element in started:
        assert "after" not in case.waiting()
        case.complete(element)
    assert case.waiting() == ["after"]
    case.complete("after")
    assert case.completed


def test_an_inclusive_join_waits_for_a_multi_instance_far_upstream(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("quick"),
        user("many", several("[1, 2]", item="n")),
        gateway("exclusive", "pick", "pick_to_s"),
        script("s", "{ done: true }"),
        script("t", "{ done: false }"),
        gateway("inclusive", "join"),
        user("after"),
        end(),
        chain("begin", "fork", "quick", "join", "after", "finish"),
        chain("fork", "many", "pick"),
        flow("pick", "t", "count(many) = 9"),
        chain("pick", "s", "join"),
        chain("t", "join"),
    )
    case = Case(files, mode=mode)
    case.complete("quick")
    assert case.waiting() == ["many", "many"]
    case.complete("many", {"x": 1}, item=0)
    case.complete("many", {"x": 2}, item=1)
    assert case.waiting() == ["after"]
    assert case.run.variables_of(case.task("after").token)["done"] is True


@pytest.mark.parametrize("first", ["soon", "paid", "heard", "asked"])
def test_an_event_gateway_takes_the_first_of_whatever_waits(mode: str, first: str) -> None:
    receive = node("receiveTask", "asked", extension(properties(correlation="2")), messageRef="m1")
    files = model(
        start(),
        gateway("eventBased", "wait"),
        catch("soon", timer("P1D")),
        catch("late", timer("P9D")),
        catch("paid", event("message", "m1"), correlation="key", result="receipt"),
        catch("heard", event("signal", "s1")),
        receive,
        end(),
        *(
            chain("wait", key, f"after_{key}", "finish") + user(f"after_{key}")
            for key in ("soon", "late", "paid", "heard", "asked")
        ),
        chain("begin", "wait"),
        extra=MESSAGE + SIGNAL,
    )
    case = Case(files, {"key": "k"}, mode=mode)
    assert sorted(t.element_id for t in case.timers.values()) == ["late", "soon"]
    assert len(case.catches) == 3
    if first == "soon":
        case.fire(first)
    else:
        case.deliver(first)
    assert case.waiting() == [f"after_{first}"]
    assert (case.timers, case.catches) == ({}, {})
    case.complete(f"after_{first}")
    assert case.completed


def test_a_boundary_event_that_does_not_interrupt_catches_again(mode: str) -> None:
    files = straight(
        user("ask"),
        boundary(
            "news",
            "ask",
            event("message", "m1"),
            interrupting=False,
            correlation="key",
            result="seen",
        ),
        service("note", "echo", "noted", what="seen"),
        end("noticed"),
        chain("news", "note", "noticed"),
        ids=("ask",),
        extra=MESSAGE,
    )
    stage = Stage()
    case = Case(files, {"key": "k"}, mode=mode, stage=stage)
    for number in range(3):
        case.deliver("news", number)
        (waiting,) = case.catches.values()
        assert (waiting.element_id, waiting.correlation) == ("news", "k")
    assert [call.arguments["what"] for call in stage.calls] == [0, 1, 2]
    case.complete("ask")
    assert case.completed
    assert case.catches == {}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT1H", "2026-07-01T03:00:00+00:00"),
        ('"PT1H"', "2026-07-01T03:00:00+00:00"),
        ("P1M", "2026-08-01T02:00:00+00:00"),
        ("5 hari kerja", "2026-07-11T02:00:00+00:00"),
        ("2026-09-01T08:00:00+07:00", "2026-09-01T01:00:00+00:00"),
        ('date and time("2026-09-01T08:00:00Z") + duration("PT1H")', "2026-09-01T09:00:00+00:00"),
        ('duration("P2D")', "2026-07-03T02:00:00+00:00"),
        ("until", "2026-12-31T00:00:00+00:00"),
    ],
)
def test_a_timer_waits_until_its_moment(mode: str, text: str, due: str) -> None:
    files = straight(catch("pause", timer(text)), ids=("pause",))
    case = Case(files, {"until": "2026-12-31"}, mode=mode)
    (waiting,) = case.timers.values()
    assert waiting.due_at.isoformat() == due
    assert not case.completed
    case.fire("pause")
    assert case.completed


def test_a_timer_without_a_moment_parks(mode: str) -> None:
    case = Case(straight(catch("pause", timer("missing")), ids=("pause",)), mode=mode)
    assert case.timers == {}
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("pause", "EXPRESSION")]


def test_a_reminder_cycle_fires_as_often_as_it_says_and_leaves_the_task_open(mode: str) -> None:
    files = straight(
        user("ask"),
        boundary("remind", "ask", timer("R3/P1D", "Cycle"), interrupting=False),
        service("note", "echo"),
        end("noted"),
        chain("remind", "note", "noted"),
        ids=("ask",),
    )
    stage = Stage()
    case = Case(files, mode=mode, stage=stage)
    dues = []
    while case.timers:
        (waiting,) = case.timers.values()
        dues.append((waiting.due_at.day, waiting.cycle))
        case.fire("remind")
        assert case.waiting() == ["ask"]
    assert dues == [(2, True), (3, True), (4, False)]
    assert len(stage.calls) == 3
    case.complete("ask")
    assert case.completed


def test_a_condition_on_a_way_out_of_a_task_is_heard(mode: str) -> None:
    files = model(
        start(), user("ask"), user("one"), user("two"), end(), chain("begin", "ask"),
        flow("ask", "one", "ask.wanted"), flow("ask", "two"),
        flow("one", "finish"), flow("two", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("ask", {"wanted": False})
    assert case.waiting() == ["two"]


def test_a_case_started_by_a_message_begins_there_with_its_payload(mode: str) -> None:
    files = model(
        start(),
        start("called", extension(properties(result="request")) + event("message", "m1")),
        user("plain"),
        user("asked"),
        end(),
        chain("begin", "plain", "finish"),
        chain("called", "asked", "finish"),
        extra=MESSAGE,
    )
    case = Case(files, mode=mode, message="paid", payload={"n": 1})
    assert case.definition.start_messages == ("paid",)
    assert case.waiting() == ["asked"]
    assert case.run.variables_of(case.task("asked").token) == {"request": {"n": 1}}
    assert Case(files, mode=mode).waiting() == ["plain"]


def test_a_loop_of_a_user_task_asks_until_told_and_at_most_so_often(mode: str) -> None:
    files = straight(user("ask", loop("not(ask.enough = true)", maximum="3")), ids=("ask",))
    case = Case(files, mode=mode)
    case.complete("ask", {"enough": False})
    case.complete("ask", {"enough": True})
    assert case.completed
    assert case.variables["ask"] == {"enough": True}
    case = Case(files, mode=mode)
    for _ in range(3):
        case.complete("ask", {"enough": False})
    assert case.completed


def test_a_loop_may_be_left_before_it_begins(mode: str) -> None:
    files = straight(user("ask", loop("wanted", before=True)), ids=("ask",))
    assert Case(files, {"wanted": False}, mode=mode).completed
    assert Case(files, {"wanted": True}, mode=mode).waiting() == ["ask"]
