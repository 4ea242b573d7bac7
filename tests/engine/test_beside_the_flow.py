"""What stands beside the flow, through the commands: rows, timers, subscriptions and history agree."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import Deploy, Engine, PublishMessage
from engine.errors import InvalidState
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    event,
    extension,
    gateway,
    model,
    node,
    properties,
    service,
    start,
    throw,
    timer,
    user,
)
from tests.engine.host import Host
from tests.engine.stories import begin, complete, events, mine, open_task, rows

NAMES = '<bpmn:message id="m1" name="paid" /><bpmn:error id="e1" errorCode="TOO_DEAR" />'


def deployed(engine: Engine, key: str, *body: str) -> str:
    files = model(start(), *body, end(), extra=NAMES, key=key)
    return engine.execute(Deploy(files=files)).key


def handler(key: str, what: str, *body: str, ids: str, beside: bool = False, **given: str) -> str:
    begin_ = node(
        "startEvent", f"{key}_begin", extension(properties(**given)) + what, isInterrupting="false" if beside else "true"
    )  # fmt: skip
    inner = (
        begin_
        + "".join(body)
        + end(f"{key}_end")
        + chain(f"{key}_begin", *ids.split(), f"{key}_end")
    )
    return node("subProcess", key, inner, triggeredByEvent="true")


def test_a_case_that_is_interrupted_leaves_no_row_behind(
    host_engine: Engine, clock: MovableClock
) -> None:
    key = deployed(
        host_engine, "withdrawn", gateway("parallel", "fork"), user("a", assignee="4"), user("b", assignee="5"),
        boundary("late", "b", timer("P9D")), end("e2"), chain("late", "e2"), chain("begin", "fork", "a", "finish"), chain("fork", "b", "finish"),
        handler("stop", event("message", "m1"), user("sum_up", assignee="6"), ids="sum_up", correlation='"k"', result="why"),
        handler("chase", timer("P2D"), user("ask", assignee="7"), ids="ask", beside=True),
    )  # fmt: skip
    case = begin(host_engine, key).instance_id
    assert [
        row.element_id for row in rows(host_engine, "SELECT element_id FROM timer ORDER BY due_at")
    ] == ["chase_begin", "late"]
    clock.move(timedelta(days=3))
    Worker(host_engine).run_due()
    assert open_task(host_engine, "ask").state == "CREATED"
    host_engine.execute(PublishMessage(name="paid", correlation="k", payload={"n": 1}))
    Worker(host_engine).run_due()
    found = {
        row.element_id: row.state for row in rows(host_engine, "SELECT element_id, state FROM task")
    }
    assert found == {"a": "CANCELLED", "b": "CANCELLED", "ask": "CANCELLED", "sum_up": "CREATED"}
    assert events(host_engine, case).count("TASK_CANCELLED") == 3
    assert (
        rows(host_engine, "SELECT * FROM timer")
        == rows(host_engine, "SELECT * FROM subscription")
        == []
    )
    withdrawn = rows(host_engine, "SELECT id FROM task WHERE element_id = 'a'")[0].id
    with pytest.raises(InvalidState):
        complete(host_engine, withdrawn, 4, {})
    complete(host_engine, open_task(host_engine, "sum_up").id, 6, {})
    assert rows(host_engine, "SELECT state FROM instance")[0].state == "COMPLETED"
    assert host_engine.ask(check_chains) == ()


def test_what_a_verb_wrote_before_it_refused_is_undone_and_the_case_goes_the_drawn_way(
    host_engine: Engine, host: Host
) -> None:
    host.failing.add("test_service:dear")
    key = deployed(
        host_engine, "dear", user("ask", assignee="4"), service("hold", "test_service", "held", question='"x"'),
        boundary("too_dear", "hold", event("error", "e1"), result="refusal"), user("save", assignee="5"),
        chain("begin", "ask", "hold", "finish"), chain("too_dear", "save", "finish"),
    )  # fmt: skip
    case = begin(host_engine, key).instance_id
    assert not complete(host_engine, open_task(host_engine, "ask").id, 4, {}).parked
    assert open_task(host_engine, "save", case)
    assert rows(host_engine, "SELECT id FROM incident") == []
    assert rows(host_engine, "SELECT title FROM instance")[0].title != "half done"


def test_whoever_may_choose_finds_it_again_after_it_was_done(host_engine: Engine) -> None:
    done = "<bpmn:completionCondition>close.done = true</bpmn:completionCondition>"
    choose = node(
        "adHocSubProcess", "choose", user("talk", assignee="4") + user("close", assignee="5") + done
    )
    key = deployed(
        host_engine, "choices", choose, throw("back", event("compensate")), chain("begin", "choose", "back", "finish"),
        boundary("over", "choose", timer("P30D")), end("e2"), chain("over", "e2"),
    )  # fmt: skip
    case = begin(host_engine, key).instance_id
    kept = open_task(host_engine, "close").id
    for _ in range(3):
        (task,) = mine(host_engine, 4)
        complete(host_engine, task.id, 4, {})
    assert (open_task(host_engine, "close").id, len(mine(host_engine, 4))) == (kept, 1)
    assert len(rows(host_engine, "SELECT * FROM task")) == 5
    assert events(host_engine, case).count("TASK_CANCELLED") == 0
