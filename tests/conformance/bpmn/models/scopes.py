"""What stands in a scope beside its flow: event sub-processes, choices by people, undoing, meeting."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.models.activities import straight
from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    conditional,
    end,
    event,
    extension,
    flow,
    gateway,
    model,
    node,
    properties,
    script,
    service,
    several,
    start,
    throw,
    timer,
    user,
)

EXTRA = '<bpmn:message id="m1" name="paid" /><bpmn:error id="e1" errorCode="NO_BUDGET" /><bpmn:escalation id="x1" escalationCode="LATE" />'


def aside(what: str, *body: str, ids: str, key: str = "aside", interrupting: bool = True, **given: str) -> str:  # fmt: skip
    """Draw an event sub-process with one way through it."""
    begin = node("startEvent", f"{key}_begin", extension(properties(**given)) + what, isInterrupting="true" if interrupting else "false")  # fmt: skip
    inner = begin + "".join(body) + end(f"{key}_end") + chain(f"{key}_begin", *ids.split(), f"{key}_end")  # fmt: skip
    return node("subProcess", key, inner, triggeredByEvent="true")


def branches(*more: str) -> dict[str, bytes]:
    return model(
        start(), gateway("parallel", "fork"), user("a"), script("change", "{ x: a }"), user("a2"), user("b"), gateway("parallel", "join"), user("last"), end(),
        chain("begin", "fork", "a", "change", "a2", "join", "last", "finish"), chain("fork", "b", "join"), *more, extra=EXTRA,
    )  # fmt: skip


@conforms(branches(aside(event("message", "m1"), user("repair"), ids="repair", correlation="7", result="news")))  # fmt: skip
def an_event_sub_process_that_interrupts(p: Player) -> None:
    p.starts(x=0)
    p.completes("a", 5)
    p.expects("a2", "b", catches="aside_begin")
    p.hears("aside_begin", "wind")
    p.expects("repair")
    p.shows("repair", x=5, a=5, news="wind")
    p.completes("repair", 1)
    p.ends(x=5, a=5, news="wind", repair=1)


@conforms(branches(
    aside(event("message", "m1"), user("note"), script("keep", "{ notes: append(if notes = null then [] else notes, note) }"), ids="note keep", correlation="7", interrupting=False),
    aside(timer("P2D"), script("late", "{ late: true }"), ids="late", key="clock", interrupting=False)))  # fmt: skip
def event_sub_processes_beside_the_branches(p: Player) -> None:
    p.starts()
    p.hears("aside_begin")
    p.completes("a", 5)
    p.hears("aside_begin")
    p.completes("note", "one")
    p.fires("clock_begin")
    p.completes("note", "two")
    p.completes("b")
    p.completes("a2")
    p.expects("last", catches="aside_begin")
    p.completes("last")
    p.ends(x=5, a=5, note="two", notes=["one", "two"], late=True, a2={}, b={}, last={})


@conforms(straight(
    node("subProcess", "part", start("b2") + user("ask") + throw("warn", event("escalation", "x1")) + user("on") + end("broken", event("error", "e1")) + chain("b2", "ask", "warn", "on", "broken")
         + aside(event("escalation", "x1"), user("look"), ids="look", key="heard", interrupting=False) + aside(event("error", "e1"), user("repair"), ids="repair", key="fixed")),
    user("after"), ids="part after", extra=EXTRA))  # fmt: skip
def event_sub_processes_catch_what_is_thrown_in_their_scope(p: Player) -> None:
    p.starts()
    p.completes("ask")
    p.expects("on", "look")
    p.completes("on")
    p.expects("repair")
    p.completes("repair")
    p.expects("after")
    p.completes("after")
    p.ends(ask={}, on={}, repair={}, after={})


@conforms(branches(aside(conditional("x > 3"), user("alarm"), ids="alarm", interrupting=False)))
def an_event_sub_process_waits_for_a_condition(p: Player) -> None:
    p.starts(x=0)
    p.expects("a", "b")
    p.completes("a", 5)
    p.expects("a2", "b", "alarm")
    p.completes("alarm", 1)
    p.completes("b")
    p.completes("a2")
    p.completes("last")
    p.ends(x=5, a=5, alarm=1, a2={}, b={}, last={})


def choices(**attributes: str) -> dict[str, bytes]:
    body = user("talk") + user("report") + script("count_it", "{ reports: (if reports = null then 0 else reports) + 1 }") + user("check") + chain("report", "count_it", "check") + user("close")  # fmt: skip
    return straight(
        node("adHocSubProcess", "choose", body + "<bpmn:completionCondition>close.done = true</bpmn:completionCondition>", **attributes), user("after"), ids="choose after",
    )  # fmt: skip


@conforms(choices())
def people_choose_what_they_do(p: Player) -> None:
    p.starts()
    p.expects("talk", "report", "close")
    p.completes("talk", 1)
    p.completes("talk", 2)
    p.completes("report")
    p.expects("talk", "report", "close", "check")
    p.completes("check")
    p.completes("close", {"done": False})
    p.completes("close", {"done": True})
    p.expects("after")
    p.completes("after")
    p.ends(talk=2, report={}, check={}, reports=1, close={"done": True}, after={})


@conforms(choices(ordering="Sequential"))
def people_choose_one_thing_after_the_other(p: Player) -> None:
    p.starts()
    p.completes("report")
    p.expects("check")
    p.completes("check")
    p.expects("talk", "report", "close")
    p.completes("close", {"done": True})
    p.completes("after")
    p.ends(report={}, check={}, reports=1, close={"done": True}, after={})


def meeting(condition: str) -> str:
    return node("complexGateway", "meet", f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>")  # fmt: skip


@conforms(model(
    start(), gateway("parallel", "fork"), user("a"), user("b"), user("c"), meeting("items_arrived = 2"), user("after"), end(),
    chain("begin", "fork"), *(chain("fork", key, "meet") for key in "abc"), chain("meet", "after", "finish")))  # fmt: skip
def two_of_three_are_enough(p: Player) -> None:
    p.starts(x=1)
    p.completes("c", 3)
    p.expects("a", "b")
    p.completes("a", 1)
    p.expects("b", "after")
    p.shows("after", x=1, a=1, c=3)
    p.completes("b", 2)
    p.expects("after")
    p.completes("after")
    assert p.seen.completed


def undoes(key: str, drawn: str, handler: str) -> str:
    """Say that a drawn activity undoes another, by a boundary event on it."""
    tag = drawn[1 : drawn.index(" ")]
    marked = drawn.replace(f"<{tag} ", f'<{tag} isForCompensation="true" ', 1)
    link = node("association", f"{key}_link", sourceRef=f"{key}_undo", targetRef=handler)
    return boundary(f"{key}_undo", key, event("compensate")) + marked + link


@conforms(straight(
    script("one", "{ n: 1 }"), user("two"), script("change", "{ n: 2 }"), throw("back", event("compensate")), user("after"),
    undoes("one", service("un_one", "echo", "gone", seen="n"), "un_one"), undoes("two", user("un_two"), "un_two"), ids="one two change back after"))  # fmt: skip
def what_was_done_is_undone_the_latest_first(p: Player) -> None:
    p.starts()
    p.completes("two", 2)
    p.expects("un_two")
    p.shows("un_two", n=1, two=2)
    p.completes("un_two", "undone")
    p.expects("after")
    p.shows("after", n=2, two=2, un_two="undone", gone={"seen": 1})
    p.completes("after")
    assert p.seen.completed
    assert p.done.index("un_two") < p.done.index("un_one") < p.done.index("back")


@conforms(straight(
    user("each", several("[1, 2]", item="n")), throw("back", '<bpmn:compensateEventDefinition activityRef="each" />'), user("after"),
    undoes("each", user("un_each"), "un_each"), ids="each back after"))  # fmt: skip
def every_item_is_undone_by_itself(p: Player) -> None:
    p.starts()
    p.completes("each", "a", item=0)
    p.completes("each", "b", item=1)
    p.expects("un_each")
    p.shows("un_each", n=2, each="b")
    p.completes("un_each", 1)
    p.expects("un_each")
    p.completes("un_each", 2)
    p.expects("after")


@conforms(straight(
    service("hold", "reserve"), boundary("too_dear", "hold", event("error", "e1"), result="why"), user("save_up"), gateway("exclusive", "m"), flow("too_dear", "save_up"), chain("save_up", "m"), user("after"),
    ids="hold m after", extra=EXTRA))  # fmt: skip
def a_business_error_goes_the_way_drawn_for_it(p: Player) -> None:
    p.failing = True
    p.starts()
    p.expects("save_up")
    assert p.variables["why"]["code"] == "NO_BUDGET"
    p.completes("save_up")
    p.completes("after")
    assert p.done == ["begin", "too_dear", "save_up", "m", "after", "finish"]
