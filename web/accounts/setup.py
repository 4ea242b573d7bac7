"""How this installation is set up: its settings, and the calendar of working days."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidForm
from hr.calendar import queries as calendar
from hr.calendar.commands import AddHoliday, RemoveHoliday
from hr.calendar.rules import local_day
from web import auth, nav, settings
from web.accounts import words
from web.accounts.reading import day, reason, sent
from web.accounts.routes import ADMINISTRATOR, AGENCY
from web.language import gettext
from web.site import engine, now, site

setup = Blueprint("setup", __name__, template_folder="templates", url_prefix="/accounts")

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@setup.before_request
def _members_only() -> None:
    agency_too = (request.endpoint or "").startswith("setup.calendar")
    auth.require_group(ADMINISTRATOR, *([AGENCY] if agency_too else []))


@setup.context_processor
def _who() -> dict[str, bool]:
    known = auth.signed_in() is not None  # the page of an error is drawn for strangers, too
    return {"is_administrator": known and auth.belongs_to(ADMINISTRATOR)}


@setup.get("/settings")
def show_settings() -> str:
    """List every setting with its value and meaning; a secret is never shown."""
    return render_template("accounts/settings.html", rows=settings.table(site().settings))


@setup.get("/calendar")
def calendar_year() -> Response:
    """Show the holidays of a year; the agency changes them."""
    return _calendar(200)


@setup.post("/calendar")
def calendar_add() -> Response:
    """Close offices on a day."""
    closed = day("day")
    if closed is None or not _FIRST_YEAR <= closed.year <= _LAST_YEAR:
        return _calendar(422, words.wrong("day"))
    if not reason():
        return _calendar(422, words.wrong("reason"))
    command = AddHoliday(day=closed, name=sent("name")[:160], kind=sent("kind"), reason=reason())
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _calendar(422, words.wrong("name"))
    except Conflict:
        return _calendar(409, gettext("Hari itu sudah hari libur."))
    response = redirect(url_for("setup.calendar_year", year=closed.year), 303)
    return nav.say(response, "calendar_changed")


@setup.post("/calendar/remove")
def calendar_remove() -> Response:
    """Open offices on a day that was a holiday."""
    opened = day("day")
    if opened is None or not reason():
        return _calendar(422, words.wrong("day" if opened is None else "reason"))
    engine().execute(RemoveHoliday(day=opened, reason=reason()), by=auth.actor())
    response = redirect(url_for("setup.calendar_year", year=opened.year), 303)
    return nav.say(response, "calendar_changed")


def _calendar(status: int, problem: str = "") -> Response:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else local_day(now()).year
    year = min(max(year, _FIRST_YEAR), _LAST_YEAR)
    values = {
        "year": year,
        "holidays": engine().ask(calendar.holidays, year),
        "may_change": auth.belongs_to(AGENCY),
        "problem": problem,
        "day": request.form.get("day", "")[:10],
        "name": request.form.get("name", "")[:160],
        "first": _FIRST_YEAR,
        "last": _LAST_YEAR,
    }
    return make_response(render_template("accounts/calendar.html", **values), status)
