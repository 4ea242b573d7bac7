"""A year's quarters written in bulk: what superiors gave, and the results that were disclosed.

For a city too large to be played task by task; its annual appraisal rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, select

from hr.demo import appraisals
from hr.demo.people import Someone
from hr.demo.quarters import talent_of
from hr.demo.structure import Structure
from hr.directory.tables import Person
from hr.evaluation.tables import Result
from hr.fairness.tables import GivenRating
from hr.statements import Row, add, rows

_BEFORE = 600_000_000  # cases that were never played
_MOST = 1_000  # rows to a statement
_ABOVE, _MEETS = 1.12, 0.94  # of talent
_RATINGS = {"SB": ("ABOVE", "ABOVE"), "B": ("MEETS", "MEETS"), "BP": ("BELOW", "MEETS")}


def write_ratings(connection: Connection, structure: Structure, year: str) -> int:
    """Write down what everybody was given in the year's quarters, and his results; give how many.

    Raters act by their hidden traits.  What a quarter left as cases is not there.
    """
    found = rows(connection, select(Person.id, Person.sex))
    people = {row["id"]: Someone({"sex": row["sex"]}, "", talent_of(row["id"])) for row in found}
    given = list(appraisals.given(structure, people, year, _BEFORE))
    results = [_result(row, people) for row in given]
    for start in range(0, len(given), _MOST):
        add(connection, GivenRating, given[start : start + _MOST])
        add(connection, Result, results[start : start + _MOST])
    return len(given)


def _result(given: Row, people: Mapping[int, Someone]) -> Row:
    talent = people[given["person_id"]].talent
    predicate = "SB" if talent > _ABOVE else "B" if talent > _MEETS else "BP"
    result, behaviour = _RATINGS[predicate]
    digits = [int(one) for one in given["digits"]]
    return {
        "person_id": given["person_id"],
        "period": given["period"],
        "instance_id": given["instance_id"],
        "case_no": f"P04-{given['period']}-{given['person_id']:06}",
        "predicate": predicate,
        "result_rating": result,
        "behaviour_rating": behaviour,
        "result_score": Decimal(round(100 * talent)),
        "behaviour_score": (Decimal(sum(digits)) / len(digits)).quantize(Decimal("0.01")),
        "note": "",
        "disclosed_at": given["at"],
    }
