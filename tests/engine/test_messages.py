"""What cases say to each other: messages by correlation key, and signals to whoever waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import BroadcastSignal, Deploy, Engine, ForgetMessages, PublishMessage
from engine.commands.sending import CHUNK, DAYS_KEPT
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    end,
    event,
    extension,
    gateway,
    model,
    properties,
    start,
    throw,
    user,
)
from tests.engine.stories import begin, complete, events, open_task, rows
from tests.engine.test_racing import at_once

NAMES = '<bpmn:message id="m1" name="paid" /><bpmn:signal id="s1" name="published" />'


def deployed(engine: Engine, key: str, *body: str) -> str:
    """Deploy a drawing that begins at `begin` and ends at `finish`."""
    files = model(start(), *body, end(), extra=NAMES, key=key)
    return engine.execute(Deploy(files=files)).key


def listener(engine: Engine) -> str:
    """One catch, one boundary event, and one of two at an event gateway, all of one signal."""
    return deployed(
        engine,
        "listener",
        gateway("parallel", "fork"),
        catch("heard", event("signal", "s1"), result="news"),
        user("work", assignee="4"),
        boundary("told", "work", event("signal", "s1"), interrupting=False, result="also"),
        end("noted"),
        gateway("parallel", "join"),
        chain("begin", "fork", "heard", "join", "finish"),
        chain("fork", "work", "join"),
        chain("told", "noted"),
    )


def thrower(engine: Engine) -> str:
    return deployed(
        engine,
        "thrower",
        user("go", assignee="4"),
        throw("tell", event("signal", "s1"), payload="{ grade: 7 }"),
        user("after", assignee="4"),
        chain("begin", "go", "tell", "after", "finish"),
    )


def caught(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT instance_id, message_id FROM message_catch ORDER BY 1, 2")


def test_a_signal_reaches_every_case_that_waits_then_once_and_nobody_later(
    host_engine: Engine,
) -> None:
    key = listener(host_engine)
    waiting = [begin(host_engine, key).instance_id for _ in range(3)]
    sender = begin(host_engine, thrower(host_engine))
    complete(host_engine, open_task(host_engine, "go").id, 4, {})
    # The sender's throw is there with the sender's own step, whatever becomes of the jobs.
    assert open_task(host_engine, "after")
    (thrown,) = rows(host_engine, "SELECT * FROM message")
    assert (thrown.kind, thrown.source_id) == ("signal", sender.instance_id)
    assert "SIGNAL_THROWN" in events(host_engine, sender.instance_id)
    late = begin(host_engine, key).instance_id
    done = at_once(Worker(host_engine).run_due, Worker(host_engine).run_due)
    assert sum(done) == 3
    assert caught(host_engine) == [(case, thrown.id) for case in waiting]
    for case in waiting:
        # Both of its catches heard it, and its task is still open.
        assert events(host_engine, case).count("SIGNAL_CAUGHT") == 2
        complete(host_engine, open_task(host_engine, "work", case).id, 4, {})
    assert "SIGNAL_CAUGHT" not in events(host_engine, late)
    ended = rows(host_engine, "SELECT id FROM instance WHERE state = 'COMPLETED' ORDER BY id")
    assert [row.id for row in ended] == waiting
    assert host_engine.ask(check_chains) == ()


def test_a_signal_to_many_goes_out_in_chunks_and_a_second_one_is_another(
    host_engine: Engine,
) -> None:
    key = deployed(
        host_engine,
        "twice",
        catch("first", event("signal", "s1")),
        catch("second", event("signal", "s1")),
        chain("begin", "first", "second", "finish"),
    )
    count = CHUNK + 2
    for _ in range(count):
        begin(host_engine, key)
    signal = BroadcastSignal(name="published")
    host_engine.execute(signal)
    assert len(rows(host_engine, "SELECT * FROM job WHERE state = 'DUE'")) == 1
    assert len(rows(host_engine, "SELECT * FROM message_target")) == count
    # Two fan-outs, and one step for each case: whoever waits again now is not meant again.
    assert Worker(host_engine).run_due() == 2 + count
    assert rows(host_engine, "SELECT * FROM message_target") == []
    assert len(rows(host_engine, "SELECT * FROM subscription")) == count
    host_engine.execute(signal)
    Worker(host_engine).run_due()
    assert rows(host_engine, "SELECT * FROM instance WHERE state = 'ACTIVE'") == []


def test_a_message_is_no_signal_of_the_same_name(host_engine: Engine) -> None:
    key = deployed(
        host_engine,
        "plain",
        catch("heard", event("signal", "s1")),
        chain("begin", "heard", "finish"),
    )
    host_engine.execute(PublishMessage(name="published", correlation=""))
    begin(host_engine, key)
    host_engine.execute(PublishMessage(name="published", correlation=""))
    assert Worker(host_engine).run_due() == 0


def test_two_catches_of_one_case_take_two_messages_one_after_the_other(
    host_engine: Engine,
) -> None:
    key = deployed(
        host_engine,
        "pair",
        gateway("parallel", "fork"),
        catch("one", event("message", "m1"), correlation="1", result="a"),
        user("ready", assignee="4"),
        catch("two", event("message", "m1"), correlation="1", result="b"),
        gateway("parallel", "join"),
        chain("begin", "fork", "one", "join", "finish"),
        chain("fork", "ready", "two", "join"),
    )
    for number in (1, 2):
        host_engine.execute(
            PublishMessage(name="paid", correlation="1", payload={"number": number})
        )
    started = begin(host_engine, key)
    # The second catch looks while the first one's message is still under way.
    complete(host_engine, open_task(host_engine, "ready").id, 4, {})
    Worker(host_engine).run_due()
    (case,) = rows(host_engine, "SELECT state FROM instance")
    assert case.state == "COMPLETED"
    assert len(caught(host_engine)) == 2
    assert events(host_engine, started.instance_id).count("MESSAGE_CAUGHT") == 2


def test_a_model_says_how_long_its_message_waits_and_what_expired_is_forgotten(
    host_engine: Engine, clock: MovableClock
) -> None:
    sender = deployed(
        host_engine,
        "sender",
        throw("short", event("message", "m1"), correlation="1", ttl="P2D"),
        throw("long", event("message", "m1"), correlation="2"),
        chain("begin", "short", "long", "finish"),
    )
    waiter = deployed(
        host_engine,
        "waiter",
        catch("heard", event("message", "m1"), correlation="which"),
        chain("begin", "heard", "finish"),
    )
    begin(host_engine, sender)
    found = rows(host_engine, "SELECT correlation FROM message ORDER BY expires_at")
    assert [row.correlation for row in found] == ["1", "2"]
    clock.move(timedelta(days=2, seconds=-1))
    begin(host_engine, waiter, which=1)
    # Its catcher came in time; that the worker did not, is not its fault.
    clock.move(timedelta(days=1))
    assert Worker(host_engine).run_due() == 1
    begin(host_engine, waiter, which=1)
    assert Worker(host_engine).run_due() == 0
    begin(host_engine, waiter, which=2)
    assert Worker(host_engine).run_due() == 1
    assert host_engine.execute(ForgetMessages()) == 0
    clock.move(timedelta(days=DAYS_KEPT))
    assert host_engine.execute(ForgetMessages()) == 1
    assert [row.correlation for row in rows(host_engine, "SELECT * FROM message")] == ["2"]
    assert len(caught(host_engine)) == 1
    assert host_engine.ask(check_chains) == ()


def test_a_signal_starts_a_case_of_every_process_that_begins_with_it_once(
    host_engine: Engine,
) -> None:
    begins = start("told", extension(properties(result="news")) + event("signal", "s1"))
    read = user("read", assignee="4")
    files = model(begins, read, end(), chain("told", "read", "finish"), extra=NAMES, key="begun")
    host_engine.execute(Deploy(files=files))
    host_engine.execute(PublishMessage(name="published", correlation=""))
    payload = {"subject_id": 1, "period": "2026Q2"}
    host_engine.execute(BroadcastSignal(name="published", payload=payload))
    done = at_once(Worker(host_engine).run_due, Worker(host_engine).run_due)
    assert sum(done) == 1  # a message of that name is no signal
    (case,) = rows(host_engine, "SELECT * FROM instance WHERE process_key = 'begun'")
    assert (case.subject_id, case.period) == (1, "2026Q2")
    complete(host_engine, open_task(host_engine, "read").id, 4, {})
    assert host_engine.ask(check_chains) == ()
