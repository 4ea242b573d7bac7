"""Conditional events, and moments that move with the variables they depend on."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.conformance.bpmn.models.activities import straight
from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    conditional,
    end,
    gateway,
    model,
    node,
    script,
    several,
    start,
    timer,
    user,
)


def beside(*body: str) -> dict[str, bytes]:
    """Draw two branches: what is given, from `fork` to `join`, and tasks `first`, `second`."""
    return model(
        start(), gateway("parallel", "fork"), user("first"), user("second"), gateway("parallel", "join"), user("after"), end(), *body,
        chain("begin", "fork", "first", "second", "join", "after", "finish"),
    )  # fmt: skip


@conforms(beside(catch("wait", conditional("first.points + bonus > 5")), chain("fork", "wait", "join")))  # fmt: skip
def a_condition_sees_what_another_branch_did(p: Player) -> None:
    p.starts(bonus=1)
    p.expects("first")
    p.completes("first", {"points": 5})
    assert "wait" in p.done
    p.expects("second")
    p.completes("second")
    p.completes("after")
    p.ends("begin fork first wait second join after finish", bonus=1, first={"points": 5}, second={}, after={})  # fmt: skip


@conforms(straight(catch("wait", conditional("ready")), user("after"), ids="wait after"))
def a_condition_that_holds_at_once_holds_nobody_up(p: Player) -> None:
    p.starts(ready=True)
    p.completes("after")
    p.ends("begin wait after finish", ready=True, after={})


@conforms(beside(user("work"), boundary("stop", "work", conditional("first = \"stop\"")), user("other"), chain("fork", "work", "join"), gateway("exclusive", "m"), chain("stop", "other", "m", "join2"), end("join2")))  # fmt: skip
def a_condition_interrupts(p: Player) -> None:
    p.starts()
    p.expects("first", "work")
    p.completes("first", "stop")
    p.expects("second", "other")
    p.completes("other")
    assert "work" not in p.done


@conforms(straight(
    node("subProcess", "part", start("b2") + user("one") + user("two") + user("three") + user("four") + end("e2") + chain("b2", "one", "two", "three", "four", "e2")),
    boundary("alarm", "part", conditional("one = \"bad\" and two = null or three = \"bad\""), interrupting=False), user("look"), end("looked"), chain("alarm", "look", "looked"), ids="part"))  # fmt: skip
def a_condition_fires_anew_only_after_it_was_false(p: Player) -> None:
    p.starts()
    p.completes("one", "bad")
    p.expects("two", "look")
    p.completes("look", 1)
    p.expects("two")  # it still holds, and has fired
    p.completes("two", "good")
    p.completes("three", "bad")
    p.expects("four", "look")
    p.completes("look", 2)
    p.completes("four")
    p.ends(one="bad", two="good", three="bad", four={}, look=2)
    assert p.done.count("alarm") == 2


@conforms(straight(
    gateway("exclusive", "top"), user("ask"), boundary("twice", "ask", conditional("ask.n = 2"), interrupting=False), script("note", "{ noted: true }"), end("noted"), chain("twice", "note", "noted"),
    gateway("eventBased", "either"), catch("enough", conditional("ask.n > 1")), catch("soon", timer("P1D")), chain("either", "soon", "finish"), ids="top ask either enough"))  # fmt: skip
def a_condition_behind_an_event_gateway(p: Player) -> None:
    p.starts()
    p.completes("ask", {"n": 1})
    p.expects(timers="soon")
    p.fires("soon")
    p.ends("begin top ask either soon finish", ask={"n": 1})


@conforms(straight(user("ask"), catch("wait", conditional("number(ask) > 1 / 0")), ids="ask wait"))
def a_condition_that_is_never_true_waits(p: Player) -> None:
    p.starts()
    p.completes("ask", "x")
    assert not p.seen.completed
    p.cancels()


@conforms(beside(catch("until", timer("deadline")), chain("fork", "until", "join"), user("paper", due="deadline"), chain("fork", "paper", "join"), script("extend", "{ deadline: first }"), end("ended"), chain("first", "extend", "ended")))  # fmt: skip
def a_deadline_moves_with_its_variable(p: Player) -> None:
    p.starts(deadline="2026-08-01")
    assert p.due("until") == "2026-08-01 00:00:00"
    assert p.due("paper") == "2026-08-01 23:59:59"
    p.completes("first", "2026-09-15")
    assert p.due("until") == "2026-09-15 00:00:00"
    assert p.due("paper") == "2026-09-15 23:59:59"
    p.fires("until")
    p.expects("second", "paper")


@conforms(straight(
    gateway("parallel", "fork"), user("work", several(count="2")), boundary("late", "work", timer("span")), end("gone"), chain("late", "gone"), user("ask"), script("change", "{ span: ask }"), end("changed"), chain("fork", "ask", "change", "changed"), ids="fork work"))  # fmt: skip
def a_changed_duration_counts_from_when_the_timer_was_set(p: Player) -> None:
    p.starts(span="P2D")
    assert p.due("late") == "2026-07-03 02:00:00"
    p.waits_for(timedelta(days=1))
    p.completes("ask", "P10D")
    assert p.due("late") == "2026-07-11 02:00:00"
    p.completes("work", 1, item=0)
    assert p.due("late") == "2026-07-11 02:00:00"


@conforms(beside(catch("until", timer("deadline")), chain("fork", "until", "join"), script("again", "{ deadline: deadline }"), end("ended"), chain("first", "again", "ended")))  # fmt: skip
def a_timer_moved_by_hand_stays_until_its_variable_says_otherwise(p: Player) -> None:
    p.starts(deadline="2026-08-01")
    p.puts_off("until", datetime(2026, 8, 20, tzinfo=UTC))
    assert p.due("until") == "2026-08-20 00:00:00"
    p.completes("first")
    assert p.due("until") == "2026-08-20 00:00:00"
    p.fires("until")
    assert p.now == datetime(2026, 8, 20, tzinfo=UTC)
