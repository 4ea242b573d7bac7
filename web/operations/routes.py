"""Jobs, schedules, incidents, cases and machines; for administrators (ADM) and the agency (HRC).

Auditors read the incidents and what was proposed about them, and decide nothing.

An administrator sees elements and errors, never an answer, and no name of whom a case is about.
"""

from __future__ import annotations

import shutil
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import (
    CancelInstance,
    CancelJob,
    ChangeSchedule,
    ProposeResolution,
    Resolve,
    ResolveIncident,
    ResumeInstance,
    RetryIncident,
    RetryIncidents,
    SuspendInstance,
)
from engine.errors import Conflict, InvalidForm, InvalidState
from engine.queries import incidents as incident_views
from engine.queries import operations as views
from hr.directory import queries as directory
from web import auth, nav
from web.language import gettext
from web.operations import words
from web.operations.proposing import MOST_TEXT, read_values
from web.site import engine, now, site

operations = Blueprint(
    "operations", __name__, template_folder="templates", url_prefix="/operations"
)

AGENCY, ADMINISTRATOR = "HRC", "ADM"
_PAGE = 25
_LONGEST = 120
_LONGEST_REASON = 500


@operations.before_request
def _members_only() -> None:
    if not (request.endpoint == "operations.incidents" and auth.audits()):
        auth.require_group(ADMINISTRATOR, AGENCY)


@operations.context_processor
def _words() -> dict[str, Any]:
    known = auth.signed_in() is not None  # the page of an error is drawn for strangers, too
    return {
        "incident_words": words.incident_words,
        "job_words": words.job_words,
        "span": words.span_words,
        "size": words.size_words,
        "is_agency": known and auth.belongs_to(AGENCY),
        "is_administrator": known and auth.belongs_to(ADMINISTRATOR),
        "my_id": auth.me().person_id if known else None,
    }


@operations.get("")
def index() -> str:
    """Show how the platform stands: what is late, who works, how full it is."""
    return render_template(
        "operations/index.html",
        seen=engine().ask(views.overview, now=now()),
        workers=engine().ask(views.workers, now=now()),
        storage=engine().ask(views.storage),
        disk=shutil.disk_usage(_data_folder()),
        now=now(),
    )


@operations.get("/jobs")
def jobs() -> str:
    """Show jobs in one state, and what comes again and again."""
    state, kind = _asked("state"), _asked("kind")
    state = state if state in views.JOB_STATES else "DUE"
    after = _asked("after") or None
    page = engine().ask(views.jobs, now=now(), state=state, kind=kind, after=after, limit=_PAGE)
    kept: dict[str, Any] = {"state": state, **({"kind": kind} if kind else {})}
    return render_template(
        "operations/jobs.html",
        page=page,
        state=state,
        kind=kind,
        states=views.JOB_STATES,
        schedules=engine().ask(views.schedules),
        next_url=url_for("operations.jobs", after=page.next, **kept) if page.next else None,
        first_url=url_for("operations.jobs", **kept) if after else None,
        now=now(),
    )


@operations.post("/jobs/<number:job_id>/cancel")
def cancel_job(job_id: int) -> Response:
    """Take out a job that is not done yet."""
    engine().execute(CancelJob(job_id=job_id, reason=_reason()), by=auth.actor())
    return nav.say(redirect(url_for("operations.jobs"), 303), "job_cancelled")


@operations.post("/schedules/<name>")
def change_schedule(name: str) -> Response:
    """Switch something on or off that comes again and again."""
    command = ChangeSchedule(
        name=name[:_LONGEST], enabled=request.form.get("enabled") == "yes", reason=_reason()
    )
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(url_for("operations.jobs"), 303), "schedule_changed")


@operations.get("/incidents")
def incidents() -> Response:
    """Show what stands still, by element and one by one, with what is proposed about it."""
    return _incidents(200)


