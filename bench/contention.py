"""The `contention` figure: many at once, two workers; errors, counts, times, CPU and lock waits.

Times of a turn are wall times and depend on the machine; errors and counts do not.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

from bench import databases
from bench.house import MODELS, House, Post, Server, filled, send
from bench.parallel import EIGHT, write_model

TURNS, CLIENTS, POSTS = 50, 4, 160
_ASKED = {"subject": "Cuti besar", "days": "4"}


@dataclass(frozen=True)
class Together:
    """Parallel tasks of one case, submitted at the same instant, turn after turn."""

    database: str
    name: str
    turns: int
    submits: int
    errors: int
    counted_once: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Crowd:
    """Submits of different cases by clients without think time, against one client's."""

    database: str
    name: str
    submits: int
    errors: int
    alone_us: float
    ours_us: float
    database_us: float
    lock_waits: float

    @property
    def times_as_dear(self) -> float:
        """Give how much more CPU a submit takes in a crowd than alone."""
        return self.ours_us / self.alone_us


def figures(turns: int = TURNS, posts: int = POSTS) -> Iterator[Together | Crowd]:
    """Let eight submit at once, and four without a pause."""
    for kind in databases.kinds():
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(databases.new(kind, folder))
            house = House(folder, url)
            stack.callback(house.close)
            key = house.deploy(MODELS / "two_step")
            with house.serving(workers=1) as one:
                alone = _alone(house, one, key, posts)
            with house.serving(workers=2) as two:
                yield _crowd(kind, house, two, key, posts, alone)
                yield _together(kind, house, two, folder, turns)


def _alone(house: House, server: Server, key: str, posts: int) -> float:
    """Give the CPU microseconds of a submit by one client to one worker."""
    for some in (_requests(house, server, key, 20), _requests(house, server, key, posts)):
        server.http.close()
        before = server.cpu()
        for post in some:
            server.post(post)
        taken = (server.cpu() - before) / len(some)
    return taken * 1e6


def _requests(house: House, server: Server, key: str, count: int) -> list[Post]:
    for _ in range(count):
        house.start(key)
    tasks = house.open_tasks("request")[-count:]
    return filled(server, tasks, _ASKED, house.cookie("EMP"))


def _crowd(kind: str, house: House, server: Server, key: str, posts: int, alone: float) -> Crowd:
    for warm in _requests(house, server, key, 20):
        server.post(warm)
    some = _requests(house, server, key, posts)
    pids = databases.backends_of(house.url) if kind == "postgresql" else []
    before, its = server.cpu(), databases.cpu_of(*pids)
    shares = [some[n::CLIENTS] for n in range(CLIENTS)]
    with (
        _LockWaits(house, watch=kind == "postgresql") as waits,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        answers = list(pool.map(lambda share: _sent(server, share), shares))
    ours = (server.cpu() - before) / posts * 1e6
    its = (databases.cpu_of(*pids) - its) / posts * 1e6
    errors = sum(status != 303 for each in answers for status in each)
    name = f"two workers, {CLIENTS} clients"
    return Crowd(kind, name, posts, errors, alone, ours, its, waits.share)


def _sent(server: Server, posts: Sequence[Post]) -> list[int]:
    http = server.connection()
    told = [send(http, post)[0] for post in posts]
    http.close()
    return told


class _LockWaits:
    """Looks every 10 ms how many of the database's busy sessions wait for a lock."""

    def __init__(self, house: House, *, watch: bool) -> None:
        self.house, self.watch = house, watch
        self.busy = self.waiting = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    @property
    def share(self) -> float:
        """Give the waiting part of all busy sessions seen."""
        return self.waiting / self.busy if self.busy else 0.0

    def __enter__(self) -> _LockWaits:
        if self.watch:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self.watch:
            self._thread.join()

    def _look(self) -> None:
        asked = (
            "SELECT count(*) AS busy, count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting"
            " FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            " AND pid <> pg_backend_pid()"
        )
        while not self._stop.wait(0.01):
            (row,) = self.house.ask(asked)
            self.busy += row.busy
            self.waiting += row.waiting


def _together(kind: str, house: House, server: Server, folder: Path, turns: int) -> Together:
    """Have eight people submit the parallel tasks of one case at the same instant."""
    key = house.deploy(write_model(folder))
    times: list[float] = []
    errors = once = 0
    with ThreadPoolExecutor(len(EIGHT)) as pool:
        connections = [server.connection() for _ in EIGHT]
        for _ in range(turns):
            case = house.start(key, "PPPK")
            posts = [_task_of(house, server, case, n) for n in range(len(EIGHT))]
            start = Barrier(len(EIGHT))

            def submit(pair: tuple[Any, Post], start: Barrier = start) -> tuple[int, float]:
                http, post = pair
                http.close()
                http.connect()
                start.wait(30)
                begun = time.perf_counter()
                status, _ = send(http, post)
                return status, time.perf_counter() - begun

            for status, taken in pool.map(submit, zip(connections, posts, strict=True)):
                errors += status != 303
                times.append(taken * 1000)
            once += _counted_once(house, case)
    cuts = statistics.quantiles(times, n=20)
    name = f"{len(EIGHT)} at one case"
    return Together(kind, name, turns, len(times), errors, once, cuts[9], cuts[18])


def _task_of(house: House, server: Server, case: int, number: int) -> Post:
    wanted = "SELECT id FROM task WHERE instance_id = :case AND element_id = :element"
    (row,) = house.ask(wanted, case=case, element=f"t{number}")
    return filled(server, [row.id], {"note": f"n{number}"}, house.cookie(EIGHT[number]))[0]


def _counted_once(house: House, case: int) -> bool:
    """Tell whether every submission is in the history once, and the case went on once."""
    told = house.ask(
        "SELECT h.kind, h.element_id FROM history h JOIN instance i ON i.stream_id = h.stream_id"
        " WHERE i.id = :case AND h.kind IN ('TASK_COMPLETED', 'INSTANCE_COMPLETED')",
        case=case,
    )
    wanted = [f"t{n}" for n in range(len(EIGHT))]
    done = sorted(row.element_id for row in told if row.kind == "TASK_COMPLETED")
    return done == wanted and len(told) == len(wanted) + 1


if __name__ == "__main__":
    for figure in figures():
        print(figure)
