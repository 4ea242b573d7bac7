"""What the flags found of the hidden traits (`hr.demo.traits`), and whom they accused for nothing.

Counts only.  A flag of the statistics is about a rater, FX8 about a case, a repeated text about a
person's month, a service gap about an office.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from hr.activity import rules as activity_rules
from hr.activity.tables import ActivityEntry
from hr.appraisal.tables import Appraisal
from hr.demo.structure import Structure
from hr.demo.traits import BIASED, LENIENT, STRICT, UNIFORM, traits
from hr.fairness import queries as fairness
from hr.fairness import rules
from hr.followup.tables import Followup

_TRAITS = (LENIENT, STRICT, UNIFORM, BIASED, "")
# What the statistics can say about a rater's trait; of one who favours men nothing, rater by rater.
_STATISTIC = {LENIENT: "FX1", STRICT: "FX12", UNIFORM: "FX2"}


def recall(connection: Connection, structure: Structure, year: str) -> dict[str, Any]:
    """Compare what was planted with what is flagged, by kind of trait."""
    return {
        **_raters(connection, structure, year),
        "copies": _copies(connection, structure, year),
        "slow office": _slow(connection, structure, year),
    }


def _raters(connection: Connection, structure: Structure, year: str) -> dict[str, Any]:
    hidden = traits(structure).raters
    found = fairness.of_year(connection, year).findings
    severity = {one.who: one for one in found if one.kind == rules.SEVERITY}
    flagged: dict[Any, set[str]] = {}
    for one in found:
        flagged.setdefault(one.who, set()).add(rules.flag_of(one))
    cases, departed = _cases(connection, year)
    told: dict[str, Any] = {}
    for trait in _TRAITS:
        who = [one for one in severity if hidden.get(int(one), "") == trait]
        enough = [one for one in who if severity[one].state != rules.TOO_FEW]
        wanted = {_STATISTIC[trait]} if trait in _STATISTIC else {"FX1", "FX2", "FX12"}
        told[trait.lower() or "honest"] = {
            "raters": len(who),
            "with enough people": len(enough),
            "flagged by statistics": sum(bool(flagged[one] & wanted) for one in enough),
            "mean estimate": _mean([severity[one].estimate for one in enough]),
            "appraisals": sum(cases[one] for one in who),
            "of these FX8": sum(departed[one] for one in who),
        }
    return told


def _mean(estimates: list[float | None]) -> float | None:
    known = [one for one in estimates if one is not None]
    return round(sum(known) / len(known), 2) if known else None


def _cases(connection: Connection, year: str) -> tuple[Counter[Any], Counter[Any]]:
    cases: Counter[Any] = Counter()
    departed: Counter[Any] = Counter()
    found = select(Appraisal.rater_id, Appraisal.flags).where(Appraisal.period == year)
    for rater, flags in connection.execute(found):
        cases[rater] += 1
        departed[rater] += "FX8" in flags
    return cases, departed


def _copies(connection: Connection, structure: Structure, year: str) -> dict[str, int]:
    """Name who wrote a text under five days of a month or more."""
    marked: set[int] = set()
    wrote: set[int] = set()
    for number in range(1, 13):
        first, last = activity_rules.month_of(f"{date(int(year), number, 1):%Y-%m}")
        days = func.count(func.distinct(ActivityEntry.day))
        found = select(ActivityEntry.person_id).where(ActivityEntry.day.between(first, last))
        wrote |= set(connection.execute(found.distinct()).scalars())
        grouped = found.group_by(ActivityEntry.person_id, ActivityEntry.digest)
        repeated = grouped.having(days >= activity_rules.COPIED_DAYS)
        marked |= set(connection.execute(repeated).scalars())
    planted = traits(structure).copying & wrote
    return {
        "people": len(planted),
        "marked": len(planted & marked),
        "others": len(wrote - planted),
        "others marked": len(marked - planted),
    }


def _slow(connection: Connection, structure: Structure, year: str) -> dict[str, int]:
    paths = {unit["id"]: unit["path"] for unit in structure.units}
    slow = paths[traits(structure).slow_unit]
    found = select(Followup.scope_path).where(
        Followup.kind == "SERVICE_GAP", Followup.period.like(f"{year}%")
    )
    gaps = [path.startswith(slow) for path in connection.execute(found).scalars()]
    return {"gaps there": sum(gaps), "gaps elsewhere": len(gaps) - sum(gaps)}
