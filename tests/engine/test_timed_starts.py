"""Cases that a timer starts: one for each of its times, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import ChangeSchedule, Deploy, Engine
from engine.commands.timed_starts import BeginByTimer
from engine.errors import InvalidProcess, NotAllowed
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.engine.bpmn.drawing import chain, end, model, start, timer, user
from tests.engine.stories import OFFICER, person, rows

KEY = "p"


def deploy(engine: Engine, text: str, kind: str = "Cycle", documentation: str = "") -> str:
    drawn = model(
        start(),
        start(
            "monthly",
            f"<bpmn:documentation>{documentation}</bpmn:documentation>" + timer(text, kind),
        ),
        user("look", candidateGroup="HRC"),
        end(),
        chain("begin", "look", "finish"),
        chain("monthly", "look"),
    )
    return engine.execute(Deploy(files=drawn)).key


def cases(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT * FROM instance ORDER BY id")


def schedule(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT * FROM schedule WHERE kind = 'begin_by_timer'")


def work(engine: Engine) -> None:
    for _ in range(20):
        if not Worker(engine).run_due():
            return


def test_each_time_starts_one_case_about_nobody(host_engine: Engine, clock: Any) -> None:
    key = deploy(host_engine, "R3/2026-07-02T01:00:00Z/P1D")
    work(host_engine)
    assert cases(host_engine) == []
    clock.move(timedelta(days=1))
    work(host_engine)
    work(host_engine)
    (case,) = cases(host_engine)
    assert (case.process_key, case.subject_id, case.started_by) == (key, None, None)
    (task,) = rows(host_engine, "SELECT * FROM task")
    assert (task.element_id, task.candidate_group is not None) == ("look", True)
    clock.move(
        timedelta(days=30)
    )  # nobody worked meanwhile: the two that are left come now, and no third
    work(host_engine)
    assert len(cases(host_engine)) == 3
    (row,) = schedule(host_engine)
    assert not row.enabled
    assert host_engine.ask(check_chains) == ()


def test_a_job_that_comes_twice_starts_one_case(host_engine: Engine, clock: Any) -> None:
    key = deploy(host_engine, "daily 06:00")
    again = BeginByTimer(schedule=f"{key}:monthly", at=clock().isoformat())
    assert host_engine.execute(again)
    assert not host_engine.execute(again)
    with pytest.raises(NotAllowed):
        host_engine.execute(again, by=person(OFFICER))
    gone = BeginByTimer(schedule=f"{key}:gone", at=clock().isoformat())
    assert not host_engine.execute(gone)
    assert len(cases(host_engine)) == 1


def test_a_new_version_keeps_times_that_it_says_the_same(host_engine: Engine, clock: Any) -> None:
    key = deploy(host_engine, "R/P10D")
    (first,) = schedule(host_engine)
    clock.move(timedelta(days=4))
    host_engine.execute(ChangeSchedule(name=f"{key}:monthly", enabled=False, reason="Libur"))
    deploy(host_engine, "R/P10D", documentation="Baru")
    (kept,) = schedule(host_engine)
    assert (kept.next_at, kept.rule, kept.enabled) == (first.next_at, first.rule, False)
    deploy(host_engine, "R/P5D")
    (changed,) = schedule(host_engine)
    assert changed.rule != first.rule
    assert changed.enabled
    plain = model(start(), user("look"), end(), chain("begin", "look", "finish"))
    host_engine.execute(Deploy(files=plain))
    assert schedule(host_engine) == []


def test_one_time_starts_one_case_and_one_that_is_over_is_refused(
    host_engine: Engine, clock: Any
) -> None:
    with pytest.raises(InvalidProcess, match="it is over"):
        deploy(host_engine, "2026-06-01", "Date")
    deploy(host_engine, "P2D", "Duration")
    clock.move(timedelta(days=2))
    work(host_engine)
    clock.move(timedelta(days=20))
    work(host_engine)
    assert len(cases(host_engine)) == 1


def test_the_calendar_says_which_days_are_working_days(host_engine: Engine, clock: Any) -> None:
    begun = datetime(2026, 7, 3, 0, tzinfo=UTC)  # a Friday
    clock.set(begun)
    deploy(host_engine, "workday 12:00")
    clock.set(begun + timedelta(days=3, hours=23))  # Monday is over
    work(host_engine)
    assert len(cases(host_engine)) == 2
