"""Event logs for other tools: every event is there, nothing is run, nobody is named in vain."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook

from engine import Engine
from engine.queries.event_log import LogFilter, count_cases, event_log
from tests.engine.stories import begin, complete, open_task, request_made
from web.exporting import WRITERS
from web.exporting.pseudonyms import pseudonymised
from web.exporting.tables import harmless

EVERYTHING = LogFilter()
XES = "{http://www.xes-standard.org/}"


@pytest.fixture
def told(host_engine: Engine) -> Engine:
    """Two cases; the subject of one is a formula."""
    request_made(host_engine)
    started = begin(host_engine, "two_step", subject=2)
    request = open_task(host_engine, "request", started.instance_id)
    complete(host_engine, request.id, 2, {"subject": "=1+1", "days": 2})
    return host_engine


def export(engine: Engine, form: str, path: Path, wanted: LogFilter = EVERYTHING) -> int:
    return engine.ask(lambda connection: WRITERS[form](event_log(connection, wanted), path))


def in_history(engine: Engine) -> int:
    def count(connection: Any) -> int:
        return sum(len(list(events)) for _, events in event_log(connection, EVERYTHING))

    return engine.ask(count)


def test_every_form_holds_every_event(told: Engine, tmp_path: Path) -> None:
    readers: dict[str, Callable[[Path], int]] = {
        "csv": lambda path: len(list(csv.DictReader(path.open(encoding="utf-8-sig")))),
        "xlsx": lambda path: load_workbook(path).active.max_row - 1,
        "jsonl": lambda path: len(path.read_text().splitlines()),
        "xes": lambda path: len(etree.parse(path).findall(f".//{XES}event")),
        "ocel.json": lambda path: len(json.loads(path.read_text())["events"]),
        "ocel.sqlite": _rows_of_events,
    }
    assert readers.keys() == WRITERS.keys()
    total = in_history(told)
    assert total > 10
    assert told.ask(count_cases, EVERYTHING) == 2
    for form, read in readers.items():
        path = tmp_path / f"log.{form}"
        assert export(told, form, path) == read(path) == total, form


def _rows_of_events(path: Path) -> int:
    with sqlite3.connect(path) as database:
        tables = database.execute("SELECT ocel_type_map FROM event_map_type").fetchall()
        counts = [
            database.execute(f"SELECT count(*) FROM event_{name}").fetchone()[0]
            for (name,) in tables
        ]
        (events,) = database.execute("SELECT count(*) FROM event").fetchone()
    assert sum(counts) == events
    return int(events)


def test_a_filter_leaves_the_rest_out(told: Engine, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    assert export(told, "jsonl", path, LogFilter(process_key="another")) == 0
    assert export(told, "jsonl", path, LogFilter(period="2026Q1")) == 0
    assert export(told, "jsonl", path, LogFilter(path_prefix="/nowhere/")) == 0
    assert export(told, "jsonl", path, LogFilter(since=told.clock())) > 0
    assert export(told, "jsonl", path, LogFilter(until=told.clock())) == 0
    assert LogFilter(period="2026Q1", process_key="x").words() == "process_key=x period=2026Q1"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_titles_that_are_formulas_are_text_in_a_workbook(told: Engine, tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    export(told, "xlsx", path)
    kinds = {cell.data_type for row in load_workbook(path).active for cell in row}
    assert "f" not in kinds


def test_xes_says_who_did_what_when_and_in_which_life(told: Engine, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    export(told, "xes", path)
    root = etree.parse(path).getroot()
    traces = root.findall(f"{XES}trace")
    assert len({_value(trace, "concept:name") for trace in traces}) == 2
    lives = [
        _value(event, "lifecycle:transition")
        for event in traces[0].findall(f"{XES}event")
        if _value(event, "element") == "request"
    ]
    assert lives[:2] == ["schedule", "complete"]
    prefixes = {extension.get("prefix") for extension in root.findall(f"{XES}extension")}
    assert prefixes == {"concept", "time", "lifecycle", "org", "identity"}


def _value(element: Any, key: str) -> str:
    found = element.xpath(f"*[@key='{key}']/@value")
    return str(found[0]) if found else ""


def test_ocel_s_events_touch_objects_that_are_there(told: Engine, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    export(told, "ocel.json", path)
    log = json.loads(path.read_text())
    objects = {entry["id"]: entry["type"] for entry in log["objects"]}
    touched = [r["objectId"] for event in log["events"] for r in event["relationships"]]
    assert set(touched) <= objects.keys()
    assert {"case", "employee", "unit", "period", "document"} <= set(objects.values())
    assert {event["type"] for event in log["events"]} == {t["name"] for t in log["eventTypes"]}


def test_without_names_nobody_is_named_and_the_same_person_stays_the_same(
    told: Engine, tmp_path: Path
) -> None:
    def write(connection: Any, key: bytes, size: int, path: Path) -> int:
        log = pseudonymised(event_log(connection, EVERYTHING), key, lambda unit: size)
        return WRITERS["jsonl"](log, path)

    paths = [tmp_path / name for name in ("one", "again", "other", "small")]
    for path, key, size in zip(paths, (b"k", b"k", b"x", b"k"), (9, 9, 9, 4), strict=True):
        told.ask(write, key, size, path)
    one, again, other, small = (path.read_text() for path in paths)
    assert one == again != other
    for secret in ("Bima", "Kepala", "Cuti besar", "TST-"):
        assert secret not in one
    rows = [json.loads(line) for line in one.splitlines()]
    assert {row["case_unit"] for row in rows} == {"/01/02/"}
    assert "/01/02/" not in small


def test_an_export_of_many_cases_takes_no_more_memory(told: Engine, tmp_path: Path) -> None:
    """Rows are read and written as they come: the writer never holds two cases."""
    alive = 0
    most = 0

    class Counted:
        def __init__(self) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def many(connection: Any) -> Any:
        for _ in range(200):
            for case, events in event_log(connection, EVERYTHING):
                held = Counted()
                yield case, events
                del held

    for form in ("csv", "xes", "ocel.sqlite"):
        told.ask(lambda connection, f=form: WRITERS[f](many(connection), tmp_path / f))
    assert most == 1


def test_the_command_writes_a_file_and_notes_that_it_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from web.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALUR_DATABASE_URL", f"sqlite:///{tmp_path}/alur.db")
    run = CliRunner().invoke
    for command in (["db", "upgrade"], ["keys", "--unmask-private-key", str(tmp_path / "private")]):
        assert run(main, command).exit_code == 0
    for form, name in (("csv", "a.csv"), ("xes", "a.xes"), ("ocel", "a.json"), ("ocel", "a.db")):
        done = run(main, ["export", form, name, "--period", "2026Q2", "--anonymous"])
        assert (done.exit_code, (tmp_path / name).exists()) == (0, True), done.output
    assert run(main, ["export", "history", "history.jsonl"]).exit_code == 0
    assert run(main, ["audit", "verify", "history.jsonl"]).exit_code == 0
    assert run(main, ["audit", "verify"]).exit_code == 0
    text = (tmp_path / "history.jsonl").read_text()
    assert text.count('"EXPORTED"') == 4
    assert "period=2026Q2 anonymous" in text
    (tmp_path / "history.jsonl").write_text(text.replace("2026Q2", "2026Q3", 1))
    assert run(main, ["audit", "verify", "history.jsonl"]).exit_code == 1
