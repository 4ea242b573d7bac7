"""Writers of event logs for other tools: CSV, XLSX, JSON lines, XES and OCEL 2.0; all stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.queries.event_log import LoggedCase, LoggedEvent
from web.exporting import ocel, tables, xes

Log = Iterable[tuple[LoggedCase, Iterator[LoggedEvent]]]
Writer = Callable[[Log, Path], int]  # writes the file anew; gives how many events

WRITERS: dict[str, Writer] = {
    "csv": tables.write_csv,
    "xlsx": tables.write_xlsx,
    "jsonl": tables.write_json_lines,
    "xes": xes.write,
    "ocel.json": ocel.write_json,
    "ocel.sqlite": ocel.write_sqlite,
}
