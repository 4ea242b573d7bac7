"""Verbs of the calibration: an office's proposals, the agenda, justifications, votes, the close."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.appraisal import queries as appraisal
from hr.appraisal import store as appraisal_store
from hr.appraisal.queries import AppraisalView
from hr.calibration import queries, rules, store
from hr.calibration.queries import AgendaLine, CalibrationView
from hr.directory import queries as directory
from hr.evaluation.rules import number
from hr.process_bindings.appraising import office_of
from hr.process_bindings.arguments import contexts, persons

_FEWEST_SHOWN = 5  # of people in a published figure
_WORDS = {
    "SB": "Sangat Baik",
    "B": "Baik",
    "BP": "Butuh Perbaikan",
    "K": "Kurang",
    "SK": "Sangat Kurang",
}
BY_RATER, BY_SESSION = "RATER", "SESSION"


def open_calibration(call: Call) -> dict[str, Any]:
    """Open an office's calibration of a year, once, and say who takes part and how it stands."""
    office = office_of(call.scope_path)
    known = queries.of_office(call.connection, office, call.period)
    if known is not None and known.instance_id != call.instance_id:
        raise ServiceTaskFailed(
            f"Expected no calibration of {office} for {call.period}, but there is one."
        )
    proposals = appraisal.of_office(call.connection, office, call.period)
    if not proposals:
        raise ServiceTaskFailed(
            f"Expected appraisals of {office} for {call.period}, but there is none proposed."
        )
    if known is None:
        row = {
            "instance_id": call.instance_id,
            "office_path": office,
            "period": call.period,
            "people": len(proposals),
            "opened_at": call.now,
            "closed_at": None,
        }
        store.open_one(call.connection, row)
    found = directory.units(call.connection, [office])
    return {
        "office": found[office].name if office in found else office,
        "people": len(proposals),
        "counts": rules.tally(one.predicate for one in proposals),
        **_officials(call, office, proposals),
    }


def _officials(call: Call, office: str, proposals: Sequence[AppraisalView]) -> dict[str, Any]:
    """Name who sets the office's predicate, who leads the session, and the agency's officers."""
    inside = {one.person_id for one in proposals}
    head, above = _head(call, office, proposals[0].person_id)
    chair = above if head in inside and _flagged(proposals, head) else head
    chair = above if chair is None else chair
    beyond = None if chair is None else directory.superior(call.connection, chair, call.now)
    able = directory.holders_of_role(call.connection, "HRC", call.now)
    agency = rules.officers(able, inside, f"calibration:{office}{call.period}")
    return {
        "chair": chair,
        "setter": above if above is not None else head,
        "beyond": beyond if beyond is not None else above,
        "officer": agency[0] if agency else None,
        "second_officer": agency[1] if len(agency) > 1 else None,
    }


def _head(call: Call, office: str, member: int) -> tuple[int | None, int | None]:
    """Climb from a member: give the last superior within the office, and the first beyond it."""
    inside, now = member, member
    for _ in range(20):  # lines may be wrong and go round
        above = directory.superior(call.connection, now, call.now)
        if above is None:
            return inside, None
        path = directory.person(call.connection, above, call.now).unit_path
        if not path.startswith(office):
            return inside, above
        inside = now = above
    return inside, None


def _flagged(proposals: Sequence[AppraisalView], person: int | None) -> bool:
    return any(one.person_id == person and one.flags for one in proposals)


def predicate_counts(call: Call) -> dict[str, int]:
    """Count the office's predicates of the year as they stand."""
    return rules.tally(one.predicate for one in _proposals(call))


def calibration_options(call: Call, everybody: Any = False) -> list[dict[str, str]]:
    """List the appraisals that may come on the agenda: flagged ones, or all where asked for.

    Those with most flags come first; of a large office's, as many as a person can look through.
    """
    found = rules.heaviest_first(_proposals(call))
    wanted = [one for one in found if one.flags or everybody is True][: rules.MOST_OFFERED]
    names = directory.names(call.connection, [one.person_id for one in wanted]) if wanted else {}
    return [{"value": str(one.id), "label": _label(one, names)} for one in wanted]


def _label(one: AppraisalView, names: Mapping[int, str]) -> str:
    flags = f" · {', '.join(one.flags)}" if one.flags else ""
    return f"{names.get(one.person_id, one.case_no)} · {_WORDS[one.predicate]}{flags}"


