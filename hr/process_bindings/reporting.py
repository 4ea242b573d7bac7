"""Verbs of the monthly report (P03): what it begins with, and publishing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.activity import queries, rules
from hr.directory import queries as directory
from hr.evaluation.rules import number
from hr.planning.queries import plan_on
from hr.process_bindings.arguments import about
from hr.reporting import store

CONFORMITY = frozenset({"CONFORMS", "PARTLY", "NOT"})


def report_basis(call: Call) -> list[dict[str, Any]]:
    """Sum up the subject's conforming activities of the month, per row of the plan."""
    try:
        first, last = rules.month_of(call.period)
    except ValueError:
        return []
    entries = queries.month(call.connection, about(call), first).entries
    plan = plan_on(call.connection, about(call), last)
    names = {} if plan is None else {row.id: row for row in plan.rows}
    found: dict[int | None, dict[str, Any]] = {}
    for each in entries:
        if not rules.conforms(each):
            continue
        row = names.get(each.row_id) if each.row_id is not None else None
        key = None if row is None else row.id
        start = {
            "programme": "Tugas tambahan" if row is None else row.plan,
            "unit": "" if row is None else row.unit,
            "days": set(),
            "hours": 0,
            "real": Decimal(0),
        }
        line = found.setdefault(key, start)
        line["days"].add(each.day)
        line["hours"] += each.ends - each.starts
        line["real"] += each.quantity or 0
    return [
        {**line, "days": len(line["days"]), "hours": line["hours"] // 60} for line in found.values()
    ]


def publish_report(
    call: Call,
    services_given: Any,
    beneficiaries: Any,
    impact: Any,
    conformity: Any,
    report_factor: Any = None,
) -> dict[str, Any]:
    """Keep the rated report of the month; the public sees it only in sums of five or more."""
    first, _ = rules.month_of(call.period)
    if conformity not in CONFORMITY:
        raise ServiceTaskFailed(
            f"Expected one of {', '.join(sorted(CONFORMITY))}, but got {conformity!r}."
        )
    given, served = number(services_given) or Decimal(0), number(beneficiaries) or Decimal(0)
    row = {
        "person_id": about(call),
        "month": first,
        "instance_id": call.instance_id,
        "office_path": directory.ancestors(call.scope_path)[-1] if call.scope_path else "",
        "services_given": int(given),
        "beneficiaries": int(served),
        "impact": str(impact or ""),
        "conformity": conformity,
        "report_factor": number(report_factor),
        "rated_at": call.now,
    }
    store.set_report(call.connection, row)
    return {"month": first, "services_given": given, "beneficiaries": served}
