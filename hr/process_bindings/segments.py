"""Who rated the subject of a quarter for how many days, and what their ratings weigh.

On a transfer in mid-period the old rater closes a segment and the new one opens another; the result
is weighted by days (domain.md §4, hard rules).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.appraisal import store as appraisal
from hr.appraisal.rules import Segment, segments
from hr.calendar.rules import city_zone, local_day, quarter_days
from hr.directory import queries as directory
from hr.evaluation import rules as rating
from hr.process_bindings.arguments import about, contexts, person, texts

_NOON = time(12)


def quarter_raters(call: Call) -> dict[str, Any]:
    """Say who was the rater on which days of the quarter, and who of them is not any more.

    earlier -- who else was the rater, by number of days; without those who have left service
    """
    subject = about(call)
    parts = _parts(call, subject)
    names = directory.names(call.connection, {part.rater_id for part in parts})
    days = Counter[int]()
    for part in parts:
        days[part.rater_id] += part.days
    now = directory.superior(call.connection, subject, call.now)
    others = [one for one in days if one not in (now, subject)]
    rights = directory.rights_of_all(call.connection, others, call.now)
    return {
        "parts": [
            {
                "rater": part.rater_id,
                "name": names.get(part.rater_id, ""),
                "first": part.first,
                "last": part.last,
                "days": part.days,
            }
            for part in parts
        ],
        "earlier": [
            {"rater": one, "name": names.get(one, ""), "days": days[one]}
            for one in sorted(others, key=lambda one: -days[one])
            if rights[one][0]
        ],
    }


def _parts(call: Call, subject: int) -> tuple[Segment, ...]:
    try:
        begin, end = quarter_days(call.period)
    except ValueError as error:
        raise ServiceTaskFailed(str(error)) from error
    joined, left = appraisal.service_of(call.connection, subject)
    begin, end = max(begin, joined), min(end, left, local_day(call.now))
    if begin > end:
        return ()
    changes = appraisal.line_changes(call.connection, subject, begin, end)
    days = [begin, *sorted(changes)]
    moments = [datetime.combine(day, _NOON, city_zone()) for day in days]
    raters = [directory.superior(call.connection, subject, moment) for moment in moments]
    return segments(zip(days, raters, strict=True), end)


def ratings_by_days(call: Call, own: Any, quarter: Any, asked: Any, answers: Any, keys: Any) -> Any:
    """Weigh the superior's ratings with those of the raters before him, by days.

    own -- what the superior gives now; asked, answers -- the raters before him and what each gave,
    in the same order, null where one did not answer.  Where nobody else's ratings count, or the
    superior is new and nobody answered, his own stand.
    """
    names = texts(keys)
    given = rating.summarise(contexts(own), names, fewest=0)
    mine = [one for one in contexts(_of(quarter, "parts")) if one.get("rater") == _rater(call)]
    parts = [(given, sum(_days(one) for one in mine), _name(call))]
    for one, answer in zip(contexts(asked), _listed(answers), strict=False):
        if contexts(answer):
            summary = rating.summarise(contexts(answer), names, fewest=0)
            parts.append((summary, _days(one), str(one.get("name") or "")))
    weighed = rating.by_days([(summary, days) for summary, days, _ in parts], names)
    if len(parts) == 1 or weighed is None:
        return {**given, "raters": []}
    told = [{"name": name, "days": days, "mean": summary["mean"]} for summary, days, name in parts]
    return {**weighed, "raters": told}


def _rater(call: Call) -> int | None:
    return directory.superior(call.connection, about(call), call.now)


def _name(call: Call) -> str:
    number = _rater(call)
    known = directory.names(call.connection, [number]) if number is not None else {}
    return next(iter(known.values()), "")


def _days(one: Any) -> int:
    return person(one.get("days")) or 0


def _of(context: Any, name: str) -> Any:
    return next((each.get(name) for each in contexts(context)), None)


def _listed(answers: Any) -> list[Any]:
    return list(answers) if isinstance(answers, list | tuple) else []
