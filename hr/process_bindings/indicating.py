"""Verbs of the catalogue (P00): what a year begins with, whom to ask, publishing a version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.directory import queries as directory
from hr.evaluation.rules import number
from hr.indicators import queries, rules, store
from hr.process_bindings.arguments import contexts
from hr.service import queries as service

_LEADING = ("JPT", "ADMINISTRATOR", "PENGAWAS")


def catalogue_basis(call: Call) -> dict[str, Any]:
    """Give the newest catalogue's vision, missions and goals, to begin with."""
    known = queries.versions(call.connection)
    tree = queries.tree(call.connection, known[0].id) if known else None
    missions = () if tree is None else tree.missions
    return {
        "vision": "" if tree is None else tree.version.vision,
        "missions": [{"text": one.text} for one in missions],
        "goals": [
            {"mission": one.code, "text": goal.text} for one in missions for goal in one.goals
        ],
    }


def catalogue_offices(call: Call) -> list[dict[str, Any]]:
    """List the offices with a head, who drafts their indicators, and whether they serve people."""
    period = f"{_year(call) - 1}Q4"
    heads: dict[str, tuple[int, int]] = {}
    for row in directory.members(call.connection, "", call.now):
        if row["post_kind"] in _LEADING:
            rank = (_LEADING.index(row["post_kind"]), row["id"])
            heads[row["unit_path"]] = min(heads.get(row["unit_path"], rank), rank)
    found = []
    for unit in directory.offices(call.connection, call.now):
        _, head = heads.get(unit.path, (0, None))
        if head is not None:
            serves = service.is_public_facing(call.connection, unit.path, period)
            found.append(
                {"path": unit.path, "name": unit.name, "head": head, "public_facing": serves}
            )
    return found


def catalogue_orphans(call: Call, goals: Any, indicators: Any) -> dict[str, Any]:
    """Name missions and goals that nothing measures."""
    parents = {str(one["code"]): str(one.get("parent") or "") for one in contexts(goals)}
    known = [(str(one.get("code")), str(one.get("goal"))) for one in contexts(indicators)]
    found = rules.orphans(parents, known)
    return {"missions": list(found.missions), "goals": list(found.goals)}


def publish_catalogue(call: Call, vision: Any, goals: Any, indicators: Any) -> dict[str, Any]:
    """Write a version of the year's catalogue."""
    year = _year(call)
    version = store.last_version(call.connection, year) + 1
    row = {
        "year": year,
        "version": version,
        "vision": str(vision or ""),
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "published_at": call.now,
    }
    said = [
        {"code": str(one["code"]), "parent": str(one.get("parent") or ""), "text": str(one["text"])}
        for one in contexts(goals)
    ]
    measured = [_row(one) for one in contexts(indicators)]
    if not said or not measured:
        raise ServiceTaskFailed("Expected goals and indicators to publish, but there are none.")
    store.add_catalogue(call.connection, row, said, measured)
    return {"year": year, "version": version, "indicators": len(measured)}


def _year(call: Call) -> int:
    if not (call.period.isascii() and call.period.isdigit() and len(call.period) == 4):
        raise ServiceTaskFailed(f"Expected a year such as 2027, but the period is {call.period!r}.")
    return int(call.period)


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    target = number(one.get("target"))
    if target is None or target <= 0:
        raise ServiceTaskFailed(f"Expected a target above zero, but {one.get('code')} has none.")
    same = ("code", "goal", "text", "formula", "source", "direction", "dimension", "level")
    return {
        **{name: str(one.get(name) or "") for name in same},
        "office_path": str(one.get("office") or ""),
        "measure": str(one.get("unit") or ""),
        "baseline": number(one.get("baseline")),
        "target": target,
    }
