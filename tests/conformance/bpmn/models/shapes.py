"""Shapes that are hard on whatever stores and restores: long, crossing, nested, going back."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.models.activities import straight
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
    several,
    start,
    timer,
    user,
)


def finish(p: Player, order: str) -> None:
    """Do tasks by their names, each with its place in the order as answer."""
    for number, element in enumerate(order.split()):
        p.completes(element, number)


@conforms(model(
    start(), gateway("parallel", "fork"), user("a1"), user("a2"), user("a3"), user("b1"), user("b2"), user("c1"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "fork", "a1", "a2", "a3", "join", "after", "finish"), chain("fork", "b1", "b2", "join"), chain("fork", "c1", "join")))  # fmt: skip
def long_parallel_branches(p: Player) -> None:
    p.starts()
    finish(p, "b1 a1 c1 a2 b2 a3 after")
    p.ends(
        "begin fork b1 a1 c1 a2 b2 a3 join after finish",
        b1=0,
        a1=1,
        c1=2,
        a2=3,
        b2=4,
        a3=5,
        after=6,
    )


@conforms(model(
    start(), gateway("parallel", "f1"), user("a"), gateway("parallel", "f2"), user("b"), user("c"), gateway("parallel", "j2"), user("d"), gateway("parallel", "j1"), user("after"), end(),
    chain("begin", "f1", "a", "j1", "after", "finish"), chain("f1", "f2", "b", "j2", "d", "j1"), chain("f2", "c", "j2")))  # fmt: skip
def nested_forks(p: Player) -> None:
    p.starts()
    p.expects("a", "b", "c")
    finish(p, "c a b d after")
    p.ends("begin f1 f2 c a b j2 d j1 after finish", c=0, a=1, b=2, d=3, after=4)


@conforms(model(
    start(), gateway("parallel", "f1"), gateway("parallel", "f2"), user("a"), user("b"), user("c"), gateway("parallel", "j1"), gateway("parallel", "j2"), user("x"), user("y"), end(),
    chain("begin", "f1", "a", "j1", "x", "finish"), chain("f1", "f2", "b", "j1"), chain("f2", "c", "j2", "y", "finish"), chain("x"), flow("j1", "j2")))  # fmt: skip
def crossing_forks_and_joins(p: Player) -> None:
    p.starts()
    finish(p, "b c a")
    p.expects("x", "y")
    finish(p, "y x")
    assert p.seen.completed
    assert p.done.count("j1") == p.done.count("j2") == 1


@conforms(model(
    start(), gateway("parallel", "fork"), user("one"), user("two"), gateway("exclusive", "merge"), user("same"), end(),
    chain("begin", "fork", "one", "merge", "same", "finish"), chain("fork", "two", "merge")))  # fmt: skip
def two_tokens_through_the_same_task(p: Player) -> None:
    p.starts()
    p.completes("one", 1)
    p.expects("same", "two")
    p.completes("two", 2)
    p.expects("same", "same")
    p.completes("same", 3)
    p.completes("same", 4)
    assert p.seen.completed
    assert p.done.count("same") == 2


@conforms(model(
    start(), gateway("parallel", "fork"), user("a"), gateway("exclusive", "x", "x_to_j"), user("extra"), user("b"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "fork", "a", "x"), flow("x", "extra", "a > 5"), flow("x", "j"), gateway("exclusive", "j"), chain("extra", "j", "join", "after", "finish"), chain("fork", "b", "join")))  # fmt: skip
def a_choice_inside_a_parallel_branch(p: Player) -> None:
    p.starts()
    p.completes("a", 9)
    p.completes("b", 1)
    p.expects("extra")
    p.completes("extra")
    p.completes("after")
    p.ends("begin fork a x b extra j join after finish", a=9, b=1, extra={}, after={})


@conforms(model(
    start(), gateway("exclusive", "top"), gateway("parallel", "fork"), user("x"), user("y"), gateway("parallel", "join"), gateway("exclusive", "again", "again_to_finish"), end(),
    chain("begin", "top", "fork", "x", "join", "again"), chain("fork", "y", "join"), flow("again", "top", "y.repeat"), flow("again", "finish")))  # fmt: skip
def going_back_after_a_join(p: Player) -> None:
    p.starts()
    for number in range(4):
        p.completes("x", number)
        p.expects("y")  # a token of an earlier round never counts
        p.completes("y", {"repeat": number < 3})
    p.ends(x=3, y={"repeat": False})
    assert p.done.count("join") == 4


@conforms(model(
    start(), gateway("inclusive", "fork", "fork_to_c"), user("a"), user("b"), gateway("exclusive", "x", "x_to_join"), user("more"), user("c"), gateway("inclusive", "join"), user("after"), end(),
    chain("begin", "fork"), flow("fork", "a", "n > 1"), flow("fork", "b", "n > 2"), flow("fork", "c"), chain("a", "x"), flow("x", "more", "a > 5"), flow("x", "join"),
    chain("more", "join"), chain("b", "join"), chain("c", "join", "after", "finish")))  # fmt: skip
def a_long_way_to_an_inclusive_join(p: Player) -> None:
    p.starts(n=3)
    p.completes("b", 1)
    p.expects("a")
    p.completes("a", 9)
    p.expects("more")
    p.completes("more", 1)
    p.completes("after")
    p.ends("begin fork b a x more join after finish", n=3, a=9, b=1, more=1, after={})


@conforms(straight(
    node("subProcess", "part", start("b2") + user("approve") + gateway("exclusive", "x", "x_to_e2") + user("fix") + end("e2")
         + chain("b2", "m", "approve", "x") + gateway("exclusive", "m") + flow("x", "fix", "approve.back") + flow("x", "e2") + flow("fix", "m")),
    boundary("late", "part", timer("P9D")), user("decide"), chain("late", "decide", "after"), user("after"), ids="part after"))  # fmt: skip
def approvals_with_a_way_back(p: Player) -> None:
    p.starts()
    for _ in range(3):
        p.completes("approve", {"back": True})
        p.completes("fix", {})
    p.completes("approve", {"back": False})
    p.expects("after")
    p.completes("after")
    p.ends(approve={"back": False}, fix={}, after={})
    assert p.done.count("approve") == 4


@conforms(straight(
    node("subProcess", "each", several("[1, 2]", item="n") + start("b2") + gateway("parallel", "f2") + user("one") + user("two") + gateway("parallel", "j2")
         + boundary("late", "one", timer("P2D")) + user("chase") + chain("late", "chase", "j3") + gateway("exclusive", "j3") + end("e2")
         + chain("b2", "f2", "one", "j3", "j2", "e2") + chain("f2", "two", "j2")),
    boundary("stop", "each", event("message", "m1"), correlation="1"), end("stopped"), chain("stop", "stopped"), user("after"), ids="each after",
    extra='<bpmn:message id="m1" name="enough" />'))  # fmt: skip
def everything_inside_every_item(p: Player) -> None:
    p.starts()
    p.expects("one", "one", "two", "two", timers="late late", catches="stop")
    p.fires("late")
    p.expects("one", "two", "two", "chase", timers="late", catches="stop")
    finish(p, "two chase two one")
    p.expects("after")
    p.completes("after")
    p.ends(after={})


@conforms(model(
    start(), gateway("parallel", "fork"), *(f"{user(f't{n}')}{chain('fork', f't{n}', 'join')}" for n in range(12)), gateway("parallel", "join"), user("after"), end(),
    flow("begin", "fork"), chain("join", "after", "finish")))  # fmt: skip
def many_at_the_same_point(p: Player) -> None:
    p.starts()
    order = [f"t{(n * 5) % 12}" for n in range(12)]
    finish(p, " ".join(order))
    p.expects("after")
    p.completes("after")
    p.ends(
        "begin fork " + " ".join(order) + " join after finish",
        after={},
        **{t: n for n, t in enumerate(order)},
    )


@conforms(straight(*(script(f"s{n}", f"{{ n: n + {n} }}") for n in range(120)), user("after"), ids=" ".join(f"s{n}" for n in range(120)) + " after"))  # fmt: skip
def a_very_long_way(p: Player) -> None:
    p.starts(n=0)
    p.shows("after", n=119 * 120 // 2)
    p.completes("after")
    p.ends(n=119 * 120 // 2, after={})


@conforms(model(
    start(), gateway("exclusive", "top"), user("ask"), script("count", "{ n: n + 1, text: string join(for i in 1..200 return \"kata\") }"), gateway("exclusive", "again", "again_to_finish"), end(),
    chain("begin", "top", "ask", "count", "again"), flow("again", "top", "n < 12"), flow("again", "finish")))  # fmt: skip
def many_rounds_with_a_big_value(p: Player) -> None:
    p.starts(n=0, paper="x" * 2000)
    for number in range(12):
        p.completes("ask", {"round": number, "note": "y" * 700})
    assert p.seen.completed
    assert (p.variables["n"], len(p.variables["text"]), p.variables["ask"]["round"]) == (
        12,
        800,
        11,
    )


@conforms(model(
    start(), gateway("parallel", "fork"), user("a"), boundary("late", "a", timer("P1D"), interrupting=False), user("chase"), end("chased"), chain("late", "chase", "chased"),
    gateway("eventBased", "wait"), catch("paid", event("message", "m1"), correlation="1", result="paid"), catch("soon", timer("P3D")), gateway("exclusive", "merge"), gateway("parallel", "join"), user("after"), end(),
    chain("begin", "fork", "a", "join", "after", "finish"), chain("fork", "wait", "paid", "merge", "join"), chain("wait", "soon", "merge"), extra='<bpmn:message id="m1" name="paid" />'))  # fmt: skip
def waiting_for_several_things_at_once(p: Player) -> None:
    p.starts()
    p.expects("a", timers="late soon", catches="paid")
    p.fires("late")
    p.expects("a", "chase", timers="soon", catches="paid")
    p.hears("paid", 5)
    p.completes("a", 1)
    p.expects("after", "chase")
    p.completes("after")
    p.expects("chase")
    p.completes("chase")
    p.ends(a=1, paid=5, after={}, chase={})
