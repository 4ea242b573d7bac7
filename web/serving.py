"""Runs the platform's processes: gunicorn, the local worker, and a parent that keeps both."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from web import logs, metrics, settings
from web.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

# What a process needs is imported when it is that process: the parent starts the others at once.
_GRACE_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 60.0


def run_web(used: Settings) -> None:
    """Serve pages until told to stop."""
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """Gunicorn, set up from our settings; each web process opens its own database."""

        def load_config(self) -> None:
            """Give gunicorn what it asks for."""
            for name, value in _gunicorn_options(used).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Build the application; called once in each web process."""
            from web import bootstrap, create_app

            logs.set_up(used.log)  # gunicorn has set up its own
            app = create_app(bootstrap.build(used))
            rest_memory()
            return app

    Web().run()


def run_worker(used: Settings) -> int:
    """Work off due jobs and timers until SIGTERM or SIGINT; the step in hand is finished first.

    With a broker, a relay and Celery's processes do so, kept by this one.
    """
    if used.broker_url or used.metrics_port:
        stop = Event()
        _on_signals(stop.set)
        _begin_counting(used)
        return _keep({role: _start(role, used) for role in _workers(used)}, used, stop)
    _work(used)
    return 0


def _work(used: Settings) -> None:
    from engine import InstallSchedules
    from engine.worker import serve_all
    from web import bootstrap

    logs.set_up(used.log)
    platform = bootstrap.build(used)
    stop = Event()
    _on_signals(lambda: stop.set())
    platform.engine.execute(InstallSchedules())
    rest_memory()
    serve_all(platform.engine, stop)
    platform.database.dispose()


def rest_memory() -> None:
    """Take what a process has loaded out of the collector's rounds, and make them fewer.

    They took a sixth of what a request costs: modules, classes and mappings stay to the end, and
    what a request makes goes by itself, since runs are taken apart (`Run.__del__`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run_pair(used: Settings, ready: Callable[[], None]) -> int:
    """Run web and worker side by side until SIGTERM or SIGINT; call `ready` when pages are served.

    A worker that dies is started again; when the web dies, all ends, and the status is 1.
    """
    _require_free(used.host, used.port, "--port")
    stop = Event()
    _on_signals(stop.set)
    _begin_counting(used)
    running = {"web": _start("web", used)}
    try:
        _await_answer(used, running["web"], stop)
        if running["web"].poll() is not None:
            return 1
        # The worker comes second: whoever waits, waits for a page.
        running |= {role: _start(role, used) for role in _workers(used)}
        if not stop.is_set():
            ready()
        return _keep(running, used, stop)
    finally:
        _end(*running.values())


def _workers(used: Settings) -> tuple[str, ...]:
    roles = ("celery", "relay") if used.broker_url else ("worker",)
    return (*roles, "metrics") if used.metrics_port else roles


def _begin_counting(used: Settings) -> None:
    if used.metrics_port:
        # Whoever has the port counts in the folder, too: it is not emptied under him.
        _require_free(used.metrics_host, used.metrics_port, "ALUR_METRICS_PORT")
        metrics.empty_folder(used.metrics_dir)


def _counting(used: Settings) -> dict[str, str]:
    """Give the variable by which a process knows where to count."""
    return {metrics.FOLDER: str(used.metrics_dir)} if used.metrics_port else {}


def _metrics(used: Settings) -> None:
    from web import bootstrap, readiness

    platform = bootstrap.build(used)
    stop = Event()
    _on_signals(stop.set)

    def ready() -> tuple[bool, str]:
        why = readiness.problem(platform)
        return not why, why or "ok"

    checks = {"/healthz": lambda: (True, "ok"), "/readyz": ready}
    answer = metrics.application(platform.engine, checks)
    metrics.serve(answer, used.metrics_host, used.metrics_port, stop)
    platform.database.dispose()


def _keep(running: dict[str, subprocess.Popen[bytes]], used: Settings, stop: Event) -> int:
    """Start again whoever dies, until told to stop, or until the web dies."""
    try:
        while not stop.wait(0.5):
            for role, process in running.items():
                if process.poll() is None:
                    continue
                if role == "web":
                    return 1
                if not stop.wait(1):
                    running[role] = _start(role, used)
        return 0
    finally:
        _end(*running.values())


def _gunicorn_options(used: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bind": f"{used.host}:{used.port}",
        "workers": used.web_processes,
        "threads": used.web_threads,
        "worker_class": "gthread",
        "graceful_timeout": int(_GRACE_SECONDS / 2),
        "loglevel": "warning",
        "proc_name": "alur-web",
        "forwarded_allow_ips": "",  # ProxyFix reads the headers, when proxies are declared
    }
    if os.access("/dev/shm", os.W_OK):
        options["worker_tmp_dir"] = "/dev/shm"
    return options


def _start(role: str, used: Settings) -> subprocess.Popen[bytes]:
    # A process group of its own: Ctrl-C reaches the parent alone, which ends its children in order.
    return subprocess.Popen(
        [sys.executable, "-m", "web.serving", role, str(os.getpid())],
        env={**os.environ, **settings.environment(used), **_counting(used)},
        start_new_session=True,
    )


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _on_signals(stop: Callable[[], None]) -> None:
    def told(_number: int, _frame: FrameType | None) -> None:
        # In a thread: this one may hold the very lock that setting an event takes.
        Thread(target=stop, daemon=True).start()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)


def _require_free(host: str, port: int, other: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(
                f"Expected {host}:{port} to be free, but something listens there; try {other}."
            ) from error


def _await_answer(used: Settings, web: subprocess.Popen[bytes], stop: Event) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while web.poll() is None and not stop.is_set() and time.monotonic() < deadline:
        try:
            with socket.create_connection((used.host, used.port), 1) as connection:
                connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                if connection.recv(12).endswith(b"200"):
                    return
        except OSError:
            pass
        stop.wait(0.1)


def _relay(used: Settings) -> None:
    from web.celery_app import run_relay

    stop = Event()
    _on_signals(stop.set)
    run_relay(used, stop)


def _celery(used: Settings) -> None:
    from web.celery_app import run_celery

    run_celery(used)


def _end_with(parent: int) -> None:
    """Have the kernel end this process when its parent is gone, even by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was gone already
        sys.exit(1)


if __name__ == "__main__":
    _end_with(int(sys.argv[2]))
    roles = {
        "web": run_web,
        "worker": _work,
        "relay": _relay,
        "celery": _celery,
        "metrics": _metrics,
    }
    chosen = settings.read()
    logs.set_up(chosen.log)
    roles[sys.argv[1]](chosen)
