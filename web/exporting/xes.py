"""An event log as XES (IEEE 1849-2016) with its standard extensions, written as it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from engine.queries.event_log import LoggedCase, LoggedEvent

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Identity", "identity", "http://www.xes-standard.org/identity.xesext"),
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(log: Iterable[tuple[LoggedCase, Iterator[LoggedEvent]]], path: Path) -> int:
    """Write a trace for each case; give how many events there are."""
    count = 0
    with path.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as out:
        out.write_declaration()
        attributes = {
            "xes.version": "1849-2016",
            "xes.features": "nested-attributes",
            "xmlns": "http://www.xes-standard.org/",
        }
        with _element(out, "log", attributes):
            _begin(out)
            for case, events in log:
                with _element(out, "trace", {}):
                    _trace(out, case)
                    for event in events:
                        _event(out, case, event)
                        count += 1
    return count


def _element(out: Any, name: str, attributes: dict[str, str]) -> AbstractContextManager[Any]:
    opened: AbstractContextManager[Any] = out.element(name, attributes)
    return opened


def _begin(out: Any) -> None:
    for name, prefix, uri in _EXTENSIONS:
        out.write(etree.Element("extension", name=name, prefix=prefix, uri=uri))
    for scope, items in (
        ("trace", (("concept:name", "string"),)),
        (
            "event",
            (
                ("concept:name", "string"),
                ("lifecycle:transition", "string"),
                ("time:timestamp", "date"),
            ),
        ),
    ):
        known = etree.Element("global", scope=scope)
        for key, kind in items:
            value = "1970-01-01T00:00:00+00:00" if kind == "date" else "UNKNOWN"
            etree.SubElement(known, kind, key=key, value=value)
        out.write(known)
    keys = "concept:name lifecycle:transition"
    out.write(etree.Element("classifier", name="Activity", keys=keys))


def _trace(out: Any, case: LoggedCase) -> None:
    _string(out, "concept:name", case.case_no)
    _string(out, "process", case.process_key)
    _int(out, "version", case.version)
    _string(out, "definition", case.definition_sha256)
    _string(out, "period", case.period)
    _string(out, "state", case.state)
    _string(out, "org:group", case.unit)
    _date(out, "started", case.started_at)
    if case.ended_at:
        _date(out, "ended", case.ended_at)


def _event(out: Any, case: LoggedCase, event: LoggedEvent) -> None:
    with _element(out, "event", {}):
        _string(out, "concept:name", event.activity)
        if event.task_id is not None:
            _string(out, "concept:instance", str(event.task_id))
        _string(out, "lifecycle:transition", event.transition)
        _date(out, "time:timestamp", event.at)
        _string(out, "org:resource", event.person)
        _string(out, "org:role", event.lane)
        _string(out, "org:group", event.unit)
        _string(out, "identity:id", f"{case.case_no}/{event.seq}")
        _string(out, "kind", event.kind)
        _string(out, "element", event.element_id or "")
        _string(out, "outcome", event.outcome)
        _string(out, "reason", event.reason)
        _string(out, "hash", event.hash)


def _string(out: Any, key: str, value: str) -> None:
    if value:
        out.write(etree.Element("string", key=key, value=_NOT_XML.sub(" ", value)))


def _int(out: Any, key: str, value: int) -> None:
    out.write(etree.Element("int", key=key, value=str(value)))


def _date(out: Any, key: str, value: datetime) -> None:
    out.write(etree.Element("date", key=key, value=value.isoformat(timespec="milliseconds")))
