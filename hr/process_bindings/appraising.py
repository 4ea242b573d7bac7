"""Verbs of the annual appraisal: what a year rests on, the sample, what is proposed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.appraisal import queries, rules, store
from hr.calendar.rules import city_zone, local_day, quarter_days
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation import rules as rating
from hr.evaluation.queries import ResultView
from hr.fairness import queries as fairness
from hr.fairness import store as fairness_store
from hr.planning import queries as planning
from hr.process_bindings.arguments import about, person, texts
from hr.records import queries as records

_NOON = time(12)
_DUE = {"report_by": (1, 10), "rating_by": (1, 20), "team_by": (1, 31)}  # of the next year


def annual_basis(call: Call) -> dict[str, Any]:
    """Gather what a year rests on: quarters, plan rows, attendance, raters, days to finish by."""
    subject = about(call)
    year, (first, last) = _year(call)
    parts = _segments(call, subject, first, min(last, local_day(call.now)))
    results = _results(call, subject)
    quarters = [one for one in results if one.period.startswith(f"{year}Q")]
    service = store.service_of(call.connection, subject)
    absences = _attendance(call, subject)
    scores = [(one.behaviour_score, _days_served(one.period, service)) for one in quarters]
    return {
        "year": int(year),
        "service_months": rules.service_months(*service, year),
        "rater": rules.main_rater(parts) or directory.superior(call.connection, subject, call.now),
        "segments": _named(call, parts),
        "quarters": [_quarter(one) for one in sorted(quarters, key=lambda one: one.period)],
        "rows": _rows(call, subject, absences),
        "behaviour_score": rules.weighted(scores),
        "lowest_value": _lowest_value(call, subject) or rules.weighted(scores),
        "attendance": absences,
        "previous": _previous_year(call, subject, results),
        **{what: _end_of(date(int(year) + 1, *day)) for what, day in _DUE.items()},
    }


def _year(call: Call) -> tuple[str, tuple[date, date]]:
    """Give the year of a case, of a quarter's too, with its first and last day."""
    try:
        return call.period[:4], rules.year_days(call.period[:4])
    except ValueError as error:
        raise ServiceTaskFailed(str(error)) from error


def _segments(call: Call, subject: int, first: date, last: date) -> tuple[rules.Segment, ...]:
    """Ask who the rater was at first, and on each day that something changed above."""
    days = [first, *sorted(store.line_changes(call.connection, subject, first, last))]
    moments = [datetime.combine(day, _NOON, city_zone()) for day in days]
    raters = [directory.superior(call.connection, subject, moment) for moment in moments]
    return rules.segments(zip(days, raters, strict=True), last)


def _named(call: Call, parts: Iterable[rules.Segment]) -> list[dict[str, Any]]:
    parts = tuple(parts)
    names = directory.names(call.connection, {part.rater_id for part in parts}) if parts else {}
    return [
        {
            "rater": part.rater_id,
            "name": names.get(part.rater_id, ""),
            "first": part.first,
            "last": part.last,
            "days": part.days,
        }
        for part in parts
    ]


def _days_served(quarter: str, service: tuple[date, date]) -> int:
    joined, left = service
    first, last = quarter_days(quarter)
    return (min(last, left) - max(first, joined)).days + 1


def _results(call: Call, subject: int) -> tuple[ResultView, ...]:
    found = evaluation.results_of(call.connection, subject)
    return tuple(one for one in found if one.replaced_by is None)


def _quarter(one: ResultView) -> dict[str, Any]:
    return {
        "period": one.period,
        "predicate": one.predicate,
        "result_rating": one.result_rating,
        "behaviour_rating": one.behaviour_rating,
        "result_score": one.result_score,
        "behaviour_score": one.behaviour_score,
    }


