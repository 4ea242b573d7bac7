"""What a model that never ends, or wants everything, gets: an incident that names the bound."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from engine import Deploy, Engine, NewCase, RetryIncident, StartMany
from engine.bounds import Bounds
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
from tests.engine.host import Host
from tests.engine.stories import begin, complete, open_task, person, rows

HEAVY = "{ n: count(for a in 1..9999, b in 1..9999 return a) }"
BIG = '{ big: for i in 1..400 return "0123456789" }'


def bounded(engine: Engine, **bounds: Any) -> Engine:
    changed = replace(engine.ports, bounds=replace(engine.ports.bounds, **bounds))
    return Engine(engine.database, changed, engine.clock)


def _loop(inner: str, element: str) -> dict[str, bytes]:
    """Draw an element in a loop that never ends."""
    return d.model(
        d.start(), d.gateway("exclusive", "top"), inner,
        d.gateway("exclusive", "again", "again_to_finish"), d.end(),
        d.chain("begin", "top", element, "again"), d.flow("again", "top", "1 = 1"),
        d.flow("again", "finish"),
    )  # fmt: skip


def _line(inner: str, element: str) -> dict[str, bytes]:
    return d.model(d.start(), inner, d.end(), d.chain("begin", element, "finish"))


def _nested(levels: int) -> str:
    inner = d.script("s0", "{ n: 1 }")
    for level in range(levels):
        key = f"s{level}"
        body = (
            d.start(f"b{level}")
            + inner
            + d.end(f"e{level}")
            + d.chain(f"b{level}", key, f"e{level}")
        )
        inner = d.node("subProcess", f"s{level + 1}", body)
    return inner


def _many(inner: str, key: str = "many") -> dict[str, bytes]:
    body = d.start("b2") + inner + d.end("e2") + d.chain("b2", "u", "e2")
    several = d.several("for i in 1..60 return i", item="n")
    return _line(d.node("subProcess", key, several + body), key)


HOSTILE: dict[str, tuple[dict[str, bytes], float, str]] = {
    "steps": (_loop(d.script("s", "{ n: 1 }"), "s"), 100, ""),
    "seconds": (_line(d.script("s", "{ n: 1 }"), "s"), 0.0, ""),
    "wall_seconds": (_line(d.script("s", "{ n: 1 }"), "s"), 0.0, ""),
    "feel_steps": (_line(d.script("s", HEAVY), "s"), 1000, "s"),
    "feel_seconds": (_line(d.script("s", HEAVY), "s"), 0.0, "s"),
    "tasks": (
        _line(d.user("u", d.several("for i in 1..30 return i", item="n"), assignee="4"), "u"),
        10,
        "u",
    ),
    "items": (
        _line(d.user("u", d.several("for i in 1..30 return i", item="n"), assignee="4"), "u"),
        10,
        "u",
    ),
    "depth": (_line(_nested(3), "s3"), 2, "s1"),
    "tokens": (_many(d.user("u", assignee="4")), 50, ""),
    "data_bytes": (_line(d.script("s", BIG), "s"), 1000, "s"),
    "state_bytes": (_line(d.script("s", BIG), "s"), 1000, "s"),
}


ENDLESS = ("steps", "feel_steps", "feel_seconds")  # these go beyond the usual bounds, too


def _incidents(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT id, element_id, kind, message FROM incident WHERE state = 'OPEN'")


@pytest.mark.parametrize("bound", HOSTILE)
def test_a_hostile_model_gets_an_incident_that_names_the_bound(
    host_engine: Engine, host: Host, bound: str
) -> None:
    files, allowed, element = HOSTILE[bound]
    engine = bounded(host_engine, **{bound: allowed})
    engine.execute(Deploy(files=files, reason="uji"))
    begin(engine, "test")
    found = _incidents(engine)
    assert found
    for incident in found:
        assert incident.kind == "LIMIT"
        assert f"at most {allowed:g} " in incident.message
        assert f"(bound {bound})" in incident.message
        assert incident.element_id
        assert not element or incident.element_id == element
    # A pass of the worker finds nothing to do for it: it waits for people, not for the machine.
    assert Worker(engine).run_due() == 0
    # With more room, the same case goes on where it stood.
    retried = [RetryIncident(incident_id=incident.id) for incident in found]
    went_on = [host_engine.execute(retry, by=person(7)) for retry in retried]
    assert all(went_on) == (bound not in ENDLESS)
    assert engine.ask(check_chains) == ()


def test_every_bound_has_a_hostile_model_and_says_what_it_bounds() -> None:
    tested = set(HOSTILE) | {"rounds", "moves", "calls"}
    assert {field.name for field in fields(Bounds)} == tested
    assert all(field.metadata["words"] and field.metadata["meaning"] for field in fields(Bounds))


def test_a_machine_with_too_much_to_do_holds_nobody_up(
    host_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a minute goes by between any two looks at the clock, but the model makes no work."""
    late = count(step=30)
    monkeypatch.setattr("engine.bounds.monotonic", lambda: next(late))
    engine = bounded(host_engine, wall_seconds=100_000.0)
    parts = (d.script("s", "{ m: n }"), d.user("u", assignee="4"), d.end())
    files = d.model(d.start(), *parts, d.chain("begin", "s", "u", "finish"))
    engine.execute(Deploy(files=files, reason="uji"))
    cases = [NewCase(subject_id=who, variables={"n": who}) for who in (1, 2, 4, 5, 6)]
    engine.execute(StartMany(key="test", campaign="Q2", cases=cases), by=person(7))
    complete(engine, rows(engine, "SELECT min(id) AS id FROM task")[0].id, 4, {})
    assert _incidents(engine) == []
    assert next(late) > 10 * engine.ports.bounds.seconds


