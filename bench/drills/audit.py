"""The drill `audit`: a history of years; how long an auditor waits for what he searches.

alur drill audit --events 300000 --database postgresql

The events are written by the database itself and are no chain: here it is about finding, not about
proving.  Aim at 10,000,000: the first page of a named search in 200 ms, a case's history in 50 ms.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.rig.oracle import Verdict
from bench.rig.report import database, finish, parser, place

EACH = 30  # events of a case
_FIRST_PAGE_MS, _HISTORY_MS, _EXPORT_MB = 200, 50, 60
_KINDS = (
    "INSTANCE_STARTED", "TASK_CREATED", "TASK_CLAIMED", "TASK_COMPLETED", "SERVICE_CALLED",
    "DECISION_MADE", "TASK_REMINDED", "INSTANCE_COMPLETED",
)  # fmt: skip
# Once in so many cases; the rest of their events are of the kinds above, or of machines.
_RARE = {
    "TASK_SENT_BACK": 20, "TASK_ASSIGNED": 25, "TASK_ESCALATED": 40, "EXTENSION_DECIDED": 50,
    "INCIDENT_OPENED": 200, "RESOLUTION_APPROVED": 900, "INSTANCE_MIGRATED": 400,
    "INSTANCE_SUSPENDED": 700, "DENIED": 300, "EXPORTED": 800, "DOSSIER_OPENED": 350,
    "ROLE_CHANGED": 2000, "TASK_WITHDRAWN": 60, "TASK_TAKEN_OVER": 110,
}  # fmt: skip


def main() -> None:
    """Write the history, search it, tell how long each search took."""
    options = parser("audit", __doc__ or "")
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--export", action="store_true", help="Export all of it, too.")
    used = options.parse_args()
    if used.database != "postgresql":
        options.error("Expected --database postgresql, since a city runs on it.")
    verdict = Verdict()
    with place() as folder, database(used.database, folder) as (url, _):
        _run(url, used.events, folder if used.export else None, verdict)
    finish("audit", used, verdict)


def _run(url: str, events: int, folder: Path | None, verdict: Verdict) -> None:
    from engine import Engine, open_database
    from engine.queries import search
    from engine.queries.history import case_events
    from web.bootstrap import throwaway_ports
    from web.migrations import schema

    now = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    opened = open_database(url)
    schema.upgrade(opened, now, oldest=now.replace(year=now.year - 2).date())
    engine = Engine(opened, throwaway_ports())
    cases = max(1, events // EACH)
    began = time.monotonic()
    definition = _deployed(engine)
    _fill(engine, cases, definition, now)
    verdict.figures |= {"cases": cases, "filled_s": round(time.monotonic() - began, 1)}
    wanted = {name: search.named(name) for name in search.NAMED} | {
        "by a person": search.Wanted(person_id=77),
        "about a person": search.Wanted(subject_id=77, kinds=search.NAMED["submitted"]),
        "a step": search.Wanted(kinds=search.NAMED["submitted"], element_id="review"),
        "in a unit": replace(search.named("sent_back"), path_prefix="/07/"),
        "in a period": replace(search.named("late"), process_key="two_step", period="2026Q2"),
    }
    for name, one in wanted.items():
        page = _timed(partial(engine.ask, search.found, one))
        verdict.figures[f"{name}_ms"] = page
        if page > _FIRST_PAGE_MS:
            verdict.faults.append(f"{name}: first page after {page} ms, not {_FIRST_PAGE_MS}")
    history = _timed(lambda: engine.ask(case_events, cases // 2, limit=200))
    verdict.figures["history_of_a_case_ms"] = history
    if history > _HISTORY_MS:
        verdict.faults.append(f"a case's history after {history} ms, not {_HISTORY_MS}")
    if folder is not None:
        _export(url, folder, verdict)


def _timed(ask: Callable[[], Any]) -> float:
    """Give the milliseconds of the middle one of five, after one that warms up."""
    ask()
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return round(sorted(taken)[2] * 1000, 1)


def _deployed(engine: Any) -> int:
    from engine.folder import read_folder

    model = Path(__file__).parents[1] / "rig" / "model"
    return int(engine.execute(read_folder(model)).definition_id)


_STREAMS = """
INSERT INTO stream (id, kind, key, head_seq, head_hash)
SELECT :begin + c, 'instance', 'drill' || c, :each, '' FROM generate_series(1, :cases) c
"""
_CASES = """
INSERT INTO instance (id, definition_id, process_key, state, case_no, subject_id, scope_path,
  period, title, search_text, stream_id, started_at, moves, revision, header)
SELECT c, :definition, 'two_step', 'COMPLETED', 'T-' || c, c % 15000,
  '/' || lpad((c % 40)::text, 2, '0') || '/', (ARRAY['2026Q1', '2026Q2', '2025Q4'])[1 + c % 3],
  'Kasus ' || c, '', :begin + c, drill_at(c, 0, :cases), 0, 0, ''
