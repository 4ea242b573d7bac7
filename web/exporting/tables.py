"""An event log as a table: CSV, XLSX and JSON lines, a row for each event."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.queries.event_log import LoggedCase, LoggedEvent

Log = Iterable[tuple[LoggedCase, Iterator[LoggedEvent]]]

COLUMNS = (
    "case_no", "process", "version", "definition_sha256", "period", "case_unit", "case_state",
    "subject", "seq", "at", "kind", "activity", "element", "transition", "person_id", "person",
    "post", "unit", "on_behalf_of", "lane", "outcome", "reason", "detail", "hash",
)  # fmt: skip
# A spreadsheet would run a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_XLSX_ROWS = 1_048_576


class TooManyRows(Exception):
    """Expected an export that a spreadsheet can hold, but it has more rows; use CSV."""


def write_csv(log: Log, path: Path) -> int:
    """Write RFC 4180 with a byte order mark, which spreadsheets need to read UTF-8."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in _rows(log):
            writer.writerow([harmless(value) for value in row])
            count += 1
    return count


def write_xlsx(log: Log, path: Path) -> int:
    """Write one sheet; rows go to the file as they come."""
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet("events")
    sheet.append(list(COLUMNS))
    count = 0
    for row in _rows(log):
        count += 1
        if count >= _MOST_XLSX_ROWS:
            raise TooManyRows
        sheet.append([harmless(value) for value in row])
    book.save(path)
    return count


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write rows by column as XLSX or, with any other suffix, as CSV; give how many there were."""
    lines = ([harmless(row.get(name, "")) for name in columns] for row in rows)
    if path.suffix == ".xlsx":
        return _write_sheet(columns, lines, path)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for count, line in enumerate(lines, start=1):  # noqa: B007
            writer.writerow(line)
    return count


def _write_sheet(columns: Sequence[str], lines: Iterable[list[Any]], path: Path) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(list(columns))
    count = 0
    for line in lines:
        count += 1
        if count >= _MOST_XLSX_ROWS:
            raise TooManyRows
        sheet.append(line)
    book.save(path)
    return count


def write_json_lines(log: Log, path: Path) -> int:
    """Write an object for each event; nothing is neutralised, since nothing is run."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, row in enumerate(_rows(log), start=1):  # noqa: B007
            told = {name: value for name, value in zip(COLUMNS, row, strict=True) if value != ""}
            file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
    return count


def harmless(value: Any) -> Any:
    """Give a cell that no spreadsheet takes for a formula; control signs become spaces."""
    if not isinstance(value, str):
        return value
    plain = "".join(sign if sign >= " " or sign in "\t\n" else " " for sign in value)
    return "'" + plain if plain.startswith(_FORMULA) else plain


def _rows(log: Log) -> Iterator[tuple[Any, ...]]:
    for case, events in log:
        about = (
            case.case_no,
            case.process_key,
            case.version,
            case.definition_sha256,
            case.period,
            case.unit,
            case.state,
            _or_empty(case.subject_id),
        )
        for event in events:
            yield about + _event(event)


def _event(event: LoggedEvent) -> tuple[Any, ...]:
    return (
        event.seq,
        event.at.isoformat(),
        event.kind,
        event.activity,
        event.element_id or "",
        event.transition,
        _or_empty(event.person_id),
        event.person,
        event.post,
        event.unit,
        _or_empty(event.on_behalf_of),
        event.lane,
        event.outcome,
        event.reason,
        json.dumps(event.detail, ensure_ascii=False, default=str) if event.detail else "",
        event.hash,
    )


def _or_empty(value: int | str | datetime | None) -> Any:
    return "" if value is None else value
