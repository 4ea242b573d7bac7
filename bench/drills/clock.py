"""The drill `clock`: the clock jumps and the zone changes while workers and people are at it.

alur drill clock --jumps 40
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bench.rig.oracle import Verdict, judge, settle
from bench.rig.people import Record, Told
from bench.rig.report import database, finish, parser, place
from bench.rig.site import KEY, MODEL, PEOPLE

if TYPE_CHECKING:
    from engine import Engine

ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/St_Johns")
JUMPS = (-7200, -600, -61, -1, 1, 61, 600, 7200, 86_400)


class Clock:
    """Real time, moved by an offset that the drill changes."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        """Give the drill's time."""
        return datetime.now(UTC) + self.offset


def main() -> None:
    """Jump, come back to real time, let everything settle, judge."""
    options = parser("clock", __doc__ or "")
    options.add_argument("--jumps", type=int, default=40)
    options.add_argument("--cases", type=int, default=20, help="cases of each of six people")
    used = options.parse_args()
    with place() as folder, database(used.database, folder) as (url, _):
        verdict = _run(url, folder, used.jumps, used.cases)
    finish("clock", used, verdict)


def _run(url: str, folder: Path, jumps: int, each: int) -> Verdict:
    from engine import Engine, InstallSchedules, NewCase, StartInstance, open_database
    from engine.folder import read_folder
    from engine.ports import JobKind, Recurring
    from engine.worker import Worker
    from hr.demo.cast import CAST, install_cast
    from web.bootstrap import throwaway_ports
    from web.migrations import schema

    clock, rng, runs = Clock(), random.Random(1), list[str]()
    opened = open_database(url)
    schema.upgrade(opened, clock())
    with opened.begin() as connection:
        install_cast(connection, clock())
    made = throwaway_ports()
    tick = JobKind("tick", lambda _ctx, payload: runs.append(payload["at"]))
    ports = replace(
        made,
        job_kinds={**made.job_kinds, "tick": tick},
        schedules=(Recurring("tick", "tick", "every 1 minutes"),),
    )
    engine = Engine(opened, ports, clock)
    engine.execute(read_folder(MODEL))
    engine.execute(InstallSchedules())
    for _ in range(each):
        for code in PEOPLE:
            engine.execute(
                StartInstance(key=KEY, case=NewCase(subject_id=CAST[code], period="2026Q2"))
            )
    record, stop, lock = Record(), Event(), Lock()
    engines = [Engine(open_database(url), ports, clock) for _ in range(4)]
    taken: set[int] = set()
    threads = [Thread(target=Worker(one).serve, args=(stop, 0.05)) for one in engines[:2]]
    threads += [
        Thread(target=_submit, args=(one, record, stop, taken, lock)) for one in engines[2:]
    ]
    for thread in threads:
        thread.start()
    for _ in range(jumps):
        time.sleep(rng.uniform(0.1, 0.5))
        clock.offset += timedelta(seconds=rng.choice(JUMPS))
        for one in engines:
            one.ports = replace(one.ports, zone=ZoneInfo(rng.choice(ZONES)))
    clock.offset = max(clock.offset, timedelta(0)) + timedelta(days=1)  # past whatever waits
    time.sleep(3)
    settle(engine, 120)
    stop.set()
    for thread in threads:
        thread.join()
    verdict = judge(engine, record)
    verdict.figures |= {"scheduled_runs": len(runs), "zones": len(ZONES)}
    if len(runs) != len(set(runs)):
        verdict.faults.append("a schedule ran twice for one time")
    return verdict


def _submit(engine: Engine, record: Record, stop: Event, taken: set[int], lock: Lock) -> None:
    from engine import Actor, CompleteTask
    from engine.errors import Busy, EngineError

    while not stop.is_set():
        found = _next(engine, taken, lock)
        if found is None:
            stop.wait(0.05)
            continue
        mark, key = uuid4().hex[:12], uuid4().hex
        own = {"subject": mark, "days": 4}
        answers: dict[str, Any] = own if found.element_id == "request" else {"approved": True}
        command = CompleteTask(task_id=found.id, answers=answers, request_key=key)
        try:
            engine.execute(command, by=Actor(person_id=found.assignee_id))
            record.add(Told(found.id, 303, mark, 1), 0.0)
        except Busy:
            taken.discard(found.id)
        except EngineError as error:
            record.add(Told(found.id, 409, f"{error}", 1), 0.0)


def _next(engine: Engine, taken: set[int], lock: Lock) -> Any:
    from sqlalchemy import text

    wanted = "SELECT id, element_id, assignee_id FROM task WHERE state = 'CREATED' ORDER BY id"
    with lock, engine.database.connect() as connection:
        for row in connection.execute(text(wanted)):
            if row.id not in taken:
                taken.add(row.id)
                return row
    return None


if __name__ == "__main__":
    main()
