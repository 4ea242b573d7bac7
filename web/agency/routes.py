"""Follow-ups, incidents and campaigns; for members of HRC only."""

from __future__ import annotations

import re

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import RetryIncident
from engine.errors import InvalidForm, InvalidState
from engine.queries import incidents as incident_views
from hr.campaigns import queries as campaign_views
from hr.campaigns.commands import LaunchCampaign
from hr.directory import queries as directory
from hr.followup import queries as followup_views
from web import auth, nav
from web.language import gettext
from web.site import engine

agency = Blueprint("agency", __name__, template_folder="templates", url_prefix="/agency")

GROUP = "HRC"
CAMPAIGN_PROCESS = "quarterly_evaluation"
_QUARTER = re.compile(r"\d{4}Q[1-4]")
_PAGE = 25
_LONGEST = 120


@agency.before_request
def _members_only() -> None:
    auth.require_group(GROUP)


@agency.get("/followups")
def followups() -> str:
    """Show what evaluations asked for and no process has picked up yet."""
    page = engine().ask(followup_views.open_followups, auth.scope(), after=_after(), limit=_PAGE)
    people = frozenset(row.subject_id for row in page.rows if row.subject_id)
    return render_template(
        "agency/followups.html",
        page=page,
        names=engine().ask(directory.names, people),
        next_url=url_for("agency.followups", after=page.next) if page.next else None,
    )


@agency.get("/incidents")
def incidents() -> str:
    """Show the automatic steps that failed after an answer was accepted."""
    page = engine().ask(incident_views.open_incidents, auth.scope(), after=_after(), limit=_PAGE)
    return render_template(
        "agency/incidents.html",
        page=page,
        next_url=url_for("agency.incidents", after=page.next) if page.next else None,
    )


@agency.post("/incidents/<number:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Run a failed step again."""
    reason = request.form.get("reason", "").strip()[:500]
    engine().execute(RetryIncident(incident_id=incident_id, reason=reason), by=auth.actor())
    return nav.say(redirect(url_for("agency.incidents"), 303), "retried")


@agency.get("/campaigns")
def campaigns() -> Response:
    """Show the campaigns and how far each has come."""
    return _campaigns(200)


@agency.post("/campaigns")
def launch() -> Response:
    """Start an evaluation for everybody of a quarter; the cases follow in chunks."""
    period = request.form.get("period", "").strip()
    if not _QUARTER.fullmatch(period):
        return _campaigns(422, gettext("Tulis triwulan seperti 2026Q2."))
    command = LaunchCampaign(key=CAMPAIGN_PROCESS, period=period)
    try:
        engine().execute(command, by=auth.actor())
    except (InvalidState, InvalidForm):
        return _campaigns(409, gettext("Kampanye untuk triwulan ini sudah ada."))
    return nav.say(redirect(url_for("agency.campaigns"), 303), "launched")


def _campaigns(status: int, problem: str = "") -> Response:
    page = render_template(
        "agency/campaigns.html",
        campaigns=engine().ask(campaign_views.campaigns),
        period=request.form.get("period", "")[:20],
        problem=problem,
    )
    return make_response(page, status)


def _after() -> str | None:
    return request.args.get("after", "").replace("\0", "")[:_LONGEST] or None
