"""What is asked about objections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hr.objection import store

LAPSED, REFUSED, UPHELD, CHANGED, RERATED = "LAPSED", "REFUSED", "UPHELD", "CHANGED", "RERATED"
OUTCOMES = frozenset({LAPSED, REFUSED, UPHELD, CHANGED, RERATED})
DECIDED = frozenset({UPHELD, CHANGED, RERATED})


@dataclass(frozen=True)
class ObjectionView:
    """An objection; `outcome` is empty while it is open."""

    id: int
    instance_id: int
    case_no: str
    result_id: int
    person_id: int
    rater_id: int | None
    on_time: bool
    opened_at: datetime
    outcome: str
    reason: str
    closed_at: datetime | None
    predicate_before: str
    predicate_after: str


def of_case(connection: Connection, instance_id: int) -> ObjectionView | None:
    """Give the objection of a case, or None."""
    row = store.of_case(connection, instance_id)
    return None if row is None else ObjectionView(**row)


def of_result(connection: Connection, result_id: int) -> tuple[ObjectionView, ...]:
    """List the objections to a result, the oldest first."""
    return tuple(ObjectionView(**row) for row in store.of_result(connection, result_id))
