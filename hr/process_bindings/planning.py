"""Verbs of planning (P01): what a plan begins with, what is wrong with it, setting it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.evaluation.rules import number
from hr.planning import queries, rules, store
from hr.planning.queries import PlanLine, PlanView
from hr.process_bindings.arguments import about, contexts

_FIRST_MONTH = (1, 1)
_OFFICE = "OFFICE"
_ABOUT_LINKS = frozenset({"NOT_LINKED", "LINK_UNKNOWN"})


def planning_basis(call: Call) -> dict[str, Any]:
    """Give what a plan begins with: the superior's rows, and last year's rows or a colleague's."""
    subject = about(call)
    me = directory.person(call.connection, subject, call.now)
    source, known = _beginning(call, subject, me.post)
    links = _superior_rows(call)
    return {
        "version": store.last_version(call.connection, subject),
        "source": source,
        "is_jpt": me.post_kind == "JPT",
        "superior_rows": [_choice(row) for row in links],
        "rows": []
        if known is None
        else [_asked(row, {each.id for each in links}) for row in known.rows],
        "resources": "" if known is None else known.resources,
        "accountability": "" if known is None else known.accountability,
        "consequences": "" if known is None else known.consequences,
    }


def _beginning(call: Call, subject: int, post: str) -> tuple[str, PlanView | None]:
    own = queries.newest_plan(call.connection, [subject])
    if own is not None:
        return "OWN", own
    peers = directory.peers(call.connection, subject, call.now)
    others = directory.persons(call.connection, peers, call.now).values()
    same_post = [one.id for one in others if one.post == post]
    found = queries.newest_plan(call.connection, same_post)
    return ("NONE", None) if found is None else ("POST", found)


def _superior_rows(call: Call) -> tuple[PlanLine, ...]:
    above = directory.superior(call.connection, about(call), call.now)
    if above is None:
        return ()
    found = queries.plan_on(call.connection, above, local_day(call.now))
    return () if found is None else found.rows


def _asked(row: PlanLine, links: set[int]) -> dict[str, Any]:
    """Shape a stored row as the form asks for it; a link to a plan that is over is dropped."""
    return {
        "type": row.type,
        "superior_row": str(row.superior_row) if row.superior_row in links else None,
        "plan": row.plan,
        "measured": row.measured,
        "direction": row.direction,
        "indicator": row.indicator,
        "target": row.target,
        "target_max": row.target_max,
        "unit": row.unit,
        "weight": row.weight,
        "iku_code": row.iku_code or None,
        "perspective": row.perspective or None,
    }


def plan_links(call: Call, rows: Any) -> list[dict[str, str]]:
    """List the superior's rows of today as choices, and those of an earlier plan that are linked.

    In January everybody plans at once: the superior's plan may be set while this one is drafted.
    """
    links = _superior_rows(call)
    old = _stale(call, contexts(rows), links).values()
    return [_choice(row) for row in links] + [_choice(row, "SKP lama · ") for row in old]


def _choice(row: PlanLine, before: str = "") -> dict[str, str]:
    return {"value": str(row.id), "label": f"{before}{row.number}. {row.plan}"}


def _numbers(links: Iterable[PlanLine]) -> set[str]:
    return {str(row.id) for row in links}


def _stale(
    call: Call, rows: Iterable[Mapping[str, Any]], links: Iterable[PlanLine]
) -> dict[str, PlanLine]:
    """Give the rows of the superior's earlier plans that are linked to, by number."""
    linked = {row["superior_row"] for row in rows if row.get("superior_row")} - _numbers(links)
    above = directory.superior(call.connection, about(call), call.now) if linked else None
    plans = () if above is None else queries.versions(call.connection, above)
    return {str(row.id): row for plan in plans for row in plan.rows if str(row.id) in linked}


def plan_findings(call: Call, rows: Any) -> list[str]:
    """Name what is wrong with the rows of a plan.

    A link to a row of the superior's earlier plan follows to the row of today that plans the same.
    """
    return rules.findings(_carried(call, contexts(rows)), _numbers(_superior_rows(call)))


