"""Searching the history: every named search by an index, page by page, and nothing left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event, insert, select, text

from engine import Engine
from engine.queries import search
from engine.queries.search import NAMED, TooWide, Wanted, found, named
from engine.store.base import table_of
from engine.store.tables import History, Instance, Stream, Task
from tests.conftest import MovableClock
from tests.engine.stories import begin, deploy, request_made, rows

BEGUN = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
CASES, EACH = 60, 60
KINDS = sorted({kind for kinds in NAMED.values() for kind in kinds} | {"TASK_CREATED"})
UNITS = ("/01/", "/02/", "/02/03/")


@pytest.fixture
def archive(host_engine: Engine) -> Engine:
    """Thirty-six hundred events of all kinds, most of machines, in sixty cases of three units."""
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    (model,) = rows(host_engine, "SELECT * FROM instance")
    (task,) = rows(host_engine, "SELECT * FROM task")
    with host_engine.database.begin() as connection:
        streams = [
            {"id": 1000 + n, "kind": "instance", "key": f"s{n}", "head_seq": 0, "head_hash": b""}
            for n in range(CASES)
        ]
        connection.execute(insert(table_of(Stream)), streams)
        cases = [
            {
                **model._mapping,
                "id": 1000 + n,
                "stream_id": 1000 + n,
                "case_no": f"T-{n:06d}",
                "subject_id": n % 9 + 1,
                "scope_path": UNITS[n % 3],
                "period": ("2026Q1", "2026Q2")[n % 2],
                "started_at": BEGUN,
                "ended_at": None,
                "request_digest": None,
            }
            for n in range(CASES)
        ]
        connection.execute(insert(table_of(Instance)), cases)
        late = {
            **task._mapping, "id": 999, "due_at": BEGUN, "order_at": BEGUN, "created_at": BEGUN,
            "next_step_at": None,
        }  # fmt: skip
        connection.execute(insert(table_of(Task)), [late])
        connection.execute(insert(table_of(History)), list(_events()))
    with host_engine.database.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return host_engine


def _events() -> Iterator[dict[str, Any]]:
    for n in range(CASES):
        for seq in range(1, EACH + 1):
            number = n * EACH + seq
            kind = KINDS[number % len(KINDS)] if number % 3 == 0 else "VARIABLE_CHANGED"
            by = {"by": {"name": f"P{number % 7}"}}
            yield {
                "stream_id": 1000 + n,
                "seq": seq,
                "envelope_seq": None,
                "at": BEGUN + timedelta(minutes=17 * seq, seconds=n),
                "person_id": number % 7 or None,
                "on_behalf_of": 3 if number % 45 == 0 else None,
                "definition_id": None,
                "task_id": 999 if number % 2 else None,
                "kind": kind,
                "element_id": "review" if number % 9 == 0 else "request",
                "outcome": "OK",
                "body": json.dumps({**by, "detail": {"reason": f"r{number}"}}),
                "digests": None,
                "hash": b"\x00" * 32,
            }


SEARCHES = {
    "what somebody did": Wanted(person_id=3),
    "a step": Wanted(kinds=("TASK_COMPLETED",), element_id="review"),
    "a step, not by": Wanted(kinds=("TASK_COMPLETED",), element_id="review", not_by=2),
    "a kind in a unit": Wanted(kinds=("TASK_SENT_BACK",), path_prefix="/02/"),
    "a kind in a period": replace(named("overrides"), period="2026Q2", process_key="two_step"),
    "on behalf of somebody": Wanted(on_behalf_of=3),
    **{name: named(name) for name in NAMED},
}


def brute(engine: Engine, wanted: Wanted) -> list[tuple[int, int]]:
    """Give what a search should find, by reading everything."""
    cases = {row.stream_id: row for row in rows(engine, "SELECT * FROM instance")}
    with engine.database.connect() as connection:
        events = connection.execute(select(table_of(History))).all()

    def fits(row: Any) -> bool:
        case = cases.get(row.stream_id)
        if case is None and wanted.of_cases:
            return False
        return (
            row.kind not in ("VARIABLE_CHANGED", "TOKENS_MOVED")
            and (not wanted.kinds or row.kind in wanted.kinds)
            and wanted.person_id in (None, row.person_id)
            and (wanted.not_by is None or row.person_id not in (None, wanted.not_by))
            and wanted.on_behalf_of in (None, row.on_behalf_of)
            and (not wanted.substituted or row.on_behalf_of is not None)
            and (not wanted.late or row.task_id == 999)
            and wanted.element_id in ("", row.element_id)
            and (
                case is None
                or (
                    wanted.subject_id in (None, case.subject_id)
                    and wanted.period in ("", case.period)
                    and case.scope_path.startswith(wanted.path_prefix)
                )
            )
        )

    ordered = sorted(filter(fits, events), key=lambda e: (e.at, e.stream_id, e.seq), reverse=True)
    return [(row.stream_id, row.seq) for row in ordered]


def test_every_search_finds_what_reading_everything_finds(archive: Engine) -> None:
    subject = {"a person's cases": Wanted(subject_id=4, kinds=NAMED["overrides"])}
    for name, wanted in (SEARCHES | subject).items():
        seen: list[tuple[int, int]] = []
        after = None
        while True:
            page = archive.ask(found, wanted, after=after, limit=20)
            seen += [(hit.stream_id, hit.seq) for hit in page.rows]
            after = page.next
            if after is None:
                break
        assert seen == brute(archive, wanted), name
        assert seen, name
        assert archive.ask(search.count, wanted) == min(len(seen), search.COUNTED + 1), name


@contextmanager
def explained(
    database: Database, how: str, those: tuple[str, ...] = ("ORDER BY", "history")
) -> Iterator[list[tuple[str, Any]]]:
    """Gather the plans of the statements of a block that look for hits in the history."""
    plans: list[tuple[str, Any]] = []

    def explain(_c: Any, cursor: Any, sql: str, given: Any, _x: Any, _many: bool) -> None:
        if all(word in sql for word in those):
            cursor.execute(f"{how} {sql}", given)
            plans.append((sql, cursor.fetchall()))

    event.listen(database, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(database, "before_cursor_execute", explain)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_named_searches_read_an_index_from_its_end_on_postgresql(archive: Engine) -> None:
    for name, wanted in SEARCHES.items():
        how = "EXPLAIN (ANALYZE, FORMAT JSON)"
        with explained(archive.database, how) as plans:
            archive.ask(found, wanted, limit=10)
        assert plans, name
        for sql, (row,) in plans:
            plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
            for node in _nodes(plan[0]["Plan"]):
                where = (name, node["Node Type"], sql)
                if node["Node Type"] == "Seq Scan":
                    # An empty month costs nothing to read.
                    assert "history" not in node["Relation Name"] or not node["Actual Rows"], where
                if node["Node Type"] in ("Sort", "Incremental Sort"):
                    # What is sorted are pages of kinds, or the rest of one moment.
                    assert node["Actual Rows"] <= 11 * max(1, len(wanted.kinds)), where


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_hits_are_read_from_their_own_months_only(archive: Engine) -> None:
    with explained(archive.database, "EXPLAIN (FORMAT JSON)", ("history.body",)) as plans:
        page = archive.ask(found, named("refused"), limit=10)
    assert {hit.at.month for hit in page.rows} == {7}
    assert plans
    for _, (row,) in plans:
        plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
        read = {node.get("Relation Name", "") for node in _nodes(plan[0]["Plan"])}
        assert {name for name in read if name.startswith("history")} == {"history_2026_07"}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_named_searches_read_an_index_on_sqlite_too(archive: Engine) -> None:
    for name, wanted in SEARCHES.items():
        with explained(archive.database, "EXPLAIN QUERY PLAN") as plans:
            archive.ask(found, wanted, limit=10)
        assert plans, name
        for _, plan in plans:
            said = [row[3] for row in plan]
            of_history = [line for line in said if re.search(r"\bhistory\b", line)]
            assert of_history, (name, said)
            assert all("INDEX ix_history" in line for line in of_history), (name, said)
            sorts = [line for line in said if "TEMP B-TREE" in line]
            # Of several kinds a page each is sorted, after it was cut.
            assert len(sorts) <= (len(wanted.kinds) if len(wanted.kinds) > 1 else 0), (name, said)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_search_that_takes_too_long_is_given_up_and_says_so(
    archive: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.001)
    with archive.database.begin() as connection:  # somebody else holds the table meanwhile
        connection.execute(text("LOCK TABLE instance IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(TooWide, match="narrow by period"):
            archive.ask(found, Wanted(kinds=("TASK_COMPLETED",), path_prefix="/01/"))
    monkeypatch.undo()
    assert archive.ask(found, Wanted(person_id=3)).rows


def test_a_hit_says_who_and_where(host_engine: Engine, clock: MovableClock) -> None:
    started, _ = request_made(host_engine)
    (hit,) = host_engine.ask(found, named("submitted")).rows
    assert (hit.person_id, hit.element_id, hit.kind) == (1, "request", "TASK_COMPLETED")
    assert (hit.instance_id, hit.case_no) == (started.instance_id, started.case_no)
    assert hit.stream_kind == "instance"
