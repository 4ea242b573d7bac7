"""Compares what people were told with what the database holds: nothing lost, twice or half."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bench.rig.letters import Letters
from bench.rig.people import Record

if TYPE_CHECKING:
    from engine import Engine


@dataclass
class Verdict:
    """Figures, and every fault in words; none: the drill was passed."""

    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def settle(engine: Engine, seconds: float = 120) -> None:
    """Wait until the site has worked off all that is due; retry what was parked by crashes."""
    end = time.monotonic() + seconds
    retried = False
    while time.monotonic() < end:
        if not _waiting(engine):
            if retried or not _retry(engine):
                return
            retried = True
        time.sleep(0.5)


def judge(engine: Engine, record: Record, letters: Letters | None = None) -> Verdict:
    """Judge a site that has settled."""
    from engine.queries.history import check_chains

    verdict = Verdict()
    tasks = {row.id: row for row in _rows(engine, "SELECT * FROM task")}
    told = _rows(engine, "SELECT task_id FROM history WHERE kind = 'TASK_COMPLETED'")
    completed = Counter(row.task_id for row in told)
    accepted = record.accepted
    verdict.figures |= {
        "submitted": len(record.told),
        "accepted": len(accepted),
        "sent_again": sum(one.tries - 1 for one in record.told),
        "refused": sum(one.status not in (0, 303) for one in record.told),
        "unanswered": sum(one.status == 0 for one in record.told),
        "p95_ms": _p95(record.waits),
    }
    _tasks(verdict, tasks, completed, set(accepted))
    _cases(verdict, engine, tasks)
    _work(verdict, engine)
    if letters is not None:
        _mails(verdict, engine, letters)
    broken = engine.ask(check_chains)
    if broken:
        verdict.faults.append(f"{len(broken)} streams do not hold")
    return verdict


def _tasks(
    verdict: Verdict, tasks: dict[int, Any], completed: Counter[int], accepted: set[int]
) -> None:
    lost = [id_ for id_ in accepted if id_ not in tasks or tasks[id_].state != "COMPLETED"]
    twice = [id_ for id_, count in completed.items() if count > 1]
    half = [id_ for id_, row in tasks.items() if (row.state == "COMPLETED") != (id_ in completed)]
    for what, found in (("accepted and lost", lost), ("done twice", twice), ("half done", half)):
        if found:
            verdict.faults.append(f"{len(found)} tasks {what}: {found[:5]}")
    verdict.figures["completed"] = len(completed)


def _cases(verdict: Verdict, engine: Engine, tasks: dict[int, Any]) -> None:
    by_case: dict[int, Counter[tuple[str, str]]] = {}
    for row in tasks.values():
        by_case.setdefault(row.instance_id, Counter())[row.element_id, row.state] += 1
    wrong = 0
    for row in _rows(engine, "SELECT id, state FROM instance"):
        has = by_case.get(row.id, Counter())
        requests = has["request", "COMPLETED"] + has["request", "CREATED"]
        reviews = has["review", "COMPLETED"] + has["review", "CREATED"]
        done = has["review", "COMPLETED"] == 1
        right = requests == 1 and reviews == has["request", "COMPLETED"]
        wrong += not (right and (row.state == "COMPLETED") == done)
    if wrong:
        verdict.faults.append(f"{wrong} cases stand where no path leads")
    numbers = [
        row.case_no for row in _rows(engine, "SELECT case_no FROM instance ORDER BY case_no")
    ]
    places = [int(number.rpartition("-")[2]) for number in numbers]
    if places != list(range(1, len(places) + 1)):
        verdict.faults.append("case numbers have gaps")
    verdict.figures["cases_begun"] = len(numbers)


def _work(verdict: Verdict, engine: Engine) -> None:
    states = Counter(row.state for row in _rows(engine, "SELECT state FROM job"))
    verdict.figures["jobs_done"] = states["DONE"]
    if left := _waiting(engine):
        verdict.faults.append(f"{left} timers or jobs are still due: {_which(engine)}")
    if states["FAILED"]:
        verdict.faults.append(f"{states['FAILED']} jobs were given up")
    incidents = _rows(engine, "SELECT kind, message FROM incident WHERE state = 'OPEN'")
    if incidents:
        verdict.faults.append(f"{len(incidents)} incidents are open: {incidents[0].message}")
    parked = _rows(engine, "SELECT id FROM incident WHERE kind = 'CRASHED'")
    verdict.figures["parked_by_crashes"] = len(parked)


def _mails(verdict: Verdict, engine: Engine, letters: Letters) -> None:
    """Every task was written about, unless it was done before its letter was due."""
    jobs = _rows(engine, "SELECT count(*) AS n FROM job WHERE kind = 'mail_task'")[0].n
    tasks = _rows(engine, "SELECT count(*) AS n FROM task")[0].n
    if jobs != tasks:
        verdict.faults.append(f"{tasks} tasks, but {jobs} mail jobs")
    unsent = _rows(engine, "SELECT id FROM task WHERE state = 'CREATED' ORDER BY id")
    missing = [row.id for row in unsent if row.id not in letters.tasks]
    if missing:
        verdict.faults.append(f"{len(missing)} open tasks nobody was written to about")
    verdict.figures["letters"] = len(letters.ids)
    verdict.figures["letters_twice"] = sum(count - 1 for count in letters.ids.values())


def _waiting(engine: Engine) -> int:
    from engine import Utc

    now = engine.clock()
    due = text(
        "SELECT (SELECT count(*) FROM timer WHERE due_at <= :now)"
        " + (SELECT count(*) FROM job WHERE state = 'DUE')"
    ).bindparams()
    from sqlalchemy import bindparam

    due = due.bindparams(bindparam("now", type_=Utc()))
    with engine.database.connect() as connection:
        return int(connection.scalar(due, {"now": now}) or 0)


def _which(engine: Engine) -> str:
    jobs = _rows(
        engine,
        "SELECT kind, run_at, leased_until, attempts, last_error FROM job WHERE state = 'DUE'"
        " ORDER BY id LIMIT 3",
    )
    timers = _rows(engine, "SELECT instance_id, due_at, held FROM timer ORDER BY due_at LIMIT 3")
    return f"at {engine.clock():%d %H:%M:%S} " + "; ".join(
        " ".join(str(value) for value in row) for row in (*jobs, *timers)
    )


def _retry(engine: Engine) -> bool:
    from engine import RetryIncidents

    return engine.execute(RetryIncidents(reason="after the drill")) is not None


def _rows(engine: Engine, sql: str) -> list[Any]:
    with engine.database.connect() as connection:
        return list(connection.execute(text(sql)))


def _p95(waits: list[float]) -> float:
    return round(sorted(waits)[int(len(waits) * 0.95)] * 1000, 1) if waits else 0.0
