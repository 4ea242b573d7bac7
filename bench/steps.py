"""The `steps` figure: what one completed user task costs, ours against stock SpiffWorkflow.

Each side has a process of its own, since engine.bpmn patches the library that the baseline runs on.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import evaluation

SIZES = ((2_000, 3), (20_000, 3), (200_000, 3), (2_000, 100))
SIDES = ("stock", "ours")


@dataclass(frozen=True)
class Figure:
    """Microseconds of CPU per completed user task, and the largest state in bytes.

    size -- bytes of a form's JSON; peers -- members of the multi-instance
    """

    size: int
    peers: int
    baseline_us: float
    ours_us: float
    baseline_bytes: int
    ours_bytes: int

    @property
    def times_cheaper(self) -> float:
        """Give how many of our steps one of the baseline's pays for."""
        return self.baseline_us / self.ours_us


def figures() -> Iterator[Figure]:
    """Measure every size, smallest first."""
    with ExitStack() as stack:
        spawn = get_context("spawn")
        sides = [stack.enter_context(ProcessPoolExecutor(1, mp_context=spawn)) for _ in SIDES]
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for size, peers in SIZES:
            yield _measure(sides, folder, size, peers, cases=3 if size * peers > 100_000 else 20)


def _measure(
    sides: list[ProcessPoolExecutor], folder: str, size: int, peers: int, cases: int
) -> Figure:
    taken: list[list[list[float]]] = [[], []]
    largest = [0, 0]
    for _ in range(cases):  # one case here, one there, so that both meet the same weather
        for place, (side, pool) in enumerate(zip(SIDES, sides, strict=True)):
            times, top = pool.submit(play, side, folder, size, peers).result()
            taken[place].append(times)
            largest[place] = max(largest[place], top)
    return Figure(size, peers, _mean(taken[0]), _mean(taken[1]), *largest)


def _mean(cases: list[list[float]]) -> float:
    quartiles = (statistics.quantiles(step, n=4)[0] for step in zip(*cases, strict=True))
    return statistics.mean(quartiles) * 1e6


# ---- inside a side's process


@cache
def _contender(side: str) -> Any:
    if side == "stock":
        from bench.stock import Stock

        return Stock()
    from bench.ours import Ours

    return Ours()


@cache
def _shelf(folder: str, side: str) -> sqlite3.Connection:
    """Open a file that survives a power cut; both sides pay for it."""
    connection = sqlite3.connect(Path(folder) / f"{side}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, state BLOB)")
    connection.execute("INSERT INTO state VALUES (1, x'')")
    return connection


def play(side: str, folder: str, size: int, peers: int) -> tuple[list[float], int]:
    """Play one case to its end; give the CPU seconds of each step and the largest state."""
    contender, shelf = _contender(side), _shelf(folder, side)
    state = contender.start(evaluation.start_variables(peers))
    times: list[float] = []
    top = len(state)
    while (element := contender.waiting(state)) is not None:
        answers = evaluation.answers(element, size)
        given = evaluation.exact(answers) if side == "ours" else answers
        begun = time.process_time()
        state = contender.complete(state, given)
        shelf.execute("BEGIN IMMEDIATE")
        shelf.execute("UPDATE state SET state = ? WHERE id = 1", (state,))
        shelf.execute("COMMIT")
        times.append(time.process_time() - begun)
        top = max(top, len(state))
    return times, top


if __name__ == "__main__":
    for figure in figures():
        print(figure, f"{figure.times_cheaper:.1f} times cheaper")
