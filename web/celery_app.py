"""Celery carries the ids of due work to workers on many machines; the tables stay the truth.

Nothing but `(what, id)` is in a message.  The relay hands out what is due and hands it out again
while it still is, so a lost message costs time only, and one that comes twice finds nothing to do.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from kombu.exceptions import OperationalError

from engine import Engine, HoldRelay
from engine.errors import Busy
from engine.worker import Lane, Worker, sending
from web.settings import Settings

TASK = "alur.do"
AGAIN_SECONDS = 30.0
"""How long the relay waits before it hands out once more what is still due."""
_AT_ONCE = 200
_MOST_STEPS = 20
_HOLD_SECONDS = 10.0
_log = logging.getLogger("alur.celery")

Publish = Callable[[str, int], None]


def make(used: Settings, worker: Callable[[], Worker]) -> Celery:
    """Set Celery up; `worker` gives the one of the process that a message arrives in."""
    app = Celery("alur", broker=used.broker_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=used.broker_queue,
        task_default_delivery_mode="persistent",
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
    )
    if used.broker_url.startswith("redis"):
        app.conf.broker_transport_options = {"visibility_timeout": 300}

    def do(what: str, id_: int) -> int:
        return int(_ACTS[what](worker(), int(id_)))

    app.task(do, name=TASK, shared=False)
    return app


def _all(act: Callable[[Worker, int], int]) -> Callable[[Worker, int], int]:
    """Do whatever is due under an id: one message stands for all of it."""

    def do(worker: Worker, id_: int) -> int:
        done = 0
        while done < _MOST_STEPS and act(worker, id_):
            done += 1
        return done

    return do


_ACTS: dict[str, Callable[[Worker, int], int]] = {
    "job": Worker.run_job,
    "timers": _all(Worker.fire_timers),
    "task": _all(Worker.serve_task),
}


def publisher(app: Celery) -> Publish:
    """Give what hands one piece of work to the broker; raises OperationalError without one."""

    def publish(what: str, id_: int) -> None:
        app.send_task(TASK, args=[what, id_], retry=False)

    return publish


class Relay:
    """Hands out what is due, on one process at a time; runs the schedules itself."""

    def __init__(
        self,
        engine: Engine,
        publish: Publish,
        *,
        now: Callable[[], float] = time.monotonic,
        pid: int = 0,
    ) -> None:
        self.engine = engine
        self.publish = publish
        self.now = now
        self._me = HoldRelay(host=socket.gethostname()[:60], pid=pid or os.getpid())
        self._worker = Worker(engine, executor="relay", lane=Lane.STEPS)
        self._sent: dict[tuple[str, int], float] = {}
        self._held_at = -_HOLD_SECONDS
        self._holds = False

    def serve(self, stop: Event, pause_seconds: float = 0.5) -> None:
        """Hand out until told to stop; without a broker or a database it tries again."""
        while not stop.is_set():
            try:
                self.turn()
            except (OperationalError, OSError) as error:
                _log.warning("The broker does not answer (%s).", type(error).__name__)
                stop.wait(5)
            except Exception:
                _log.exception("The relay could not look for due work.")
                stop.wait(5)
            stop.wait(pause_seconds)

    def turn(self) -> int:
        """Look once, and give how many pieces of work were handed out."""
        if not self._is_the_one():
            return 0
        work = self._worker.look(_AT_ONCE)
        for name in work.schedules:
            self._worker.run_schedule(name)
        due = [
            *(("timers", one) for one in work.instances),
            *(("task", one) for one in work.tasks),
            *(("job", one) for one in work.jobs),
        ]
        # What is not due any more is done; what is due since long was lost on its way.
        self._sent = {key: self._sent[key] for key in due if key in self._sent}
        lost = self.now() - AGAIN_SECONDS
        fresh = [key for key in due if self._sent.get(key, lost) <= lost]
        for key in fresh:
            self.publish(*key)
            self._sent[key] = self.now()
        return len(fresh)

    def _is_the_one(self) -> bool:
        if self.now() - self._held_at >= _HOLD_SECONDS:
            try:
                self._holds = self.engine.execute(self._me)
            except Busy:
                self._holds = False
            self._held_at = self.now()
        return self._holds


def run_relay(used: Settings, stop: Event) -> None:
    """Hand out due work until told to stop."""
    from engine import InstallSchedules
    from web import bootstrap

    platform = bootstrap.build(used)
    platform.engine.execute(InstallSchedules())
    app = make(used, _no_worker)
    if sending(platform.engine):
        # Beside the queue: a mail server that hangs would hold up every process behind it.
        letters = Worker(platform.engine, executor="letters", lane=Lane.LETTERS)
        Thread(target=letters.serve, args=(stop,), daemon=True).start()
    Relay(platform.engine, publisher(app)).serve(stop)
    platform.database.dispose()


def run_celery(used: Settings) -> None:
    """Do what arrives until told to stop; the step in hand is finished first."""
    mine: dict[str, Any] = {}

    def begin(**_: Any) -> None:
        # Each process opens its own database: a connection does not survive a fork.
        from web import bootstrap

        mine["platform"] = bootstrap.build(used)
        mine["worker"] = Worker(mine["platform"].engine, executor="celery")
        mine["stop"] = Event()
        Thread(target=_live, args=(mine["worker"], mine["stop"]), daemon=True).start()

    def end(**_: Any) -> None:
        if "stop" in mine:
            mine["stop"].set()
            mine["worker"].beat(stopped=True)
            mine["platform"].database.dispose()

    worker_process_init.connect(begin, weak=False)
    worker_process_shutdown.connect(end, weak=False)
    app = make(used, lambda: mine["worker"])
    options = ["--pool=prefork", f"--concurrency={used.worker_processes}", "--loglevel=WARNING"]
    app.worker_main(["worker", *options, "--without-gossip", "--without-mingle"])


def _live(worker: Worker, stop: Event) -> None:
    while not stop.is_set():
        try:
            worker.beat()
        except Exception:
            _log.exception("The worker could not say that it lives.")
        stop.wait(5)


def _no_worker() -> Worker:
    raise RuntimeError("Expected a worker process, but the relay only hands work out.")
