"""Judges a played year: nobody forgotten, nothing twice, nothing stuck; what is left is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bench.rig.oracle import Verdict
    from engine import Engine

_SHOWN = 5
_STATES = "SELECT process_key, state, count(*) FROM instance GROUP BY process_key, state"
_LEFT = """
SELECT i.case_no, i.state, min(t.element_id) FROM instance i
LEFT JOIN task t ON t.instance_id = i.id AND t.state = 'CREATED'
WHERE i.process_key = :key AND i.state NOT IN ('COMPLETED', 'CANCELLED')
GROUP BY i.id, i.case_no, i.state ORDER BY i.id
"""
_FINAL = "SELECT state, predicate, count(*) FROM appraisal WHERE period = :year GROUP BY 1, 2"
_DECIDED = "SELECT outcome, count(*) FROM objection GROUP BY outcome"
# What may be there once only: its name, and those who have it twice or not at all.
_TWICE = {
    "cases of one process, person and period": (
        "SELECT process_key, subject_id, period, count(*) FROM instance"
        " WHERE subject_id IS NOT NULL AND process_key NOT IN ('objection')"
        " GROUP BY process_key, subject_id, period HAVING count(*) > 1"
    ),
    "appraisals of one person": (
        "SELECT person_id, count(*) FROM appraisal WHERE period = :year"
        " GROUP BY person_id HAVING count(*) > 1"
    ),
    "results of one person that count": (
        "SELECT person_id, count(*) FROM evaluation_result"
        " WHERE period = :year AND replaced_by IS NULL GROUP BY person_id HAVING count(*) > 1"
    ),
    "predicates of one person for his career": (
        "SELECT person_id, count(*) FROM annual_predicate WHERE year = :number"
        " GROUP BY person_id HAVING count(*) > 1"
    ),
    "objections to one result": (
        "SELECT result_id, count(*) FROM objection GROUP BY result_id HAVING count(*) > 1"
    ),
}
_CLOSE = {
    "appraisals that are not final": (
        "SELECT case_no, state FROM appraisal"
        " WHERE period = :year AND state NOT IN ('LOCKED', 'UNRATED')"
    ),
    "people whose case left no appraisal": (
        "SELECT i.subject_id, i.case_no FROM instance i"
        " LEFT JOIN appraisal a ON a.instance_id = i.id"
        " WHERE i.process_key = 'annual_appraisal' AND i.period = :year AND a.id IS NULL"
    ),
    "final predicates that a career does not know, or knows otherwise": (
        "SELECT a.case_no, a.predicate, p.predicate FROM appraisal a LEFT JOIN annual_predicate p"
        " ON p.person_id = a.person_id AND p.year = :number"
        " WHERE a.period = :year AND a.state = 'LOCKED'"
        " AND (p.predicate IS NULL OR p.predicate <> a.predicate)"
    ),
    "final predicates that were not disclosed so": (
        "SELECT a.case_no, a.predicate, r.predicate FROM appraisal a LEFT JOIN evaluation_result r"
        " ON r.person_id = a.person_id AND r.period = a.period AND r.replaced_by IS NULL"
        " WHERE a.period = :year AND a.state = 'LOCKED'"
        " AND (r.predicate IS NULL OR r.predicate <> a.predicate)"
    ),
    "objections that nobody decided": (
        "SELECT case_no, outcome FROM objection WHERE closed_at IS NULL OR outcome = ''"
    ),
    "objections decided by who had rated, or who objects": (
        "SELECT o.case_no, t.completed_by FROM objection o"
        " JOIN task t ON t.instance_id = o.instance_id AND t.element_id = 'decide_objection'"
        " AND t.state = 'COMPLETED' WHERE t.completed_by IN (o.rater_id, o.person_id)"
    ),
    "results that an objection still holds": (
        "SELECT person_id, frozen_for FROM evaluation_result WHERE frozen_for IS NOT NULL"
        " AND period = :year"
    ),
}
_MONTHS = {
    "months that are open after their close": (
        "SELECT m.person_id, m.month FROM activity_month m JOIN instance i ON i.id = m.instance_id"
        " WHERE m.closed_at IS NULL AND i.state = 'COMPLETED'"
    ),
    "months that were closed and began no report": (
        "SELECT d.subject_id, d.period FROM instance d LEFT JOIN instance r"
        " ON r.process_key = 'monthly_report' AND r.subject_id = d.subject_id"
        " AND r.period = d.period"
        " WHERE d.process_key = 'daily_activity' AND d.state = 'COMPLETED' AND r.id IS NULL"
    ),
}


def judge(
    engine: Engine, verdict: Verdict, year: str, ended: Mapping[str, Collection[str]]
) -> None:
    """Look for what is stuck, missing or there twice.

    ended -- the processes that are over by now, each with the states that its cases may be in
    """
    from sqlalchemy import text

    with engine.database.connect() as connection:
        known = {"year": year, "number": int(year)}
        states = connection.execute(text(_STATES)).all()
        final = connection.execute(text(_FINAL), known).all()
        decided = connection.execute(text(_DECIDED)).all()
        verdict.figures["cases"] = {f"{row[0]} {row[1]}": row[2] for row in states}
        verdict.figures["appraisals"] = {f"{row[0]} {row[1]}": row[2] for row in final}
        verdict.figures["objections"] = {str(row[0]): row[1] for row in decided}
        for row in states:
            if row[0] in ended and row[1] not in ended[row[0]]:
                left = connection.execute(text(_LEFT), {"key": row[0]}).all()
                told = [one for one in left if one[1] == row[1]]
                verdict.faults.append(_told(f"cases of {row[0]} are {row[1]}", row[2], told))
        wanted = dict(_TWICE)
        if "annual_appraisal" in ended:
            wanted |= _CLOSE
        if "daily_activity" in ended:
            wanted |= _MONTHS
        for name, sql in wanted.items():
            found = connection.execute(text(sql), _named(sql, known)).all()
            if found:
                verdict.faults.append(_told(name, len(found), found))
        _left_undone(connection, engine, verdict)


def _left_undone(connection: Connection, engine: Engine, verdict: Verdict) -> None:
    """Name incidents, jobs that are not done, and timers that are due."""
    from sqlalchemy import bindparam, text

    from engine import Utc

    now = bindparam("now", type_=Utc())
    asked = {
        "open incidents": "SELECT kind, element_id, message FROM incident WHERE state = 'OPEN'",
        "jobs given up": "SELECT kind, last_error FROM job WHERE state = 'FAILED'",
        "jobs still due": "SELECT kind, id FROM job WHERE state = 'DUE' AND run_at <= :now",
        "timers still due": "SELECT instance_id, element_id FROM timer WHERE due_at <= :now",
    }
    for name, sql in asked.items():
        statement, values = text(sql), {}
        if ":now" in sql:
            statement, values = statement.bindparams(now), {"now": engine.clock()}
        found = connection.execute(statement, values).all()
        if found:
            verdict.faults.append(_told(name, len(found), found))


def _named(sql: str, known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if f":{name}" in sql}


def _told(what: str, count: int, found: Collection[Any]) -> str:
    first = "; ".join(" ".join(str(value) for value in row) for row in list(found)[:_SHOWN])
    return f"{count} {what}: {first}"
