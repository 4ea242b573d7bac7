"""Timers and due dates that move: with the variables they depend on, or by hand for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from engine import Command, Context, Deploy, Engine
from engine.commands.case import Case
from engine.commands.deadlines import reschedule
from engine.errors import InvalidForm, InvalidState
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn.drawing import catch, chain, end, gateway, model, script, start, timer, user
from tests.engine.stories import begin, complete, events, open_task, rows


@dataclass(frozen=True, kw_only=True)
class PutOff(Command[None]):
    """Move a timer of a case by hand."""

    instance_id: int
    element_id: str
    until: datetime
    reason: str

    def execute(self, ctx: Context) -> None:
        case = Case.lock(ctx, self.instance_id)
        run = case.load()
        reschedule(case, run, self.element_id, self.until, self.reason)
        case.settle(run)
        case.write_events()


def waiting(engine: Engine) -> int:
    """Bring a case to where a timer and a task wait for a deadline that a third may change."""
    files = model(
        start(), gateway("parallel", "fork"), catch("until", timer("deadline")),
        user("paper", due="deadline", assignee="4"), user("ask", assignee="5"),
        script("extend", "{ deadline: wished }"), gateway("parallel", "join"), end(),
        chain("begin", "fork", "until", "join", "finish"), chain("fork", "paper", "join"),
        chain("fork", "ask", "extend", "join"), key="deadlines",
    )  # fmt: skip
    key = engine.execute(Deploy(files=files)).key
    given = {"deadline": "2026-07-20", "wished": "2026-08-03"}
    return begin(engine, key, **given).instance_id


def due(engine: Engine) -> list[str]:
    """Tell when the timer and the task are due, in UTC."""
    both = "SELECT due_at FROM timer UNION ALL SELECT due_at FROM task WHERE element_id = 'paper'"
    found = [row.due_at for row in rows(engine, both)]
    return [
        str(at if isinstance(at, str) else at.astimezone(UTC).replace(tzinfo=None))[:19]
        for at in found
    ]


def test_a_timer_and_a_due_date_follow_their_variable(host_engine: Engine) -> None:
    case = waiting(host_engine)
    assert due(host_engine) == ["2026-07-20 00:00:00", "2026-07-20 23:59:59"]
    reminded = open_task(host_engine, "paper").next_step_at
    complete(host_engine, open_task(host_engine, "ask").id, 5, {})
    assert due(host_engine) == ["2026-08-03 00:00:00", "2026-08-03 23:59:59"]
    paper = open_task(host_engine, "paper")
    assert paper.order_at == paper.due_at
    assert paper.next_step_at > reminded
    told = events(host_engine, case)
    assert (told.count("TIMER_MOVED"), told.count("DUE_MOVED")) == (1, 1)
    assert host_engine.ask(check_chains) == ()


def test_a_timer_moved_by_hand_fires_then_and_the_history_says_why(
    host_engine: Engine, clock: MovableClock
) -> None:
    case = waiting(host_engine)
    later = datetime(2026, 9, 1, tzinfo=UTC)
    move = PutOff(instance_id=case, element_id="until", until=later, reason="Libur bersama")
    with pytest.raises(InvalidForm):
        host_engine.execute(PutOff(instance_id=case, element_id="until", until=later, reason=" "))
    with pytest.raises(InvalidState):
        host_engine.execute(PutOff(instance_id=case, element_id="fork", until=later, reason="x"))
    host_engine.execute(move)
    clock.set(datetime(2026, 8, 31, tzinfo=UTC))
    Worker(host_engine).run_due()
    assert "TIMER_FIRED" not in events(host_engine, case)
    clock.set(later)
    Worker(host_engine).run_due()
    assert events(host_engine, case).count("TIMER_FIRED") == 1
    (moved,) = rows(host_engine, "SELECT * FROM history WHERE kind = 'TIMER_MOVED'")
    assert moved.element_id == "until"
