"""Event sub-processes: what starts them, what they end, and what they and their scope see."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.bpmn import check
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    document,
    end,
    event,
    extension,
    flow,
    gateway,
    model,
    node,
    process,
    properties,
    script,
    several,
    start,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case

EXTRA = (
    '<bpmn:message id="m1" name="paid" /><bpmn:signal id="s1" name="published" />'
    '<bpmn:error id="e1" errorCode="BROKEN" /><bpmn:error id="e2" errorCode="OTHER" />'
    '<bpmn:escalation id="x1" escalationCode="LATE" />'
)


def handler(
    what: str,
    *body: str,
    ids: tuple[str, ...],
    key: str = "aside",
    interrupting: bool = True,
    **given: str,
) -> str:
    """Draw an event sub-process with one way through it."""
    begin = node(
        "startEvent", f"{key}_begin", extension(properties(**given)) + what,
        isInterrupting="true" if interrupting else "false",
    )  # fmt: skip
    inner = begin + "".join(body) + end(f"{key}_end") + chain(f"{key}_begin", *ids, f"{key}_end")
    return node("subProcess", key, inner, triggeredByEvent="true")


def two_branches(*more: str) -> dict[str, bytes]:
    """Draw a case of two branches, each of which goes on from an answer to another task."""
    return model(
        start(), script("before", "{ x: 1, seen: [] }"), gateway("parallel", "fork"),
        user("a"), script("change", "{ x: 2 }"), user("a2"), user("b"), gateway("parallel", "join"), user("last"), end(),
        chain("begin", "before", "fork", "a", "change", "a2", "join", "last", "finish"), chain("fork", "b", "join"),
        *more, extra=EXTRA,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["timer", "message", "signal"])
def test_one_that_interrupts_ends_all_else_and_sees_what_every_branch_did(
    mode: str, kind: str
) -> None:
    what = {
        "timer": timer("P3D"),
        "message": event("message", "m1"),
        "signal": event("signal", "s1"),
    }
    given = {} if kind == "timer" else {"result": "news"}
    if kind == "message":
        given["correlation"] = "7"
    files = two_branches(
        boundary("remind", "b", timer("P1D"), interrupting=False), end("reminded"), chain("remind", "reminded"),
        handler(what[kind], user("repair"), ids=("repair",), **given),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("a", {"n": 5})
    tokens = {case.task("a2").token, case.task("b").token}
    outcome = case.fire("aside_begin") if kind == "timer" else case.deliver("aside_begin", "wind")
    assert case.waiting() == ["repair"]
    if mode == "restored":
        assert set(outcome.closed) == tokens
        assert len(outcome.timers_closed) == (2 if kind == "timer" else 1)
    seen = case.run.variables_of(case.task("repair").token)
    news = {} if kind == "timer" else {"news": "wind"}
    assert seen == {"x": 2, "seen": [], "a": {"n": 5}} | news
    assert (case.timers, case.catches) == ({}, {})
    case.complete("repair", {"ok": True})
    assert case.completed
    assert case.variables == {"x": 2, "seen": [], "a": {"n": 5}, "repair": {"ok": True}} | news
    assert (
        case.done()[-4:] == ["repair", "aside_end", "aside", "finish"][:3] or "aside" in case.done()
    )
    assert "finish" not in case.done()
    assert case.done().count("aside_begin") == 1


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_one_that_interrupts_catches_what_its_own_scope_throws(mode: str, kind: str) -> None:
    part = node(
        "subProcess", "part",
        start("b2") + gateway("parallel", "f2") + user("ask") + user("beside") + end("e2")
        + end("broken", event(kind, "e1" if kind == "error" else "x1"))
        + chain("b2", "f2", "ask", "broken") + chain("f2", "beside", "e2")
        + handler(event(kind, "e1" if kind == "error" else "x1"), user("repair"), ids=("repair",)),
    )  # fmt: skip
    files = model(
        start(), part, user("after"), end(), chain("begin", "part", "after", "finish"), extra=EXTRA
    )
    case = Case(files, mode=mode)
    case.complete("ask", {"why": "x"})
    assert case.waiting() == ["repair"]
    assert case.run.variables_of(case.task("repair").token) == {"ask": {"why": "x"}}
    case.complete("repair", {"done": 1})
    # The sub-process has ended as usual, so the way goes on behind it.
    assert case.waiting() == ["after"]
    case.complete("after")
    assert case.completed
    assert case.variables == {"ask": {"why": "x"}, "repair": {"done": 1}, "after": {}}


def test_what_is_thrown_goes_to_the_innermost_and_the_exact_code_first(mode: str) -> None:
    part = node(
        "subProcess", "part",
        start("b2") + user("ask") + gateway("exclusive", "way", "way_to_one")
        + end("one", event("error", "e1")) + end("two", event("error", "e2"))
        + chain("b2", "ask", "way", "one") + flow("way", "two", "ask.two = true"),
    )  # fmt: skip
    files = model(
        start(), part, end(), chain("begin", "part", "finish"),
        boundary("on_other", "part", event("error", "e2")), end("other"), chain("on_other", "other"),
        handler(event("error", "e1"), user("exact"), ids=("exact",), key="fits"),
        handler(event("error"), user("any"), ids=("any",), key="rest"),
        extra=EXTRA,
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("ask", {"two": False})
    assert case.waiting() == ["exact"]
    assert case.run.variables_of(case.task("exact").token) == {"ask": {"two": False}}
    case = Case(files, mode=mode)
    case.complete("ask", {"two": True})
    assert case.completed
    assert case.done()[-1] == "other"


def test_one_that_does_not_interrupt_runs_beside_as_often_as_it_is_called(mode: str) -> None:
    files = two_branches(
        handler(
            event("message", "m1"), user("note"), script("keep", "{ seen: append(seen, note.n) }"),
            ids=("note", "keep"), interrupting=False, correlation="7", result="news",
        ),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.deliver("aside_begin", "first")
    case.complete("a")
    case.deliver("aside_begin", "second")
    assert case.waiting() == ["a2", "b", "note", "note"]
    # What came with the event is told to everybody at once; x is what a branch made of it.
    assert case.run.variables_of(case.task("b").token)["news"] == "second"
    views = sorted(
        (case.run.variables_of(t.token)["x"], case.run.variables_of(t.token)["news"])
        for t in case.tasks.values() if t.element_id == "note"
    )  # fmt: skip
    assert views == [(1, "second"), (2, "second")]
    case.complete("note", {"n": 1})
    assert case.run.variables_of(case.task("b").token)["seen"] == [1]
    case.complete("note", {"n": 2})
    case.complete("b")
    case.complete("a2")
    assert case.run.variables_of(case.task("last").token)["seen"] == [1, 2]
    assert case.run.variables_of(case.task("last").token)["x"] == 2
    assert len(case.catches) == 1
    case.complete("last")
    assert case.completed
    assert case.catches == {}
    assert case.variables["seen"] == [Decimal(1), Decimal(2)]
    assert case.variables["note"] == {"n": 2}


def test_a_scope_waits_for_what_runs_beside_it(mode: str) -> None:
    part = node(
        "subProcess", "part",
        start("b2") + user("ask") + end("e2") + chain("b2", "ask", "e2")
        + handler(timer("R2/P1D", "Cycle"), user("remind"), ids=("remind",), interrupting=False),
    )  # fmt: skip
    files = model(start(), part, user("after"), end(), chain("begin", "part", "after", "finish"))
    case = Case(files, mode=mode)
    case.fire("aside_begin")
    case.complete("ask", {"a": 1})
    # No other round begins while the scope only waits to end, nor is one lost before.
    assert (case.waiting(), len(case.timers)) == (["remind"], 1)
    case.fire("aside_begin")
    assert case.waiting() == ["remind", "remind"]
    case.complete("remind", {"r": 1})
    case.complete("remind", {"r": 2})
    assert case.waiting() == ["after"]
    assert case.run.variables_of(case.task("after").token) == {"ask": {"a": 1}, "remind": {"r": 2}}
    case.complete("after")
    assert case.completed


def test_a_change_from_beside_reaches_sub_processes_and_spares_the_items(mode: str) -> None:
    part = node(
        "subProcess", "part",
        several("[10, 20]", item="n", output="all", output_item="sum")
        + start("b2") + user("ask") + script("add", "{ sum: n + bonus }") + end("e2") + chain("b2", "ask", "add", "e2"),
    )  # fmt: skip
    files = model(
        start(), part, end(), chain("begin", "part", "finish"),
        handler(
            event("message", "m1"), script("set", "{ bonus: bonus + 1, n: 99 }"), ids=("set",),
            interrupting=False, correlation="7",
        ), extra=EXTRA,
    )  # fmt: skip
    case = Case(files, {"bonus": 0, "n": 0}, mode=mode)
    case.complete("ask")
    case.deliver("aside_begin")
    case.complete("ask")
    assert case.completed
    assert case.variables["all"] == [10, 21]
    assert (case.variables["bonus"], case.variables["n"]) == (1, 99)


def test_one_inside_a_called_process_and_inside_another(mode: str) -> None:
    second = handler(event("signal", "s1"), user("deeper"), ids=("deeper",), key="second")
    called = process(
        start("b2"), user("ask"), end("e2"), chain("b2", "ask", "e2"),
        handler(timer("P2D"), user("late"), second, ids=("late",), key="first"),
        key="shared",
    )  # fmt: skip
    files = {
        "process.bpmn": document(
            process(
                start(), node("callActivity", "call", calledElement="shared"), user("after"), end(),
                chain("begin", "call", "after", "finish"),
            )
        ),
        "shared.bpmn": document(called, EXTRA),
    }  # fmt: skip
    case = Case(files, {"v": 1}, mode=mode)
    assert case.catches == {}
    case.fire("first_begin")
    assert (case.waiting(), len(case.catches)) == (["late"], 1)
    case.deliver("second_begin")
    assert case.waiting() == ["deeper"]
    case.complete("deeper", {"d": 1})
    assert case.waiting() == ["after"]
    case.complete("after")
    assert case.variables == {"v": 1, "deeper": {"d": 1}, "after": {}}


def test_an_event_in_its_own_case_starts_it_too(mode: str) -> None:
    files = two_branches(
        throw("tell", event("signal", "s1")),
        end("told"), boundary("told_by", "b", event("message", "m1"), interrupting=False, correlation="1"),
        chain("told_by", "tell", "told"),
        handler(event("signal", "s1"), user("repair"), ids=("repair",), interrupting=False),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.deliver("told_by")
    case.deliver("told_by")
    assert case.waiting() == ["a", "b", "repair", "repair"]


def test_what_people_gave_to_an_unfinished_group_is_kept(mode: str) -> None:
    files = model(
        start(), user("many", several("people", item="who")), end(), chain("begin", "many", "finish"),
        handler(timer("P1D"), user("sum"), ids=("sum",)),
    )  # fmt: skip
    case = Case(files, {"people": ["a", "b"]}, mode=mode)
    case.complete("many", {"n": 1}, item=1)
    case.fire("aside_begin")
    assert case.run.variables_of(case.task("sum").token)["many"] == [None, {"n": 1}]


def test_a_closed_survey_that_is_interrupted_closes_with_what_was_given(mode: str) -> None:
    survey = node(
        "userTask", "ask", extension(properties(result="peers", anonymous="true")) + several("people", item="who")
    )  # fmt: skip
    files = model(
        start(), survey, end(), chain("begin", "ask", "finish"), handler(timer("P1D"), user("sum"), ids=("sum",)),
    )  # fmt: skip
    case = Case(files, {"people": [11, 12, 13]}, mode=mode)
    case.complete("ask", {"n": 1}, item=1)
    outcome = case.fire("aside_begin")
    assert case.run.variables_of(case.task("sum").token)["peers"] == [{"n": 1}]
    (group,) = outcome.groups_closed
    assert [(name, answers.value) for name, answers in group.answers] == [("R1", {"n": 1})]
    assert b"sealed" not in case.run.save().header


def test_a_start_that_fails_is_parked_and_tried_again(mode: str) -> None:
    files = two_branches(
        handler(timer("due_at"), user("repair"), ids=("repair",)),
        catch("never", timer("P9D")), boundary("x", "b", timer("P8D")), chain("x", "never"), end("e9"), chain("never", "e9"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("aside_begin", "EXPRESSION")
    case.complete("a")
    case.complete("b")
    case.complete("a2")
    case.complete("last")
    assert case.completed


REFUSED = {
    "a flow into it": (
        handler(timer("P1D"), ids=()) + flow("u", "aside", key="f"), "event-sub-process", "aside"),
    "two starts": (
        handler(timer("P1D"), start("again", timer("P2D")), chain("again", "aside_end"), ids=()),
        "inner-start", "again"),
    "a plain start": (handler("", ids=()), "not-run", "aside_begin"),
    "an error that goes on": (
        handler(event("error", "e1"), ids=(), interrupting=False), "event-sub-process", "aside_begin"),
    "a boundary event on it": (
        handler(timer("P1D"), ids=()) + boundary("x", "aside", timer("P1D")), "event-sub-process", "aside"),
    "a cycle that interrupts": (handler(timer("R/P1D", "Cycle"), ids=()), "timer", "aside_begin"),
    "many of it": (
        handler(timer("P1D"), several("[1]"), ids=()), "event-sub-process", "aside"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_run_is_refused(name: str) -> None:
    drawn, rule, element = REFUSED[name]
    files = model(start(), user("u"), end(), chain("begin", "u", "finish"), drawn, extra=EXTRA)
    found = check(files, services={}, functions=(), groups=())
    assert (rule, element) in {(f.rule, f.element_id) for f in found if f.severity == "error"}, (
        found
    )