def flagged_appraisals(call: Call) -> list[str]:
    """List the numbers of the flagged appraisals, as options are: as many as a session takes."""
    flagged = [one for one in rules.heaviest_first(_proposals(call)) if one.flags]
    return [str(one.id) for one in flagged[: rules.MOST_ON_AGENDA]]


def flagged_count(call: Call) -> int:
    """Count the office's flagged appraisals of the year."""
    return sum(1 for one in _proposals(call) if one.flags)


def _proposals(call: Call) -> tuple[AppraisalView, ...]:
    return appraisal.of_office(call.connection, office_of(call.scope_path), call.period)


def put_on_agenda(call: Call, chosen: Any, chair: Any) -> dict[str, Any]:
    """Put appraisals on the agenda; give them by rater, and who votes on them."""
    held = _held(call)
    found = appraisal.of_office(call.connection, held.office_path, held.period)
    wanted = set(persons(chosen))
    lines = [one for one in found if one.id in wanted]
    if not lines or len(lines) < len(wanted):
        raise ServiceTaskFailed(
            "Expected appraisals of this office on the agenda, but some are not."
        )
    base = {"calibration_id": held.id}
    rows = [
        {
            **base,
            "appraisal_id": one.id,
            "flags": json.dumps(one.flags),
            "before": one.predicate,
            "after": one.predicate,
        }
        for one in lines
    ]
    store.set_agenda(call.connection, held.id, rows)
    on_it = queries.agenda(call.connection, held.id)
    names = _names(call, on_it)
    raters = dict.fromkeys(line.rater_id for line in on_it if line.rater_id is not None)
    barred = {line.person_id for line in on_it} | set(raters)
    team = directory.holders_of_role(call.connection, "TIM", call.now)
    leads = persons(chair)
    return {
        "groups": [
            {"rater": each, "lines": [_shown(one, names) for one in on_it if one.rater_id == each]}
            for each in raters
        ],
        "voters": list(rules.voters(leads[0], team, barred)) if leads else [],
    }


def agenda_lines(call: Call) -> list[dict[str, Any]]:
    """List the agenda as it stands, with justifications and what a session decided."""
    held = queries.of_case(call.connection, call.instance_id)
    lines = queries.agenda(call.connection, held.id) if held is not None else ()
    names = _names(call, lines)
    return [_shown(one, names) for one in lines]


def _names(call: Call, lines: Sequence[AgendaLine]) -> Mapping[int, str]:
    return directory.names(call.connection, [one.person_id for one in lines])


def _shown(one: AgendaLine, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "line": one.id,
        "who": names.get(one.person_id, one.case_no),
        "case_no": one.case_no,
        "before": one.before,
        "predicate": one.after,
        "result_rating": one.result_rating,
        "behaviour_rating": one.behaviour_rating,
        "flags": list(one.flags),
        "justification": one.justification or None,
        "reason": one.reason or None,
    }


def note_justifications(call: Call, groups: Any, answers: Any) -> list[dict[str, Any]]:
    """Keep what raters say; give what they change themselves.  The silent ones change nothing."""
    changes: list[dict[str, Any]] = []
    given = answers if isinstance(answers, list | tuple) else []
    for group, answer in zip(contexts(groups), given, strict=False):
        rows = contexts(answer.get("lines")) if isinstance(answer, Mapping) else []
        for line, row in zip(contexts(group.get("lines")), rows, strict=False):
            known = int(number(line.get("line")) or 0)
            store.note(call.connection, known, {"justification": str(row.get("reason") or "")})
            changes += _change(line, row, BY_RATER)
    return changes


def calibration_motions(call: Call, session: Any) -> list[dict[str, Any]]:
    """Pair what the chair moves with the lines of the agenda, in their order."""
    rows = contexts(session)
    return [
        {
            **line,
            "motion": row.get("decision") or "KEEP",
            "to_result": row.get("result_rating") or line["result_rating"],
            "to_behaviour": row.get("behaviour_rating") or line["behaviour_rating"],
            "motion_reason": row.get("reason"),
        }
        for line, row in zip(agenda_lines(call), rows, strict=False)
    ]


