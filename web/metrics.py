"""Figures for Prometheus: counted by every process of a machine, read on a private port.

Processes count into files of one folder (`PROMETHEUS_MULTIPROC_DIR`), so that it does not matter
which of them is asked; what stands in the database is read when somebody asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

from engine import Engine
from engine.ports import Executed
from engine.queries import operations

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Meter:
    """Counts what this process does; made once, since the library keeps its names for ever."""

    def __init__(self, registry: Any = None) -> None:
        from prometheus_client import REGISTRY, Counter, Histogram

        used = registry or REGISTRY
        self.requests = Counter(
            "alur_requests", "Requests answered.", ["method", "route", "status"], registry=used
        )
        self.request_seconds = Histogram(
            "alur_request_seconds",
            "Time until an answer.",
            ["route"],
            buckets=_SECONDS,
            registry=used,
        )
        self.commands = Counter(
            "alur_commands", "Commands executed.", ["command", "outcome"], registry=used
        )
        self.command_seconds = Histogram(
            "alur_command_seconds",
            "Time of a command.",
            ["command"],
            buckets=_SECONDS,
            registry=used,
        )
        self.retries = Counter(
            "alur_lock_retries", "Commands begun again for a lock.", ["command"], registry=used
        )

    def executed(self, done: Executed) -> None:
        """Count a command."""
        self.commands.labels(done.command, done.outcome).inc()
        self.command_seconds.labels(done.command).observe(done.seconds)
        if done.retries:
            self.retries.labels(done.command).inc(done.retries)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(method, route, str(status)).inc()
        self.request_seconds.labels(route).observe(seconds)


class NoMeter:
    """Counts nothing, where nobody reads figures."""

    def executed(self, done: Executed) -> None:
        """Do nothing."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Do nothing."""


_made: list[Meter | NoMeter] = []


def meter() -> Meter | NoMeter:
    """Give this process's meter: one that counts where the folder for it is named."""
    if not _made:
        _made.append(Meter() if os.environ.get(FOLDER) else NoMeter())
    return _made[0]


class Standing:
    """What the database says at this moment, for Prometheus; figures only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def collect(self) -> Iterator[Any]:
        """Give each figure; without a database only that it does not answer."""
        from prometheus_client.core import GaugeMetricFamily

        try:
            seen = self.engine.ask(operations.overview, now=self.engine.clock())
            stored = self.engine.ask(operations.storage)
        except Exception:  # whatever it is, the other figures are still wanted
            yield GaugeMetricFamily("alur_database_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("alur_database_up", "Whether the database answers.", 1)
        figures = {
            "alur_jobs_due": ("Jobs that wait their turn.", seen.jobs_due),
            "alur_jobs_late_seconds": ("Age of the oldest due job.", _age(seen.jobs_late)),
            "alur_jobs_taken": ("Jobs in work.", seen.jobs_taken),
            "alur_jobs_waiting": ("Jobs of suspended cases.", seen.jobs_waiting),
            "alur_jobs_failed": ("Jobs given up, not looked at.", seen.jobs_failed),
            "alur_timers_due": ("Timers that are due.", seen.timers_due),
            "alur_timers_late_seconds": ("Age of the oldest due timer.", _age(seen.timers_late)),
            "alur_timers_held": ("Timers held back.", seen.timers_held),
            "alur_steps_due": ("Reminders and escalations that are due.", seen.steps_due),
            "alur_steps_late_seconds": ("Age of the oldest of them.", _age(seen.steps_late)),
            "alur_incidents_open": ("Open incidents.", seen.incidents),
            "alur_proposals_open": ("Proposals that wait.", seen.proposals),
            "alur_cases_suspended": ("Suspended cases.", seen.suspended),
            "alur_workers_alive": ("Workers that report.", seen.workers),
            "alur_database_bytes": ("Size of the database.", stored.bytes),
            "alur_history_strays": ("Events without a month.", stored.strays),
        }
        if seen.checkpoint is not None:
            words = "Age of the newest checkpoint of the history."
            figures["alur_checkpoint_age_seconds"] = (words, _age(seen.checkpoint))
        for name, (words, value) in figures.items():
            yield GaugeMetricFamily(name, words, value)


def _age(span: Any) -> float:
    return max(0.0, span.total_seconds()) if span is not None else 0.0


def application(
    engine: Engine, checks: dict[str, Callable[[], tuple[bool, str]]]
) -> Callable[..., Any]:
    """Give a WSGI application with /metrics, and a page for each check by its path."""
    from prometheus_client import CollectorRegistry, make_wsgi_app
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Standing(engine))
    figures = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return figures(environ, start)
        if path not in checks:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        well, words = checks[path]()
        state = "200 OK" if well else "503 Service Unavailable"
        start(state, [("Content-Type", "text/plain; charset=utf-8")])
        return [words.encode() + b"\n"]

    return answer


def serve(answer: Callable[..., Any], host: str, port: int, stop: Event) -> None:
    """Answer on a private port until told to stop."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from prometheus_client.exposition import ThreadingWSGIServer

    class Silent(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Write no line for every look at the figures."""

    with make_server(host, port, answer, ThreadingWSGIServer, Silent) as server:
        server.timeout = 0.5
        while not stop.is_set():
            server.handle_request()


def empty_folder(folder: Path) -> None:
    """Forget what processes of an earlier run counted."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        path.unlink(missing_ok=True)
