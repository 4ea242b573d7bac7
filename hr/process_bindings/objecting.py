"""Verbs of the objection: the contested result, who decides, rest, release, change."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from engine.queries.standing import case_number, doers
from hr.appraisal import queries as appraisal
from hr.calendar import queries as calendar
from hr.calendar.rules import city_zone
from hr.calibration import queries as calibration
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation import store as evaluation_store
from hr.evaluation.queries import ResultView
from hr.evaluation.rules import number
from hr.followup import store as followup_store
from hr.objection import queries, store
from hr.objection.queries import ObjectionView
from hr.process_bindings.arguments import about
from hr.process_bindings.finishing import change_locked
from hr.process_bindings.writing import open_followup

# The steps of an evaluation in which its result was decided: by whom they were done, decides not.
DECIDING = (
    "segment_rating", "draft_rating", "final_rating", "fairness_review", "evaluate", "joint_note",
)  # fmt: skip
CALIBRATING = ("hold_session", "vote")
# What hangs on a predicate, and falls with it (domain.md P04, step 10).
_BY_PREDICATE = ("COACHING", "REFERRAL", "NOMINATION")
_LATE_FILING_DAYS = 5


def contested_result(call: Call, result: Any = None) -> dict[str, Any] | None:
    """Give the result with this number, else the subject's newest one (of the period, if given)."""
    found = _result(call, result)
    if found is None:
        return None
    on_time = call.now.astimezone(city_zone()).date() <= found.objection_until
    return {
        "result": found.id,
        "case_no": found.case_no,
        "period": found.period,
        "predicate": found.predicate,
        "result_rating": found.result_rating,
        "behaviour_rating": found.behaviour_rating,
        "result_score": found.result_score,
        "behaviour_score": found.behaviour_score,
        "disclosed_on": found.disclosed_on,
        "objection_until": found.objection_until,
        "on_time": on_time,
        "file_by": _file_by(call, found, on_time=on_time),
        "rater": _rater(call, found),
        **_objected(call, found),
    }


def _objected(call: Call, found: ResultView) -> dict[str, Any]:
    """Name the case in which this result is contested, or was decided on: that is final (P08)."""
    known = [
        *queries.of_result(call.connection, found.id),
        queries.of_case(call.connection, found.instance_id),  # the result is what it decided
    ]
    for one in known:
        if one is None or one.instance_id == call.instance_id:
            continue
        if not one.outcome or one.outcome in queries.DECIDED:
            # Its own row was written before the case had a number.
            other = case_number(call.connection, one.instance_id)
            return {"objected_in": other, "is_open": not one.outcome}
    return {"objected_in": None, "is_open": False}


def _result(call: Call, result: Any) -> ResultView | None:
    wanted = number(result)
    for found in evaluation.results_of(call.connection, about(call)):
        right_period = not call.period or found.period == call.period
        if found.id == wanted or (wanted is None and right_period):
            return found
    return None


def _file_by(call: Call, found: ResultView, *, on_time: bool) -> datetime:
    """Give until when the objection must be written: the last day, or some days for a late one."""
    if on_time:
        last = datetime.combine(found.objection_until, time(23, 59, 59), city_zone())
        return last.astimezone(UTC)
    return calendar.add_working_days(call.connection, call.now, _LATE_FILING_DAYS)


def _rater(call: Call, found: ResultView) -> int | None:
    settled = doers(call.connection, found.instance_id, ("final_rating", "evaluate"))
    return settled[-1] if settled else directory.superior(call.connection, about(call), call.now)


def objection_decider(call: Call, result: Any) -> int | None:
    """Give the first superior upwards who neither rated nor reviewed the contested result."""
    found = _result(call, result)
    if found is None:
        return None
    took_part = {*doers(call.connection, found.instance_id, DECIDING), _rater(call, found)}
    took_part |= _calibrators(call, found)
    above = directory.superior(call.connection, about(call), call.now)
    for _ in range(20):  # lines may be wrong and go round
        if above is None:
            break
        if above not in took_part:
            return above
        above = directory.superior(call.connection, above, call.now)
    # Everybody above took part: the appointing official is left.
    free = {*directory.holders_of_role(call.connection, "PPK", call.now)} - took_part
    return min(free - {about(call)}, default=None)


