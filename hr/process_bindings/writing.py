"""Service tasks that a model may call: they write, on the engine's open connection."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation import rules as rating
from hr.evaluation import store as evaluation_store
from hr.fairness import store as fairness_store
from hr.followup import queries as followup
from hr.followup import store as followup_store
from hr.notices.tables import Notice
from hr.process_bindings.arguments import about, blocked, persons
from hr.service import queries as service
from hr.service.rules import missing_sentence
from hr.statements import add

PEER, SUBORDINATE = "PEER", "SUBORDINATE"


def choose_raters(
    call: Call, proposed: Any = (), struck: Any = (), random: Any = 2
) -> dict[str, Any]:
    """Choose the raters of a case by proposal and recorded draw; a second choice replaces it."""
    subject = about(call)
    candidates = directory.peers(call.connection, subject, call.now)
    below = directory.team(call.connection, {subject}, call.now)
    wanted = persons(proposed)
    seed = secrets.token_hex(8)
    choice = rating.choose(
        proposed=wanted,
        struck=persons(struck),
        candidates=candidates,
        subordinates=below,
        blocked=blocked(call, {*candidates, *below, *wanted}),
        random=int(rating.number(random) or 0),
        seed=seed,
    )
    _write_draw(call, subject, seed, choice)
    return {
        "peers": list(choice.peers),
        "subordinates": list(choice.subordinates),
        "seed": seed,
        "pool": list(choice.pool),
        "refused": [{"person": one, "reason": why} for one, why in choice.refused.items()],
    }


def _write_draw(call: Call, subject: int, seed: str, choice: rating.Choice) -> None:
    invited = [(one, PEER) for one in choice.peers]
    invited += [(one, SUBORDINATE) for one in choice.subordinates if one not in choice.peers]
    chosen = {
        "peers": choice.peers,
        "subordinates": choice.subordinates,
        "refused": {str(one): why for one, why in choice.refused.items()},
    }
    row = {
        "instance_id": call.instance_id,
        "subject_id": subject,
        "period": call.period,
        "seed": seed,
        "pool": json.dumps(choice.pool),
        "chosen": json.dumps(chosen),
        "at": call.now,
    }
    evaluation_store.set_draw(call.connection, row, invited)


def unit_facts(call: Call) -> dict[str, Any]:
    """Give the facts of the subject's unit; fail where none are recorded."""
    found = service.unit_facts(call.connection, call.scope_path, call.period)
    if found is None:
        raise ServiceTaskFailed(missing_sentence(call.scope_path, call.period))
    areas = [
        {
            "indicator": area.indicator,
            "target": area.target,
            "actual": area.actual,
            "unit": area.measure,
            "direction": area.direction,
            "met": area.met,
        }
        for area in found.areas
    ]
    return {
        "unit": found.unit_name,
        "public_facing": found.public_facing,
        "skm_index": found.skm_index,
        "skm_responses": found.skm_responses,
        "complaints": found.complaints,
        "complaints_upheld": found.complaints_upheld,
        "service_areas": areas,
        "gap": any(not area.met for area in found.areas),
    }


def disclose_result(
    call: Call,
    predicate: Any,
    result_rating: Any,
    behaviour_rating: Any,
    result_score: Any,
    behaviour_score: Any,
    note: Any = "",
    ratings: Any = (),
) -> dict[str, Any]:
    """Write and announce the result of a case, once; keep the single ratings for statistics."""
    subject = about(call)
    known = evaluation.result_of_case(call.connection, call.instance_id)
    if known is None:
        row = {
            "person_id": subject,
            "period": call.period,
            "instance_id": call.instance_id,
            "case_no": call.case_no,
            "predicate": predicate,
            "result_rating": result_rating,
            "behaviour_rating": behaviour_rating,
            "result_score": rating.number(result_score),
            "behaviour_score": rating.number(behaviour_score),
            "note": note or "",
            "disclosed_at": call.now,
        }
        missing = [name for name, value in row.items() if value is None]
        if missing:
            raise ServiceTaskFailed(
                f"Expected a complete result, but {', '.join(missing)} has no value."
            )
        number = evaluation_store.add_result(call.connection, row)
        _note_ratings(call, subject, ratings)
        _tell(call, [subject], "result_disclosed", {"period": call.period})
    else:
        number = known.id
    day = local_day(known.disclosed_at if known else call.now)
    return {
        "result": number,
        "disclosed_on": day,
        "objection_until": rating.objection_until(day),
    }


def _note_ratings(call: Call, subject: int, ratings: Any) -> None:
    """Keep what the superior gave, value by value; at the top there is nobody to compare."""
    digits = [rating.number(each) for each in ratings or ()]
    above = directory.superior(call.connection, subject, call.now)
    if above is None or not digits or None in digits:
        return
    row = {
        "instance_id": call.instance_id,
        "person_id": subject,
        "rater_id": above,
        "period": call.period,
        "office_path": directory.ancestors(call.scope_path)[-1] if call.scope_path else "",
        "digits": "".join(str(int(one)) for one in digits if one is not None),
        "at": call.now,
    }
    fairness_store.set_given(call.connection, row)


def open_followup(call: Call, kind: Any, detail: Any = "") -> int:
    """Open a follow-up, once per kind and case (or unit and period)."""
    if kind not in followup.KINDS:
        raise ServiceTaskFailed(
            f"Expected a kind of follow-up ({', '.join(followup.KINDS)}), but got {kind!r}."
        )
    key = f"{kind}/{call.instance_id}"
    if kind == "SERVICE_GAP":  # one per unit and period, however many of its people are evaluated
        found = service.unit_facts(call.connection, call.scope_path, call.period)
        key = f"{kind}/{found.unit_path if found else call.scope_path}{call.period}"
    row = {
        "kind": kind,
        "subject_id": call.subject_id,
        "scope_path": call.scope_path,
        "period": call.period,
        "source_id": call.instance_id,
        "source_no": call.case_no,
        "detail": str(detail or ""),
        "dedup_key": key,
        "opened_at": call.now,
    }
    return followup_store.open_one(call.connection, row)


def notify(call: Call, to: Any, notice: Any, values: Any = None) -> int:
    """Tell persons something; the text stands in messages.toml."""
    told = persons(to)
    _tell(call, told, str(notice), values if isinstance(values, Mapping) else {})
    return len(told)


def _tell(call: Call, persons: Iterable[int], notice: str, values: Mapping[str, Any]) -> None:
    row = {
        "notice": notice,
        "process_key": call.process_key,
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "values": json.dumps(dict(values), default=str, ensure_ascii=False),
        "at": call.now,
    }
    add(call.connection, Notice, ({**row, "person_id": each} for each in persons))
