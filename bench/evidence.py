"""What it costs that the history can prove itself: chain and checkpoints, with and without."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from bench import databases

COVERED, EVERY = 40, timedelta(minutes=5)
# A checkpoint looks back a quarter of an hour: more rounds than that are thrown away.
WARM, ROUNDS = 6, 48


@dataclass(frozen=True)
class Evidence:
    """CPU milliseconds of a completed task with and without its chain; `share` is what is added.

    checkpoint_ms -- of one checkpoint; each task that it covers bears its part in `with_ms`
    """

    step: str
    with_ms: float
    without_ms: float
    checkpoint_ms: float
    share: float


def figures() -> Iterator[Evidence]:
    """Complete tasks of the two-task model, one with and one without a chain."""
    for kind in databases.kinds():
        with TemporaryDirectory() as name, databases.new(kind, Path(name)) as url:
            bench = _Bench(Path(name), url)
            for turn in range(WARM + ROUNDS):
                if turn == WARM:
                    bench.forget()
                bench.on_a_round()
            bench.engine.database.dispose()
        bare, point = _middle(bench.bare), _middle(bench.checkpoint)
        added = _middle(bench.chain) + point / COVERED
        step = f"{kind}: complete a task, a checkpoint for every {COVERED}"
        yield Evidence(step, bare + added, bare, point, added / bare)


class _Bench:
    """An engine on a database of its own, and the CPU milliseconds that its work takes.

    chain -- what a task took more than its neighbour without one; bare -- the neighbour
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.later = timedelta()
        self.engine = _engine(folder, url, lambda: datetime.now(UTC) + self.later)
        # What serves the one connection of all that follows.
        self._backends = databases.backends_of(url) if url.startswith("postgresql") else []
        self.forget()

    def forget(self) -> None:
        """Measure from here on."""
        self.chain: list[float] = []
        self.bare: list[float] = []
        self.checkpoint: list[float] = []

    def on_a_round(self) -> None:
        """Complete as many tasks as a checkpoint covers, every other one with its chain; make it.

        The checkpoint after what began the cases does not count.
        """
        from engine import MakeCheckpoint

        tasks = _begin(self.engine)
        self.engine.execute(MakeCheckpoint())
        for number, neighbours in enumerate(zip(tasks[::2], tasks[1::2], strict=True)):
            proving = number % 2 == 0  # neither always comes first
            spent = {}
            for task_id in neighbours:
                with _chain(proving):
                    spent[proving] = self._cpu(_complete, self.engine, task_id)
                proving = not proving
            self.chain.append(spent[True] - spent[False])
            self.bare.append(spent[False])
        self.checkpoint.append(self._cpu(self.engine.execute, MakeCheckpoint()))
        self.later += EVERY

    def _cpu(self, work: Callable[..., Any], *given: Any) -> float:
        there, here = databases.cpu_of(*self._backends), time.process_time()
        work(*given)
        took = time.process_time() - here + databases.cpu_of(*self._backends) - there
        return took * 1000


def _middle(found: Sequence[float]) -> float:
    """Give the mean of the middle half."""
    quarter = len(found) // 4
    return statistics.fmean(sorted(found)[quarter : len(found) - quarter])


@contextmanager
def _chain(proving: bool) -> Iterator[None]:
    """Let the history be written as it is, or with no hash computed: the same bytes in all."""
    if proving:
        yield
        return
    store = "engine.store.history"
    with (
        # Nothing that counts its calls: a mock takes longer than a hash.
        mock.patch(f"{store}.event_hash", new=_no_hash),
        mock.patch(f"{store}.value_digest", new=_no_hash),
    ):
        yield


def _no_hash(*_: Any) -> bytes:
    return _SOME


_SOME = bytes(range(32))


def _engine(folder: Path, url: str, clock: Callable[[], datetime]) -> Any:
    from engine import Engine, open_database
    from tests.engine.host import Host, ports
    from tests.engine.stories import deploy
    from web.migrations import schema
    from web.notary import KeyNotary

    database = open_database(url)
    schema.upgrade(database, clock())
    given = replace(ports(Host(), folder / "attempts"), notary=KeyNotary.in_memory())
    engine = Engine(database, given, clock)
    deploy(engine, "two_step")
    return engine


def _begin(engine: Any) -> list[int]:
    from tests.engine.stories import begin, rows

    first = min(begin(engine, "two_step").instance_id for _ in range(COVERED))
    found = rows(engine, "SELECT id FROM task WHERE instance_id >= :first", first=first)
    return [row.id for row in found]


def _complete(engine: Any, task_id: int) -> None:
    from tests.engine.stories import REQUEST, complete

    complete(engine, task_id, 1, REQUEST)
