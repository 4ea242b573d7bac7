"""Compares where a case stands with what a story expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import Engine, Scope
from engine.feel.values import normalize
from engine.queries import cases, history, standing
from hr.demo.cast import CAST
from hr.followup import queries as followup
from web.scenarios.faults import Fault

_NAMES = {person: code for code, person in CAST.items()}
_EVERYTHING = Scope(path_prefixes=frozenset({"/"}))


@dataclass(frozen=True)
class Found:
    """Where a case stands, in the words of docs/scenarios.md.

    tasks -- open tasks as element@who; path -- completed elements in order
    """

    state: str
    tasks: tuple[str, ...]
    variables: Mapping[str, Any]
    incidents: tuple[str, ...]
    followups: tuple[str, ...]
    path: tuple[str, ...]


def look(engine: Engine, instance_id: int) -> Found:
    """Look at where a case stands."""
    case = engine.ask(cases.case, instance_id)
    followups = engine.ask(followup.open_followups, _EVERYTHING, after=None, limit=1000)
    return Found(
        state=str(case.state),
        tasks=waiting(engine, instance_id),
        variables=engine.ask(standing.variables, instance_id),
        incidents=tuple(sorted(incident.element_id for incident in case.incidents)),
        followups=tuple(sorted(row.kind for row in followups.rows if row.source_id == instance_id)),
        path=_path(engine, instance_id),
    )


def waiting(engine: Engine, instance_id: int) -> tuple[str, ...]:
    """List a case's open tasks as element@who."""
    found = engine.ask(standing.open_tasks, instance_id)
    return tuple(sorted(f"{task.element_id}@{_who(task)}" for task in found))


def differences(expected: Mapping[str, Any], found: Found) -> list[Fault]:
    """Say what is expected and is not so; keys that are not there are not compared."""
    faults = []
    if "state" in expected and expected["state"] != found.state:
        faults.append(Fault("state", {"wanted": expected["state"], "found": found.state}))
    if "tasks" in expected:
        faults += _lists("tasks", expected["tasks"], _as_asked(expected["tasks"], found.tasks))
    for key in ("incidents", "followups"):
        if key in expected:
            faults += _lists(key, expected[key], getattr(found, key))
    for name, value in expected.get("variables", {}).items():
        faults += _values(name, normalize(value), found.variables.get(name))
    faults += _order(expected.get("path", []), found.path)
    faults += [
        Fault("never", {"element": element})
        for element in expected.get("never", [])
        if element in found.path
    ]
    return faults


def _path(engine: Engine, instance_id: int) -> tuple[str, ...]:
    path: list[str] = []
    after = 0
    while events := engine.ask(history.case_events, instance_id, after_seq=after, limit=500):
        for event in events:
            if event.kind == "TOKENS_MOVED":
                path += event.detail.get("elements", [])
        after = events[-1].seq
    return tuple(path)


def _who(task: standing.OpenTask) -> str:
    if task.assignee_id is not None:
        return _NAMES.get(task.assignee_id, str(task.assignee_id))
    return task.candidate_group or "nobody"


def _as_asked(expected: list[str], found: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out who has a task where the story does not say."""
    if any("@" in task for task in expected):
        plain = {task for task in expected if "@" not in task}
        return tuple(t.partition("@")[0] if t.partition("@")[0] in plain else t for t in found)
    return tuple(task.partition("@")[0] for task in found)


def _lists(code: str, expected: list[str], found: tuple[str, ...]) -> list[Fault]:
    if sorted(expected) == sorted(found):
        return []
    return [Fault(code, {"wanted": sorted(expected), "found": sorted(found)})]


def _values(name: str, expected: Any, found: Any) -> list[Fault]:
    if isinstance(expected, dict) and isinstance(found, Mapping):
        return [
            fault
            for key, value in expected.items()
            for fault in _values(f"{name}.{key}", value, found.get(key))
        ]
    if expected == found or (isinstance(expected, str) and expected == str(found)):
        return []
    return [Fault("value", {"name": name, "wanted": _text(expected), "found": _text(found)})]


def _order(expected: list[str], found: tuple[str, ...]) -> list[Fault]:
    at = 0
    for number, element in enumerate(expected):
        if element in found[at:]:
            at = found.index(element, at) + 1
            continue
        values = {"element": element, "path": list(found)}
        if number:
            return [Fault("path_after", {**values, "before": expected[number - 1]})]
        return [Fault("path", values)]
    return []


def _text(value: Any) -> str | None:
    """Write a value as a scenario does; None stays what it is."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)
