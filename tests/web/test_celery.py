"""Celery on a real broker: ids only, a broker that loses everything, one relay at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

pytest.importorskip("celery")

from celery import Celery
from celery.contrib.testing.worker import start_worker

from engine import Engine, PublishMessage
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.stories import begin, deploy, request_made, rows
from tests.engine.test_jobs import Enqueue
from web.celery_app import AGAIN_SECONDS, Relay, make, publisher
from web.settings import Settings

BROKERS = {
    "rabbitmq": os.environ.get("ALUR_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("ALUR_TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
}


@dataclass
class Seconds:
    """The relay's clock."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings with a broker that answers, and a queue of this test's own."""
    return Settings(broker_url=BROKERS[request.param], broker_queue=f"alur-test-{uuid4().hex[:8]}")


@pytest.fixture
def app(host_engine: Engine, settings: Settings) -> Iterator[Celery]:
    worker = Worker(host_engine, executor="celery")
    made = make(settings, lambda: worker)
    try:
        with made.connection_for_write() as connection:
            connection.ensure_connection(max_retries=0, timeout=2)
    except Exception:
        if os.environ.get("ALUR_REQUIRE_BROKER") == "1":
            raise
        pytest.skip("no broker answers; give ALUR_TEST_BROKER_URL and ALUR_TEST_REDIS_URL")
    yield made
    with made.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_delete(settings.broker_queue)
    made.close()


@contextmanager
def working(app: Celery) -> Iterator[None]:
    """Let a Celery worker run in a thread of this process; at the end it finishes its task."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield


def until(true: Callable[[], bool], relay: Relay) -> None:
    """Wait for an outcome while the relay turns, as long as a loaded machine may need."""
    from time import monotonic, sleep

    end = monotonic() + 60
    while not true():
        assert monotonic() < end
        relay.turn()
        sleep(0.02)


on_both = pytest.mark.parametrize(
    ("settings", "database"),
    [("rabbitmq", "postgresql"), ("redis", "sqlite")],
    indirect=True,
)


@on_both
def test_what_a_broker_lost_is_handed_out_again_and_done_once(
    host_engine: Engine, host: Any, app: Celery, settings: Settings, clock: MovableClock
) -> None:
    deploy(host_engine, "waiting_message")
    for _ in range(3):
        begin(host_engine, "waiting_message", unit="A", who="x")
    host_engine.execute(
        PublishMessage(name="unit_rated", correlation="A", payload={"predicate": "B"})
    )
    host_engine.execute(Enqueue(count=5))
    seconds = Seconds()
    relay = Relay(host_engine, publisher(app), now=seconds)
    assert relay.turn() == 8
    assert relay.turn() == 0  # on their way
    with app.connection_for_write() as connection:
        assert connection.default_channel.queue_purge(settings.broker_queue) == 8
    seconds.now += AGAIN_SECONDS
    assert relay.turn() == 8
    seconds.now += AGAIN_SECONDS  # nobody works: all of it twice in the queue
    assert relay.turn() == 8

    def is_done() -> bool:
        return not rows(host_engine, "SELECT id FROM job WHERE state <> 'DONE'")

    with working(app):
        until(is_done, relay)
    assert len(host.sent) == 5
    caught = rows(host_engine, "SELECT * FROM history WHERE kind = 'MESSAGE_CAUGHT'")
    assert len(caught) == 3


@pytest.mark.parametrize(("settings", "database"), [("rabbitmq", "postgresql")], indirect=True)
def test_timers_and_steps_go_through_the_broker_and_one_process_relays(
    host_engine: Engine, app: Celery, clock: MovableClock
) -> None:
    from datetime import timedelta

    request_made(host_engine)  # a review with a due date: reminders and escalations
    clock.move(timedelta(days=30))
    seconds = Seconds()
    relay = Relay(host_engine, publisher(app), now=seconds, pid=1)
    other = Relay(host_engine, publisher(app), now=seconds, pid=2)
    assert relay.turn() == 1
    assert other.turn() == 0
    clock.move(timedelta(minutes=1))  # the first has died
    seconds.now += AGAIN_SECONDS

    def is_escalated() -> bool:
        return bool(rows(host_engine, "SELECT id FROM task WHERE escalated_from IS NOT NULL"))

    with working(app):
        until(is_escalated, other)
    (row,) = rows(host_engine, "SELECT pid FROM worker WHERE name = 'relay'")
    assert row.pid == 2
