"""What the engine asks of a database: how many statements, and with which plans.  Never a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event, insert, text

from engine import Engine, NewCase, Scope, StartMany
from engine.queries import inbox
from engine.store import Store
from engine.store.base import Base, table_of
from engine.store.tables import Job, Stream, Subscription, Task, Timer
from tests.engine.stories import counted, deploy, rows

MANY = 2_000
FULL = ("task", "timer", "job", "subscription", "stream")


def chunk(engine: Engine, campaign: str, size: int) -> list[str]:
    cases = [
        NewCase(subject_id=1000 + n, scope_path="/01/02/", period="2026Q2") for n in range(size)
    ]
    with counted(engine.database) as said:
        engine.execute(StartMany(key="two_step", campaign=campaign, cases=cases))
    assert said.count("COMMIT") == 1
    return [sql for sql in said if sql != "COMMIT"]


def test_a_chunk_of_fifty_costs_as_many_statements_as_one_of_five(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    chunk(host_engine, "first", 1)  # the counter begins
    few, many = chunk(host_engine, "few", 5), chunk(host_engine, "many", 50)
    assert len(many) == len(few) <= 18, "\n".join(many)
    assert len(rows(host_engine, "SELECT id FROM instance WHERE campaign = 'many'")) == 50
    tasks = rows(
        host_engine,
        "SELECT t.case_no, i.case_no AS of_case FROM task t JOIN instance i"
        " ON i.id = t.instance_id",
    )
    assert len(tasks) == 56
    assert all(task.case_no == task.of_case for task in tasks)


# ---- plans


@contextmanager
def plans(database: Database) -> Iterator[list[dict[str, Any]]]:
    """Gather the plan of every statement that a block sends to PostgreSQL."""
    found: list[dict[str, Any]] = []

    def explain(_c: Any, cursor: Any, sql: str, parameters: Any, _x: Any, _many: bool) -> None:
        if sql.lstrip().startswith("SELECT"):
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
            (plan,) = cursor.fetchone()
            found.append(plan if isinstance(plan, dict) else json.loads(json.dumps(plan))[0])

    event.listen(database, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(database, "before_cursor_execute", explain)


def scans(plan: dict[str, Any]) -> set[str]:
    """Name the kinds of nodes in a plan, with their tables."""
    node = plan.get("Plan", plan)
    found = {f"{node['Node Type']} {node.get('Relation Name', '')}".strip()}
    for inner in node.get("Plans", ()):
        found |= scans(inner)
    return found


@pytest.fixture
def crowd(host_engine: Engine) -> Engine:
    """Two thousand open tasks, timers, jobs and subscriptions, of many people; few are due."""
    deploy(host_engine, "two_step")
    chunk(host_engine, "crowd", 1)
    now = host_engine.clock()
    (case,) = rows(host_engine, "SELECT * FROM instance")
    (model,) = rows(host_engine, "SELECT * FROM task")
    later = [now + timedelta(hours=n - 20) for n in range(MANY)]
    sample = {**model._mapping, "state": "CREATED", "candidate_group": None}
    del sample["id"]
    utc = {"due_at": None, "created_at": now, "claimed_at": None, "ended_at": None}
    tasks = [
        {
            **sample,
            **utc,
            "order_at": later[n],
            "next_step_at": later[n],
            "assignee_id": None if n % 50 == 0 else 100 + n % 400,
            "candidate_group": f"G{n % 40}" if n % 50 == 0 else None,
        }
        for n in range(MANY)
    ]
    closed = [{**task, "state": "COMPLETED"} for task in tasks]
    jobs = [
        {
            "kind": "note", "payload": "{}", "run_at": later[n], "created_at": now,
            "state": "DUE" if n % 10 == 0 else "DONE", "last_error": "",
        }
        for n in range(MANY)
    ]  # fmt: skip
    tokens = [{"instance_id": case.id, "token": 1000 + n, "element_id": "e"} for n in range(MANY)]
    timers = [{**token, "due_at": at} for token, at in zip(tokens, later, strict=True)]
    waits = [
        {**token, "kind": "message", "name": "m", "correlation": f"c{token['token']}"}
        for token in tokens
    ]
    streams = [
        {"kind": "PERSON", "key": f"x{n}", "head_seq": 0, "head_hash": b""} for n in range(MANY)
    ]
    with host_engine.database.begin() as connection:
        for kind, some in (
            (Task, tasks + closed), (Job, jobs), (Timer, timers), (Subscription, waits),
            (Stream, streams),
        ):  # fmt: skip
            connection.execute(insert(table_of(kind)), some)
    with host_engine.database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return host_engine


WANTED = {"kinds": ["note"], "format": 1}
ASKED: dict[str, Callable[[Store, Any], Any]] = {
    "my inbox": lambda s, now: inbox.open_tasks(s.connection, Scope(person_id=107), now=now),
    "my group's inbox": lambda s, now: inbox.open_tasks(
        s.connection, Scope(person_id=107, groups=frozenset({"G0"})), now=now, tab="groups"
    ),
    "my counts": lambda s, now: inbox.counts(
        s.connection, Scope(person_id=107, groups=frozenset({"G0"})), now=now
    ),
    "due timers": lambda s, now: s.instances.instances_with_due_timers(now, 100),
    "due timers of a case": lambda s, now: s.instances.due_timers(1, now),
    "due jobs": lambda s, now: s.leases.free(WANTED | {"now": now}, 50),
    "jobs of dead workers": lambda s, now: s.leases.left(WANTED | {"now": now, "never": now}, 50),
    "due reminders": lambda s, now: s.tasks.with_due_step(now, 50),
    "which of my tokens wait for a message": lambda s, _: s.messages.waiting(
        1, "message", "m", "c1500"
    ),
    "messages to forget": lambda s, now: s.messages.forget(now, 10),
    "a task's case": lambda s, _: s.instances.lock_of_task(1500),
    "a person's stream": lambda s, _: s.history.lock("PERSON", "x77"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_query_of_the_step_reads_a_whole_table(crowd: Engine) -> None:
    """One test for all: the rows take longer than the questions."""
    for question, ask in ASKED.items():
        with crowd.database.begin() as connection, plans(crowd.database) as found:
            ask(Store(connection), crowd.clock())
        assert found, question
        for plan in found:
            whole = {f"Seq Scan {table}" for table in FULL} & scans(plan)
            assert not whole, (question, plan)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_query_of_the_step_uses_an_index_on_sqlite_too(crowd: Engine) -> None:
    for question, ask in ASKED.items():
        seen: list[str] = []

        def explain(
            _c: Any, cursor: Any, sql: str, parameters: Any, _x: Any, _many: bool,
            seen: list[str] = seen,
        ) -> None:  # fmt: skip
            if sql.lstrip().startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
                seen += [row[3] for row in cursor.fetchall()]

        with crowd.database.begin() as connection:
            event.listen(crowd.database, "before_cursor_execute", explain)
            try:
                ask(Store(connection), crowd.clock())
            finally:
                event.remove(crowd.database, "before_cursor_execute", explain)
        assert seen, question
        # What is no table (`anon_1`, `first`) are a page's own rows, cut before they are joined.
        tables = {f"SCAN {name}" for name in Base.metadata.tables}
        whole = [s for s in seen if s in tables]
        assert not whole, (question, seen)
