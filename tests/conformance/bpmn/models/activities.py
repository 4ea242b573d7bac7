"""Tasks, sub-processes and called processes."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from tests.conformance.bpmn.player import Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    decision,
    document,
    end,
    event,
    extension,
    flow,
    gateway,
    model,
    node,
    process,
    properties,
    rule,
    script,
    service,
    start,
    throw,
    timer,
    user,
)

MESSAGE = '<bpmn:message id="m1" name="paid" />'
FAULT = '<bpmn:error id="e1" errorCode="BROKEN" /><bpmn:error id="e2" errorCode="OTHER" />'


def straight(*body: str, ids: str, extra: str = "") -> dict[str, bytes]:
    """Draw elements one after the other, between `begin` and `finish`."""
    return model(start(), *body, end(), chain("begin", *ids.split(), "finish"), extra=extra)


@conforms(straight(user("ask", result="reply", assignee="who", candidateGroup="HRC", due="P5D", title="Nilai {name}"), ids="ask"))  # fmt: skip
def user_task(p: Player) -> None:
    p.starts(who=7, name="Ayu")
    p.expects("ask")
    (waiting,) = p.seen.tasks.values()
    assert (waiting["candidate_group"], waiting["title"]) == ("HRC", "Nilai Ayu")
    assert waiting["due_at"].isoformat() == "2026-07-06T02:00:00+00:00"
    p.completes("ask", {"rating": 3.5})
    p.ends("begin ask finish", who=7, name="Ayu", reply={"rating": 3.5})
    assert p.flows == ["begin_to_ask", "ask_to_finish"]


@conforms(straight(node("manualTask", "file_it"), user("after"), ids="file_it after"))  # fmt: skip
def manual_task(p: Player) -> None:
    p.starts()
    p.completes("file_it")
    p.expects("after")
    p.completes("after")
    p.ends("begin file_it after finish", after={})


@conforms(straight(script("sum", "{ a: 2, b: a * 21, c: { list: [b] } }"), user("look"), script("more", "{ b: c.list[1] + 1 }"), ids="sum look more"))  # fmt: skip
def script_task(p: Player) -> None:
    p.starts(a=1)
    p.shows("look", a=2, b=42, c={"list": [42]})
    p.completes("look")
    p.ends("begin sum look more finish", a=2, b=43, c={"list": [42]}, look={})


@conforms(straight(service("pay", "broken", "receipt", amount="base * 2"), user("look"), ids="pay look"))  # fmt: skip
def service_task(p: Player) -> None:
    p.failing = True
    p.starts(base=4)
    p.parks("pay", "SERVICE")
    p.retries("pay")
    p.parks("pay", "SERVICE")
    p.failing = False
    p.retries("pay")
    p.expects("look")
    p.completes("look")
    p.ends("begin pay look finish", base=4, receipt={"amount": 8}, look={})
    assert len(p.calls) == 3


def graded() -> dict[str, bytes]:
    files = straight(user("ask"), rule("rate", "grade"), user("look"), ids="ask rate look")
    files["grade.dmn"] = decision(
        "grade", (">= 90", '"A"'), ("[50..90)", '"B"'), reads="ask.points"
    )
    return files


@conforms(graded())  # fmt: skip
def business_rule_task(p: Player) -> None:
    p.starts()
    p.completes("ask", {"points": 95})
    p.completes("look")
    p.ends("begin ask rate look finish", ask={"points": 95}, grade="A", look={})


@conforms(graded())  # fmt: skip
def a_decision_without_a_value_waits_to_be_retried(p: Player) -> None:
    p.starts()
    p.completes("ask", {"points": 10})
    p.parks("rate", "DECISION")
    p.retries("rate")
    p.parks("rate", "DECISION")


@conforms(straight(
    node("receiveTask", "get", extension(properties(correlation="unit", result="got")), messageRef="m1"),
    node("sendTask", "tell", extension(properties(correlation="[unit, got.n]", payload="{ x: got.n + 1 }", ttl="P3D")), messageRef="m1"),
    ids="get tell", extra=MESSAGE))  # fmt: skip
def send_and_receive_task(p: Player) -> None:
    p.starts(unit="A")
    p.expects(catches="get")
    p.hears("get", {"n": 1})
    p.ends("begin get tell finish", unit="A", got={"n": 1})
    ((kind, element, name, correlation, payload, until),) = p.thrown
    assert (kind, element, name, correlation) == ("message", "tell", "paid", "A|1")
    assert '"x":2' in payload
    assert until == "2026-07-04 02:00:00+00:00"


def inner(*body: str, tag: str = "subProcess", key: str = "part") -> str:
    return node(tag, key, "".join(body))


@conforms(straight(
    inner(start("b2"), gateway("parallel", "f2"), user("one"), user("two"), gateway("parallel", "j2"), script("s", "{ x: a + 1 }"), end("e2"),
          chain("b2", "f2", "one", "j2", "s", "e2"), chain("f2", "two", "j2")),
    user("after"), ids="part after"))  # fmt: skip
def sub_process(p: Player) -> None:
    p.starts(a=1)
    p.expects("one", "two")
    p.completes("two", {"n": 2})
    p.completes("one", {"n": 1})
    p.shows("after", a=1, x=2, one={"n": 1}, two={"n": 2})
    p.completes("after")
    p.ends(
        "begin b2 f2 two one j2 s e2 part after finish",
        a=1,
        x=2,
        one={"n": 1},
        two={"n": 2},
        after={},
    )


@conforms(straight(
    inner(start("b2"), inner(start("b3"), user("deep"), end("e3"), chain("b3", "deep", "e3"), key="core"), user("shallow"), end("e2"),
          chain("b2", "core", "shallow", "e2")),
    user("after"), ids="part after"))  # fmt: skip
def a_sub_process_in_a_sub_process(p: Player) -> None:
    p.starts()
    p.completes("deep", 1)
    p.completes("shallow", 2)
    p.shows("after", deep=1, shallow=2)
    p.completes("after", 3)
    p.ends("begin b2 b3 deep e3 core shallow e2 part after finish", deep=1, shallow=2, after=3)


@conforms(straight(
    inner(start("b2"), gateway("parallel", "f2"), user("book"), user("pay"), gateway("exclusive", "ok", "ok_to_j2"), end("undo", event("cancel")),
          gateway("parallel", "j2"), end("e2"),
          chain("b2", "f2", "book", "j2", "e2"), chain("f2", "pay", "ok"), flow("ok", "undo", "pay.refused"), flow("ok", "j2"), tag="transaction"),
    boundary("undone", "part", event("cancel")), user("tell"), chain("undone", "tell", "finish"), ids="part"))  # fmt: skip
def a_transaction_is_cancelled(p: Player) -> None:
    p.starts()
    p.expects("book", "pay")
    p.completes("pay", {"refused": True})
    p.expects("tell")
    p.completes("tell")
    p.ends("begin b2 f2 pay ok undo undone tell finish", pay={"refused": True}, tell={})


def calling(*called: str) -> dict[str, bytes]:
    main = process(start(), script("before", "{ n: 1 }"), node("callActivity", "call", calledElement="shared"), user("after"), end(),
                   chain("begin", "before", "call", "after", "finish"))  # fmt: skip
    return {
        "process.bpmn": document(main, FAULT),
        "shared.bpmn": document(process(*called, key="shared"), FAULT),
    }


@conforms(calling(start("b2"), user("ask"), script("s", "{ n: n + 1 }"), end("e2"), chain("b2", "ask", "s", "e2")))  # fmt: skip
def call_activity(p: Player) -> None:
    p.starts()
    p.completes("ask", {"ok": True})
    p.shows("after", n=2, ask={"ok": True})
    p.completes("after")
    p.ends("begin before b2 ask s e2 call after finish", n=2, ask={"ok": True}, after={})


@conforms(straight(
    inner(start("b2"), user("ask"), gateway("exclusive", "which", "which_to_e2"), end("broken", event("error", "e1")), end("other", event("error", "e2")), end("e2"),
          chain("b2", "ask", "which"), flow("which", "broken", 'ask = "broken"'), flow("which", "other", 'ask = "other"'), flow("which", "e2")),
    boundary("on_one", "part", event("error", "e1")), user("repair"), chain("on_one", "repair", "finish"),
    boundary("on_any", "part", event("error")), user("look"), chain("on_any", "look", "finish"), ids="part", extra=FAULT))  # fmt: skip
def an_error_goes_to_the_boundary_event_with_its_code(p: Player) -> None:
    p.starts()
    p.completes("ask", "broken")
    p.expects("repair")
    p.completes("repair")
    p.ends("begin b2 ask which broken on_one repair finish", ask="broken", repair={})


@conforms(straight(
    inner(start("b2"), inner(start("b3"), user("ask"), end("broken", event("error", "e1")), chain("b3", "ask", "broken"), key="core"), end("e2"), chain("b2", "core", "e2")),
    boundary("on_any", "part", event("error")), user("look"), chain("on_any", "look", "finish"), ids="part", extra=FAULT))  # fmt: skip
def an_error_climbs_to_the_next_scope_that_catches_it(p: Player) -> None:
    p.starts()
    p.completes("ask", 1)
    p.expects("look")
    p.completes("look", 2)
    p.ends("begin b2 b3 ask broken on_any look finish", ask=1, look=2)


@conforms(straight(
    inner(start("b2"), user("ask"), throw("warn", event("escalation", "x1")), user("on"), end("late", event("escalation", "x1")),
          chain("b2", "ask", "warn", "on", "late")),
    boundary("heard", "part", event("escalation", "x1"), interrupting=False), user("look"), end("seen"), chain("heard", "look", "seen"),
    user("after"), ids="part after", extra='<bpmn:escalation id="x1" escalationCode="LATE" />'))  # fmt: skip
def an_escalation_does_not_stop_its_sender(p: Player) -> None:
    p.starts()
    p.completes("ask")
    p.expects("on", "look")
    p.completes("look", 1)
    p.completes("on")
    p.expects("after", "look")  # a second warning
    p.completes("look", 2)
    p.completes("after")
    p.ends(ask={}, on={}, after={}, look=2)


@conforms(straight(
    inner(start("b2"), gateway("parallel", "f2"), user("ask"), user("beside"), end("stop", event("terminate")), end("e2"),
          chain("b2", "f2", "ask", "stop"), chain("f2", "beside", "e2")),
    user("after"), ids="part after"))  # fmt: skip
def terminate_ends_its_scope(p: Player) -> None:
    p.starts()
    p.expects("ask", "beside")
    p.completes("ask", 1)
    p.expects("after")
    p.completes("after", 2)
    p.ends("begin b2 f2 ask stop part after finish", ask=1, after=2)


@conforms(straight(user("ask"), user("never"), ids="ask never"))  # fmt: skip
def a_case_that_is_cancelled_leaves_nothing_open(p: Player) -> None:
    p.starts()
    p.expects("ask")
    p.cancels()
    assert (p.seen.tasks, p.seen.timers, p.seen.catches) == ({}, {}, {})


def annotated() -> dict[str, bytes]:
    """Draw two pools, lanes inside lanes, and everything that is only for readers."""
    lanes = node("laneSet", "lanes", node("lane", "office", node("childLaneSet", "inner", _lane("EMP", "ask") + _lane("RTR", "check")), name="Kantor"))  # fmt: skip
    readers = (
        node("dataObject", "paper") + node("dataObjectReference", "paper_here", dataObjectRef="paper")
        + node("textAnnotation", "hint", "<bpmn:text>Perhatikan</bpmn:text>") + node("association", "to_hint", sourceRef="ask", targetRef="hint")
        + node("group", "grouped")
    )  # fmt: skip
    pools = node("collaboration", "both", node("participant", "ours", processRef="test") + node("participant", "theirs") + node("messageFlow", "letter", sourceRef="theirs", targetRef="ours"))  # fmt: skip
    return {"process.bpmn": document(pools, process(lanes, readers, start(), user("ask"), user("check"), end(), chain("begin", "ask", "check", "finish")))}  # fmt: skip


def _lane(name: str, element: str) -> str:
    return node("lane", f"lane_{name}", f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>", name=name)  # fmt: skip


@conforms(annotated())
def lanes_and_pools(p: Player) -> None:
    p.starts()
    assert [t["lane"] for t in p.seen.tasks.values()] == ["EMP"]
    p.completes("ask", 1)
    assert [t["lane"] for t in p.seen.tasks.values()] == ["RTR"]
    p.completes("check", 2)
    p.ends("begin ask check finish", ask=1, check=2)


@conforms(annotated())
def what_is_drawn_for_readers_does_nothing(p: Player) -> None:
    p.starts(paper=1)
    p.completes("ask", 1)
    p.completes("check", 2)
    p.ends("begin ask check finish", paper=1, ask=1, check=2)


def calling_out(**given: str) -> dict[str, bytes]:
    call = node(
        "callActivity", "call", extension(properties(**given)), calledElement="p20_followup"
    )
    return straight(
        script("before", "{ n: 1, secret: 2 }"), call, boundary("late", "call", timer("P9D")), user("chase"), chain("late", "chase", "finish"), user("after"), ids="before call after",
    )  # fmt: skip


@conforms(calling_out(binding="latest", payload="{ unit: who }", result="told", people="inherit"))
def a_call_waits_for_a_case_of_another_process(p: Player) -> None:
    p.starts(who="A")
    p.expects(timers="late", calls="call")
    (call,) = p.seen.calls_out.values()
    assert (call["key"], call["binding"], call["inherits"]) == ("p20_followup", "latest", True)
    assert call["payload"] == '{"v":{"unit":"A"}}'
    p.returns("call", {"grade": 7})
    p.shows("after", who="A", n=1, secret=2, told={"grade": 7})
    p.completes("after")
    p.ends("begin before call after finish", who="A", n=1, secret=2, told={"grade": 7}, after={})


@conforms(calling_out(binding="3"))
def a_call_that_came_to_nothing_calls_again_when_retried(p: Player) -> None:
    p.starts()
    p.gives_up("call")
    p.parks("call", "CALLED")
    assert p.seen.calls_out == {}
    p.retries("call")
    p.expects(timers="late", calls="call")
    p.fires("late")
    assert p.seen.calls_out == {}
    p.completes("chase")
    p.ends("begin before late chase finish", n=1, secret=2, chase={})
