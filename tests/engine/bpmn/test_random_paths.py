"""Random ways through a winding process: in memory and restored, a case goes the same way."""

# A drawn process reads better in few lines.

from __future__ import annotations

import random

import pytest

from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    end,
    event,
    flow,
    gateway,
    loop,
    model,
    node,
    script,
    service,
    several,
    start,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage

EXTRA = (
    '<bpmn:message id="m1" name="paid" /><bpmn:error id="e1" errorCode="BROKEN" />'
    '<bpmn:escalation id="x1" escalationCode="LATE" /><bpmn:signal id="s1" name="published" />'
)


def winding() -> dict[str, bytes]:
    part = node(
        "subProcess",
        "part",
        start("b2")
        + gateway("parallel", "f2")
        + user("check", loop("check.again = true", maximum="3"))
        + user("beside")
        + throw("warn", event("escalation", "x1"))
        + gateway("exclusive", "sound", "sound_to_j2")
        + end("broken", event("error", "e1"))
        + gateway("parallel", "j2")
        + end("e2")
        + chain("b2", "f2", "check", "sound")
        + flow("sound", "broken", "check.bad = true")
        + flow("sound", "j2")
        + chain("f2", "warn", "beside", "j2", "e2"),
    )
    return model(
        start(),
        gateway("exclusive", "top"),
        gateway("inclusive", "fork", "fork_to_plain"),
        user("plain"),
        user("many", several("[1, 2, 3]", item="n")),
        boundary("closed", "many", timer("P5D")),
        user("steps", several("[1, 2]", item="n", sequential=True, until="steps.enough = true")),
        boundary("remind", "steps", timer("R2/P1D", "Cycle"), interrupting=False),
        service("reminded", "echo"),
        end("e3"),
        gateway("eventBased", "wait"),
        catch("soon", timer("P2D")),
        catch("paid", event("message", "m1"), correlation="1", result="receipt"),
        gateway("exclusive", "waited"),
        gateway("inclusive", "join"),
        part,
        boundary("on_error", "part", event("error", "e1")),
        boundary("on_late", "part", event("escalation", "x1"), interrupting=False),
        user("looked"),
        end("e4"),
        script("count_rounds", "{ rounds: if rounds = null then 1 else rounds + 1 }"),
        gateway("exclusive", "again", "again_to_finish"),
        end(),
        chain("begin", "top", "fork"),
        flow("fork", "plain"),
        flow("fork", "many", "seed > 2"),
        flow("fork", "steps", "modulo(seed, 2) = 0"),
        flow("fork", "wait", "seed < 7"),
        chain("plain", "join"),
        chain("many", "join"),
        chain("closed", "join"),
        chain("steps", "join"),
        chain("remind", "reminded", "e3"),
        chain("wait", "soon", "waited"),
        chain("wait", "paid", "waited", "join"),
        chain("join", "part", "count_rounds"),
        chain("on_error", "count_rounds", "again"),
        chain("on_late", "looked", "e4"),
        flow("again", "top", "rounds < 3"),
        flow("again", "finish"),
        extra=EXTRA,
    )


def play(seed: int, mode: str) -> Case:
    choose = random.Random(seed)
    case = Case(winding(), {"seed": seed}, mode=mode, stage=Stage())
    for _ in range(200):
        # By element and item, since the two ways keep their own order.
        doable = sorted(
            [("task", t.element_id, t.item_index or 0) for t in case.tasks.values()]
            + [("timer", t.element_id, 0) for t in case.timers.values()]
            + [("catch", c.element_id, 0) for c in case.catches.values()]
        )
        if not doable:
            break
        kind, element, item = choose.choice(doable)
        flags = {name: choose.random() < 0.4 for name in ("again", "bad", "enough")}
        if kind == "timer":
            case.fire(element)
        elif kind == "catch":
            case.deliver(element, flags)
        else:
            has_items = any(t.element_id == element and t.item_index for t in case.tasks.values())
            case.complete(element, flags, item=item if has_items else None)
    return case


@pytest.mark.parametrize("seed", range(8))
def test_a_case_goes_the_same_way_in_memory_and_restored(seed: int) -> None:
    one, two = play(seed, "memory"), play(seed, "restored")
    assert one.completed, (one.waiting(), one.outcome.incidents)
    assert two.completed
    assert one.done() == two.done()
    assert one.flows() == two.flows()
    assert one.variables == two.variables
    assert one.outcome.incidents == two.outcome.incidents == ()
