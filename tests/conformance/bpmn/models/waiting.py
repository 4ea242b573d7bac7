"""Timers, and what happens beside an activity while it runs."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from datetime import timedelta

from tests.conformance.bpmn.models.activities import straight
from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    end,
    event,
    gateway,
    node,
    service,
    several,
    start,
    timer,
    user,
)

NAMES = '<bpmn:message id="m1" name="paid" /><bpmn:signal id="s1" name="published" />'


@conforms(straight(catch("pause", timer("P1M")), catch("until", timer("day", "Date")), user("after"), ids="pause until after"))  # fmt: skip
def timers_one_after_the_other(p: Player) -> None:
    p.starts(day="2026-12-31")
    p.expects(timers="pause")
    (first,) = p.seen.timers.values()
    assert first["due_at"].isoformat() == "2026-08-01T02:00:00+00:00"
    p.fires("pause")
    (second,) = p.seen.timers.values()
    assert second["due_at"].isoformat() == "2026-12-31T00:00:00+00:00"
    p.fires("until")
    p.completes("after")
    p.ends("begin pause until after finish", day="2026-12-31", after={})


@conforms(straight(
    user("ask"), boundary("too_late", "ask", timer("P3D")), user("chase"), chain("too_late", "chase", "finish"), ids="ask"))  # fmt: skip
def an_interrupting_timer_takes_the_task_away(p: Player) -> None:
    p.starts()
    p.expects("ask", timers="too_late")
    p.fires("too_late")
    p.expects("chase")
    p.completes("chase", 1)
    p.ends("begin too_late chase finish", chase=1)


@conforms(straight(
    user("ask"), boundary("too_late", "ask", timer("P3D")), user("chase"), chain("too_late", "chase", "finish"), user("after"), ids="ask after"))  # fmt: skip
def a_task_done_in_time_takes_its_timer_away(p: Player) -> None:
    p.starts()
    p.completes("ask", 1)
    p.expects("after")
    p.completes("after")
    p.ends("begin ask after finish", ask=1, after={})


@conforms(straight(
    user("ask"), boundary("remind", "ask", timer("R3/P1D", "Cycle"), interrupting=False), service("note", "echo", "", n="1"), end("noted"), chain("remind", "note", "noted"), ids="ask"))  # fmt: skip
def a_cycle_reminds_as_often_as_it_says(p: Player) -> None:
    p.starts()
    for _ in range(3):
        p.expects("ask", timers="remind")
        p.fires("remind")
    p.expects("ask")
    p.completes("ask", 1)
    p.ends("begin remind note noted remind note noted remind note noted ask finish", ask=1)
    assert len(p.calls) == 3


@conforms(straight(
    user("ask"), boundary("stop", "ask", event("message", "m1"), correlation="key", result="why"), boundary("ping", "ask", event("signal", "s1"), interrupting=False, result="pinged"),
    user("look"), end("looked"), chain("ping", "look", "looked"), user("tell"), chain("stop", "tell", "finish"), ids="ask", extra=NAMES))  # fmt: skip
def a_signal_beside_and_a_message_instead(p: Player) -> None:
    p.starts(key=5)
    p.expects("ask", catches="stop ping")
    p.hears("ping", {"n": 1})
    assert sorted(t["element_id"] for t in p.seen.tasks.values()) == ["ask", "look"]
    p.hears("stop", "moved")
    assert sorted(t["element_id"] for t in p.seen.tasks.values()) == ["look", "tell"]
    p.completes("look")
    p.shows("tell", key=5, why="moved")
    p.completes("tell")
    p.ends(key=5, pinged={"n": 1}, why="moved", look={}, tell={})


@conforms(straight(
    node("subProcess", "part", start("b2") + gateway("parallel", "f2") + user("one") + catch("wait", timer("P9D")) + user("two", several("[1, 2]", item="n")) + end("e2")
         + chain("b2", "f2", "one", "e2") + chain("f2", "wait", "e2") + chain("f2", "two", "e2")),
    boundary("stop", "part", timer("P5D")), user("after"), chain("stop", "after"), ids="part after"))  # fmt: skip
def an_interrupted_scope_leaves_nothing_behind(p: Player) -> None:
    p.starts()
    p.expects("one", "two", "two", timers="wait stop")
    p.completes("two", 1, item=1)
    p.fires("stop")
    p.expects("after")
    p.completes("after")
    p.ends("begin b2 f2 two stop after finish", after={})


@conforms(straight(
    node("subProcess", "part", start("b2") + user("one") + boundary("nudge", "one", timer("P1D"), interrupting=False) + user("more") + end("e3") + chain("nudge", "more", "e3")
         + end("e2") + chain("b2", "one", "e2")),
    boundary("hint", "part", timer("P2D"), interrupting=False), user("hinted"), end("e4"), chain("hint", "hinted", "e4"), ids="part"))  # fmt: skip
def timers_inside_and_around_a_scope(p: Player) -> None:
    p.starts()
    p.fires("nudge")
    p.fires("hint")
    p.expects("one", "more", "hinted")
    p.completes("one")
    p.expects("more", "hinted")  # the scope waits for all its tokens
    p.completes("more")
    p.expects("hinted")
    p.completes("hinted")
    p.ends(one={}, more={}, hinted={})


@conforms(straight(
    user("many", several("people", item="who")), boundary("closed", "many", timer("P5D")), user("after"), chain("closed", "after"), ids="many after"))  # fmt: skip
def a_timer_closes_a_multi_instance_and_keeps_its_answers(p: Player) -> None:
    p.starts(people=["a", "b", "c"])
    p.completes("many", 2, item=1)
    p.waits_for(timedelta(days=1))
    p.fires("closed")
    p.shows("after", people=["a", "b", "c"], many=[None, 2, None])
    p.completes("after")
    p.ends("begin many closed after finish", people=["a", "b", "c"], many=[None, 2, None], after={})
