"""Joins merge in three ways against the fork: no change is lost, a conflict stops the case."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.merge import MergeConflict, merge, same
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    flow,
    gateway,
    model,
    node,
    script,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage


def forked(one: str, two: str) -> dict[str, bytes]:
    return model(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        script("sa", one),
        user("b"),
        script("sb", two),
        gateway("parallel", "join"),
        user("after"),
        end(),
        chain("begin", "fork", "a", "sa", "join", "after", "finish"),
        chain("fork", "b", "sb", "join"),
    )


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("{ x: 1 }", "{ y: 1 }", {"x": 1, "y": 1, "list": [1, 2]}),
        ("{ list: [7, 7] }", "{ y: 1 }", {"x": 0, "y": 1, "list": [7, 7]}),
        ("{ x: 5 }", "{ x: 5 }", {"x": 5, "list": [1, 2]}),
    ],
)
def test_a_join_applies_what_each_branch_changed(
    mode: str, order: tuple[str, str], one: str, two: str, expected: dict[str, object]
) -> None:
    case = Case(forked(one, two), {"x": 0, "list": [1, 2]}, mode=mode)
    for element in order:
        case.complete(element, {})
    merged = case.run.variables_of(case.task("after").token)
    assert {name: merged[name] for name in expected} == expected


def test_two_lists_that_grew_are_put_together_in_order_of_arrival(mode: str) -> None:
    case = Case(
        forked("{ list: append(list, 3) }", "{ list: append(list, 4) }"), {"list": [1]}, mode=mode
    )
    case.complete("b", {})
    case.complete("a", {})
    assert case.run.variables_of(case.task("after").token)["list"] == [1, 4, 3]


def test_a_conflict_parks_the_join_and_names_the_variable(mode: str) -> None:
    files = forked("{ x: 1 }", "{ x: 2 }")
    case = Case(files, {"x": 0}, mode=mode)
    case.complete("a", {})
    case.complete("b", {})
    assert case.waiting() == []
    assert not case.completed
    (incident,) = case.outcome.incidents
    assert (incident.element_id, incident.kind) == ("join", "CONFLICT")
    assert "x" in incident.message
    # Nothing has changed since, so trying again stops at the same place.
    again = case.retry(incident.token)
    assert [(i.token, i.kind) for i in again.incidents] == [(incident.token, "CONFLICT")]


def test_a_join_of_nested_forks_merges_against_the_nearest(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "f1"),
        gateway("parallel", "f2"),
        user("a"),
        user("b"),
        user("c"),
        gateway("parallel", "j2"),
        gateway("parallel", "j1"),
        user("after"),
        end(),
        chain("begin", "f1", "f2", "a", "j2", "j1", "after", "finish"),
        chain("f2", "b", "j2"),
        chain("f1", "c", "j1"),
    )
    case = Case(files, {"x": 0}, mode=mode)
    for element in ("c", "b", "a"):
        case.complete(element, {"by": element})
    assert case.run.variables_of(case.task("after").token) == {
        "x": 0,
        "a": {"by": "a"},
        "b": {"by": "b"},
        "c": {"by": "c"},
    }


def test_a_second_token_on_the_same_way_waits_for_the_next_round(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("a1"),
        user("a2"),
        user("b1"),
        user("b2"),
        gateway("exclusive", "meet_a"),
        gateway("exclusive", "meet_b"),
        gateway("parallel", "join"),
        user("after"),
        end(),
        chain("begin", "fork", "a1", "meet_a", "join", "after", "finish"),
        chain("fork", "a2", "meet_a"),
        chain("fork", "b1", "meet_b", "join"),
        chain("fork", "b2", "meet_b"),
    )
    case = Case(files, mode=mode)
    case.complete("a1", {"n": 1})
    case.complete("a2", {"n": 2})
    assert case.waiting() == ["b1", "b2"]
    case.complete("b1", {"n": 3})
    assert case.waiting() == ["after", "b2"]
    first = case.run.variables_of(case.task("after").token)
    assert first.keys() == {"a1", "b1"}
    case.complete("b2", {"n": 4})
    assert case.waiting() == ["after", "after"]
    case.complete("after")
    case.complete("after")
    assert case.completed
    assert case.variables.keys() == {"a1", "a2", "b1", "b2", "after"}


def test_the_end_of_a_case_keeps_what_all_branches_wrote(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        end("e1"),
        end("e2"),
        chain("begin", "fork", "a", "e1"),
        chain("fork", "b", "e2"),
    )
    case = Case(files, mode=mode)
    case.complete("a", {"n": 1})
    assert not case.completed
    case.complete("b", {"n": 2})
    assert case.completed
    assert case.variables == {"a": {"n": 1}, "b": {"n": 2}}


def test_an_inclusive_join_does_not_wait_for_a_way_that_was_left(mode: str) -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        gateway("exclusive", "pick", "pick_to_out"),
        gateway("inclusive", "join"),
        user("after"),
        end("out"),
        end(),
        chain("begin", "fork", "a", "join", "after", "finish"),
        chain("fork", "b", "pick"),
        flow("pick", "join", "b.stay"),
        flow("pick", "out"),
    )
    case = Case(files, mode=mode, stage=Stage())
    case.complete("a")
    assert case.waiting() == ["b"]
    case.complete("b", {"stay": False})
    assert case.waiting() == ["after"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)
DATA = st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3)


@settings(max_examples=60, deadline=None)
@given(DATA, DATA, st.permutations([0, 1]))
def test_one_changed_branch_wins_whatever_the_order(
    base: dict[str, object], changed: dict[str, object], order: list[int]
) -> None:
    branches = [changed, base]
    merged = merge(base, [branches[index] for index in order])
    assert same(merged, changed)


@settings(max_examples=60, deadline=None)
@given(DATA, DATA, DATA)
def test_a_merge_agrees_or_says_that_it_cannot(
    base: dict[str, object], one: dict[str, object], two: dict[str, object]
) -> None:
    try:
        merged = merge(base, [one, two])
    except MergeConflict:
        assert not same(one, two)
        return
    for name in base.keys() | one.keys() | two.keys():
        if same(one.get(name), base.get(name)) and (name in one) == (name in base):
            assert same(merged.get(name), two.get(name))


def test_true_is_not_one() -> None:
    assert not same({"a": True}, {"a": 1})


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_way_beside_a_branch_brings_what_it_changed_and_nothing_old(
    mode: str, first: str
) -> None:
    """What the branch wrote later has gone on through a join that the way beside never saw."""
    part = node(
        "subProcess", "part",
        start("b2") + gateway("parallel", "fork") + user("a") + script("early", "{ x: 1 }") + user("b")
        + script("later", "{ x: 2 }") + gateway("parallel", "join") + end("e2")
        + chain("b2", "fork", "a", "join", "e2") + chain("fork", "early", "b", "later", "join")
        + boundary("remind", "b", timer("P1D"), interrupting=False) + user("reminded") + end("e3") + chain("remind", "reminded", "e3"),
    )  # fmt: skip
    files = model(start(), part, user("after"), end(), chain("begin", "part", "after", "finish"))
    case = Case(files, mode=mode)
    case.fire("remind")
    case.complete(first)
    case.complete("b" if first == "a" else "a")
    assert case.variables.get("x") is None  # it is seen outside when the sub-process has ended
    case.complete("reminded", {"ok": True})
    assert case.outcome.incidents == ()
    seen = case.run.variables_of(case.task("after").token)
    assert seen == {"x": 2, "a": {}, "b": {}, "reminded": {"ok": True}}


CROSSED = model(
    start(),
    gateway("parallel", "fork"),
    script("sa", "{ x: 1 }"),
    gateway("parallel", "fork_a"),
    script("sb", "{ y: 1 }"),
    gateway("parallel", "fork_b"),
    user("a1"),
    user("a2"),
    user("b1"),
    user("b2"),
    gateway("parallel", "first"),
    user("c"),
    script("sc", "{ x: 2 }"),
    gateway("parallel", "second"),
    user("d"),
    script("sd", "{ y: 2 }"),
    gateway("parallel", "all"),
    user("after"),
    end(),
    chain("begin", "fork", "sa", "fork_a", "a1", "first", "c", "sc", "all", "after", "finish"),
    chain("fork", "sb", "fork_b", "b1", "first"),
    chain("fork_a", "a2", "second", "d", "sd", "all"),
    chain("fork_b", "b2", "second"),
)


@pytest.mark.parametrize("order", list(permutations(("a1", "b1", "a2", "b2")))[::3])
def test_branches_that_cross_bring_what_they_changed_and_nothing_old(
    mode: str, order: tuple[str, ...]
) -> None:
    case = Case(CROSSED, {"x": 0, "y": 0}, mode=mode)
    for element in order:
        case.complete(element, {})
    for element in ("c", "d") if order[0] == "a1" else ("d", "c"):
        case.complete(element, {})
    merged = case.run.variables_of(case.task("after").token)
    assert (merged["x"], merged["y"]) == (2, 2)


def test_what_is_changed_behind_a_crossing_differs_still(mode: str) -> None:
    drawn = CROSSED["process.bpmn"].replace(b"{ y: 2 }", b"{ x: 3 }")
    case = Case({"process.bpmn": drawn}, {"x": 0, "y": 0}, mode=mode)
    for element in ("a1", "b1", "a2", "b2", "c", "d"):
        case.complete(element, {})
    assert [incident.kind for incident in case.outcome.incidents] == ["CONFLICT"]