def _rows(call: Call, subject: int, absences: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Add up targets and realisations over the quarters, by what is measured; with attendance."""
    added: dict[tuple[str, ...], dict[str, Any]] = {}
    quarters = rules.quarters_of(call.period[:4])
    for found in planning.rows_of_quarters(call.connection, subject, quarters).values():
        for row in found:
            key = (row.indicator, row.measure, row.dimension, row.direction)
            known = added.setdefault(
                key,
                {
                    "plan": row.plan,
                    "indicator": row.indicator,
                    "unit": row.measure,
                    "dimension": row.dimension,
                    "direction": row.direction,
                    "target": Decimal(0),
                    "actual": Decimal(0),
                    "on_time": None,
                    "quality_rating": None,
                },
            )
            known["target"] += row.target
            known["actual"] += row.actual
    rows = [row for row in added.values() if row["target"] > 0]
    if absences is not None and absences["due_days"] > 0:
        rows.append(
            {
                **dict.fromkeys(("on_time", "quality_rating")),
                "plan": "Kehadiran",
                "indicator": "Hari hadir",
                "unit": "hari",
                "dimension": "attendance",
                "direction": "HIGHER",
                "target": Decimal(absences["due_days"]),
                "actual": Decimal(absences["present_days"]),
            }
        )
    return [{"row": number, **row} for number, row in enumerate(rows, start=1)]


def _attendance(call: Call, subject: int) -> dict[str, Any] | None:
    days = rules.year_days(call.period[:4])
    found = records.attendance_between(call.connection, subject, *days)
    if found is None:
        return None
    names = ("working_days", "present_days", "late_days", "absent_days", "leave_days", "due_days")
    return {name: getattr(found, name) for name in names}


def _lowest_value(call: Call, subject: int) -> Decimal | None:
    periods = rules.quarters_of(call.period[:4])
    digits = fairness_store.digits_of(call.connection, subject, periods)
    means = [
        rating.mean([Decimal(int(digit)) for digit in column])
        for column in zip(*digits, strict=False)
    ]
    return min((one for one in means if one is not None), default=None)


def _previous_year(call: Call, subject: int, results: Iterable[ResultView]) -> str | None:
    before = str(int(call.period[:4]) - 1)
    for one in results:
        if one.period == before:
            return one.predicate
    return store.annual_predicate(call.connection, subject, int(before))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), city_zone())


def rater_facts(call: Call, rater: Any) -> dict[str, Any]:
    """Give what DT20 is told about a rater by the newest statistics of the year."""
    number = person(rater)
    facts = fairness.NOTHING_KNOWN
    hurried = 0
    if number is not None:
        facts = fairness.rater_facts(call.connection, number, call.period[:4])
        hurried = fairness.most_within_ten_minutes(call.connection, number, call.now)
    return {
        "mean_difference": facts.mean_difference,
        "people": facts.people,
        "deviation": facts.deviation,
        "within_ten_minutes": hurried,
    }


def rater_flags(call: Call, rater: Any) -> list[str]:
    """Name the flags that the newest statistics raise about a rater: FX1, FX2, FX11, FX12."""
    number = person(rater)
    if number is None:
        return []
    return list(fairness.flags_of_rater(call.connection, number, call.period[:4], call.now))


def team_sample(call: Call, predicate: Any, flags: Any) -> str:
    """Say why the team looks at this case, or an empty text (domain.md P05, step 4)."""
    return rules.sampled_because(str(predicate), texts(flags), call.case_no)


def levels_apart(call: Call, one: Any, other: Any) -> int:
    """Give how many steps two predicates lie apart."""
    return rules.levels_apart(str(one), str(other))


def propose_appraisal(call: Call, values: Any) -> int:
    """Write what goes into the office's calibration; a second proposal replaces the first."""
    if not isinstance(values, Mapping):
        raise ServiceTaskFailed("Expected what is proposed as a context, but it is none.")
    needed = ("predicate", "result_rating", "behaviour_rating", "result_score", "behaviour_score")
    missing = [name for name in needed if values.get(name) is None]
    if missing:
        raise ServiceTaskFailed(
            f"Expected a complete proposal, but {', '.join(missing)} has no value."
        )
    row = {
        **_base(call),
        "state": queries.PROPOSED,
        "rater_id": person(values.get("rater")),
        "rater_predicate": values.get("rater_predicate") or "",
        "sampled": bool(values.get("sampled_because")),
        "sampled_because": values.get("sampled_because") or "",
        "team_predicate": values.get("team_predicate") or "",
        "levels_apart": int(rating.number(values.get("levels_apart")) or 0),
        **{name: values[name] for name in needed},
        "proposed": values["predicate"],
        "flags": json.dumps(texts(values.get("flags"))),
        "reason": str(values.get("reason") or ""),
    }
    return store.propose(call.connection, row)


def close_unrated(call: Call, reason_code: Any) -> str:
    """Write that a year ends without a predicate, and why: TOO_NEW, LEFT_SERVICE."""
    if reason_code not in (rules.TOO_NEW, rules.LEFT_SERVICE):
        raise ServiceTaskFailed(f"Expected TOO_NEW or LEFT_SERVICE, but got {reason_code!r}.")
    nothing = {"result_score": Decimal(0), "behaviour_score": Decimal(0)}
    row = {**_base(call), "state": queries.UNRATED, "reason_code": reason_code, **nothing}
    written = store.propose(call.connection, row)
    # Whoever is too new is told so in the step that starts the case, before it has a number.
    call.when_numbered(
        lambda case_no: store.change(call.connection, [written], {"case_no": case_no})
    )
    return str(reason_code)


def _base(call: Call) -> dict[str, Any]:
    return {
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "person_id": about(call),
        "period": call.period,
        "office_path": office_of(call.scope_path),
        "proposed_at": call.now,
        "locked_at": None,
    }


def office_of(scope_path: str) -> str:
    """Give the path of the office in which a case lies."""
    return directory.ancestors(scope_path)[-1] if scope_path.strip("/") else ""


def calibration_key(call: Call) -> str:
    """Name the calibration that a case waits for: its office and year."""
    return f"{office_of(call.scope_path)}{call.period}"


def calibrated_appraisal(call: Call) -> dict[str, Any] | None:
    """Give what the calibration left of the proposal; `late` where it was over before."""
    found = queries.of_case(call.connection, call.instance_id)
    if found is None:
        return None
    return {
        "result_rating": found.result_rating,
        "behaviour_rating": found.behaviour_rating,
        "predicate": found.predicate,
        "before": found.proposed,
        "changed": found.predicate != found.proposed,
        "reason": found.reason,
        "late": found.state == queries.PROPOSED,
    }


def result_rests(call: Call, result: Any) -> bool:
    """Tell whether an objection to a result is open, so that nothing follows from it yet."""
    wanted = rating.number(result)
    found = evaluation.results_of(call.connection, about(call))
    return any(one.id == wanted and one.frozen_for is not None for one in found)
