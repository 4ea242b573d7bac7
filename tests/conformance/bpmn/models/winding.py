"""A winding process that has nearly everything in it, answered by chance."""

from __future__ import annotations

import random

from tests.conformance.bpmn.player import Driver, Player, conforms
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


def by_chance(seed: int) -> Driver:
    """Give a driver that does what can be done in an order of its own."""

    def drive(p: Player) -> None:
        choose = random.Random(seed)
        p.starts(seed=seed)
        for _ in range(200):
            open_now = [("task", t["element_id"], t["item_index"]) for t in p.seen.tasks.values()]
            open_now += [("timer", t["element_id"], None) for t in p.seen.timers.values()]
            open_now += [("catch", c["element_id"], None) for c in p.seen.catches.values()]
            if not open_now:
                break
            kind, element, item = choose.choice(sorted(open_now, key=str))
            flags = {name: choose.random() < 0.4 for name in ("again", "bad", "enough")}
            if kind == "timer":
                p.fires(element)
            elif kind == "catch":
                p.hears(element, flags)
            else:
                p.completes(element, flags, item)
        assert p.seen.completed, (p.seen.tasks, p.seen.incidents)

    drive.__name__ = f"a_winding_way_{seed}"
    return drive


for number in range(5):
    conforms(winding())(by_chance(number))
