"""The inbox's lists: what stands in them, and how few rows of an index a page reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from engine import Engine, Scope
from engine.model import StandIn
from engine.queries import inbox
from engine.store.base import table_of
from engine.store.tables import Task
from tests.engine.stories import begin, complete, deploy, open_task, request_made, rows

PAGE = 25
ME, OTHER = 107, 108
SCOPE = Scope(
    person_id=ME, groups=frozenset({"G0", "G1"}), stands_in={109: StandIn(frozenset({"two_step"}))}
)


def crowd(engine: Engine, many: int) -> None:
    """Fill the inbox: `many` open tasks in each of two groups, free and taken; 60 of a person."""
    now = engine.clock()
    if not rows(engine, "SELECT id FROM task"):
        deploy(engine, "two_step")
        begin(engine, "two_step")
    (model,) = rows(engine, "SELECT * FROM task WHERE id = 1 OR id = (SELECT min(id) FROM task)")
    sample = {**model._mapping, "created_at": now, "due_at": None, "claimed_at": None}
    del sample["id"]
    sample |= {"ended_at": None, "anonymous": False, "parked": False, "next_step_at": None}

    def some(number: int, **columns: Any) -> list[dict[str, Any]]:
        return [
            {**sample, "order_at": now + timedelta(minutes=n - 5), **columns} for n in range(number)
        ]

    new = [
        *some(60, assignee_id=ME),
        *some(60, assignee_id=109),
        *some(60, assignee_id=ME, state="COMPLETED", completed_by=ME),
    ]
    for group in ("G0", "G1"):
        new += some(many, assignee_id=None, candidate_group=group)
        new += some(many, assignee_id=OTHER, candidate_group=group)
        new += some(many, assignee_id=OTHER, candidate_group=group, state="COMPLETED")
    with engine.database.begin() as connection:
        connection.execute(insert(table_of(Task)), new)
    with engine.database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


RANGES = {"mine": 2, "groups": 2, "taken": 2, "done": 1}
LISTS: dict[str, Any] = {
    **{
        tab: lambda c, now, tab=tab, **k: inbox.open_tasks(c, SCOPE, now=now, tab=tab, **k)
        for tab in ("mine", "groups", "taken")
    },
    "done": lambda c, now, **k: inbox.done_tasks(c, SCOPE, now=now, **k),
}


@contextmanager
def rows_read(engine: Engine, found: list[int]) -> Iterator[None]:
    """Gather how many rows of `task` PostgreSQL reads for each statement of a block."""

    def explain(_c: Any, cursor: Any, sql: str, parameters: Any, _x: Any, _m: bool) -> None:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        (plan,) = cursor.fetchone()
        found.append(sum(_read(plan[0]["Plan"])))

    event.listen(engine.database, "before_cursor_execute", explain)
    try:
        yield
    finally:
        event.remove(engine.database, "before_cursor_execute", explain)


def _read(node: dict[str, Any]) -> Iterator[int]:
    if node.get("Relation Name") == "task":
        assert "Seq Scan" not in node["Node Type"], node
        rows_of_loop = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield round(rows_of_loop * node["Actual Loops"])
    for inner in node.get("Plans", ()):
        yield from _read(inner)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_page_reads_a_page_of_an_index_on_postgresql(host_engine: Engine) -> None:
    crowd(host_engine, 1500)
    now = host_engine.clock()
    for name, ask in LISTS.items():
        found: list[int] = []
        with host_engine.database.begin() as connection:
            following = ask(connection, now).next
            with rows_read(host_engine, found):
                ask(connection, now)
                ask(connection, now, after=following)
        # A page and one row more, of each range that the list is merged from; then these by key.
        assert found, name
        assert max(found) <= (RANGES[name] + 1) * (PAGE + 1), (name, found)
    counted: list[int] = []
    with host_engine.database.begin() as connection, rows_read(host_engine, counted):
        inbox.counts(connection, SCOPE, now=now)
    assert sum(counted) <= 4 * inbox.MOST_COUNTED


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_takes_as_many_steps_for_many_tasks_as_for_few_on_sqlite(
    host_engine: Engine,
) -> None:
    def steps() -> dict[str, int]:
        taken = {}
        now = host_engine.clock()
        for name, ask in {**LISTS, "counts": lambda c, n: inbox.counts(c, SCOPE, now=n)}.items():
            with host_engine.database.connect() as connection:
                ask(connection, now)
                raw: Any = connection.connection.driver_connection
                ticks: list[int] = []
                raw.set_progress_handler(lambda ticks=ticks: ticks.append(1), 10)
                ask(connection, now)
                raw.set_progress_handler(None, 0)
                taken[name] = len(ticks)
        return taken

    crowd(host_engine, 200)
    few = steps()
    crowd(host_engine, 2000)
    many = steps()
    assert all(few.values())
    for name, number in many.items():
        assert number <= few[name] * 1.2 + 20, (name, few, many)


def test_whoever_stands_in_sees_the_tasks_of_who_is_away(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    now = host_engine.clock()

    def seen(**stands_in: Any) -> list[tuple[int, int | None]]:
        scope = Scope(person_id=4, stands_in={2: StandIn(frozenset(stands_in))})
        page = host_engine.ask(inbox.open_tasks, scope, now=now)
        return [(row.id, row.on_behalf_of) for row in page.rows]

    assert seen() == seen(two_step=1) == [(review.id, 2)]
    assert seen(other=1) == []
    away = Scope(person_id=4, stands_in={1: StandIn()})
    begin(host_engine, "two_step")  # a task of one's own is nobody else's
    assert host_engine.ask(inbox.open_tasks, away, now=now).rows == ()
    assert host_engine.ask(inbox.counts, away, now=now).mine == 0


def test_what_one_sent_says_who_has_it_now(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    now = host_engine.clock()
    page = host_engine.ask(inbox.sent_tasks, Scope(person_id=1), now=now)
    (row,) = page.rows
    assert (row.task.element_id, row.task.instance_id) == ("request", started.instance_id)
    (held,) = row.now_with
    assert (held.task_id, held.element_id, held.assignee_id) == (review.id, "review", 2)
    assert host_engine.ask(inbox.sent_tasks, Scope(person_id=2), now=now).rows == ()
    complete(host_engine, review.id, 2, {"approved": True, "reason": "baik"})
    assert host_engine.ask(inbox.sent_tasks, Scope(person_id=1), now=now).rows == ()
    done = host_engine.ask(inbox.done_tasks, Scope(person_id=1), now=now).rows
    assert [one.element_id for one in done] == ["request"]


def test_a_case_that_came_back_to_oneself_waits_for_nobody_else(host_engine: Engine) -> None:
    started, _ = request_made(host_engine)
    with host_engine.database.begin() as connection:
        connection.execute(text("UPDATE task SET assignee_id = 1 WHERE state = 'CREATED'"))
    mine = Scope(person_id=1)
    now = host_engine.clock()
    assert host_engine.ask(inbox.sent_tasks, mine, now=now).rows == ()
    assert host_engine.ask(inbox.open_tasks, mine, now=now).rows[0].instance_id == (
        started.instance_id
    )


def test_lists_are_narrowed_by_unit_lateness_and_period(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    scope, now = Scope(person_id=1), host_engine.clock()

    def found(**narrowed: Any) -> int:
        at = narrowed.pop("now", now)
        return len(host_engine.ask(inbox.open_tasks, scope, now=at, **narrowed).rows)

    assert found(unit=task.scope_path) == found(unit="/01/") == found(period="2026Q2") == 1
    assert found(unit="/02/") == found(period="2025Q1") == found(overdue=True) == 0
    assert found(overdue=True, now=now + timedelta(days=30)) == 1
