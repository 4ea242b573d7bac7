"""Each kind of element does what it says, in memory and restored after every step."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    decision,
    document,
    end,
    event,
    extension,
    flow,
    gateway,
    loop,
    model,
    node,
    process,
    properties,
    rule,
    script,
    service,
    several,
    start,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage

MESSAGE = '<bpmn:message id="m1" name="paid" />'
SIGNAL = '<bpmn:signal id="s1" name="published" />'
FAULT = '<bpmn:error id="e1" errorCode="BROKEN" name="broken" />'
ALARM = '<bpmn:escalation id="x1" escalationCode="LATE" name="late" />'


def straight(*body: str, ids: tuple[str, ...], extra: str = "") -> dict[str, bytes]:
    return model(start(), *body, end(), chain("begin", *ids, "finish"), extra=extra)


def test_a_user_task_waits_and_its_answers_go_under_its_result(mode: str) -> None:
    case = Case(straight(user("ask", result="reply"), ids=("ask",)), {"a": 1}, mode=mode)
    assert case.waiting() == ["ask"]
    case.complete("ask", {"rating": 3.5})
    assert case.completed
    assert case.variables == {"a": 1, "reply": {"rating": Decimal("3.5")}}
    assert case.done() == ["begin", "ask", "finish"]
    assert case.flows() == ["begin_to_ask", "ask_to_finish"]


def test_a_manual_task_is_confirmed_without_a_form(mode: str) -> None:
    case = Case(straight(node("manualTask", "file_it"), ids=("file_it",)), mode=mode)
    case.complete("file_it")
    assert case.completed
    assert case.variables == {}


def test_a_user_task_tells_who_when_and_under_which_title(mode: str) -> None:
    task = user(
        "ask",
        assignee="superior",
        candidateGroup="HRC",
        due="P5D",
        title="Nilai {name} ({1 + 1})",
    )
    case = Case(straight(task, ids=("ask",)), {"superior": 7, "name": "Ayu"}, mode=mode)
    waiting = case.task("ask")
    assert (waiting.assignee, waiting.candidate_group) == (7, "HRC")
    assert waiting.title == "Nilai Ayu (2)"
    assert waiting.due_at is not None
    assert waiting.due_at.isoformat() == "2026-07-06T02:00:00+00:00"


def test_script_entries_become_variables_in_order(mode: str) -> None:
    case = Case(straight(script("sum", "{ a: 2, b: a * 21 }"), ids=("sum",)), mode=mode)
    assert case.completed
    assert case.variables == {"a": 2, "b": 42}
    changes = [f for f in case.facts if type(f).__name__ == "VariableChanged"]
    assert [(c.name, c.old, c.new.value) for c in changes] == [("a", None, 2), ("b", None, 42)]


def test_a_service_task_passes_arguments_and_keeps_the_result(mode: str) -> None:
    stage = Stage()
    files = straight(service("call", "echo", "reply", amount="base * 2"), ids=("call",))
    case = Case(files, {"base": 4}, mode=mode, stage=stage)
    assert case.completed
    assert case.variables["reply"] == {"amount": 8}
    assert [(c.name, c.element_id) for c in stage.calls] == [("echo", "call")]


def test_a_business_rule_asks_its_decision_and_leaves_a_trace(mode: str) -> None:
    files = straight(rule("rate", "grade"), ids=("rate",))
    files["grade.dmn"] = decision("grade", (">= 90", '"A"'), ("< 90", '"B"'), reads="points")
    case = Case(files, {"points": 95}, mode=mode)
    assert case.completed
    assert case.variables["grade"] == "A"
    made = [f for f in case.facts if type(f).__name__ == "DecisionMade"]
    assert made[0].decision_id == "grade"
    assert made[0].trace[-1].matched == ("grade_1",)


def test_a_decision_that_yields_nothing_parks_the_token(mode: str) -> None:
    files = straight(rule("rate", "grade"), ids=("rate",))
    files["grade.dmn"] = decision("grade", ("> 5", '"A"'), reads="points")
    case = Case(files, {"points": 1}, mode=mode)
    assert not case.completed
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("rate", "DECISION")]
    assert "yielded nothing" in case.outcome.incidents[0].message


@pytest.mark.parametrize(("points", "way"), [(9, "high"), (5, "low"), (None, "low")])
def test_an_exclusive_gateway_takes_one_way(mode: str, points: int | None, way: str) -> None:
    files = model(
        start(),
        gateway("exclusive", "split", "split_to_low"),
        user("high"),
        user("low"),
        end(),
        chain("begin", "split"),
        flow("split", "high", "points > 7"),
        flow("split", "low"),
        flow("high", "finish"),
        flow("low", "finish"),
    )
    case = Case(files, {"points": points}, mode=mode)
    assert case.waiting() == [way]
    assert case.flows()[-1] == f"split_to_{way}"
    case.complete(way)
    assert case.completed


def test_an_exclusive_gateway_without_a_way_parks_the_token(mode: str) -> None:
    files = model(
        start(),
        gateway("exclusive", "split"),
        user("high"),
        user("low"),
        end(),
        chain("begin", "split"),
        flow("split", "high", "points > 7"),
        flow("split", "low", "points < 3"),
        flow("high", "finish"),
        flow("low", "finish"),
    )
    case = Case(files, {"points": 5}, mode=mode)
    assert [i.kind for i in case.outcome.incidents] == ["NO_FLOW"]
    assert case.outcome.notes == ()


def test_a_condition_that_is_no_boolean_counts_as_false_and_is_noted(mode: str) -> None:
    files = model(
        start(),
        gateway("exclusive", "split", "split_to_low"),
        user("high"),
        user("low"),
        end(),
        chain("begin", "split"),
        flow("split", "high", "points"),
        flow("split", "low"),
        flow("high", "finish"),
        flow("low", "finish"),
    )
    case = Case(files, {"points": 5}, mode=mode)
    assert case.waiting() == ["low"]
    assert "split" in case.outcome.notes[0]


def test_a_parallel_gateway_waits_for_all(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("one"),
        user("two"),
        gateway("parallel", "join"),
        user("after"),
        end(),
        chain("begin", "fork", "one", "join", "after", "finish"),
        chain("fork", "two", "join"),
    )
    case = Case(files, mode=mode)
    assert case.waiting() == ["one", "two"]
    case.complete("two", {"b": 1})
    assert case.waiting() == ["one"]
    case.complete("one", {"a": 1})
    assert case.waiting() == ["after"]
    assert case.run.variables_of(case.task("after").token) == {"one": {"a": 1}, "two": {"b": 1}}
    case.complete("after")
    assert case.completed


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


def test_a_message_is_caught_with_correlation_and_payload(mode: str) -> None:
    files = straight(
        catch("paid", event("message", "m1"), correlation="[unit, 2]", result="receipt"),
        ids=("paid",),
        extra=MESSAGE,
    )
    case = Case(files, {"unit": "A"}, mode=mode)
    (waiting,) = case.catches.values()
    assert (waiting.name, waiting.correlation, waiting.kind) == ("paid", "A|2", "message")
    case.deliver("paid", {"amount": 5})
    assert case.completed
    assert case.variables["receipt"] == {"amount": 5}


def test_a_receive_task_catches_and_a_send_task_throws(mode: str) -> None:
    files = straight(
        node(
            "receiveTask",
            "get",
            extension(properties(correlation="1", result="got")),
            messageRef="m1",
        ),
        node(
            "sendTask",
            "tell",
            extension(properties(correlation="got.who", payload="{ x: got.n + 1 }")),
            messageRef="m1",
        ),
        ids=("get", "tell"),
        extra=MESSAGE,
    )
    case = Case(files, mode=mode)
    case.deliver("get", {"who": "B", "n": 1})
    assert case.completed
    (thrown,) = case.outcome.thrown
    assert (thrown.element_id, thrown.name, thrown.correlation) == ("tell", "paid", "B")
    assert thrown.payload.value == {"x": 2}


def test_a_null_correlation_parks_rather_than_matching_everything(mode: str) -> None:
    files = straight(
        catch("paid", event("message", "m1"), correlation="missing"), ids=("paid",), extra=MESSAGE
    )
    case = Case(files, mode=mode)
    assert case.catches == {}
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("paid", "EXPRESSION")]


@pytest.mark.parametrize("tag", ["end", "throw"])
def test_a_signal_reaches_catches_of_the_own_case_and_is_told_to_others(
    mode: str, tag: str
) -> None:
    thrower = (
        end("tell", event("signal", "s1"))
        if tag == "end"
        else throw("tell", event("signal", "s1")) + end("told") + flow("tell", "told")
    )
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("publish"),
        thrower,
        catch("heard", event("signal", "s1")),
        end(),
        chain("begin", "fork", "publish", "tell"),
        chain("fork", "heard", "finish"),
        extra=SIGNAL,
    )
    case = Case(files, mode=mode)
    (waiting,) = case.catches.values()
    assert (waiting.name, waiting.kind) == ("published", "signal")
    case.complete("publish")
    assert case.completed
    assert [s.name for s in case.outcome.signals] == ["published"]


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


def test_an_interrupting_timer_ends_the_task(mode: str) -> None:
    files = straight(
        user("ask"),
        boundary("too_late", "ask", timer("P1D")),
        user("remind"),
        flow("too_late", "remind"),
        flow("remind", "finish"),
        ids=("ask",),
    )
    case = Case(files, mode=mode)
    token = case.task("ask").token
    outcome = case.fire("too_late")
    assert case.waiting() == ["remind"]
    if mode == "restored":
        assert outcome.closed == (token,)
    case.complete("remind")
    assert case.completed


def test_a_task_done_in_time_takes_its_timer_away(mode: str) -> None:
    files = straight(
        user("ask"),
        boundary("too_late", "ask", timer("P1D")),
        end("late"),
        flow("too_late", "late"),
        ids=("ask",),
    )
    case = Case(files, mode=mode)
    case.complete("ask")
    assert case.completed
    assert case.timers == {}


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


def test_a_boundary_message_brings_its_payload(mode: str) -> None:
    files = straight(
        user("ask"),
        boundary("stop", "ask", event("message", "m1"), correlation="1", result="reason"),
        flow("stop", "finish"),
        ids=("ask",),
        extra=MESSAGE,
    )
    case = Case(files, mode=mode)
    case.deliver("stop", "moved")
    assert case.completed
    assert case.variables["reason"] == "moved"


def inner(*body: str, tag: str = "subProcess", key: str = "part", extra: str = "") -> str:
    return node(tag, key, extra + "".join(body))


def test_a_sub_process_sees_and_gives_back_variables(mode: str) -> None:
    part = inner(
        start("b2"),
        user("ask"),
        script("s", "{ x: a + 1 }"),
        end("e2"),
        chain("b2", "ask", "s", "e2"),
    )
    case = Case(straight(part, ids=("part",)), {"a": 1}, mode=mode)
    case.complete("ask", {"ok": True})
    assert case.completed
    assert case.variables == {"a": 1, "ask": {"ok": True}, "x": 2}
    assert case.done() == ["begin", "b2", "ask", "s", "e2", "part", "finish"]


def test_a_called_process_runs_inside_the_case(mode: str) -> None:
    called = process(start("b2"), user("ask"), end("e2"), chain("b2", "ask", "e2"), key="shared")
    files = {
        "process.bpmn": document(
            process(
                start(),
                node("callActivity", "call", calledElement="shared"),
                end(),
                chain("begin", "call", "finish"),
            )
        ),
        "shared.bpmn": document(called),
    }
    case = Case(files, mode=mode)
    case.complete("ask", {"ok": True})
    assert case.completed
    assert case.variables == {"ask": {"ok": True}}


def test_an_error_inside_ends_the_sub_process_and_goes_to_its_boundary(mode: str) -> None:
    part = inner(
        start("b2"),
        gateway("parallel", "f2"),
        user("ask"),
        user("beside"),
        end("broken", event("error", "e1")),
        end("e2"),
        chain("b2", "f2", "ask", "broken"),
        chain("f2", "beside", "e2"),
    )
    files = straight(
        part,
        boundary("on_error", "part", event("error", "e1")),
        user("repair"),
        chain("on_error", "repair", "finish"),
        ids=("part",),
        extra=FAULT,
    )
    case = Case(files, mode=mode)
    case.complete("ask", {"why": "x"})
    assert case.waiting() == ["repair"]
    assert case.run.variables_of(case.task("repair").token) == {"ask": {"why": "x"}}
    case.complete("repair")
    assert case.completed


def test_an_escalation_is_caught_without_ending_the_sub_process(mode: str) -> None:
    part = inner(
        start("b2"), throw("raise", event("escalation", "x1")), user("ask"), end("e2"),
        chain("b2", "raise", "ask", "e2"),
    )  # fmt: skip
    files = straight(
        part,
        boundary("heard", "part", event("escalation", "x1"), interrupting=False),
        user("look"),
        end("seen"),
        chain("heard", "look", "seen"),
        ids=("part",),
        extra=ALARM,
    )
    case = Case(files, mode=mode)
    assert case.waiting() == ["ask", "look"]
    case.complete("ask")
    case.complete("look")
    assert case.completed


def test_a_cancel_end_leaves_its_transaction_by_the_cancel_boundary(mode: str) -> None:
    part = inner(
        start("b2"), user("ask"), end("undo", event("cancel")), chain("b2", "ask", "undo"),
        tag="transaction",
    )  # fmt: skip
    files = straight(
        part,
        boundary("undone", "part", event("cancel")),
        user("tell"),
        chain("undone", "tell", "finish"),
        ids=("part",),
    )
    case = Case(files, mode=mode)
    case.complete("ask")
    assert case.waiting() == ["tell"]


def test_terminate_ends_its_scope_only(mode: str) -> None:
    part = inner(
        start("b2"), gateway("parallel", "f2"), user("ask"), user("beside"),
        end("stop", event("terminate")), end("e2"),
        chain("b2", "f2", "ask", "stop"), chain("f2", "beside", "e2"),
    )  # fmt: skip
    case = Case(straight(part, user("after"), ids=("part", "after")), mode=mode)
    assert case.waiting() == ["ask", "beside"]
    case.complete("ask")
    assert case.waiting() == ["after"]
    case.complete("after")
    assert case.completed


def test_link_events_jump(mode: str) -> None:
    link = '<bpmn:linkEventDefinition name="on" />'
    files = model(
        start(), throw("off_page", link), catch("on_page", link), user("ask"), end(),
        chain("begin", "off_page"), chain("on_page", "ask", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    assert case.waiting() == ["ask"]
    case.complete("ask")
    assert case.completed


def test_a_task_with_two_ways_out_takes_both(mode: str) -> None:
    files = model(
        start(), user("ask"), user("one"), user("two"), end(),
        chain("begin", "ask", "one", "finish"), chain("ask", "two", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("ask")
    assert case.waiting() == ["one", "two"]
    assert case.flows()[1:] == ["ask_to_one", "ask_to_two"]
    case.complete("one")
    case.complete("two")
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


def test_a_task_without_a_way_out_ends_its_token(mode: str) -> None:
    case = Case(model(start(), user("ask"), chain("begin", "ask")), mode=mode)
    case.complete("ask")
    assert case.completed
    assert case.done() == ["begin", "ask"]


def test_two_flows_between_two_elements_are_two_ways(mode: str) -> None:
    files = model(
        start(), gateway("exclusive", "split", "low"), user("ask"), end(), chain("begin", "split"),
        flow("split", "ask", "points > 5", key="high"), flow("split", "ask", key="low"),
        flow("ask", "finish"),
    )  # fmt: skip
    case = Case(files, {"points": 9}, mode=mode)
    assert case.waiting() == ["ask"]
    assert "high" in case.flows()
    assert "low" not in case.flows()


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


def test_a_standard_loop_repeats_while_its_condition_holds(mode: str) -> None:
    files = straight(
        script("begin_n", "{ n: 0 }"),
        script("add", "{ n: n + 1 }", loop("n < 3")),
        ids=("begin_n", "add"),
    )
    case = Case(files, mode=mode)
    assert case.completed
    assert case.variables == {"n": 3}


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


def test_going_back_by_a_gateway_asks_again_as_often_as_needed(mode: str) -> None:
    files = model(
        start(), gateway("exclusive", "top"), gateway("parallel", "fork"), user("x"), user("y"), gateway("parallel", "join"),
        gateway("exclusive", "again", "again_to_finish"), end(),
        chain("begin", "top", "fork", "x", "join", "again"), chain("fork", "y", "join"),
        flow("again", "top", "y.repeat"), flow("again", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    for round_ in range(4):
        case.complete("x", {"round": round_})
        # Only both together go on: a token of an earlier round never counts.
        assert case.waiting() == ["y"]
        case.complete("y", {"repeat": round_ < 3})
    assert case.completed
    assert case.done().count("join") == 4
