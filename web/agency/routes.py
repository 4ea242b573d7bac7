"""The agency's pages; for members of HRC only, but for the list that auditors read, too."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from engine import AssignTask, RetryIncident
from engine.queries import cases as case_views
from engine.queries import incidents as incident_views
from engine.queries.incidents import IncidentRow
from hr.development.commands import KIND as REFERRAL
from hr.development.commands import StartReferral, StartReferrals
from hr.directory import queries as directory
from hr.followup import queries as followup_views
from web import auth, nav
from web.agency import approvals as approval_page
from web.agency import candidates as candidate_page
from web.agency import facts
from web.agency import fairness as fairness_page
from web.agency import siasn as siasn_page
from web.language import gettext
from web.site import engine

agency = Blueprint("agency", __name__, template_folder="templates", url_prefix="/agency")

GROUP = "HRC"
NOBODY = "NOBODY"  # the kind of incident in which no person was found for a task
_PAGE = 25
_LONGEST = 120
_LONGEST_REASON = 500


@agency.record_once
def _take_larger_bodies(state: BlueprintSetupState) -> None:
    # Before anything reads the form, as for tasks: a letter is larger than any other page sends.
    first = state.app.before_request_funcs.setdefault(None, [])
    first.insert(0, _allow_letter)


def _allow_letter() -> None:
    if request.endpoint == "agency.import_approvals":
        request.max_content_length = approval_page.MOST_SENT


@agency.before_request
def _members_only() -> None:
    if not (request.endpoint == "agency.candidates" and auth.audits()):
        auth.require_group(GROUP)


@agency.get("/followups")
def followups() -> str:
    """Show what evaluations asked for and no process has picked up yet."""
    page = engine().ask(followup_views.open_followups, auth.scope(), after=_after(), limit=_PAGE)
    people = frozenset(row.subject_id for row in page.rows if row.subject_id)
    return render_template(
        "agency/followups.html",
        page=page,
        referral=REFERRAL,
        names=engine().ask(directory.names, people),
        next_url=url_for("agency.followups", after=page.next) if page.next else None,
    )


@agency.post("/followups/<number:followup_id>/start")
def start_referral(followup_id: int) -> Response:
    """Start the training referral that a follow-up asks for; a second press shows the same case."""
    taken = engine().execute(StartReferral(followup_id=followup_id), by=auth.actor())
    case_no = engine().ask(case_views.case, taken.instance_id).case_no
    said = "referral_known" if taken.repeated else "referral_started"
    return nav.say(redirect(url_for("agency.followups"), 303), said, case_no)


@agency.post("/followups/start")
def start_referrals() -> Response:
    """Start every open training referral, a job for each."""
    engine().execute(StartReferrals(), by=auth.actor())
    return nav.say(redirect(url_for("agency.followups"), 303), "referrals_started")


@agency.get("/incidents")
def incidents() -> Response:
    """Show what could not go on by itself, and what can be done about it."""
    return _incidents(200)


@agency.post("/incidents/<number:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Run a failed step again."""
    command = RetryIncident(incident_id=incident_id, reason=_reason())
    went_on = engine().execute(command, by=auth.actor())
    response = redirect(url_for("agency.incidents"), 303)
    return nav.say(response, "retried" if went_on else "retry_failed")


@agency.get("/facts")
def unit_facts() -> Response:
    """Show the facts of a unit's quarter, to be recorded or corrected."""
    return facts.page()


@agency.post("/facts")
def record_facts() -> Response:
    """Record the facts of a unit's quarter."""
    return facts.record()


@agency.post("/tasks/<number:task_id>/assign")
def assign(task_id: int) -> Response:
    """Give a task that is nobody's to somebody, by NIP and for a reason."""
    nip, reason = request.form.get("nip", "").replace(" ", "")[:30], _reason()
    person_id = engine().ask(directory.person_of_nip, nip) if nip else None
    if person_id is None:
        return _incidents(422, task_id, gettext("Tidak ada pegawai dengan NIP ini."))
    if not reason:
        return _incidents(422, task_id, gettext("Tulis alasannya."))
    command = AssignTask(task_id=task_id, to_person_id=person_id, reason=reason)
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(url_for("agency.incidents"), 303), "assigned")


@agency.get("/candidates")
def candidates() -> str:
    """Show a month's candidates for promotion, those not proposed too, and why."""
    return candidate_page.page()


@agency.get("/approvals")
def approvals() -> Response:
    """Show how a file of technical approvals is imported."""
    return approval_page.page(200)


@agency.post("/approvals")
def import_approvals() -> Response:
    """Check a file of technical approvals, or note all of it where nothing is wrong."""
    return approval_page.take()


@agency.get("/fairness")
def fairness() -> tuple[str, int]:
    """Show what the statistics of a year flag, and how far each office's calibration is."""
    return fairness_page.page()


@agency.post("/fairness/compute")
def compute_fairness() -> Response | tuple[str, int]:
    """Have the statistics of a year computed anew."""
    return fairness_page.compute()


@agency.post("/fairness/calibrate")
def calibrate() -> Response | tuple[str, int]:
    """Start the calibration of an office."""
    return fairness_page.calibrate()


@agency.get("/siasn")
def siasn() -> tuple[str, int]:
    """Show the final results that wait for SIASN, and the files that were made of them."""
    return siasn_page.page()


@agency.post("/siasn/make")
def make_siasn() -> Response | tuple[str, int]:
    """Put the final results that wait into a file."""
    return siasn_page.make()


@agency.post("/siasn/<number:file_id>/file")
def hand_out_siasn(file_id: int) -> Response:
    """Hand a file out, and note it."""
    return siasn_page.hand_out(file_id)


def _incidents(status: int, wrong_task: int | None = None, problem: str = "") -> Response:
    page = engine().ask(incident_views.open_incidents, auth.scope(), after=_after(), limit=_PAGE)
    missing = facts.waiting(page.rows)
    rendered = render_template(
        "agency/incidents.html",
        page=page,
        missing=missing,
        units=facts.unit_names(missing),
        tasks={row.id: _task_of_nobody(row) for row in page.rows if row.kind == NOBODY},
        wrong_task=wrong_task,
        problem=problem,
        next_url=url_for("agency.incidents", after=page.next) if page.next else None,
    )
    return make_response(rendered, status)


def _task_of_nobody(row: IncidentRow) -> int | None:
    """Find the task that nobody could be found for."""
    for step in engine().ask(case_views.case, row.instance_id).steps:
        nobody = step.person_id is None and step.candidate_group is None
        if step.element_id == row.element_id and step.state == "CURRENT" and nobody:
            return step.task_id
    return None


def _reason() -> str:
    return request.form.get("reason", "").strip()[:_LONGEST_REASON]


def _after() -> str | None:
    return request.args.get("after", "").replace("\0", "")[:_LONGEST] or None
