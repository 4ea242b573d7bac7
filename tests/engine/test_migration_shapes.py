"""Going over in the middle of a complex gateway's round, of free choice, of what can be undone."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.engine.bpmn.drawing import (
    chain,
    end,
    event,
    gateway,
    model,
    node,
    script,
    start,
    throw,
    user,
)
from tests.engine.bpmn.stage import Case
from tests.engine.bpmn.test_ad_hoc import ad_hoc
from tests.engine.bpmn.test_quorum import meeting
from tests.engine.bpmn.test_undoing import undoes
from tests.engine.migrating import hindered, migrate


def restored(files: dict[str, bytes], **variables: object) -> Case:
    return Case(files, variables, mode="restored")


def voting(*branches: str, gate: str = "meet", after: str = "after") -> dict[str, bytes]:
    return model(
        start(), gateway("parallel", "fork"), *(user(b, result=b[0]) for b in branches), meeting("items_arrived = 2", gate), user(after, result="done"), end(),
        chain("begin", "fork"), *(chain("fork", b, gate) for b in branches), chain(gate, after, "finish"),
    )  # fmt: skip


def test_a_complex_gateway_that_went_on_still_ends_who_comes_late() -> None:
    case = restored(voting("a", "b", "c"))
    case.complete("a")
    case.complete("b")
    assert ("JOIN", "meet") in hindered(case, voting("a", "b", "c", "d"))
    migrate(
        case, voting("a2", "b2", "c2", gate="meet2"), {k: f"{k}2" for k in ("a", "b", "c", "meet")}
    )
    case.complete("c2")
    assert case.waiting() == ["after"]
    case.complete("after")
    assert case.completed


def choosing(*tasks: str) -> dict[str, bytes]:
    inside = ad_hoc(*(user(t) for t in tasks), user("close"))
    return model(start(), inside, end(), chain("begin", "choose", "finish"))


def test_what_people_may_choose_follows_the_new_drawing() -> None:
    case = restored(choosing("talk"))
    case.complete("talk", {"n": 1})
    migrate(case, choosing("talk", "visit"))
    assert case.waiting() == ["close", "talk", "visit"]
    assert hindered(case, choosing("talk")) == [("REMOVED", "visit")]
    flowing = node(
        "subProcess",
        "choose",
        start("b2")
        + user("talk")
        + user("visit")
        + user("close")
        + end("e2")
        + chain("b2", "talk", "visit", "close", "e2"),
    )
    assert ("KIND", "choose") in hindered(
        case, model(start(), flowing, end(), chain("begin", "choose", "finish"))
    )
    case.complete("close", {"done": True})
    assert case.completed


def booking(*, first: bool = True, second: bool = True, name: str = "back") -> dict[str, bytes]:
    undo = event("compensate")
    return model(
        start(), user("hotel"), user("flight"), user("doubt"), throw(name, undo), end(),
        undoes("hotel", script("free_hotel", '{ freed: "hotel" }')) if first else "",
        undoes("flight", script("free_flight", '{ given: "flight" }')) if second else "",
        chain("begin", "hotel", "flight", "doubt", name, "finish"),
    )  # fmt: skip


def test_what_was_done_can_be_undone_as_the_new_version_says() -> None:
    case = restored(booking(second=False))
    case.complete("hotel")
    assert hindered(case, booking(first=False)) == [("REMOVED", "hotel_undo")]
    migrate(case, booking())
    case.complete("flight")
    assert hindered(restored(booking(second=False)), booking()) == []
    case.complete("doubt")
    assert case.completed
    assert (case.variables["freed"], case.variables["given"]) == ("hotel", "flight")


def test_what_may_have_been_done_before_it_could_be_undone_is_named() -> None:
    case = restored(booking(second=False))
    case.complete("hotel")
    case.complete("flight")
    assert hindered(case, booking()) == [("UNDO", "flight")]
