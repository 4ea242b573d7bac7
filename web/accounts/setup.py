"""How this installation is set up: its settings, and the calendar of working days and hours."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Command
from engine.errors import Conflict, InvalidForm
from hr.calendar import queries as calendar
from hr.calendar.commands import (
    AddHoliday,
    ChangeHoliday,
    RemoveHoliday,
    RemoveSeason,
    SetSeason,
)
from hr.calendar.rules import RAMADAN, USUAL, ZONES, local_day
from hr.directory import queries as directory
from hr.directory.commands import SetUnitZone
from web import auth, language, nav, settings
from web.accounts import words
from web.accounts.reading import day, hour, reason, sent
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
    """Show holidays, hours and time zones; the agency changes them."""
    return _calendar(200)


@setup.post("/calendar")
def calendar_add() -> Response:
    """Close offices on a day."""
    closed = day("day")
    if closed is None or not _FIRST_YEAR <= closed.year <= _LAST_YEAR:
        return _calendar(422, words.wrong("day"))
    command = AddHoliday(
        day=closed,
        name=sent("name")[:160],
        kind=sent("kind"),
        estimated=_is_estimated(),
        reason=reason(),
    )
    return _changed(command, closed.year, gettext("Hari itu sudah hari libur."))


@setup.post("/calendar/change")
def calendar_change() -> Response:
    """Move or rename a holiday, or confirm its day."""
    old, new = day("day"), day("to_day")
    if old is None or new is None or not _FIRST_YEAR <= new.year <= _LAST_YEAR:
        return _calendar(422, words.wrong("day"))
    command = ChangeHoliday(
        day=old,
        to_day=new,
        name=sent("name")[:160],
        kind=sent("kind"),
        estimated=_is_estimated(),
        reason=reason(),
    )
    return _changed(command, new.year, gettext("Hari itu sudah hari libur."))


@setup.post("/calendar/remove")
def calendar_remove() -> Response:
    """Open offices on a day that was a holiday."""
    opened = day("day")
    if opened is None:
        return _calendar(422, words.wrong("day"))
    return _changed(RemoveHoliday(day=opened, reason=reason()), opened.year)


@setup.post("/calendar/hours")
def calendar_hours() -> Response:
    """Give days hours of their own, or change those that they have."""
    first, last = day("first_day"), day("last_day")
    opens, closes, on_friday = hour("opens"), hour("closes"), hour("closes_on_friday")
    if first is None or last is None or not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        return _calendar(422, words.wrong("day"))
    if opens is None or closes is None or on_friday is None:
        return _calendar(422, words.wrong("closes"))
    command = SetSeason(
        first_day=first,
        last_day=last,
        name=sent("name")[:160],
        opens=opens,
        closes=closes,
        closes_on_friday=on_friday,
        estimated=_is_estimated(),
        replaces=day("replaces"),
        reason=reason(),
    )
    taken = gettext("Sebagian hari itu sudah mempunyai jam kerja sendiri.")
    return _changed(command, first.year, taken)


@setup.post("/calendar/hours/remove")
def calendar_usual_hours() -> Response:
    """Give days the usual hours again."""
    first = day("first_day")
    if first is None:
        return _calendar(422, words.wrong("day"))
    return _changed(RemoveSeason(first_day=first, reason=reason()), first.year)


@setup.post("/calendar/zone")
def calendar_zone() -> Response:
    """Say in which time zone an office works."""
    command = SetUnitZone(path=sent("path"), zone=sent("zone") or None, reason=reason())
    return _changed(command, _year())


def _changed(command: Command[None], year: int, conflict: str = "") -> Response:
    if not reason():
        return _calendar(422, words.wrong("reason"))
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _calendar(422, words.wrong(refused.problems[0].path))
    except Conflict:
        return _calendar(409, conflict)
    return nav.say(redirect(url_for("setup.calendar_year", year=year), 303), "calendar_changed")


def _is_estimated() -> bool:
    return sent("estimated") == "yes"


def _year() -> int:
    asked = request.values.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else local_day(now()).year
    return min(max(year, _FIRST_YEAR), _LAST_YEAR)


def _calendar(status: int, problem: str = "") -> Response:
    year = _year()
    values = {
        "year": year,
        "holidays": engine().ask(calendar.holidays, year),
        "seasons": engine().ask(calendar.seasons, year),
        "usual": USUAL,
        "ramadan": RAMADAN,
        **_zones(),
        "may_change": auth.belongs_to(AGENCY),
        "problem": problem,
        "typed": request.form,
        "first": _FIRST_YEAR,
        "last": _LAST_YEAR,
        "clock": _clock,
    }
    return make_response(render_template("accounts/calendar.html", **values), status)


def _zones() -> dict[str, Any]:
    """Give the city's zone, and the units that have one of their own."""
    own = engine().ask(directory.zones)
    here = site().settings.time_zone.key
    return {
        "zones": ZONES,
        "city_zone": ZONES.get(here, here),
        "own_zones": [
            (unit, ZONES.get(own[path], own[path]))
            for path, unit in sorted(engine().ask(directory.units, own).items())
        ]
        if own
        else [],
        "offices": engine().ask(directory.offices, now()),
    }


def _clock(at: time) -> str:
    return f"{at:%H.%M}" if language.language() == "id" else f"{at:%H:%M}"
