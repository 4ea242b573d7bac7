"""An event log as OCEL 2.0: events, and the cases, people, units and documents that they touch.

Both standard forms: JSON, and the relational one in an SQLite file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from engine.queries.event_log import LoggedCase, LoggedEvent

Log = Iterable[tuple[LoggedCase, Iterator[LoggedEvent]]]

EVENT_ATTRIBUTES = ("kind", "transition", "person", "outcome", "reason")
OBJECT_TYPES = ("case", "employee", "unit", "period", "document", "decision")
CASE_ATTRIBUTES = ("process", "version", "state", "title")


@dataclass(frozen=True)
class Touched:
    """An object that an event touches: its id, its type, and what it is to the event."""

    id: str
    type: str
    qualifier: str


def touched(case: LoggedCase, event: LoggedEvent) -> list[Touched]:
    """Say which objects an event touches."""
    found = [Touched(case.case_no, "case", "case")]
    if case.subject_id is not None:
        found.append(Touched(f"employee:{case.subject_id}", "employee", "subject"))
    if event.person_id is not None and event.person_id != case.subject_id:
        found.append(Touched(f"employee:{event.person_id}", "employee", "actor"))
    if case.unit:
        found.append(Touched(f"unit:{case.unit}", "unit", "unit"))
    if case.period:
        found.append(Touched(f"period:{case.period}", "period", "period"))
    if form := event.detail.get("form_key"):
        id_ = f"document:{case.case_no}/{form}/{event.seq}"
        found.append(Touched(id_, "document", "submitted"))
    if decision := event.detail.get("decision_id"):
        id_ = f"decision:{case.case_no}/{decision}/{event.seq}"
        found.append(Touched(id_, "decision", "decided"))
    return found


def _attributes(event: LoggedEvent) -> dict[str, str]:
    values = {
        "kind": event.kind,
        "transition": event.transition,
        "person": event.person,
        "outcome": event.outcome,
        "reason": event.reason,
    }
    return {name: value for name, value in values.items() if value}


def _case_attributes(case: LoggedCase) -> dict[str, str]:
    return {
        "process": case.process_key,
        "version": str(case.version),
        "state": case.state,
        "title": case.title,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ---- JSON


def write_json(log: Log, path: Path) -> int:
    """Write the JSON form.  Objects and types come last, since only then all are known."""
    known = _Known()
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"events":[')
        for case, events in log:
            known.add_case(case)
            for event in events:
                file.write(",\n" if count else "\n")
                _write_event(file, case, event, known)
                count += 1
        file.write('\n],"objects":[')
        for number, entry in enumerate(known.objects()):
            file.write(",\n" if number else "\n")
            json.dump(entry, file, ensure_ascii=False)
        file.write('\n],"eventTypes":')
        json.dump(_types(sorted(known.activities), EVENT_ATTRIBUTES), file, ensure_ascii=False)
        file.write(',"objectTypes":')
        kinds = [
            {"name": kind, "attributes": _declared(CASE_ATTRIBUTES if kind == "case" else ())}
            for kind in OBJECT_TYPES
        ]
        json.dump(kinds, file)
        file.write("}\n")
    return count


def _write_event(file: TextIO, case: LoggedCase, event: LoggedEvent, known: _Known) -> None:
    objects = touched(case, event)
    known.add(event.activity, objects)
    told = {
        "id": f"{case.case_no}/{event.seq}",
        "type": event.activity,
        "time": _moment(event.at),
        "attributes": [{"name": n, "value": v} for n, v in _attributes(event).items()],
        "relationships": [{"objectId": o.id, "qualifier": o.qualifier} for o in objects],
    }
    json.dump(told, file, ensure_ascii=False, separators=(",", ":"))


def _types(names: Iterable[str], attributes: Iterable[str]) -> list[dict[str, object]]:
    return [{"name": name, "attributes": _declared(attributes)} for name in names]


def _declared(attributes: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name, "type": "string"} for name in attributes]


class _Known:
    """The objects and activities seen so far, on disk: an export may have millions."""

    def __init__(self) -> None:
        self.activities: set[str] = set()
        # An empty name is a database in a temporary file that goes with its connection.
        self._seen = sqlite3.connect("")
        self._seen.execute(
            "CREATE TABLE object (id TEXT PRIMARY KEY, type TEXT, told TEXT) WITHOUT ROWID"
        )
        self._pairs = "INSERT OR IGNORE INTO object VALUES (?, ?, NULL)"

    def add(self, activity: str, objects: Iterable[Touched]) -> None:
        self.activities.add(activity)
        self._seen.executemany(self._pairs, [(one.id, one.type) for one in objects])

    def add_case(self, case: LoggedCase) -> None:
        attributes = [
            {"name": name, "value": value, "time": _moment(case.started_at)}
            for name, value in _case_attributes(case).items()
        ]
        told = json.dumps(attributes, ensure_ascii=False)
        row = (case.case_no, told)
        self._seen.execute("INSERT OR REPLACE INTO object VALUES (?, 'case', ?)", row)

    def objects(self) -> Iterator[dict[str, object]]:
        for id_, kind, told in self._seen.execute("SELECT id, type, told FROM object"):
            attributes = json.loads(told) if told else []
            yield {"id": id_, "type": kind, "attributes": attributes, "relationships": []}


# ---- SQLite


def write_sqlite(log: Log, path: Path) -> int:
    """Write the relational form: a table for each type beside the general ones."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    try:
        tables = _Tables(database)
        count = 0
        for case, events in log:
            tables.add_case(case)
            for event in events:
                tables.add(case, event)
                count += 1
        tables.finish()
        database.commit()
        return count
    finally:
        database.close()


