"""Verbs of a year's end: the lock, the nine-box, what goes to SIASN, a change after the lock."""

from __future__ import annotations

from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.appraisal import queries, store
from hr.appraisal.queries import AppraisalView
from hr.calendar.rules import local_day
from hr.development import queries as development
from hr.development import rules as needs
from hr.development.tables import TrainingSignal
from hr.evaluation import queries as evaluation
from hr.evaluation.queries import ResultView
from hr.evaluation.rules import number
from hr.process_bindings.arguments import about
from hr.siasn import store as siasn_store
from hr.statements import add_one

_SELECTABLE = 7  # from this box on: the talent programme (DT14 T10; PermenPANRB 3/2020)


def lock_appraisal(call: Call) -> dict[str, Any]:
    """Make the year final, as the newest result says; what counts years is told of it."""
    found = _own(call)
    known = evaluation.results_of(call.connection, found.person_id)
    newest = next(one for one in known if one.replaced_by is None and one.period == call.period)
    before = evaluation.result_of_case(call.connection, call.instance_id)
    _lock(call, found, newest)
    return {
        "result": newest.id,
        "predicate": newest.predicate,
        "changed_by_objection": before is not None and before.id != newest.id,
    }


def potential(call: Call) -> Any:
    """Give how much of what the post asks for the subject has, 0 to 100; None where unmeasured."""
    return development.fulfilment(call.connection, [about(call)], call.now).get(about(call))


def note_talent_box(call: Call, potential: Any, box: Any) -> int:
    """Write the box of DT13 beside the year; from 7 on DT14 hears of it (T10)."""
    found, place = _own(call), number(box)
    reached = number(potential)
    if place is None or reached is None:
        raise ServiceTaskFailed("Expected a box and a potential, but one has no value.")
    values = {"potential": reached, "talent_box": int(place)}
    store.change(call.connection, [found.id], values)
    if place >= _SELECTABLE:
        row = {
            "person_id": found.person_id,
            "kind": needs.TALENT,
            "competence": "",
            "value": place,
            "source": f"DT13 {call.case_no}",
            "noted_on": local_day(call.now),
        }
        add_one(call.connection, TrainingSignal, row)
    return int(place)


def prepare_siasn(call: Call) -> int:
    """Put the final result where the agency makes its file for SIASN from."""
    found = _own(call)
    if found.state != queries.LOCKED:
        raise ServiceTaskFailed(f"Expected a locked year, but it is {found.state}.")
    return _prepare(call, found)


def change_locked(call: Call, contested: int, new_id: int) -> None:
    """Carry a decision that comes after the lock into the year: a late objection was admitted.

    contested -- the case in which the old result was disclosed; new_id -- the result that counts.

    Career rules read the new predicate from now on, and the next file for SIASN has it.
    """
    found = queries.of_case(call.connection, contested)
    if found is None or found.state != queries.LOCKED:
        return
    results = evaluation.results_of(call.connection, found.person_id)
    _lock(call, found, next(one for one in results if one.id == new_id))
    changed = queries.of_case(call.connection, contested)
    assert changed is not None
    _prepare(call, changed)


def _lock(call: Call, found: AppraisalView, newest: ResultView) -> None:
    values = {
        "state": queries.LOCKED,
        "locked_at": call.now,
        "predicate": newest.predicate,
        "result_rating": newest.result_rating,
        "behaviour_rating": newest.behaviour_rating,
    }
    store.change(call.connection, [found.id], values)
    year = int(found.period)
    store.set_annual_predicate(call.connection, found.person_id, year, newest.predicate)


def _prepare(call: Call, found: AppraisalView) -> int:
    row = {
        "instance_id": call.instance_id,
        "person_id": found.person_id,
        "year": int(found.period),
        "rater_id": found.rater_id,
        "result_rating": found.result_rating,
        "behaviour_rating": found.behaviour_rating,
        "predicate": found.predicate,
        "prepared_at": call.now,
    }
    return siasn_store.prepare(call.connection, row)


def _own(call: Call) -> AppraisalView:
    found = queries.of_case(call.connection, call.instance_id)
    if found is None:
        raise ServiceTaskFailed("Expected this case to have a proposal, but it has none.")
    return found
