"""The drill `backlog`: thousands of jobs are due at once, and two workers have them.

alur drill backlog --jobs 20000 --database postgresql
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Any

from bench.rig.oracle import Verdict
from bench.rig.report import database, finish, parser, place


def main() -> None:
    """Enqueue, let two workers in two processes' stead work it off, count."""
    options = parser("backlog", __doc__ or "")
    options.add_argument("--jobs", type=int, default=20_000)
    options.add_argument("--workers", type=int, default=2)
    used = options.parse_args()
    verdict = Verdict()
    with place() as folder, database(used.database, folder) as (url, _):
        _run(url, used.jobs, used.workers, verdict)
    finish("backlog", used, verdict)


def _run(url: str, jobs: int, workers: int, verdict: Verdict) -> None:
    from sqlalchemy import text

    from engine import Command, Context, Engine, open_database
    from engine.ports import JobKind
    from engine.worker import Worker
    from web.bootstrap import throwaway_ports
    from web.migrations import schema

    @dataclass(frozen=True, kw_only=True)
    class Pile(Command[None]):
        """Write many jobs at once."""

        count: int

        def execute(self, ctx: Context) -> None:
            ctx.enqueue_all("step", [{"n": n} for n in range(self.count)])

    @dataclass(frozen=True, kw_only=True)
    class Probe(Command[int | None]):
        """Write one urgent job, which must not wait for the pile."""

        def execute(self, ctx: Context) -> int | None:
            return ctx.enqueue("urgent", {}, priority=1)

    from datetime import UTC, datetime

    schema.upgrade(database_ := open_database(url), datetime.now(UTC))
    database_.dispose()
    seen: list[tuple[str, float]] = []
    kinds = {
        name: JobKind(name, lambda _ctx, _payload, name=name: seen.append((name, time.monotonic())))
        for name in ("step", "urgent")
    }
    made = throwaway_ports()
    ports = replace(made, job_kinds={**made.job_kinds, **kinds})
    engine = Engine(open_database(url), ports)
    began = time.monotonic()
    engine.execute(Pile(count=jobs))
    written = time.monotonic() - began
    stop = Event()
    cpu, began = time.process_time(), time.monotonic()
    threads = [
        Thread(target=Worker(Engine(open_database(url), ports)).serve, args=(stop, 0.1))
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    waits: list[float] = []
    while len(seen) < jobs + len(waits) and time.monotonic() - began < 600:
        asked = time.monotonic()
        before = sum(name == "urgent" for name, _ in seen)
        engine.execute(Probe())
        while sum(name == "urgent" for name, _ in list(seen)) == before:
            time.sleep(0.01)
        waits.append(time.monotonic() - asked)
        time.sleep(1)
    used_cpu, took = time.process_time() - cpu, time.monotonic() - began
    stop.set()
    for thread in threads:
        thread.join()
    with engine.database.connect() as connection:
        states: Any = dict(
            connection.execute(text("SELECT state, count(*) FROM job GROUP BY state")).all()  # type: ignore[arg-type]
        )
    verdict.figures |= {
        "enqueue_s": round(written, 2),
        "seconds": round(took, 1),
        "jobs_per_s": round(len(seen) / took, 1),
        "cpu_us_per_job": round(used_cpu / max(len(seen), 1) * 1e6),
        "urgent_wait_p95_s": round(sorted(waits)[int(len(waits) * 0.95)], 2) if waits else 0,
        "done": states.get("DONE", 0),
    }
    if len(seen) != jobs + len(waits) or set(states) != {"DONE"}:
        verdict.faults.append(f"{jobs} jobs and {len(waits)} urgent ones, but {states}")


if __name__ == "__main__":
    main()
