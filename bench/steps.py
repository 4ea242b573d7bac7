"""The `steps` figure: what one completed user task costs, ours against stock SpiffWorkflow.

Each side has a process of its own, since engine.bpmn subclasses the library that the baseline runs
on.  The sides take turns and never run at once.  A turn is some cases in a row, the first of which
is not counted: what the other side's turn left in the processor's caches, and how soon a process
that slept is awake, belong to neither.
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
Played = tuple[list[float], int]
TURNS = 8
STEPS_A_TURN = 30
"""at least, of those that count"""


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
            yield _measure(sides, folder, size, peers)


def _measure(sides: list[ProcessPoolExecutor], folder: str, size: int, peers: int) -> Figure:
    taken: list[list[list[float]]] = [[], []]
    largest = [0, 0]
    cases = -(-STEPS_A_TURN // (peers + 3))
    for _ in range(TURNS):
        for place, (side, pool) in enumerate(zip(SIDES, sides, strict=True)):
            played = pool.submit(turn, side, folder, size, peers, cases).result()
            taken[place] += [times for times, _ in played]
            largest[place] = max(largest[place], *[top for _, top in played])
    return Figure(size, peers, _mean(taken[0]), _mean(taken[1]), *largest)


def _mean(cases: list[list[float]]) -> float:
    """Take the lower quartile of each step over the cases, and their mean over the steps.

    What disturbs a step only ever adds to it, and on a busy machine it disturbs more than half.
    """
    quartiles = (statistics.quantiles(step, n=4)[0] for step in zip(*cases, strict=True))
    return float(statistics.mean(quartiles) * 1e6)


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
    connection.execute("CREATE TABLE value (id INTEGER PRIMARY KEY, value BLOB)")
    return connection


def turn(side: str, folder: str, size: int, peers: int, cases: int) -> list[Played]:
    """Play a case to warm up, then those that count."""
    contender, shelf = _contender(side), _shelf(folder, side)
    return [play(contender, shelf, size, peers) for _ in range(1 + cases)][1:]


def play(contender: Any, shelf: sqlite3.Connection, size: int, peers: int) -> Played:
    """Play one case to its end; give the CPU seconds of each step and the largest state.

    What a state keeps in rows of its own is written in the same transaction.
    """
    exact = contender.name == "alur"
    state = contender.start(evaluation.start_variables(peers))
    shelf.execute("DELETE FROM value")
    times: list[float] = []
    top = len(state)
    while (element := contender.waiting(state)) is not None:
        answers = evaluation.answers(element, size)
        given = evaluation.exact(answers) if exact else answers
        begun = time.process_time()
        state = contender.complete(state, given)
        shelf.execute("BEGIN IMMEDIATE")
        for value in contender.new_values:
            shelf.execute("INSERT INTO value (value) VALUES (?)", (value,))
        shelf.execute("UPDATE state SET state = ? WHERE id = 1", (state,))
        shelf.execute("COMMIT")
        times.append(time.process_time() - begun)
        top = max(top, len(state))
    return times, top


if __name__ == "__main__":
    for figure in figures():
        print(figure, f"{figure.times_cheaper:.1f} times cheaper")