def count_votes(call: Call, moved: Any, answers: Any) -> dict[str, Any]:
    """Count the votes line by line and keep them; give what is carried, and whether it counts."""
    lines = contexts(moved)
    ballots = [one for one in (answers or ()) if isinstance(one, Mapping)]
    votes = [contexts(ballot.get("lines")) for ballot in ballots]
    carried: list[dict[str, Any]] = []
    for place, line in enumerate(lines):
        given = [rows[place].get("vote") for rows in votes if place < len(rows)]
        counted = rules.count([str(one) for one in given])
        noted = {"votes_for": counted.votes_for, "votes_against": counted.votes_against}
        decided = {"reason": str(line.get("motion_reason") or "")} if counted.carried else {}
        store.note(call.connection, int(number(line["line"]) or 0), {**noted, **decided})
        if counted.carried:
            carried += _change(line, _moved_row(line), BY_SESSION)
    return {
        "voters": len(ballots),
        "quorum": len(ballots) >= rules.QUORUM,
        "carried": carried,
    }


def _moved_row(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decision": line.get("motion"),
        "result_rating": line.get("to_result"),
        "behaviour_rating": line.get("to_behaviour"),
        "reason": line.get("motion_reason"),
    }


def _change(line: Mapping[str, Any], row: Mapping[str, Any], by: str) -> list[dict[str, Any]]:
    """Give a change that a row asks for; nothing where it keeps both ratings."""
    ratings = {key: row.get(key) or line[key] for key in ("result_rating", "behaviour_rating")}
    same = all(ratings[key] == line[key] for key in ratings)
    if row.get("decision") != "CHANGE" or same:
        return []
    return [{"line": line["line"], **ratings, "reason": row.get("reason"), "by": by}]


def apply_change(call: Call, change: Any, predicate: Any, second_approval: Any = False) -> str:
    """Change an appraisal on the agenda to what was decided; its proposal stays beside it."""
    held = _held(call)
    (wanted,) = contexts(change)
    lines = {one.id: one for one in queries.agenda(call.connection, held.id)}
    line = lines.get(int(number(wanted.get("line")) or 0))
    if line is None or predicate not in _WORDS:
        raise ServiceTaskFailed(
            "Expected a line of this agenda and a predicate, but one is missing."
        )
    reason = str(wanted.get("reason") or "")
    values = {
        "predicate": predicate,
        "result_rating": wanted["result_rating"],
        "behaviour_rating": wanted["behaviour_rating"],
        "reason": reason,
    }
    appraisal_store.change(call.connection, [line.appraisal_id], values)
    noted = {
        "after": predicate,
        "changed_by": str(wanted.get("by") or BY_SESSION),
        "second_approval": second_approval is True,
    }
    store.note(call.connection, line.id, noted)
    return str(predicate)


def calibration_figures(call: Call) -> dict[str, Any] | None:
    """Sum up a calibration without a name; of fewer than five people there are no figures."""
    held = queries.of_case(call.connection, call.instance_id)
    if held is None:
        return None
    lines = queries.agenda(call.connection, held.id)
    steps = rules.moved([{"before": one.before, "after": one.after} for one in lines])
    shown = held.people >= _FEWEST_SHOWN
    return {
        "people": held.people,
        "shown": shown,
        "looked_at": len(lines) if shown else None,
        "counts": predicate_counts(call) if shown else None,
        "by_rater": sum(one.changed_by == BY_RATER for one in lines) if shown else None,
        "by_session": sum(one.changed_by == BY_SESSION for one in lines) if shown else None,
        **{key: value if shown else None for key, value in steps.items()},
    }


def close_calibration(call: Call, org_predicate: Any, breaches: Any, report: Any) -> int:
    """Close a calibration: its appraisals are calibrated, its report is there to be published."""
    held = _held(call)
    found = appraisal.of_office(call.connection, held.office_path, held.period)
    waiting = [one.id for one in found if one.state == appraisal.PROPOSED]
    done = {"state": appraisal.CALIBRATED, "calibrated_at": call.now}
    appraisal_store.change(call.connection, waiting, done)
    values = {
        "org_predicate": str(org_predicate or ""),
        "breaches": json.dumps(list(breaches or ())),
        "report": str(report or ""),
        "closed_at": call.now,
    }
    store.change(call.connection, held.id, values)
    return len(waiting)


def _held(call: Call) -> CalibrationView:
    found = queries.of_case(call.connection, call.instance_id)
    if found is None:
        raise ServiceTaskFailed("Expected this case to be a calibration, but it is none.")
    return found
