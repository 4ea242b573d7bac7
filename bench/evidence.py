"""What it costs that the history can prove itself: chain and checkpoints, with and without."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

TURNS, CASES = 12, 40


@dataclass(frozen=True)
class Evidence:
    """CPU milliseconds of a completed task; `share` is what hashes and checkpoints add.

    The share is the middle of those of neighbouring turns: a processor's pace changes in between.
    """

    step: str
    with_ms: float
    without_ms: float
    share: float


def figures() -> Iterator[Evidence]:
    """Complete tasks of the two-task model, turn and turn about."""
    from engine import MakeCheckpoint

    with TemporaryDirectory() as folder:
        engine = _engine(Path(folder))
        spent: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * TURNS + 2):
            proving = turn % 4 in (0, 3)  # neither always comes first
            tasks = _begin(engine)
            with _chain(proving):
                before = time.process_time()
                _complete(engine, tasks)
                if proving:
                    engine.execute(MakeCheckpoint())
                each = (time.process_time() - before) / CASES * 1000
            if not proving:  # the next checkpoint is about its own turn alone
                engine.execute(MakeCheckpoint())
            if turn > 1:
                spent[proving].append(each)
    yield Evidence(
        "complete a task, a checkpoint for every 40",
        statistics.median(spent[True]),
        statistics.median(spent[False]),
        statistics.median(
            proved / bare - 1 for proved, bare in zip(spent[True], spent[False], strict=True)
        ),
    )


@contextmanager
def _chain(proving: bool) -> Iterator[None]:
    if proving:
        yield
        return
    with mock.patch("engine.store.history.event_hash", return_value=bytes(32)):
        yield


def _engine(folder: Path) -> Any:
    from engine import Engine, open_database
    from tests.engine.host import Host, ports
    from tests.engine.stories import deploy
    from web.migrations import schema
    from web.notary import KeyNotary

    database = open_database(f"sqlite:///{folder}/alur.db")
    with database.begin() as connection:
        schema.create(connection)
    given = replace(ports(Host(), folder / "attempts"), notary=KeyNotary.in_memory())
    engine = Engine(database, given)
    deploy(engine, "two_step")
    return engine


def _begin(engine: Any) -> list[int]:
    from tests.engine.stories import begin, rows

    first = min(begin(engine, "two_step").instance_id for _ in range(CASES))
    found = rows(engine, "SELECT id FROM task WHERE instance_id >= :first", first=first)
    return [row.id for row in found]


def _complete(engine: Any, tasks: list[int]) -> None:
    from tests.engine.stories import REQUEST, complete

    for task_id in tasks:
        complete(engine, task_id, 1, REQUEST)
