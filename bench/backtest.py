"""How long it takes to ask a changed table about a past period: DT01 and DT04 of the evaluation.

The cases are real ones of a process that only decides, started as a campaign starts them; what is
timed is the job from its first part to its last, with everything it writes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DECISIONS, CHUNK = 15_000, 500
MOMENT = datetime(2026, 7, 1, 2, tzinfo=UTC)
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Backtest:
    """Seconds for a backtest over so many recorded decisions, and how many come out otherwise.

    cpu_seconds -- of this process, which a machine that is busy otherwise does not lengthen
    """

    table: str
    decisions: int
    changed: int
    seconds: float
    cpu_seconds: float


def figures(decisions: int = DECISIONS) -> Iterator[Backtest]:
    """Record decisions of two tables, change both, and ask again."""
    from engine import Actor, BeginDraft, Deploy
    from engine.worker import Worker
    from hr.backtest import queries
    from hr.backtest.commands import AskBacktest
    from hr.demo.cast import CAST
    from tests.engine.bpmn import drawing as d
    from web.bootstrap import workflows_root

    folder = workflows_root() / "quarterly_evaluation"
    tables = {
        "dt01_predicate.dmn": (folder / "dt01_predicate.dmn").read_bytes(),
        "dt04_rater_weights.dmn": (folder / "dt04_rater_weights.dmn").read_bytes(),
    }
    files = tables | d.model(
        d.start(),
        d.rule("predicate", "dt01_predicate", result="predicate"),
        d.rule("weights", "dt04_behaviour_score", result="score"),
        d.user("look", candidateGroup='"HRC"'),
        d.end(),
        d.chain("begin", "predicate", "weights", "look", "finish"),
        key="backtested",
    )
    with TemporaryDirectory() as made:
        engine = _engine(Path(made))
        engine.execute(Deploy(files=files))
        _start(engine, decisions)
        changed = {
            "dt01_predicate.dmn": tables["dt01_predicate.dmn"].replace(b'"BP"', b'"B"'),
            "dt04_rater_weights.dmn": tables["dt04_rater_weights.dmn"].replace(
                b"<text>25</text>", b"<text>20</text>"
            ),
        }
        by = Actor(person_id=CAST["DSN"])
        draft = engine.execute(BeginDraft(files=files | changed), by=by).draft_id
        for path, name in zip(changed, ("dt01_predicate", "dt04_behaviour_score"), strict=True):
            asked = AskBacktest(
                draft_id=draft, path=path, decision=name, since=MOMENT - YEAR, until=MOMENT + YEAR
            )
            number = engine.execute(asked, by=by)
            worker = Worker(engine)
            before, used = time.perf_counter(), time.process_time()
            while worker.run_due():
                pass
            seconds, cpu = time.perf_counter() - before, time.process_time() - used
            found = engine.ask(queries.outcome, number, whole=True)
            assert found.run.done_at is not None
            yield Backtest(
                table=name,
                decisions=found.run.done,
                changed=found.decisions["CHANGED"] or 0,
                seconds=round(seconds, 2),
                cpu_seconds=round(cpu, 2),
            )


def _engine(folder: Path) -> Any:
    from engine import Engine, open_database
    from hr.demo.cast import install_cast
    from web.bootstrap import throwaway_ports
    from web.migrations import schema

    database = open_database(f"sqlite:///{folder}/alur.db")
    with database.begin() as connection:
        schema.create(connection)
        install_cast(connection, MOMENT)
    return Engine(database, throwaway_ports(), lambda: MOMENT)


def _start(engine: Any, decisions: int) -> None:
    from engine import NewCase, StartMany

    ratings = ("ABOVE", "MEETS", "BELOW")
    for first in range(1, decisions + 1, CHUNK):
        cases = [
            NewCase(
                subject_id=number,
                scope_path=f"/0{number % 9}/0{number % 7}/",
                title="Uji",
                search_text="uji",
                variables={
                    "result_rating": ratings[number % 3],
                    "behaviour_rating": ratings[number // 3 % 3],
                    "position_kind": "STAFF_PUBLIC",
                    "peer_count": 5,
                    "subordinate_count": 0,
                    "skm_index": 80 + number % 15,
                    "superior_mean": 3 + number % 3,
                    "peer_mean": 4,
                    "subordinate_mean": None,
                    "self_mean": 4,
                },
            )
            for number in range(first, min(first + CHUNK, decisions + 1))
        ]
        engine.execute(StartMany(key="backtested", campaign="bench", cases=cases))
