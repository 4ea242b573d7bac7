"""One's own page, and why each of one's results is what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, NotFound
from engine.model import Scope
from engine.queries import inbox, spent, standing
from hr.activity import queries as activity
from hr.calendar.rules import local_day
from hr.campaigns import queries as campaigns
from hr.campaigns import rules as periods
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation.queries import ResultView
from hr.evaluation.talent import SCORES
from hr.feedback import queries as feedback
from hr.feedback.commands import KINDS, LONGEST, VALUES, GiveFeedback
from hr.objection import queries as objections
from hr.planning import queries as planning
from hr.privacy import queries as privacy
from web import auth, nav
from web.language import gettext
from web.me import conflicts as own_conflicts
from web.me import reasons
from web.site import engine, now

me = Blueprint("me", __name__, template_folder="templates", url_prefix="/me")

_NEXT = 5
_MONTHS = 6
_RESULTS = 8


@me.get("")
def index() -> Response:
    """Show one's plan, activities, feedback, results, what comes next, and minutes spent."""
    return _index(200, {})


@me.get("/results/<number:result_id>")
def result(result_id: int) -> str:
    """Show why a result is what it is, whom to ask, and how to object until when."""
    seen = _own(result_id)
    person = auth.me().person_id
    above = engine().ask(directory.superior, person, now())
    settled = engine().ask(standing.doers, seen.instance_id, reasons.SETTLING)
    tasks = engine().ask(inbox.open_tasks, Scope(person_id=person), now=now(), limit=100).rows
    return render_template(
        "me/result.html",
        seen=seen,
        process=reasons.process_name(seen),
        why=reasons.why(seen),
        objections=[
            (one, engine().ask(standing.case_number, one.instance_id))
            for one in engine().ask(objections.of_result, seen.id)
        ],
        in_time=local_day(now()) <= seen.objection_until,
        answer=next((t for t in tasks if t.instance_id == seen.instance_id), None),
        superior=engine().ask(directory.person, above, now()) if above else None,
        rater=engine().ask(directory.person, settled[-1], now()) if settled else None,
        calibrated=reasons.calibrated(seen),
        weighed=_weighed(seen.instance_id),
        newer=next((one for one in _results() if one.id == seen.replaced_by), None),
    )


def _weighed(case: int) -> list[tuple[str, Any, Any]]:
    """Name who rated for how many days, and by what mean; nobody where one alone rated."""
    view = engine().ask(standing.variables, case).get("superior_view")
    raters = view.get("raters") if isinstance(view, Mapping) else None
    return [(one["name"], one["days"], one["mean"]) for one in raters or ()]


@me.get("/plans")
def plans() -> str:
    """Show every version of one's plan, and what each changed."""
    found = engine().ask(planning.history, auth.me().person_id)
    return render_template("me/plans.html", plans=found)


@me.get("/conflicts")
def conflicts() -> Response:
    """Show with whom one has declared a conflict of interest, and the form for one more."""
    return own_conflicts.page()


@me.post("/conflicts")
def declare_conflict() -> Response:
    """Declare a conflict of interest."""
    return own_conflicts.declare()


@me.post("/conflicts/end")
def end_conflict() -> Response:
    """Let a conflict of interest end from a day on."""
    return own_conflicts.end()


@me.post("/feedback")
def give() -> Response:
    """Tell a colleague or one's superior about his work."""
    chosen = request.form.get("person", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 15):
        return _index(422, {"person": gettext("Pilih dari daftar.")})
    command = GiveFeedback(
        person_id=int(chosen),
        kind=request.form.get("kind", "")[:10],
        value=request.form.get("value", "")[:20],
        text=request.form.get("text", "")[: LONGEST + 1],
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        known = {"length": gettext("Tulis 20 sampai 1.000 huruf.")}
        other = gettext("Pilih dari daftar.")
        problems = {one.path: known.get(one.code, other) for one in refused.problems}
        return _index(422, problems)
    return nav.say(redirect(url_for("me.index"), 303), "feedback_given")


def _index(status: int, problems: Mapping[str, str]) -> Response:
    person, today = auth.me().person_id, local_day(now())
    above = engine().ask(directory.superior, person, now())
    beside = engine().ask(directory.peers, person, now())
    told = engine().ask(feedback.about, person)
    notes = engine().ask(feedback.notes, person, person)
    results = _results()
    writers = {one.by_id for one in told} | {one.by_id for one in notes}
    counsellors = {one.counsellor_id for one in notes if one.counsellor_id}
    openings = engine().ask(privacy.openings, person, _NEXT)
    people = {*beside, *writers, *counsellors, *([above] if above else ())}
    tasks = engine().ask(inbox.open_tasks, Scope(person_id=person), now=now(), limit=_NEXT)
    page = render_template(
        "me/index.html",
        card=auth.card(),
        plan=engine().ask(planning.plan_on, person, today),
        month=engine().ask(activity.month, person, today),
        results=results,
        scores=SCORES,
        told=told,
        notes=notes,
        names=engine().ask(directory.names, people),
        near=sorted({*beside, *([above] if above else ())}),
        above=above,
        tasks=tasks.rows,
        more=tasks.next is not None,
        begins=_begins(),
        minutes=_minutes(),
        openings=openings,
        kinds=KINDS,
        values=VALUES,
        problems=problems,
        typed=request.form,
        now=now(),
    )
    return make_response(page, status)


def _results() -> tuple[ResultView, ...]:
    return engine().ask(evaluation.results_of, auth.me().person_id)[:_RESULTS]


def _own(result_id: int) -> ResultView:
    found = engine().ask(evaluation.results_of, auth.me().person_id)
    one = next((each for each in found if each.id == result_id), None)
    if one is None:
        raise NotFound(f"Expected a result {result_id} of yours, but there is none.")
    return one


def _begins() -> list[tuple[str, str, date]]:
    """Say which periods of work begin by themselves next: process, period and day."""
    card = auth.card()
    found: list[tuple[str, str, date]] = []
    for row in engine().ask(campaigns.cadences):
        if row.active and row.reach.holds(card.unit_path, card.post_kind):
            period, day = periods.next_period(row.every, row.days_after, local_day(now()))
            found.append((row.process_key, period, day))
    return sorted(found, key=lambda one: one[2])[:_NEXT]


def _minutes() -> list[tuple[str, int, int]]:
    """Sum up by month how many minutes one typed in forms: month, forms and minutes."""
    tasks: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for one in engine().ask(spent.own, auth.me().person_id):
        month = local_day(one.ended_at).isoformat()[:7]
        tasks[month] += 1
        seconds[month] += one.seconds
    newest = sorted(tasks, reverse=True)[:_MONTHS]
    return [(month, tasks[month], round(seconds[month] / 60)) for month in newest]
