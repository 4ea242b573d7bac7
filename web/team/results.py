"""What a quarter brought for the rows of a plan: the rater notes it before the quarter is rated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, Problem
from hr.calendar.rules import local_day, quarter_days
from hr.directory import queries as directory
from hr.planning import queries as planning
from hr.planning.commands import RecordResults
from hr.planning.queries import PlanLine
from web import auth, nav
from web.language import gettext
from web.site import engine, now

_NAMES = ("target", "actual")
_LONGEST = 20
_MOST = 10**12


def page(person_id: int, problem: str = "") -> str:
    """Show the rows of the plan at the end of a quarter, with target and realisation."""
    periods = _periods()
    period = _period(periods)
    known = engine().ask(planning.result_rows, person_id, period)
    filled = {f"{name}-{row.id}": f"{getattr(row, name):f}" for row in known for name in _NAMES}
    return render_template(
        "team/results.html",
        person=engine().ask(directory.person, person_id, now()),
        period=period,
        periods=periods,
        rows=_rows(person_id, period),
        filled=request.form if problem else filled,
        problem=problem,
    )


def save(person_id: int) -> Response | tuple[str, int]:
    """Note target and realisation of every row that was filled in, all or none."""
    period = _period(_periods())
    wrong = 0
    try:
        found: dict[int, tuple[Decimal, Decimal]] = {}
        for row in _rows(person_id, period):
            wrong = row.number
            said = [request.form.get(f"{name}-{row.id}", "").strip() for name in _NAMES]
            if any(said):
                found[row.id] = (_number(said[0], above=True), _number(said[1]))
        command = RecordResults(person_id=person_id, period=period, rows=found)
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        told = gettext(
            "Baris %(row)s: target harus angka lebih dari nol, realisasi angka nol atau lebih.",
            row=wrong,
        )
        return page(person_id, told), 422
    address = url_for("team.results", person_id=person_id, period=period)
    return nav.say(redirect(address, 303), "results_noted")


def _rows(person_id: int, period: str) -> tuple[PlanLine, ...]:
    plan = engine().ask(planning.plan_on, person_id, quarter_days(period)[1])
    return () if plan is None else plan.rows


def _periods() -> tuple[str, ...]:
    """Name the quarter that ended last, and the running one."""
    today = local_day(now())
    ended = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return tuple(f"{day.year}Q{(day.month + 2) // 3}" for day in (ended, today))


def _period(offered: tuple[str, ...]) -> str:
    said = request.values.get("period", "")
    return said if said in offered else offered[0]


def _number(text: str, *, above: bool = False) -> Decimal:
    try:
        found = Decimal(text[:_LONGEST])
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found < _MOST or (above and not found):
        raise InvalidForm([Problem("rows", "number", "Expected a number.")])
    return found
