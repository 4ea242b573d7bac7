"""Compensation: what was done is undone, the latest first, with the variables of its time."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import Bounds, check
from tests.engine.bpmn.drawing import (
    boundary,
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
    service,
    several,
    start,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage

EXTRA = '<bpmn:error id="e1" errorCode="BROKEN" />'
UNDO = event("compensate")


def undoes(key: str, drawn: str) -> str:
    """Say that a drawn activity undoes another, by a boundary event on it."""
    tag = drawn[1 : drawn.index(" ")]
    handler = drawn[drawn.index('id="') + 4 :].partition('"')[0]
    return (
        boundary(f"{key}_undo", key, UNDO)
        + drawn.replace(f"<{tag} ", f'<{tag} isForCompensation="true" ', 1)
        + node("association", f"{key}_link", sourceRef=f"{key}_undo", targetRef=handler)
    )


def told(files: dict[str, bytes], severity: str = "error") -> set[tuple[str, str]]:
    found = check(files, services={}, functions=(), groups=())
    return {(f.rule, f.element_id) for f in found if f.severity == severity}


@pytest.mark.parametrize("tag", ["throw", "end"])
def test_everything_is_undone_the_latest_first_and_only_what_was_done(mode: str, tag: str) -> None:
    stage = Stage()
    asks = throw("back", UNDO) + flow("back", "after") if tag == "throw" else end("back", UNDO)
    files = model(
        start(), script("one", "{ n: 1 }"), user("two"), script("change", "{ n: 2 }"), gateway("parallel", "fork"),
        user("three"), user("four"), asks, user("after"), end(), end("e4"),
        chain("begin", "one", "two", "change", "fork", "three", "back"), chain("fork", "four", "e4"),
        *([] if tag == "throw" else [flow("fork", "after")]), flow("after", "finish"),
        undoes("one", service("un_one", "echo", "gone_one", seen="n")),
        undoes("two", user("un_two")),
        undoes("three", service("un_three", "echo", "gone_three", seen="n")),
        undoes("four", service("un_four", "echo")),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    case.complete("two", {"x": 1})
    case.complete("three")
    # The one that asks waits for the person who undoes.
    assert [call.element_id for call in stage.calls] == ["un_three"]
    assert "un_two" in case.waiting()
    assert ("after" in case.waiting()) is (tag == "end")
    # It sees what was when the activity was done, not what came after.
    assert case.run.variables_of(case.task("un_two").token) == {"n": 1, "two": {"x": 1}}
    case.complete("un_two", {"back": True})
    assert [call.element_id for call in stage.calls] == ["un_three", "un_one"]
    seen = case.run.variables_of(case.task("after").token)
    assert (seen["gone_one"], seen["gone_three"], seen["un_two"]) == (
        {"seen": 1},
        {"seen": 2},
        {"back": True},
    )
    assert seen["n"] == 2
    case.complete("after")
    case.complete("four")
    assert case.completed
    assert [e for e in case.done() if e.endswith("_undo")] == ["three_undo", "two_undo", "one_undo"]


def test_one_activity_is_undone_as_often_as_it_was_done_and_never_twice(mode: str) -> None:
    stage = Stage()
    one = '<bpmn:compensateEventDefinition activityRef="book" />'
    files = model(
        start(), gateway("exclusive", "top"), user("book"), gateway("exclusive", "again", "again_to_other"),
        script("other", "{ o: 1 }"), throw("back", one), throw("twice", one), throw("rest", UNDO), end(),
        chain("begin", "top", "book", "again", "other", "back", "twice", "rest", "finish"), flow("again", "top", "book.more"),
        undoes("book", service("unbook", "echo", "seat", seat="book.seat")),
        undoes("other", service("unother", "echo")),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    for seat in range(3):
        case.complete("book", {"more": seat < 2, "seat": seat})
    assert case.completed
    assert [(c.element_id, c.arguments) for c in stage.calls] == [
        ("unbook", {"seat": 2}), ("unbook", {"seat": 1}), ("unbook", {"seat": 0}), ("unother", {}),
    ]  # fmt: skip


def trip(*more: str, key: str = "trip", loop: str = "", tag: str = "subProcess") -> str:
    return node(
        tag, key,
        loop + start("b2") + user("hotel") + user("flight") + end("e2") + chain("b2", "hotel", "flight", "e2")
        + undoes("hotel", service("unhotel", "echo", "freed", room="hotel.room"))
        + undoes("flight", service("unflight", "echo", "flown", seat="flight.seat")) + "".join(more),
    )  # fmt: skip


def around(*body: str) -> dict[str, bytes]:
    return model(
        start(), *body, user("doubt"), throw("back", UNDO), user("after"), end(),
        chain("begin", "trip", "doubt", "back", "after", "finish"), extra=EXTRA,
    )  # fmt: skip


def test_what_a_finished_sub_process_did_is_undone_from_outside(mode: str) -> None:
    stage = Stage()
    case = Case(around(trip()), {"x": 1}, mode=mode, stage=stage)
    case.complete("hotel", {"room": 12})
    case.complete("flight", {"seat": "A"})
    case.complete("doubt")
    assert [(c.element_id, c.arguments) for c in stage.calls] == [
        ("unflight", {"seat": "A"}), ("unhotel", {"room": 12}),
    ]  # fmt: skip
    seen = case.run.variables_of(case.task("after").token)
    assert (seen["freed"], seen["flown"], seen["x"]) == ({"room": 12}, {"seat": "A"}, 1)
    assert case.done().count("trip") == 1
    case.complete("after")
    assert case.completed


def test_each_item_of_a_repeated_sub_process_is_undone_by_itself(mode: str) -> None:
    stage = Stage()
    case = Case(around(trip(loop=several("[1, 2]", item="who"))), mode=mode, stage=stage)
    first, second = sorted(t.token for t in case.tasks.values())
    for token, room in ((second, 20), (first, 10)):
        case._step(lambda token=token, room=room: case.run.complete(token, {"room": room}))  # type: ignore[misc]
    for seat in ("B", "A"):
        case.complete("flight", {"seat": seat})
    case.complete("doubt")
    assert [c.element_id for c in stage.calls] == ["unflight", "unhotel"] * 2
    assert [c.arguments for c in stage.calls][::2] == [{"seat": "A"}, {"seat": "B"}]
    assert {str(c.arguments["room"]) for c in stage.calls[1::2]} == {"10", "20"}
    case.complete("after")
    assert case.completed


def test_a_sub_process_says_itself_how_it_is_undone(mode: str) -> None:
    stage = Stage()
    only = '<bpmn:compensateEventDefinition activityRef="hotel" />'
    itself = node(
        "subProcess", "undo_trip",
        start("b3", UNDO) + user("ask_desk") + throw("hotel_only", only) + end("e3") + chain("b3", "ask_desk", "hotel_only", "e3"),
        triggeredByEvent="true",
    )  # fmt: skip
    case = Case(around(trip(itself)), mode=mode, stage=stage)
    case.complete("hotel", {"room": 12})
    case.complete("flight", {"seat": "A"})
    assert case.catches == {}
    case.complete("doubt", {"why": "ill"})
    # It sees what was when the trip ended.
    assert case.run.variables_of(case.task("ask_desk").token) == {
        "hotel": {"room": 12},
        "flight": {"seat": "A"},
    }
    case.complete("ask_desk", {"ok": True})
    assert [c.element_id for c in stage.calls] == ["unhotel"]
    assert case.waiting() == ["after"]
    seen = case.run.variables_of(case.task("after").token)
    assert (seen["ask_desk"], seen["doubt"], seen["freed"]) == (
        {"ok": True},
        {"why": "ill"},
        {"room": 12},
    )
    case.complete("after")
    assert case.completed


def test_a_called_process_in_a_sub_process_is_undone_to_the_bottom(mode: str) -> None:
    stage = Stage()
    shared = trip(key="trip", tag="process").replace('id="trip"', 'id="shared"')
    outer = node(
        "subProcess", "trip",
        start("b1") + node("callActivity", "call", calledElement="shared") + end("e1") + chain("b1", "call", "e1"),
    )  # fmt: skip
    files = around(outer) | {"shared.bpmn": document(shared)}
    case = Case(files, mode=mode, stage=stage)
    case.complete("hotel", {"room": 1})
    case.complete("flight", {"seat": 2})
    case.complete("doubt")
    assert [c.element_id for c in stage.calls] == ["unflight", "unhotel"]
    assert case.run.variables_of(case.task("after").token)["freed"] == {"room": 1}
    case.complete("after")
    assert case.completed


def test_an_error_handler_undoes_what_its_scope_did(mode: str) -> None:
    stage = Stage()
    repair = node(
        "subProcess", "repair",
        start("b3", event("error", "e1")) + throw("take_back", UNDO) + user("tell") + end("e3") + chain("b3", "take_back", "tell", "e3"),
        triggeredByEvent="true",
    )  # fmt: skip
    files = model(
        start(), script("pay", "{ paid: 5 }"), user("ask"), end("broken", event("error", "e1")),
        chain("begin", "pay", "ask", "broken"), repair,
        undoes("pay", service("refund", "echo", "refunded", amount="paid")),
        undoes("ask", service("unask", "echo")),
        extra=EXTRA,
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    case.complete("ask", {"n": 1})
    assert [c.element_id for c in stage.calls] == ["unask", "refund"]
    assert case.run.variables_of(case.task("tell").token) == {
        "paid": 5,
        "ask": {"n": 1},
        "refunded": {"amount": 5},
    }
    case.complete("tell")
    assert case.completed
    assert case.variables["refunded"] == {"amount": 5}


def test_a_transaction_that_is_cancelled_undoes_what_it_did(mode: str) -> None:
    stage = Stage()
    part = node(
        "transaction", "part",
        start("b2") + gateway("parallel", "f2") + script("pay", "{ paid: 5 }") + user("ask") + user("beside")
        + end("stop", event("cancel")) + end("e2") + chain("b2", "f2", "pay", "ask", "stop") + chain("f2", "beside", "e2")
        + undoes("pay", user("refund")),
    )  # fmt: skip
    files = model(
        start(), part, boundary("undone", "part", event("cancel")), user("tell"), end(),
        chain("begin", "part", "finish"), chain("undone", "tell", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    case.complete("ask")
    # All else in it has ended; the way out opens when everything is undone.
    assert case.waiting() == ["refund"]
    case.complete("refund", {"ok": 1})
    assert case.waiting() == ["tell"]
    assert case.run.variables_of(case.task("tell").token)["refund"] == {"ok": 1}
    case.complete("tell")
    assert case.completed


@pytest.mark.parametrize("steps", [1, 2])
def test_wherever_a_bound_stops_it_undoing_goes_on(mode: str, steps: int) -> None:
    stage = Stage(bounds=Bounds(steps=steps))
    case = Case(around(trip()), {"x": 1}, mode=mode, stage=stage)

    def go_on() -> None:
        while case.run._parked:
            case.retry(min(case.run._parked))

    go_on()
    for element, answers in (
        ("hotel", {"room": 12}),
        ("flight", {"seat": "A"}),
        ("doubt", {}),
        ("after", {}),
    ):
        case.complete(element, answers)
        go_on()
    assert case.completed
    assert [c.element_id for c in stage.calls] == ["unflight", "unhotel"]
    assert case.variables["freed"] == {"room": 12}


def test_undoing_that_fails_is_parked_and_goes_on_when_it_is_retried(mode: str) -> None:
    stage = Stage(fail=True)
    files = model(
        start(), script("one", "{ n: 1 }"), user("two"), throw("back", UNDO), end(),
        chain("begin", "one", "two", "back", "finish"), undoes("one", service("un_one", "broken", "gone")),
        undoes("two", script("un_two", "{ m: n + 1 }")),
    )  # fmt: skip
    case = Case(files, mode=mode, stage=stage)
    case.complete("two")
    (parked,) = case.outcome.incidents
    assert (parked.element_id, parked.kind) == ("un_one", "SERVICE")
    stage.fail = False
    case.retry(parked.token)
    assert case.completed
    assert case.variables["m"] == 2


def test_nothing_is_remembered_where_nobody_asks() -> None:
    body = (script("one", "{ n: 1 }"), user("two"), end(), chain("begin", "one", "two", "finish"))
    plain = Case(model(start(), *body), mode="restored")
    case = Case(model(start(), *body, undoes("one", script("un_one", "{ n: 0 }"))), mode="restored")
    assert case.header == plain.header
    assert ("never-undone", "one_undo") in told(case.files, "warning")  # type: ignore[arg-type]


def test_a_finished_case_remembers_nothing() -> None:
    files = model(
        start(), user("one"), gateway("exclusive", "way", "way_to_finish"), throw("back", UNDO), end(), end("other"),
        chain("begin", "one", "way"), flow("way", "finish"), flow("way", "back", "one.bad = true"), flow("back", "other"),
        undoes("one", script("un_one", "{ n: 0 }")),
    )  # fmt: skip
    case = Case(files, mode="restored")
    case.complete("one")
    assert case.completed
    assert len(case.header) < 250


def refused(*body: str, at: str = "u") -> dict[str, bytes]:
    return model(
        start(), user("u"), user("v"), end(), chain("begin", "u", "v", "finish"), *body, extra=EXTRA
    )


def _handler(key: str = "h", inner: str = "") -> str:
    return node("userTask", key, inner, isForCompensation="true")


REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "nothing that undoes": (refused(boundary("x", "u", UNDO)), "x"),
    "a flow instead of an association": (
        refused(undoes("u", user("h")), boundary("x", "v", UNDO), end("e"), chain("x", "e")), "x"),
    "a flow to what undoes": (refused(undoes("u", user("x")), flow("v", "x")), "x"),
    "a boundary event on what undoes": (
        refused(undoes("u", user("x")), boundary("b", "x", timer("P1D")), end("e"), chain("b", "e")), "x"),
    "what undoes nothing": (refused(_handler("x")), "x"),
    "not waiting": (
        model(start(), user("u"), throw("x", '<bpmn:compensateEventDefinition waitForCompletion="false" />'),
              end(), chain("begin", "u", "x", "finish"), undoes("u", user("h"))), "x"),
    "another scope": (
        model(start(), trip(), throw("x", '<bpmn:compensateEventDefinition activityRef="hotel" />'), end(),
              chain("begin", "trip", "x", "finish")), "x"),
    "what nothing undoes": (
        model(start(), user("u"), throw("x", '<bpmn:compensateEventDefinition activityRef="u" />'), end(),
              chain("begin", "u", "x", "finish")), "x"),
    "the case itself": (
        refused(node("subProcess", "s", start("x", UNDO) + end("e3") + chain("x", "e3"), triggeredByEvent="true")), "x"),
    "anonymous answers": (
        model(start(), node("userTask", "u", extension(properties(anonymous="true", result="r")) + several("p", item="i")),
              throw("back", UNDO), end(), chain("begin", "u", "back", "finish"),
              undoes("u", user("h"))), "u_undo"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_undone_is_refused(name: str) -> None:
    files, element = REFUSED[name]
    assert ("compensation", element) in told(files)


def test_asking_where_nothing_can_be_undone_is_a_warning() -> None:
    files = model(start(), throw("x", UNDO), end(), chain("begin", "x", "finish"))
    assert told(files, "warning") == {("nothing-to-undo", "x")}
    case: Any = Case(files, mode="restored")
    assert case.completed


def test_a_process_that_nobody_undoes_is_left_alone() -> None:
    called = process(
        start("b2"),
        user("u"),
        end("e2"),
        chain("b2", "u", "e2"),
        undoes("u", user("h")),
        key="shared",
    )
    files = model(
        start(),
        node("callActivity", "c", calledElement="shared"),
        end(),
        chain("begin", "c", "finish"),
    ) | {"shared.bpmn": document(called)}
    assert told(files) == set()