class _Tables:
    """The tables of an OCEL 2.0 file, filled in chunks."""

    _CHUNK = 5000

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self._waiting: dict[str, list[tuple[str | None, ...]]] = {}
        self._count = 0
        self._event_tables: dict[str, str] = {}
        for statement in (
            "CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)",
            "CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)",
            "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT,"
            " ocel_qualifier TEXT, PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier))",
            "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT,"
            " ocel_qualifier TEXT, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier))",
            "CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
            "CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
        ):
            database.execute(statement)
        for kind in OBJECT_TYPES:
            names = CASE_ATTRIBUTES if kind == "case" else ()
            columns = "".join(f", {name} TEXT" for name in names)
            database.execute(
                f"CREATE TABLE object_{kind} (ocel_id TEXT, ocel_time TEXT,"
                f" ocel_changed_field TEXT{columns})"
            )
            database.execute("INSERT INTO object_map_type VALUES (?, ?)", (kind, kind))

    def add_case(self, case: LoggedCase) -> None:
        values = _case_attributes(case)
        row = (case.case_no, _moment(case.started_at), None)
        self._add("object_case", row + tuple(values[name] for name in CASE_ATTRIBUTES))
        self._add("object", (case.case_no, "case"))

    def add(self, case: LoggedCase, event: LoggedEvent) -> None:
        id_ = f"{case.case_no}/{event.seq}"
        self._add("event", (id_, event.activity))
        values = _attributes(event)
        told = tuple(values.get(name) for name in EVENT_ATTRIBUTES)
        self._add(self._event_table(event.activity), (id_, _moment(event.at), *told))
        for one in touched(case, event):
            self._add("event_object", (id_, one.id, one.qualifier))
            if one.type != "case":
                self._add("object", (one.id, one.type))

    def finish(self) -> None:
        self._flush()
        for kind in OBJECT_TYPES:
            if kind != "case":
                self.database.execute(  # kinds are the constants above
                    f"INSERT INTO object_{kind} SELECT ocel_id, '1970-01-01T00:00:00.000Z', NULL"  # noqa: S608
                    " FROM object WHERE ocel_type = ?",
                    (kind,),
                )

    def _event_table(self, activity: str) -> str:
        # Tables are numbered: an activity is named by whoever drew it, in any signs.
        if activity not in self._event_tables:
            mapped = f"Activity{len(self._event_tables) + 1}"
            columns = ", ".join(f"{name} TEXT" for name in EVENT_ATTRIBUTES)
            self.database.execute(
                f"CREATE TABLE event_{mapped} (ocel_id TEXT, ocel_time TEXT, {columns})"
            )
            self.database.execute("INSERT INTO event_map_type VALUES (?, ?)", (activity, mapped))
            self._event_tables[activity] = f"event_{mapped}"
        return self._event_tables[activity]

    def _add(self, table: str, row: tuple[str | None, ...]) -> None:
        self._waiting.setdefault(table, []).append(row)
        self._count += 1
        if self._count >= self._CHUNK:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            places = ", ".join("?" * len(rows[0]))
            statement = f"INSERT OR IGNORE INTO {table} VALUES ({places})"  # noqa: S608 -- our names
            self.database.executemany(statement, rows)
        self._waiting.clear()
        self._count = 0