def test_a_model_that_spins_is_stopped_by_the_work_that_it_makes(host_engine: Engine) -> None:
    engine = bounded(host_engine, seconds=0.05, steps=1_000_000)
    engine.execute(Deploy(files=_loop(d.script("s", "{ n: 1 }"), "s"), reason="uji"))
    begin(engine, "test")
    (incident,) = _incidents(engine)
    assert incident.kind == "LIMIT"
    assert "(bound seconds)" in incident.message


def test_a_task_that_comes_back_for_ever_stops_with_an_incident(
    host_engine: Engine, clock: MovableClock
) -> None:
    engine = bounded(host_engine, rounds=3)
    engine.execute(Deploy(files=_loop(d.user("u", assignee="4"), "u"), reason="uji"))
    begin(engine, "test")
    for _ in range(3):
        clock.move(timedelta(minutes=1))
        complete(engine, open_task(engine, "u").id, 4, {})
    (incident,) = _incidents(engine)
    assert (incident.element_id, incident.kind) == ("u", "LIMIT")
    assert "at most 3 rounds" in incident.message
    assert rows(engine, "SELECT 1 FROM task WHERE state = 'CREATED'") == []


def test_a_case_that_turns_without_a_person_is_held_and_others_have_their_turn(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    engine = bounded(host_engine, moves=30)
    engine.execute(Deploy(files=_loop(d.catch("t", d.timer("PT0S")), "t"), reason="uji"))
    begin(engine, "test")
    with engine.database.begin() as connection:
        ctx = engine._context(connection, "test", person(7), 0)
        ctx.enqueue("note", {"n": 1})
    worker = Worker(engine)
    worker.run_due(limit=2)
    assert host.sent == [{"n": 1}], "a job of others waits for no more than one turn of the loop"
    for _ in range(5):
        worker.run_due()
    (incident,) = _incidents(engine)
    assert (incident.element_id, incident.kind) == ("t", "LIMIT")
    assert "at most 30 moves" in incident.message
    assert rows(engine, "SELECT 1 FROM timer") == []
    assert worker.run_due() == 0
    clock.move(timedelta(hours=2))
    assert engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    assert rows(engine, "SELECT 1 FROM timer") != []


def test_catching_up_after_a_long_silence_is_no_runaway(
    host_engine: Engine, clock: MovableClock
) -> None:
    """A reminder a day stays one, though half a year of them is due at once."""
    engine = bounded(host_engine, moves=30)
    files = d.model(
        d.start(), d.user("u", assignee="4"),
        d.boundary("daily", "u", d.timer("R/P1D", "Cycle"), interrupting=False),
        d.script("s", "{ n: 1 }"), d.end("e2"), d.end(), d.chain("begin", "u", "finish"),
        d.chain("daily", "s", "e2"),
    )  # fmt: skip
    engine.execute(Deploy(files=files, reason="uji"))
    begin(engine, "test")
    clock.move(timedelta(days=60))
    worker = Worker(engine)
    for _ in range(10):
        worker.run_due()
    assert _incidents(engine) == []
    assert len(rows(engine, "SELECT 1 FROM history WHERE kind = 'TIMER_FIRED'")) == 60


def test_others_are_served_while_hostile_cases_run_and_none_of_them_is_tried_for_ever(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    """A chunk of cases that burn time, cases that turn, and beside them somebody else's work."""
    engine = bounded(host_engine, moves=10, seconds=0.0)
    engine.execute(Deploy(files=_line(d.script("s", HEAVY), "s"), reason="uji"))
    cases = [NewCase(subject_id=who) for who in (1, 2, 4, 5, 6)]
    engine.execute(StartMany(key="test", campaign="Q2", cases=cases), by=person(7))
    assert len(_incidents(engine)) == 5
    turning = bounded(host_engine, moves=10)
    files = {"process.bpmn": d.document(d.process(_turning(), key="turning"))}
    turning.execute(Deploy(files=files, reason="uji"))
    for who in (1, 2, 4):
        begin(turning, "turning", subject=who)
    with turning.database.begin() as connection:
        ctx = turning._context(connection, "test", person(7), 0)
        for number in range(30):
            ctx.enqueue("note", {"n": number})
    worker = Worker(turning)
    worker.run_due()
    assert len(host.sent) == 30
    for _ in range(5):
        clock.move(timedelta(minutes=1))
        worker.run_due()
    assert len(_incidents(turning)) == 8
    assert worker.run_due() == 0
    states = rows(turning, "SELECT DISTINCT state FROM instance")
    assert [row.state for row in states] == ["ACTIVE"]


def _turning() -> str:
    body = _loop(d.catch("t", d.timer("PT0S")), "t")["process.bpmn"].decode()
    return body.split('isExecutable="true">')[1].split("</bpmn:process>")[0]


def test_cases_that_call_each_other_without_end_stop_at_a_depth(host_engine: Engine) -> None:
    engine = bounded(host_engine, calls=3)
    for key, inner in (("ping", ""), ("pong", "ping"), ("ping", "pong")):
        given = d.extension(d.properties(binding="latest"))
        call = d.node("callActivity", "x", given, calledElement=inner)
        body = call if inner else d.script("x", "{ n: 1 }")
        parts = (d.start(), body, d.end(), d.chain("begin", "x", "finish"))
        engine.execute(Deploy(files=d.model(*parts, key=key), reason="uji"))
    begin(engine, "ping")
    worker = Worker(engine)
    for _ in range(10):
        worker.run_due()
    (incident,) = _incidents(engine)
    assert (incident.element_id, incident.kind) == ("x", "LIMIT")
    assert "at most 3 cases that call each other" in incident.message
    assert len(rows(engine, "SELECT 1 FROM instance")) == 4
    assert worker.run_due() == 0


def test_a_job_that_fails_falls_behind_those_that_do_not(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    def enqueue(number: int) -> None:
        with host_engine.database.begin() as connection:
            ctx = host_engine._context(connection, "test", person(7), 0)
            ctx.enqueue("note", {"n": number})

    worker = Worker(host_engine)
    host.failing.add("note")
    enqueue(1)
    worker.run_due()
    (failed,) = rows(host_engine, "SELECT priority, attempts FROM job WHERE kind = 'note'")
    assert (failed.priority, failed.attempts) == (6, 1)
    clock.move(timedelta(hours=1))
    host.failing.clear()
    for number in (2, 3):
        enqueue(number)
    worker.run_due()
    assert [payload["n"] for payload in host.sent] == [2, 3, 1]
