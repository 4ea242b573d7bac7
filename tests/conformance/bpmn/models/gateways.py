"""Gateways, and ways out that stand for them."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    end,
    event,
    flow,
    gateway,
    model,
    node,
    script,
    start,
    throw,
    timer,
    user,
)

MESSAGE = '<bpmn:message id="m1" name="paid" /><bpmn:message id="m2" name="refused" />'


def choosing(*, default: bool) -> dict[str, bytes]:
    return model(
        start(), user("ask"), gateway("exclusive", "split", "split_to_low" if default else ""), user("high"), user("middle"), user("low"), end(),
        chain("begin", "ask", "split"), flow("split", "high", "ask > 7"), flow("split", "middle", "ask > 5"),
        flow("split", "low", None if default else "ask < 3"), *(flow(way, "finish") for way in ("high", "middle", "low")),
    )  # fmt: skip


@conforms(choosing(default=True))  # fmt: skip
def exclusive_gateway(p: Player) -> None:
    p.starts()
    p.completes("ask", 9)  # both conditions hold, the first is taken
    p.expects("high")
    p.completes("high", 1)
    p.ends("begin ask split high finish", ask=9, high=1)


@conforms(choosing(default=True))  # fmt: skip
def the_default_is_taken_where_no_condition_holds(p: Player) -> None:
    p.starts()
    p.completes("ask", None)
    p.expects("low")
    assert len(p.notes) == 2
    p.completes("low", 1)
    p.ends("begin ask split low finish", ask=None, low=1)


@conforms(choosing(default=False))  # fmt: skip
def a_gateway_without_a_way_parks(p: Player) -> None:
    p.starts()
    p.completes("ask", 4)
    p.parks("split", "NO_FLOW")
    p.retries("split")
    p.parks("split", "NO_FLOW")


@conforms(model(
    start(), gateway("parallel", "fork"), user("one"), user("two"), user("three"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "fork", "one", "join", "after", "finish"), chain("fork", "two", "join"), chain("fork", "three", "join")))  # fmt: skip
def parallel_gateway(p: Player) -> None:
    p.starts(list=[1], map={"a": 1})
    p.expects("one", "two", "three")
    p.completes("three", 3)
    p.completes("one", 1)
    p.expects("two")
    p.completes("two", 2)
    p.shows("after", list=[1], map={"a": 1}, one=1, two=2, three=3)
    p.completes("after")
    p.ends(
        "begin fork three one two join after finish",
        list=[1],
        map={"a": 1},
        one=1,
        two=2,
        three=3,
        after={},
    )


@conforms(model(
    start(), gateway("parallel", "fork"), user("a"), script("sa", "{ list: append(list, a), map: context put(map, \"a\", a) }"),
    user("b"), script("sb", "{ list: append(list, b), map: context put(map, \"b\", b) }"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "fork", "a", "sa", "join", "after", "finish"), chain("fork", "b", "sb", "join")))  # fmt: skip
def a_join_loses_no_change_of_either_branch(p: Player) -> None:
    p.starts(list=[0], map={"a": 0, "z": 0}, untouched=1)
    p.completes("b", 2)
    p.completes("a", 1)
    p.shows("after", list=[0, 2, 1], map={"a": 1, "b": 2, "z": 0}, untouched=1, a=1, b=2)


@conforms(model(
    start(), gateway("parallel", "fork"), script("sa", "{ x: 1 }"), gateway("parallel", "again"), user("a"), user("late"), user("b"), gateway("parallel", "join"),
    user("c"), script("sc", "{ x: 2 }"), gateway("parallel", "all"), user("after"), end(),
    chain("begin", "fork", "sa", "again", "a", "join", "c", "sc", "all", "after", "finish"), chain("again", "late", "all"), chain("fork", "b", "join")))  # fmt: skip
def a_branch_of_an_inner_fork_joins_others_first(p: Player) -> None:
    p.starts(x=0)
    p.completes("a")
    p.completes("b", 1)  # what goes on from the join stands beside the inner fork, not below it
    p.shows("c", x=1, a={}, b=1)
    p.completes("c")
    p.completes("late", 3)
    p.shows("after", x=2, a={}, b=1, c={}, late=3)
    p.completes("after")
    p.ends(
        "begin fork sa again a b join c sc late all after finish",
        x=2, a={}, b=1, c={}, late=3, after={},
    )  # fmt: skip


@conforms(model(
    start(), gateway("parallel", "fork"), user("a"), script("sa", "{ x: 1 }"), user("b"), script("sb", "{ x: 2 }"), gateway("parallel", "join"), end(),
    chain("begin", "fork", "a", "sa", "join", "finish"), chain("fork", "b", "sb", "join")))  # fmt: skip
def a_conflict_waits_at_the_join(p: Player) -> None:
    p.starts(x=0)
    p.completes("a")
    p.completes("b")
    p.parks("join", "CONFLICT")
    p.retries("join")
    p.parks("join", "CONFLICT")


@conforms(model(
    start(), gateway("parallel", "outer"), user("a"), script("sb", "{ x: 1, seen: [1] }"), gateway("parallel", "inner"), user("b"), script("sb2", "{ x: 2, seen: append(seen, 2) }"), user("c"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "outer", "a", "join", "after", "finish"), chain("outer", "sb", "inner", "b", "sb2", "join"), chain("inner", "c", "join")))  # fmt: skip
def each_branch_is_merged_against_its_own_fork(p: Player) -> None:
    p.starts(x=0)
    for task in "abc":
        p.completes(task)
    p.shows("after", x=2, seen=[1, 2], a={}, b={}, c={})  # c never touched x


@conforms(model(
    start(), user("after"), end(), chain("begin", "part", "after", "finish"),
    node("subProcess", "part", start("b2") + gateway("exclusive", "top") + user("ask") + boundary("late", "ask", timer("P1D"), interrupting=False) + script("note", "{ noted: true }") + end("noted") + chain("late", "note", "noted")
         + script("count", "{ rounds: rounds + 1 }") + gateway("exclusive", "again", "again_to_e2") + end("e2") + chain("b2", "top", "ask", "count", "again") + flow("again", "top", "rounds < 3") + flow("again", "e2"))))  # fmt: skip
def reminders_of_several_rounds_meet_at_the_end(p: Player) -> None:
    p.starts(rounds=0)
    for _ in range(3):
        p.fires("late")
        p.completes("ask")
    p.shows("after", rounds=3, noted=True, ask={})


def inclusive() -> dict[str, bytes]:
    return model(
        start(), gateway("inclusive", "fork", "fork_to_none"), user("a"), user("b"), user("none"), gateway("inclusive", "join"), user("after"), end(),
        chain("begin", "fork"), flow("fork", "a", "take_a"), flow("fork", "b", "take_b"), flow("fork", "none"),
        chain("a", "join"), chain("b", "join"), chain("none", "join", "after", "finish"),
    )  # fmt: skip


@conforms(inclusive())  # fmt: skip
def inclusive_gateway(p: Player) -> None:
    p.starts(take_a=True, take_b=True)
    p.expects("a", "b")
    p.completes("b", 2)
    p.expects("a")
    p.completes("a", 1)
    p.completes("after")
    p.ends("begin fork b a join after finish", take_a=True, take_b=True, a=1, b=2, after={})


@conforms(inclusive())  # fmt: skip
def an_inclusive_gateway_waits_only_for_what_it_started(p: Player) -> None:
    p.starts(take_a=True, take_b=False)
    p.expects("a")
    p.completes("a", 1)
    p.expects("after")
    p.completes("after")
    p.ends("begin fork a join after finish", take_a=True, take_b=False, a=1, after={})


@conforms(model(
    start(), gateway("eventBased", "wait"), catch("soon", timer("P1D")), catch("late", timer("P9D")),
    catch("paid", event("message", "m1"), correlation="key", result="receipt"), catch("refused", event("message", "m2"), correlation="key"),
    user("after_soon"), user("after_paid"), end(),
    chain("begin", "wait", "soon", "after_soon", "finish"), chain("wait", "late", "finish"), chain("wait", "paid", "after_paid", "finish"),
    chain("wait", "refused", "finish"), extra=MESSAGE))  # fmt: skip
def event_based_gateway(p: Player) -> None:
    p.starts(key="k")
    p.expects(timers="soon late", catches="paid refused")
    p.hears("paid", {"n": 1})
    p.expects("after_paid")
    p.completes("after_paid")
    p.ends("begin wait paid after_paid finish", key="k", receipt={"n": 1}, after_paid={})


@conforms(model(
    start(), gateway("eventBased", "wait"), catch("soon", timer("P1D")), catch("late", timer("P9D")), user("after_soon"), end(),
    chain("begin", "wait", "soon", "after_soon", "finish"), chain("wait", "late", "finish")))  # fmt: skip
def the_sooner_of_two_timers_takes_the_other_away(p: Player) -> None:
    p.starts()
    p.fires("soon")
    p.expects("after_soon")
    p.completes("after_soon")
    p.ends("begin wait soon after_soon finish", after_soon={})


@conforms(model(
    start(), throw("off_page", '<bpmn:linkEventDefinition name="on" />'), catch("on_page", '<bpmn:linkEventDefinition name="on" />'), user("ask"), end(),
    chain("begin", "off_page"), chain("on_page", "ask", "finish")))  # fmt: skip
def link_events(p: Player) -> None:
    p.starts()
    p.expects("ask")
    p.completes("ask", 1)
    p.ends("begin off_page on_page ask finish", ask=1)


@conforms(model(
    start(), user("ask"), user("one"), user("two"), user("if_wanted"), end(),
    chain("begin", "ask", "one", "finish"), chain("ask", "two", "finish"), flow("ask", "if_wanted", "ask.wanted"), flow("if_wanted", "finish")))  # fmt: skip
def several_flows_out_of_a_task(p: Player) -> None:
    p.starts()
    p.completes("ask", {"wanted": True})
    p.expects("one", "two", "if_wanted")
    for way in ("two", "if_wanted", "one"):
        p.completes(way)
    p.ends(ask={"wanted": True}, one={}, two={}, if_wanted={})


@conforms(model(start(), user("ask"), user("on"), chain("begin", "ask", "on")))  # fmt: skip
def no_flow_out_of_a_task(p: Player) -> None:
    p.starts()
    p.completes("ask", 1)
    p.completes("on", 2)
    p.ends("begin ask on", ask=1, on=2)


@conforms(model(
    start(), gateway("exclusive", "split", "low"), user("ask"), end(), chain("begin", "split"),
    flow("split", "ask", "points > 5", key="high"), flow("split", "ask", key="low"), flow("ask", "finish")))  # fmt: skip
def two_flows_between_the_same_elements(p: Player) -> None:
    p.starts(points=9)
    assert "high" in p.flows
    assert "low" not in p.flows
    p.completes("ask", 1)
    p.ends("begin split ask finish", points=9, ask=1)
