"""A superior's own people, as a list and one by one; nobody else's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, NotAllowed, NotFound
from engine.model import Scope
from engine.queries import inbox, waiting
from hr.activity import queries as activity
from hr.calendar.rules import local_day
from hr.development import queries as development
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation import talent
from hr.evaluation.queries import ResultView
from hr.feedback import queries as feedback
from hr.feedback.commands import KINDS, LONGEST, VALUES, GiveFeedback, WriteNote
from hr.planning import queries as planning
from web import auth, nav
from web.language import gettext
from web.site import engine, now
from web.team import results as quarter_results

team = Blueprint("team", __name__, template_folder="templates", url_prefix="/team")

_MOST_TASKS = 100


@team.get("")
def index() -> str:
    """Show one's people: what waits for whom, the newest results, the nine-box."""
    people = _people()
    results = engine().ask(evaluation.newest_results, people)
    known = engine().ask(directory.persons, people, now())
    potential = engine().ask(development.fulfilment, people, now())
    return render_template(
        "team/index.html",
        people=sorted(known.values(), key=lambda one: one.name),
        results=results,
        scores=talent.SCORES,
        tasks=engine().ask(waiting.of_people, people, now()),
        unreviewed=engine().ask(activity.unreviewed, people),
        told=engine().ask(feedback.counts, people),
        mine=_mine(people),
        boxes=_boxes(results, potential),
        box_rows=tuple(reversed(talent.BOXES)),
        names={one.id: one.name for one in known.values()},
        unplaced=[known[one].name for one in sorted(people) if one not in potential],
    )


@team.get("/<number:person_id>")
def show(person_id: int) -> Response:
    """Show how one of one's people stands and has stood."""
    return _person(200, person_id, {})


@team.post("/<number:person_id>/feedback")
def give(person_id: int) -> Response:
    """Tell one of one's people about his work."""
    _require(person_id)
    command = GiveFeedback(
        person_id=person_id,
        kind=request.form.get("kind", "")[:10],
        value=request.form.get("value", "")[:20],
        text=request.form.get("text", "")[: LONGEST + 1],
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _person(422, person_id, _sentences(refused))
    return nav.say(redirect(url_for("team.show", person_id=person_id), 303), "feedback_given")


@team.post("/<number:person_id>/notes")
def note(person_id: int) -> Response:
    """Write a coaching note that three may read."""
    _require(person_id)
    said = request.form.get("counsellor", "").strip()[:160]
    counsellor = engine().ask(directory.one_person, said, now()) if said else None
    if said and counsellor is None:
        told = gettext(
            "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
        )
        return _person(422, person_id, {"counsellor": told})
    command = WriteNote(
        person_id=person_id,
        text=request.form.get("note", "")[: LONGEST + 1],
        counsellor_id=counsellor,
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        known = _sentences(refused)
        return _person(422, person_id, {"note": known.get("text", ""), **known})
    return nav.say(redirect(url_for("team.show", person_id=person_id), 303), "note_written")


@team.get("/<number:person_id>/results")
def results(person_id: int) -> str:
    """Show what a quarter brought for the rows of one of one's people's plan."""
    _require(person_id)
    return quarter_results.page(person_id)


@team.post("/<number:person_id>/results")
def note_results(person_id: int) -> Response | tuple[str, int]:
    """Note what a quarter brought."""
    _require(person_id)
    return quarter_results.save(person_id)


def _person(status: int, person_id: int, problems: Mapping[str, str]) -> Response:
    _require(person_id)
    today, reader = local_day(now()), auth.me().person_id
    told = engine().ask(feedback.about, person_id)
    notes = engine().ask(feedback.notes, person_id, reader)
    people = {one.by_id for one in told} | {one.by_id for one in notes}
    people |= {one.counsellor_id for one in notes if one.counsellor_id}
    page = render_template(
        "team/person.html",
        person=engine().ask(directory.person, person_id, now()),
        results=engine().ask(evaluation.results_of, person_id),
        scores=talent.SCORES,
        plan=engine().ask(planning.plan_on, person_id, today),
        month=engine().ask(activity.month, person_id, today),
        told=told,
        notes=notes,
        names=engine().ask(directory.names, people),
        kinds=KINDS,
        values=VALUES,
        problems=problems,
        typed=request.form,
    )
    return make_response(page, status)


def _people() -> frozenset[int]:
    found: frozenset[int] = engine().ask(directory.team, {auth.me().person_id}, now())
    if not found:
        raise NotAllowed("Expected somebody with people of his own, but there are none.")
    return found


def _require(person_id: int) -> None:
    if person_id not in _people():
        raise NotFound(f"Expected one of your own people, but {person_id} is not.")


def _mine(people: Collection[int]) -> int:
    """Count what waits for the reader about his people."""
    mine = Scope(person_id=auth.me().person_id)
    rows = engine().ask(inbox.open_tasks, mine, now=now(), limit=_MOST_TASKS).rows
    return sum(row.subject_id in people for row in rows)


def _boxes(
    results: Mapping[int, tuple[ResultView, ...]], potential: Mapping[int, Decimal]
) -> Mapping[int, list[int]]:
    """Place everybody with a result and a potential in the nine-box."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for person, known in results.items():
        if person in potential:
            score = talent.SCORES[known[0].predicate]
            found[talent.box(score, potential[person])].append(person)
    return found


def _sentences(refused: InvalidForm) -> dict[str, str]:
    known = {
        "length": gettext("Tulis 20 sampai 1.000 huruf."),
        "same": gettext("Konselor harus orang ketiga."),
    }
    other = gettext("Pilih dari daftar.")
    return {one.path: known.get(one.code, other) for one in refused.problems}
