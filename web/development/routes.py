"""The catalogue with sessions, seats, waiting lists and budget; for TRN and HRC only."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.calendar.rules import local_day
from hr.development import queries as training
from hr.development.commands import AddSession
from web import auth, nav
from web.language import gettext
from web.parts.values import number_words
from web.site import engine, now

development = Blueprint(
    "development", __name__, template_folder="templates", url_prefix="/training"
)

GROUPS = ("TRN", "HRC")
_LONGEST_PLACE = 160


@development.before_request
def _members_only() -> None:
    auth.require_group(*GROUPS)


@development.get("")
def courses() -> Response:
    """Show what is on offer, how many seats are left, and who has to wait."""
    return _courses(200)


@development.post("/courses/<number:course_id>/sessions")
def add_session(course_id: int) -> Response:
    """Offer a course on further days; whoever waits for it gets the seats."""
    form = request.form
    starts_on, ends_on = _day(form.get("starts_on", "")), _day(form.get("ends_on", ""))
    place, seats = form.get("place", "").strip()[:_LONGEST_PLACE], form.get("seats", "")
    if starts_on is None or not place or not (seats.isascii() and seats.isdecimal()):
        return _courses(422, course_id)
    try:
        command = AddSession(
            course_id=course_id,
            starts_on=starts_on,
            ends_on=ends_on or starts_on,
            place=place,
            seats=int(seats[:9]),
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _courses(422, course_id)
    return nav.say(redirect(url_for("development.courses"), 303), "session_added")


def _courses(status: int, wrong: int | None = None) -> Response:
    page = render_template(
        "development/courses.html",
        courses=engine().ask(training.courses, now()),
        budget=engine().ask(training.budget, local_day(now()).year),
        number=number_words,
        wrong=wrong,
        problem=gettext("Tulis tanggal sesudah hari ini, tempat, dan 1 sampai 1.000 kursi."),
    )
    return make_response(page, status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
