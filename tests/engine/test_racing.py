"""Several at once: nobody sees a lock error, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine import ClaimTask, Engine
from engine.errors import InvalidState
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.engine.stories import REQUEST, begin, complete, deploy, open_task, person, rows


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    def tried(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except InvalidState as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(tried, acts))


def test_a_double_click_is_done_once(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    results = at_once(*[lambda: complete(host_engine, task.id, 1, REQUEST, key="k")] * 4)
    assert sorted(receipt.repeated for receipt in results) == [False, True, True, True]


def test_two_who_claim_at_once_do_not_both_get_it(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    with host_engine.database.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE task SET assignee_id = NULL, candidate_group = 'HRC' WHERE id = {task.id}"
        )
    results = at_once(
        lambda: host_engine.execute(ClaimTask(task_id=task.id), by=person(7)),
        lambda: host_engine.execute(ClaimTask(task_id=task.id), by=person(8)),
    )
    assert [isinstance(result, InvalidState) for result in results].count(True) == 1


def test_four_peers_answer_one_case_at_once_and_all_count(host_engine: Engine) -> None:
    deploy(host_engine, "anonymous_peers")
    begin(host_engine, "anonymous_peers", peers=[4, 5, 6, 3])
    tasks = rows(host_engine, "SELECT id, assignee_id FROM task WHERE anonymous")
    at_once(
        *[
            lambda t=t: complete(host_engine, t.id, t.assignee_id, {"score": 4, "comment": "x"})
            for t in tasks
        ]
    )
    assert open_task(host_engine, "summary")
    closed = rows(host_engine, "SELECT * FROM history WHERE kind = 'TASK_COMPLETED'")
    assert len(closed) == 4
    assert host_engine.ask(check_chains) == ()


def test_cases_started_at_once_get_numbers_without_gap(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    at_once(*[lambda: begin(host_engine, "two_step")] * 6)
    numbers = [row.case_no for row in rows(host_engine, "SELECT case_no FROM instance")]
    assert sorted(numbers) == [f"T02-2026Q2-00000{n}" for n in range(1, 7)]


def test_two_workers_do_each_job_once(host_engine: Engine) -> None:
    from engine import PublishMessage

    deploy(host_engine, "waiting_message")
    for _ in range(4):
        begin(host_engine, "waiting_message", unit="A", who="x")
    host_engine.execute(
        PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    )
    done = at_once(Worker(host_engine).run_due, Worker(host_engine).run_due)
    assert sum(done) == 4
    caught = rows(host_engine, "SELECT * FROM history WHERE kind = 'MESSAGE_CAUGHT'")
    assert len(caught) == 4


def test_a_double_click_on_start_begins_one_case(host_engine: Engine) -> None:
    from engine import NewCase, StartInstance

    deploy(host_engine, "two_step")
    click = StartInstance(
        key="two_step", case=NewCase(subject_id=1, period="2026Q2"), request_key="k"
    )
    begun = at_once(*[lambda: host_engine.execute(click, by=person(7))] * 3)
    assert len({started.instance_id for started in begun}) == 1
    assert {started.case_no for started in begun} == {"T02-2026Q2-000001"}
    assert len(rows(host_engine, "SELECT id FROM instance")) == 1