def _carried(call: Call, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    links = _superior_rows(call)
    today = {rules.identity(row.plan, row.indicator): str(row.id) for row in links}
    moved: dict[Any, str] = {
        key: today.get(rules.identity(row.plan, row.indicator), key)
        for key, row in _stale(call, rows, links).items()
    }
    return [{**row, **_link(row, moved)} for row in rows]


def _link(row: Mapping[str, Any], moved: Mapping[Any, str]) -> dict[str, str]:
    link = row.get("superior_row")
    return {"superior_row": moved[link]} if link in moved else {}


def plan_changes(call: Call, rows: Any) -> list[dict[str, Any]]:
    """List what these rows change against the plan that is valid now; all is new without one."""
    known = queries.plan_on(call.connection, about(call), local_day(call.now))
    before = [] if known is None else [_asked(row, set()) for row in known.rows]
    return rules.changes(before, contexts(rows))


def rater_leads_office(call: Call) -> bool:
    """Tell whether the rater is the head of an office: then the office keeps a copy."""
    above = directory.superior(call.connection, about(call), call.now)
    if above is None:
        return False
    unit = directory.unit_of(call.connection, above, call.now)
    kind = directory.person(call.connection, above, call.now).post_kind
    return unit is not None and unit.kind == _OFFICE and kind == "JPT"


def settle_plan(
    call: Call,
    rows: Any,
    approach: Any = "QUANT",
    resources: Any = "",
    accountability: Any = "",
    consequences: Any = "",
    behaviour: Any = None,
) -> dict[str, Any]:
    """Set the signed plan as a new version; once per case, the one before is kept."""
    done = store.of_case(call.connection, call.instance_id)
    if done is not None:
        return _settled(done["id"], done["version"], done["valid_from"])
    subject, written = about(call), _carried(call, contexts(rows))
    wrong = _unsettled(call, written)
    if wrong:
        raise ServiceTaskFailed(f"Expected a plan that may be set, but: {', '.join(wrong)}.")
    since = _since(call, subject)
    version = store.last_version(call.connection, subject) + 1
    plan = {
        "person_id": subject,
        "version": version,
        "valid_from": since,
        "approach": approach or "QUANT",
        "instance_id": call.instance_id,
        "case_no": call.case_no,
        "resources": resources or "",
        "accountability": accountability or "",
        "consequences": consequences or "",
    }
    store.end_before(call.connection, subject, since)
    lines = [_row(place, row) for place, row in enumerate(written, start=1)]
    return _settled(
        store.add_plan(call.connection, plan, lines, _expected(behaviour)), version, since
    )


def _unsettled(call: Call, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name what keeps a signed plan from being set.

    Its links were right when it was checked; where the superior's plan is another one since, they
    stay with what was signed, as long as there is such a row.
    """
    wrong = [code for code in plan_findings(call, rows) if code not in _ABOUT_LINKS]
    linked = {str(row["superior_row"]) for row in rows if row.get("superior_row")}
    known = [
        one.isdecimal() and store.owner(call.connection, int(one)) is not None for one in linked
    ]
    return wrong if all(known) else [*wrong, "LINK_UNKNOWN"]


def _settled(plan_id: int, version: int, since: date) -> dict[str, Any]:
    return {"plan": plan_id, "version": version, "valid_from": since}


def _since(call: Call, subject: int) -> date:
    """Give the first of January of the period's year, or today where a plan of it is in force."""
    today = local_day(call.now)
    year = int(call.period[:4]) if call.period[:4].isdecimal() else today.year
    first = date(year, *_FIRST_MONTH)
    known = queries.newest_plan(call.connection, [subject])
    if known is None or known.valid_from < first:
        return first
    return max(today, known.valid_from)


def _row(place: int, row: Mapping[str, Any]) -> dict[str, Any]:
    aspect, dimension = rules.MEASURED[row["measured"]]
    link = row.get("superior_row")
    return {
        "number": place,
        "kind": row["type"],
        "plan": row["plan"],
        "indicator": row["indicator"],
        "measure": row["unit"],
        "dimension": dimension,
        "direction": row["direction"],
        "weight": _decimal(row["weight"]),
        "aspect": aspect,
        "superior_row_id": int(link) if link else None,
        "target_min": _decimal(row["target"]),
        "target_max": _decimal(row.get("target_max")),
        "iku_code": row.get("iku_code") or "",
        "perspective": row.get("perspective") or "",
    }


def _decimal(value: Any) -> Decimal | None:
    return number(value)


def _expected(behaviour: Any) -> dict[str, str]:
    given = behaviour if isinstance(behaviour, Mapping) else {}
    return {key: str(given[key]) for key in rules.VALUES if given.get(key)}
