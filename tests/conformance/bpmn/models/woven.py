"""A process with everything that stands beside the flow, answered by chance.

Handlers that interrupt and that do not, undoing from inside and outside, choices, a quorum.
"""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import random

from tests.conformance.bpmn.player import Driver, Player, conforms
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
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

EXTRA = (
    '<bpmn:message id="m1" name="paid" /><bpmn:error id="e1" errorCode="BROKEN" />'
    '<bpmn:signal id="s1" name="published" />'
)
UNDO = event("compensate")


def undoes(key: str, handler: str) -> str:
    """Put on an activity what undoes it."""
    tag = handler[1 : handler.index(" ")]
    name = handler.partition('id="')[2].partition('"')[0]
    return (
        boundary(f"{key}_undo", key, UNDO)
        + handler.replace(f"<{tag} ", f'<{tag} isForCompensation="true" ', 1)
        + node("association", f"{key}_link", sourceRef=f"{key}_undo", targetRef=name)
    )


def handler(key: str, what: str, *body: str, ids: str, beside: bool = False) -> str:
    """Draw an event sub-process, in one way."""
    given = (
        extension(properties(correlation="1", result=f"{key}_news")) if "message" in what else ""
    )
    begin = node(
        "startEvent", f"{key}_b", given + what, isInterrupting="false" if beside else "true"
    )
    inner = begin + "".join(body) + end(f"{key}_e") + chain(f"{key}_b", *ids.split(), f"{key}_e")
    return node("subProcess", key, inner, triggeredByEvent="true")


def trip() -> str:
    """Draw a sub-process for each of two, that can break, be nagged about and be undone."""
    return node(
        "subProcess", "trip",
        several("[1, 2]", item="n") + start("b2") + user("book") + user("pay") + gateway("exclusive", "paid_up", "paid_up_to_e2")
        + end("broken", event("error", "e1")) + end("e2")
        + chain("b2", "book", "pay", "paid_up") + flow("paid_up", "broken", "pay.bad = true and n = 2") + flow("paid_up", "e2")
        + undoes("book", service("unbook", "echo", "unbooked", n="n")) + undoes("pay", user("refund"))
        + handler("nagging", timer("R2/P1D", "Cycle"), user("nag"), ids="nag", beside=True),
    )  # fmt: skip


def choice() -> str:
    done = "<bpmn:completionCondition>talk.enough = true</bpmn:completionCondition>"
    body = user("talk") + user("visit") + user("written") + chain("visit", "written")
    return node("adHocSubProcess", "choose", body + done, cancelRemainingInstances="false")


def woven() -> dict[str, bytes]:
    enough = "<bpmn:activationCondition>items_arrived &gt;= 2</bpmn:activationCondition>"
    return model(
        start(), gateway("exclusive", "top"), gateway("parallel", "fork"), user("a"), user("b"), node("complexGateway", "quorum", enough),
        trip(), boundary("on_error", "trip", event("error", "e1"), result="trip_error"), choice(),
        gateway("exclusive", "regret", "regret_to_count_rounds"), throw("back", UNDO),
        script("count_rounds", "{ rounds: (if rounds = null then 0 else rounds) + 1 }"),
        gateway("exclusive", "again", "again_to_finish"), end(),
        chain("begin", "top", "fork", "a", "quorum", "trip", "regret"), chain("fork", "b", "quorum"), chain("fork", "choose", "quorum"),
        chain("on_error", "count_rounds", "again"),
        flow("regret", "back", "modulo(seed, 2) = 0 or a.bad = true"), flow("regret", "count_rounds"), chain("back", "count_rounds"),
        flow("again", "top", "rounds < 2"), flow("again", "finish"),
        undoes("a", script("undo_a", '{ undone: append(if undone = null then [] else undone, "a") }')),
        handler("notes", event("message", "m1"), user("note"), script("keep", "{ kept: note.again }"), ids="note keep", beside=True),
        handler("stop", event("signal", "s1"), throw("undo_all", UNDO), user("sum_up"), ids="undo_all sum_up"),
        extra=EXTRA,
    )  # fmt: skip


def by_chance(seed: int) -> Driver:
    """Give a driver that does what can be done in an order of its own."""

    def drive(p: Player) -> None:
        choose = random.Random(seed)
        p.starts(seed=seed)
        for _ in range(150):
            open_now = [("task", t["element_id"], t["item_index"]) for t in p.seen.tasks.values()]
            open_now += [("timer", t["element_id"], None) for t in p.seen.timers.values()]
            # What ends everything at once comes seldom.
            rare = choose.random() < 0.96
            open_now += [
                ("catch", c["element_id"], None)
                for c in p.seen.catches.values()
                if not (rare and c["element_id"] == "stop_b")
            ]
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

    drive.__name__ = f"a_woven_way_{seed}"
    return drive


for number in (3, 5, 8):
    conforms(woven())(by_chance(number))
