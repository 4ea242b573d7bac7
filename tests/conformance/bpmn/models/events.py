"""Messages, signals, and the ways in which a process begins."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.models.activities import straight
from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    catch,
    chain,
    end,
    event,
    extension,
    gateway,
    model,
    properties,
    start,
    throw,
    timer,
    user,
)

MESSAGES = '<bpmn:message id="m1" name="paid" /><bpmn:message id="m2" name="ready" />'
SIGNAL = '<bpmn:signal id="s1" name="published" />'


@conforms(model(
    start(), start("asked", extension(properties(result="request")) + event("message", "m1")), user("plain"), user("look"), end(),
    chain("begin", "plain", "finish"), chain("asked", "look", "finish"), extra=MESSAGES))  # fmt: skip
def a_message_starts_the_process(p: Player) -> None:
    p.starts("paid", {"n": 1}, given=True)
    p.shows("look", given=True, request={"n": 1})
    p.completes("look", 2)
    p.ends("asked look finish", given=True, request={"n": 1}, look=2)


@conforms(model(
    start("asked", extension(properties(result="request")) + event("message", "m1")), start("told", extension(properties(result="news")) + event("signal", "s1")), user("look"), end(),
    chain("asked", "look", "finish"), chain("told", "look"), extra=MESSAGES + SIGNAL))  # fmt: skip
def a_signal_starts_the_process(p: Player) -> None:
    p.starts(payload={"n": 1}, signal="published", given=True)
    p.shows("look", given=True, news={"n": 1})
    p.completes("look", 2)
    p.ends("told look finish", given=True, news={"n": 1}, look=2)


@conforms(model(
    start(), start("monthly", timer("monthly workday 1 06:00", "Cycle")), start("once", timer("2026-09-01", "Date")), user("plain"), user("look"), end(),
    chain("begin", "plain", "finish"), chain("monthly", "look", "finish"), chain("once", "look")))  # fmt: skip
def a_timer_starts_the_process(p: Player) -> None:
    p.starts(timer="monthly", given=True)
    p.expects("look")
    p.completes("look", 2)
    p.ends("monthly look finish", given=True, look=2)


@conforms(straight(
    throw("tell", event("message", "m2"), correlation="who", payload="{ who: who }"), catch("hear", event("message", "m1"), correlation='[who, "2026"]', result="answer"), user("after"),
    ids="tell hear after", extra=MESSAGES))  # fmt: skip
def messages_out_and_in(p: Player) -> None:
    p.starts(who="A|B")
    assert p.thrown[0][:4] == ("message", "tell", "ready", "A|B")
    p.expects(catches="hear")
    (waiting,) = p.seen.catches.values()
    assert (waiting["name"], waiting["correlation"]) == ("paid", "A\\|B|2026")
    p.hears("hear", {"n": 1})
    p.completes("after", 1)
    p.ends("begin tell hear after finish", who="A|B", answer={"n": 1}, after=1)


@conforms(model(start(), user("ask"), end("sent", event("message", "m2")), chain("begin", "ask", "sent"), extra=MESSAGES))  # fmt: skip
def a_message_goes_out_at_the_end(p: Player) -> None:
    p.starts()
    p.completes("ask", 1)
    assert [row[:4] for row in p.thrown] == [("message", "sent", "ready", "")]
    p.ends("begin ask sent", ask=1)


@conforms(model(
    start(), gateway("parallel", "fork"), user("publish"), throw("tell", event("signal", "s1"), payload="{ n: publish }"), user("on"), end("over", event("signal", "s1")),
    catch("heard", event("signal", "s1"), result="news"), user("look"), end(),
    chain("begin", "fork", "publish", "tell", "on", "over"), chain("fork", "heard", "look", "finish"), extra=SIGNAL))  # fmt: skip
def a_signal_reaches_the_own_case_at_once(p: Player) -> None:
    p.starts()
    p.expects("publish", catches="heard")
    p.completes("publish", 3)
    p.expects("on", "look")
    p.shows("look", news={"n": 3})
    p.completes("on")
    p.completes("look")
    assert [row[1] for row in p.thrown] == ["tell", "over"]
    p.ends(publish=3, news={"n": 3}, on={}, look={})


@conforms(straight(catch("hear", event("message", "m1"), correlation="missing"), ids="hear", extra=MESSAGES))  # fmt: skip
def a_catch_that_could_mean_anybody_parks(p: Player) -> None:
    p.starts()
    p.parks("hear", "EXPRESSION")
    assert p.seen.catches == {}