FROM generate_series(1, :cases) c
"""
_TASKS = """
INSERT INTO task (id, instance_id, definition_id, process_key, element_id, token, state, lane,
  title, order_at, escalation, escalation_step, anonymous, case_no, scope_path, period, case_title,
  created_at, due_at, parked, suspended)
SELECT c, c, :definition, 'two_step', 'review', 1, 'COMPLETED', 'RTR', '', :now, 'R', 0, false,
  'T-' || c, '', '', '', :now, drill_at(c, 0, :cases) + (c % 9) * interval '3 hours', false, false
FROM generate_series(1, :cases) c
"""
_EVENTS = """
INSERT INTO history (stream_id, seq, at, person_id, on_behalf_of, task_id, kind, element_id,
  outcome, body, hash)
SELECT :begin + c, s, drill_at(c, s, :cases), (c * 7 + s) % 15000,
  CASE WHEN (c + s) % 400 = 0 THEN 5 END, c,
  coalesce(
    CASE WHEN s BETWEEN 9 AND 22 THEN
      (SELECT kind FROM drill_rare r WHERE c % r.often = r.place AND s = 9 + r.place LIMIT 1) END,
    CASE WHEN s = 1 THEN 'INSTANCE_STARTED' WHEN s % 3 <> 0 THEN 'VARIABLE_CHANGED'
      ELSE (cast(:common AS text[]))[1 + (c + s / 3) % 6] END),
  (ARRAY['request', 'review', 'prepare', 'decide', 'sign', 'inform'])[1 + (c + s) % 6], 'OK',
  convert_to('{"by":{"name":"P"},"detail":{"elements":[]}}', 'UTF8'),
  sha256(int4send(c) || int4send(s))
FROM generate_series(1, :cases) c, generate_series(1, :each) s
"""
# Cases are spread over the two years before this month, each over eight days.
_AT = """
CREATE FUNCTION drill_at(c int, s int, cases int) RETURNS timestamptz STABLE LANGUAGE sql AS $$
  SELECT date_trunc('month', now()) - interval '700 days'
    + (c::float / cases) * interval '690 days' + s * interval '6 hours' $$
"""


def _fill(engine: Any, cases: int, definition: int, now: datetime) -> None:
    from sqlalchemy import text

    given = {
        "cases": cases,
        "each": EACH,
        "definition": definition,
        "now": now,
        "begin": 1_000_000,  # beyond the streams that a deployment begins
        "common": list(_KINDS[1:7]),
    }
    rare = [
        {"kind": kind, "often": often, "place": place}
        for place, (kind, often) in enumerate(_RARE.items())
    ]
    with engine.database.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        connection.exec_driver_sql(_AT)
        connection.execute(text("CREATE TEMP TABLE drill_rare (kind text, often int, place int)"))
        connection.execute(text("INSERT INTO drill_rare VALUES (:kind, :often, :place)"), rare)
        for statement in map(text, (_STREAMS, _CASES, _TASKS, _EVENTS)):
            wanted = {name: given[name] for name in statement.compile().params}
            connection.execute(statement, wanted)
    with engine.database.connect() as connection:
        raw = connection.execution_options(isolation_level="AUTOCOMMIT")
        raw.execute(text("SET statement_timeout = 0"))
        raw.execute(text("VACUUM ANALYZE"))


def _export(url: str, folder: Path, verdict: Verdict) -> None:
    """Export everything as XES in a process of its own, and see what memory that took."""
    code = (
        "import sys;from pathlib import Path;from bench.exports import resident;"
        "from engine import Engine,open_database;"
        "from engine.queries.event_log import LogFilter,event_log;"
        "from web.bootstrap import throwaway_ports;from web.exporting import WRITERS;"
        "e=Engine(open_database(sys.argv[1]),throwaway_ports());"
        "Path('/proc/self/clear_refs').write_text('5');before=resident('VmRSS');"
        "n=e.ask(lambda c:WRITERS['xes'](event_log(c,LogFilter()),Path(sys.argv[2])));"
        "print(n,before,resident('VmHWM'))"
    )
    began = time.monotonic()
    said = subprocess.run(
        [sys.executable, "-c", code, url, str(folder / "log.xes")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    rows, before, after = map(float, said)
    verdict.figures |= {
        "exported": int(rows),
        "export_s": round(time.monotonic() - began, 1),
        "export_grew_mb": round(after - before, 1),
        "export_peak_mb": round(after, 1),
    }
    if after - before > _EXPORT_MB:
        verdict.faults.append(f"the export took {after - before:.0f} MB more")


if __name__ == "__main__":
    main()
