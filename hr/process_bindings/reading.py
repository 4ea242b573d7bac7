"""FEEL functions that a model may call: they only read, for the case's subject and period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.ports import Call
from hr.calendar import queries as calendar
from hr.calendar.rules import city_zone
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation import rules as rating
from hr.planning import queries as planning
from hr.process_bindings.arguments import about, blocked, contexts, person, persons, texts
from hr.records import queries as records
from hr.service import queries as service

LEADER, STAFF_PUBLIC, STAFF_INTERNAL = "LEADER", "STAFF_PUBLIC", "STAFF_INTERNAL"


def subject(call: Call) -> int | None:
    """Give the person the case is about."""
    return call.subject_id


def rater(call: Call) -> int | None:
    """Give the rater of the subject now, or None at the top."""
    return directory.superior(call.connection, about(call), call.now)


def rater_superior(call: Call) -> int | None:
    """Give the rater's superior now, or None."""
    above = rater(call)
    return None if above is None else directory.superior(call.connection, above, call.now)


def person_name(call: Call, who: Any) -> str | None:
    """Give somebody's name."""
    number = person(who)
    if number is None:
        return None
    return directory.names(call.connection, [number]).get(number)


def position_kind(call: Call) -> str:
    """Give the kind of position that weighs raters (DT04)."""
    subject = about(call)
    leads = directory.person(call.connection, subject, call.now).post_kind in directory.LEADING
    if leads and directory.team(call.connection, {subject}, call.now):
        return LEADER
    return STAFF_PUBLIC if public_facing(call) else STAFF_INTERNAL


def public_facing(call: Call) -> bool:
    """Tell whether the unit serves the public in the period."""
    return service.is_public_facing(call.connection, call.scope_path, call.period)


def peers_asked(call: Call) -> bool:
    """Tell whether the office asks peers in the period."""
    return evaluation.peers_asked(call.connection, call.scope_path, call.period)


def peer_options(call: Call) -> list[dict[str, str]]:
    """List who may be proposed as a rater, as options."""
    candidates = directory.peers(call.connection, about(call), call.now)
    unfit = blocked(call, candidates)
    return _options(call, [each for each in candidates if each not in unfit])


def person_options(call: Call, chosen: Any) -> list[dict[str, str]]:
    """Give persons as options, by name."""
    return _options(call, persons(chosen))


def result_rows(call: Call) -> list[dict[str, Any]]:
    """List the result rows of the period, with one for attendance (DT02)."""
    subject = about(call)
    rows = [
        {
            "row": row.number,
            "plan": row.plan,
            "indicator": row.indicator,
            "unit": row.measure,
            "dimension": row.dimension,
            "direction": row.direction,
            "target": row.target,
            "actual": row.actual,
            "weight": row.weight,
            "ratio": row.ratio,
            "on_time": row.on_time,
        }
        for row in planning.result_rows(call.connection, subject, call.period)
    ]
    present = records.attendance(call.connection, subject, call.period)
    if present is not None and present.due_days > 0:
        rows.append(_attendance_row(len(rows) + 1, present))
    return rows


def _attendance_row(number: int, present: records.Attendance) -> dict[str, Any]:
    return {
        "row": number,
        "plan": "Kehadiran",
        "indicator": "Hari hadir",
        "unit": "hari",
        "dimension": "attendance",
        "direction": "HIGHER",
        "target": present.due_days,
        "actual": present.present_days,
        "weight": 0,
        "ratio": present.ratio,
        "on_time": None,
    }


def attendance(call: Call) -> dict[str, Any] | None:
    """Sum up attendance of the period; None where nothing is recorded."""
    found = records.attendance(call.connection, about(call), call.period)
    if found is None:
        return None
    return {
        "working_days": found.working_days,
        "present_days": found.present_days,
        "late_days": found.late_days,
        "absent_days": found.absent_days,
        "leave_days": found.leave_days,
        "ratio": found.ratio,
    }


def discipline_active(call: Call) -> str:
    """Give the heaviest sanction that runs today."""
    return records.active_sanction(call.connection, about(call), call.now)


def previous_predicate(call: Call) -> str | None:
    """Give the last disclosed predicate before the period."""
    return evaluation.last_predicate(call.connection, about(call), call.period)


def summarise_ratings(call: Call, answers: Any, keys: Any) -> dict[str, Any]:
    """Sum up anonymous answers; fewer than three are suppressed."""
    return rating.summarise(contexts(answers), texts(keys))


def own_ratings(call: Call, answers: Any, keys: Any) -> dict[str, Any]:
    """Sum up one person's ratings; never suppressed."""
    return rating.summarise(contexts(answers), texts(keys), fewest=0)


def working_day(call: Call, days: Any) -> datetime | None:
    """Give the end of the n-th working day from now, in local time."""
    number = rating.number(days)
    if number is None or number != int(number):
        return None
    named = directory.zone_of(call.connection, call.scope_path)
    zone = ZoneInfo(named) if named else city_zone()
    return calendar.add_working_days(call.connection, call.now, int(number), zone).astimezone(zone)


def _options(call: Call, persons: Sequence[int]) -> list[dict[str, str]]:
    names = directory.names(call.connection, persons)
    chosen = sorted((names[each], each) for each in persons if each in names)
    return [{"value": str(each), "label": name} for name, each in chosen]
