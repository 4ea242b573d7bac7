"""What is done several times: multi-instances, closed surveys, standard loops."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.models.activities import straight
from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    chain,
    end,
    loop,
    node,
    script,
    service,
    several,
    start,
    user,
)


@conforms(straight(user("rate", several("people", item="who"), assignee="who.id"), user("after"), ids="rate after"))  # fmt: skip
def multi_instance_in_parallel(p: Player) -> None:
    people = [{"id": 4}, {"id": 5}, {"id": 6}]
    p.starts(people=people)
    p.expects("rate", "rate", "rate")
    p.completes("rate", "c", item=2)
    p.completes("rate", "a", item=0)
    p.shows("rate", people=people, who={"id": 5})  # nobody sees another's answer
    p.completes("rate", "b", item=1)
    p.shows("after", people=people, rate=["a", "b", "c"])
    p.completes("after")
    p.ends("begin rate rate rate rate after finish", people=people, rate=["a", "b", "c"], after={})


@conforms(straight(user("step", several("[3, null, 1]", item="n", sequential=True)), user("after"), ids="step after"))  # fmt: skip
def multi_instance_in_sequence(p: Player) -> None:
    p.starts()
    for answer in (30, 20, 10):
        p.expects("step")
        p.completes("step", answer)
    p.shows("after", step=[30, 20, 10])
    p.completes("after")
    p.ends(step=[30, 20, 10], after={})


@conforms(straight(user("vote", several(count="4", until="items_done = 2")), user("after"), ids="vote after"))  # fmt: skip
def a_completion_condition_closes_the_rest(p: Player) -> None:
    p.starts()
    p.completes("vote", "yes", item=3)
    p.expects("vote", "vote", "vote")
    p.completes("vote", "no", item=1)
    p.expects("after")
    p.completes("after")
    p.ends(vote=[None, "no", None, "yes"], after={})


@conforms(straight(
    node("subProcess", "each", several("people", item="who", output="told", output_item="said")
         + start("b2") + user("ask") + user("more") + script("say", "{ said: [who, ask, more] }") + end("e2") + chain("b2", "ask", "more", "say", "e2")),
    user("after"), ids="each after"))  # fmt: skip
def a_scope_for_each_item(p: Player) -> None:
    p.starts(people=["a", "b"])
    p.expects("ask", "ask")
    p.completes("ask", 1)
    p.expects("ask", "more")
    p.shows("more", people=["a", "b"], who="a", ask=1)
    p.completes("ask", 2)
    first = next(iter(p.seen.tasks))
    p.completes("more", 10)
    assert first not in p.seen.tasks
    p.completes("more", 20)
    p.shows("after", people=["a", "b"], told=[["a", 1, 10], ["b", 2, 20]])


@conforms(straight(service("call", "echo", "got", several("[1, 2, 3]", item="n"), number="n * n"), user("after"), ids="call after"))  # fmt: skip
def a_service_for_each_item(p: Player) -> None:
    p.starts()
    p.shows("after", got=[{"number": 1}, {"number": 4}, {"number": 9}])
    assert [row[0] for row in p.calls] == ["call"] * 3


@conforms(straight(user("none", several("[]", item="n")), user("after"), ids="none after"))  # fmt: skip
def a_multi_instance_over_nothing(p: Player) -> None:
    p.starts()
    p.shows("after", none=[])
    p.completes("after", 1)
    p.ends(none=[], after=1)


@conforms(straight(user("peer", several("[11, 12, 13]", item="who"), anonymous="true", result="said"), user("after"), ids="peer after"))  # fmt: skip
def a_closed_survey(p: Player) -> None:
    p.starts()
    p.expects("peer", "peer", "peer")
    assert {t["pseudonym"] for t in p.seen.tasks.values()} == {"R1", "R2", "R3"}
    for answer in ("x", "y", "z"):
        assert "said" not in p.variables
        p.completes("peer", answer)
    p.completes("after")
    assert sorted(p.variables["said"]) == ["x", "y", "z"]
    assert "peer" not in p.done[: p.done.index("after") - 1]


@conforms(straight(user("ask", loop("ask.more", maximum="4")), user("after"), ids="ask after"))  # fmt: skip
def standard_loop(p: Player) -> None:
    p.starts()
    for more in (True, True, False):
        p.expects("ask")
        p.completes("ask", {"more": more})
    p.expects("after")
    p.completes("after")
    p.ends(ask={"more": False}, after={})


@conforms(straight(script("add", "{ n: n + 1 }", loop("n < 50")), user("after"), script("once", "{ n: n + 1 }", loop("n < 5", before=True)), ids="add after once"))  # fmt: skip
def a_loop_without_people(p: Player) -> None:
    p.starts(n=0)
    p.shows("after", n=50)
    p.completes("after")
    p.ends(n=50, after={})
