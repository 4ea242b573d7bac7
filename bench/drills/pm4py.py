"""The drill `pm4py`: another tool reads our event logs back and counts what we counted.

alur drill pm4py

pm4py is AGPL and large, so it is no part of Alur and of no test: it goes into an environment of its
own, made for this drill and thrown away with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rig.oracle import Verdict
from bench.rig.report import finish, parser, place

READER = """
import json, sys
import pm4py
folder = sys.argv[1]
xes = pm4py.read_xes(f"{folder}/log.xes")
told = {"xes": [len(xes), xes["case:concept:name"].nunique()]}
for form, read in (("json", pm4py.read_ocel2_json), ("sqlite", pm4py.read_ocel2_sqlite)):
    log = read(f"{folder}/log.{form}")
    told[form] = [len(log.events), len(log.objects)]
graph, starts, ends = pm4py.discover_dfg(xes)
told["dfg"] = [len(graph), len(starts)]
print(json.dumps(told))
"""


def main() -> None:
    """Make a demo, export it three ways, read it back, compare."""
    options = parser("pm4py", __doc__ or "")
    options.add_argument("--version", default="2.7.23.11", help="of pm4py")
    used = options.parse_args()
    verdict = Verdict()
    with place() as folder:
        _run(folder, used.version, verdict)
    finish("pm4py", used, verdict)


def _run(folder: Path, version: str, verdict: Verdict) -> None:
    python = folder / "venv" / "bin" / "python"
    _do(sys.executable, "-m", "venv", str(folder / "venv"))
    _do(str(python), "-m", "pip", "install", "-q", f"pm4py=={version}")
    counted = _export(folder)
    script = folder / "reader.py"
    script.write_text(READER)
    read = json.loads(_do(str(python), str(script), str(folder)).splitlines()[-1])
    verdict.figures |= {"written": counted, "read": read}
    for form in ("xes", "json", "sqlite"):
        if read[form][0] != counted[form]:
            verdict.faults.append(f"{form}: {read[form][0]} events read, {counted[form]} written")
    if not read["dfg"][0]:
        verdict.faults.append("no step follows another")


def _export(folder: Path) -> dict[str, int]:
    """Write a small demo's log in three forms; give how many events each has."""
    from rich.progress import Progress

    from web import bootstrap, demo, settings
    from web.exporting import WRITERS

    os.chdir(folder)
    used = demo.settings_of("small", settings.read())
    with Progress(disable=True) as progress:
        demo.make(used, "small", progress)
    engine = bootstrap.build(used).engine
    counted: dict[str, int] = {}
    for form, writer in (("xes", "xes"), ("json", "ocel.json"), ("sqlite", "ocel.sqlite")):
        counted[form] = engine.ask(_write, WRITERS[writer], folder / f"log.{form}")
    return counted


def _write(connection: Any, writer: Callable[..., int], file: Path) -> int:
    from engine.queries.event_log import LogFilter, event_log

    return writer(event_log(connection, LogFilter()), file)


def _do(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
