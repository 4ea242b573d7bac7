"""The complex gateway: goes on when enough has come, once per round, and never hangs silently."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from engine.bpmn import Bounds, check
from tests.engine.bpmn.drawing import (
    chain,
    end,
    flow,
    gateway,
    model,
    node,
    script,
    start,
    user,
)
from tests.engine.bpmn.stage import Case, Stage


def meeting(condition: str, key: str = "meet", default: str = "") -> str:
    inner = f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"
    return node(
        "complexGateway",
        key,
        inner if condition else "",
        **({"default": default} if default else {}),
    )


def three(condition: str) -> dict[str, bytes]:
    return model(
        start(), gateway("parallel", "fork"), user("a"), user("b"), user("c"), meeting(condition), user("after"), end(),
        chain("begin", "fork"), *(chain("fork", key, "meet") for key in "abc"), chain("meet", "after", "finish"),
    )  # fmt: skip


def test_two_of_three_are_enough_and_the_third_changes_nothing(mode: str) -> None:
    case = Case(three("items_arrived = 2"), {"x": 1}, mode=mode)
    case.complete("c", {"n": 3})
    assert case.waiting() == ["a", "b"]
    case.complete("a", {"n": 1})
    assert case.waiting() == ["after", "b"]
    assert case.run.variables_of(case.task("after").token) == {"x": 1, "c": {"n": 3}, "a": {"n": 1}}
    case.complete("b", {"n": 2})
    assert case.waiting() == ["after"]
    assert case.done().count("meet") == 1
    case.complete("after")
    assert case.completed


def test_the_condition_may_read_what_came(mode: str) -> None:
    files = three("items_arrived = items_total or a.veto = true")
    case = Case(files, mode=mode)
    case.complete("b")
    case.complete("a", {"veto": True})
    assert case.waiting() == ["after", "c"]
    case = Case(files, mode=mode)
    for key in "abc":
        case.complete(key, {"veto": False})
    assert case.waiting() == ["after"]


def test_where_it_never_holds_the_case_stops_with_an_incident(mode: str) -> None:
    case = Case(three("a.yes and b.yes"), mode=mode)
    for key in "ab":
        case.complete(key, {"yes": key == "a"})
    assert case.outcome.incidents == ()
    case.complete("c")
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("meet", "NO_FLOW")
    case.retry(incident.token)
    assert [i.kind for i in case.outcome.incidents] == ["NO_FLOW"]


def test_a_round_is_over_when_nothing_of_it_can_come_any_more(mode: str) -> None:
    files = model(
        start(), gateway("exclusive", "top"), gateway("parallel", "fork"), user("a"), user("b"), user("c"),
        meeting("items_arrived = 2"), script("count_it", "{ rounds: (if rounds = null then 0 else rounds) + 1 }"),
        user("check"), gateway("exclusive", "again", "again_to_finish"), end(),
        chain("begin", "top", "fork"), *(chain("fork", key, "meet") for key in "abc"),
        chain("meet", "count_it", "check", "again"), flow("again", "top", "check.more"), flow("again", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("a", {"n": 1})
    case.complete("b", {"n": 1})
    # The second round begins while the third task of the first is open.
    case.complete("check", {"more": True})
    assert case.waiting() == ["a", "b", "c", "c"]
    case.complete("a", {"n": 2})
    case.complete("b", {"n": 2})
    assert case.waiting() == ["c", "c"]
    case.complete("c", {"n": 1})
    # The first round is over with it; what waited is looked at, and is enough.
    assert case.waiting() == ["c", "check"]
    assert case.run.variables_of(case.task("check").token)["rounds"] == 2
    case.complete("c", {"n": 2})
    case.complete("check", {"more": False})
    assert case.completed
    assert case.done().count("meet") == 2


def test_a_round_ends_where_a_branch_does_not_come(mode: str) -> None:
    files = model(
        start(), gateway("parallel", "fork"), user("a"), user("b"), gateway("exclusive", "pick", "pick_to_other"),
        meeting("items_arrived = 1"), user("after"), end(), end("other"),
        chain("begin", "fork", "a", "meet", "after", "finish"), chain("fork", "b", "pick"),
        flow("pick", "meet", "b.join"), flow("pick", "other"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    case.complete("a")
    case.complete("b", {"join": False})
    case.complete("after")
    assert case.completed


def test_what_came_and_is_parked_belongs_to_its_round(mode: str) -> None:
    case = Case(three("items_arrived = 2"), mode=mode, stage=Stage(bounds=Bounds(steps=1)))

    def go_on(but: int = 0) -> None:
        while found := [token for token in case.run._parked if token != but]:
            case.retry(min(found))

    go_on()
    case.complete("a")
    go_on()
    case.complete("b")
    (second,) = case.run._parked or [0]
    case.complete("c")
    go_on(second)
    # The third goes on with the first; the second is late, however late it is looked at.
    assert "after" in case.waiting()
    go_on()
    case.complete("after")
    go_on()
    assert case.completed
    assert case.done().count("meet") == 1


def test_it_splits_by_conditions(mode: str) -> None:
    files = model(
        start(), user("ask"), meeting("", default="meet_to_c"), user("a"), user("b"), user("c"), end(),
        chain("begin", "ask", "meet"), flow("meet", "a", "ask.n > 1"), flow("meet", "b", "ask.n > 2"), flow("meet", "c"),
        *(chain(key, "finish") for key in "abc"),
    )  # fmt: skip
    for number, expected in ((3, ["a", "b"]), (2, ["a"]), (1, ["c"])):
        case = Case(files, mode=mode)
        case.complete("ask", {"n": number})
        assert case.waiting() == expected


def test_branches_that_differ_stop_it_only_when_it_goes_on(mode: str) -> None:
    files = model(
        start(), gateway("parallel", "fork"), script("a", "{ x: 1 }"), script("b", "{ x: 2 }"), user("c"),
        meeting("items_arrived = 3"), end(), chain("begin", "fork"),
        *(chain("fork", key, "meet") for key in "abc"), chain("meet", "finish"),
    )  # fmt: skip
    case = Case(files, mode=mode)
    assert case.outcome.incidents == ()
    case.complete("c")
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("meet", "CONFLICT")]


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (three(""), "complex-gateway"),
        (
            model(start(), meeting("items_arrived = 1"), end(), chain("begin", "meet", "finish")),
            "condition-without-effect",
        ),
        (three("items_arrived >"), "feel-syntax"),
    ],
)
def test_what_cannot_run_is_refused(files: dict[str, bytes], rule: str) -> None:
    found = check(files, services={}, functions=(), groups=())
    assert (rule, "meet") in {(f.rule, f.element_id) for f in found if f.severity == "error"}