def _calibrators(call: Call, found: ResultView) -> set[int]:
    """Name who decided in the calibration of an annual result."""
    appraised = appraisal.of_case(call.connection, found.instance_id)
    if appraised is None:
        return set()
    held = calibration.of_office(call.connection, appraised.office_path, appraised.period)
    if held is None:
        return set()
    return set(doers(call.connection, held.instance_id, CALIBRATING))


def freeze_result(call: Call, result: Any) -> int:
    """Open an objection: the result's effects rest; once per case."""
    known = queries.of_case(call.connection, call.instance_id)
    if known is not None:
        return known.id
    found = _result(call, result)
    if found is None:
        raise ServiceTaskFailed("Expected a disclosed result to object to, but there is none.")
    if not evaluation_store.freeze(call.connection, found.id, call.instance_id):
        raise ServiceTaskFailed("Expected no other objection to be open, but there is one.")
    row = {
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "result_id": found.id,
        "person_id": found.person_id,
        "rater_id": _rater(call, found),
        "on_time": call.now.astimezone(city_zone()).date() <= found.objection_until,
        "opened_at": call.now,
        "outcome": "",
        "reason": "",
        "closed_at": None,
        "predicate_before": found.predicate,
        "predicate_after": "",
    }
    opened = store.open_one(call.connection, row)
    # A message starts this case and freezes the result in one step, before it has a number.
    call.when_numbered(partial(store.set_case_no, call.connection, opened))
    return opened


def release_result(call: Call, outcome: Any, reason: Any = "") -> str:
    """Close the objection with the result as it was: its effects go on."""
    if outcome not in queries.OUTCOMES:
        raise ServiceTaskFailed(
            f"Expected one of {', '.join(sorted(queries.OUTCOMES))}, but got {outcome!r}."
        )
    open_ = _open(call)
    _close(call, open_, str(outcome), str(reason or ""), open_.predicate_before)
    return str(outcome)


def change_result(
    call: Call,
    outcome: Any,
    predicate: Any,
    result_rating: Any,
    behaviour_rating: Any,
    reason: Any,
) -> dict[str, Any]:
    """Write the result anew, as the decision says; the old one is kept, and what hung on it ends.

    Scores stay what was measured: a decision changes ratings, not measurements.
    """
    open_ = _open(call)
    old = evaluation_store.result(call.connection, open_.result_id)
    assert old is not None
    fresh = {
        **{name: value for name, value in old.items() if name != "id"},
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "predicate": predicate,
        "result_rating": result_rating,
        "behaviour_rating": behaviour_rating,
        "note": str(reason or ""),
        "disclosed_at": call.now,
        "frozen_for": None,
        "replaced_by": None,
    }
    if None in (predicate, result_rating, behaviour_rating):
        raise ServiceTaskFailed("Expected both ratings and a predicate, but one has no value.")
    new_id = evaluation_store.add_result(call.connection, fresh)
    evaluation_store.replace(call.connection, open_.result_id, new_id)
    _close(call, open_, str(outcome), str(reason or ""), str(predicate))
    change_locked(call, old["instance_id"], new_id)
    _follow_up_anew(call, old["instance_id"], str(predicate), changed=predicate != old["predicate"])
    return {"result": new_id, "predicate": predicate, "before": old["predicate"]}


def _follow_up_anew(call: Call, source_id: int, predicate: str, *, changed: bool) -> None:
    if not changed:
        return
    followup_store.drop(call.connection, source_id, _BY_PREDICATE, call.now)
    kinds = {"SB": ("NOMINATION",), "B": ()}.get(predicate, ("COACHING", "REFERRAL"))
    for kind in kinds:
        open_followup(call, kind, f"Predikat {predicate} setelah keberatan {call.case_no}")


def _open(call: Call) -> ObjectionView:
    found = queries.of_case(call.connection, call.instance_id)
    if found is None or found.outcome:
        raise ServiceTaskFailed("Expected this case's objection to be open, but it is not.")
    return found


def _close(call: Call, open_: ObjectionView, outcome: str, reason: str, predicate: str) -> None:
    values = {
        "outcome": outcome,
        "reason": reason,
        "closed_at": call.now,
        "predicate_after": predicate,
    }
    store.close(call.connection, open_.id, values)
    evaluation_store.unfreeze(call.connection, open_.result_id)