@operations.post("/incidents/<number:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Try a failed step, or a job, once more."""
    command = RetryIncident(incident_id=incident_id, reason=_reason())
    went_on = engine().execute(command, by=auth.actor())
    back = "jobs" if request.form.get("back") == "jobs" else "incidents"
    response = redirect(url_for(f"operations.{back}"), 303)
    return nav.say(response, "retried" if went_on else "retry_failed")


@operations.post("/incidents/retry")
def retry_many() -> Response:
    """Try all open incidents of an element and kind once more, one after the other."""
    command = RetryIncidents(
        process_key=_sent("process"),
        element_id=_sent("element"),
        kind=_sent("kind"),
        reason=_reason(),
    )
    job_id = engine().execute(command, by=auth.actor())
    response = redirect(url_for("operations.incidents"), 303)
    return nav.say(response, "retrying_many" if job_id is not None else "nothing_to_retry")


@operations.post("/incidents/<number:incident_id>/propose")
def propose(incident_id: int) -> Response:
    """Propose to skip a failed element, or to try it again with other variables."""
    values, problem = read_values(request.form.get("values", "")[:MOST_TEXT])
    action = request.form.get("action", "")
    if action not in tuple(Resolve):
        problem = gettext("Pilih apa yang diusulkan.")
    elif not _reason():
        problem = gettext("Tulis alasannya.")
    if problem:
        return _incidents(422, incident_id, problem)
    command = ProposeResolution(
        incident_id=incident_id, action=Resolve(action), values=values, reason=_reason()
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return _incidents(422, incident_id, _said(error))
    except Conflict:
        return _incidents(409, incident_id, gettext("Sudah ada usulan yang menunggu."))
    return nav.say(redirect(url_for("operations.incidents"), 303), "proposed")


@operations.post("/proposals/<number:resolution_id>")
def decide(resolution_id: int) -> Response:
    """Approve somebody else's proposal, which does it, or refuse it for a reason."""
    approve = request.form.get("do") == "approve"
    if not approve and not _reason():
        return _incidents(422, None, gettext("Tulis alasannya."), wrong_proposal=resolution_id)
    command = ResolveIncident(resolution_id=resolution_id, approve=approve, reason=_reason())
    try:
        went_on = engine().execute(command, by=auth.actor())
    except InvalidState as error:
        return _incidents(409, None, error.message, wrong_proposal=resolution_id)
    said = ("resolved" if went_on else "resolved_failed") if approve else "proposal_refused"
    return nav.say(redirect(url_for("operations.incidents"), 303), said)


@operations.get("/cases")
def cases() -> Response:
    """Find cases by number, to suspend, resume or cancel them."""
    return _cases(200, _asked("q"))


@operations.post("/cases/<number:instance_id>")
def act_on_case(instance_id: int) -> Response:
    """Suspend, resume or cancel a case, for a reason."""
    act, reason = request.form.get("do", ""), _reason()
    if not reason:
        return _cases(422, _sent("q"), instance_id, gettext("Tulis alasannya."))
    command, said = {
        "suspend": (SuspendInstance(instance_id=instance_id, reason=reason), "suspended"),
        "resume": (ResumeInstance(instance_id=instance_id, reason=reason), "resumed"),
        "cancel": (CancelInstance(instance_id=instance_id, reason=reason), "case_cancelled"),
    }.get(act, (None, ""))
    if command is None:
        return _cases(422, _sent("q"), instance_id, gettext("Pilih apa yang dilakukan."))
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(url_for("operations.cases", q=_sent("q")), 303), said)


def _incidents(
    status: int,
    wrong: int | None = None,
    problem: str = "",
    *,
    wrong_proposal: int | None = None,
) -> Response:
    asked = {name: _asked(name) for name in ("process", "element", "kind", "proposed")}
    after = _asked("after") or None
    me = auth.me().person_id
    page = engine().ask(
        incident_views.technical,
        process=asked["process"],
        element=asked["element"],
        kind=asked["kind"],
        proposed=bool(asked["proposed"]),
        besides=me,
        after=after,
        limit=_PAGE,
    )
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    proposers = {row.proposal.proposed_by for row in page.rows if row.proposal}
    rendered = render_template(
        "operations/incidents.html",
        page=page,
        groups=engine().ask(incident_views.grouped, besides=me),
        names=engine().ask(directory.names, frozenset(p for p in proposers if p is not None)),
        asked=asked,
        kinds=words.INCIDENT_KINDS,
        wrong=wrong,
        wrong_proposal=wrong_proposal,
        problem=problem,
        next_url=url_for("operations.incidents", after=page.next, **kept) if page.next else None,
        first_url=url_for("operations.incidents", **kept) if after else None,
    )
    return make_response(rendered, status)


def _cases(status: int, q: str, wrong: int | None = None, problem: str = "") -> Response:
    rendered = render_template(
        "operations/cases.html",
        q=q,
        rows=engine().ask(
            views.cases, text_=q, suspended=not q, besides=auth.me().person_id, limit=_PAGE
        ),
        wrong=wrong,
        problem=problem,
    )
    return make_response(rendered, status)


def _said(error: InvalidForm) -> str:
    """Say the first problem of a proposal in words."""
    first = error.problems[0]
    if first.code == "answer":
        return gettext("%(name)s adalah jawaban seseorang; itu tidak diubah.", name=first.path)
    if first.code == "required":
        return gettext("Tulis sedikitnya satu nilai.")
    return gettext("Nama atau nilai %(name)s tidak dapat dipakai.", name=first.path)


def _data_folder() -> str:
    folder = site().settings.files_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return str(folder)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:_LONGEST_REASON]


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _asked(name: str) -> str:
    return request.args.get(name, "").strip().replace("\0", "")[:_LONGEST]
