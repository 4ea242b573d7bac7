"""Which processes a person may start, and starting one: about oneself, or about a chosen person."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import NewCase
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import Act, CaseFacts
from engine.ports import Allowed
from engine.queries.definitions import DefinitionRow
from hr.campaigns.commands import StartCase
from hr.campaigns.rules import rhythm_of
from hr.directory import queries as directory
from hr.directory.queries import PersonView
from hr.permissions import queries as permissions
from hr.permissions import rules
from web import auth, nav, words
from web.language import gettext
from web.site import engine, now

start = Blueprint("start", __name__, template_folder="templates", url_prefix="/start")

_PERIOD = re.compile(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?")
_CHOICES = 25
_LONGEST = 120


@start.before_request
def _starters_only() -> None:
    if not auth.may_start():
        raise NotAllowed(
            "Expected somebody who may start cases, but you may not.", reason="NO_ROLE"
        )


@start.get("")
def index() -> str:
    """List the processes that can be started."""
    return render_template("start/index.html", processes=_startable())


@start.get("/<key>")
def process(key: str) -> Response:
    """Ask whom the case is about, and for which period."""
    return _form(_definition(key), 200)


@start.post("/<key>")
def begin(key: str) -> Response:
    """Start the case and lead to it."""
    definition = _definition(key)
    period = request.form.get("period", "").strip()
    if period and not _PERIOD.fullmatch(period):
        problem = gettext("Tulis periode seperti 2026, 2026Q2 atau 2026-07.")
        return _form(definition, 422, period=problem)
    person_id = request.form.get("subject", "")
    if not (person_id.isascii() and person_id.isdigit() and len(person_id) < 15):
        return _form(definition, 422, subject=gettext("Pilih orangnya."))
    subject = engine().ask(engine().ports.people.subject, int(person_id), now())
    auth.require(Act.START, CaseFacts(None, key, int(person_id), subject.scope_path))
    case = NewCase(
        subject_id=int(person_id),
        scope_path=subject.scope_path,
        period=period,
        title=subject.title,
        search_text=subject.search_text,
    )
    request_key = request.form.get("request_key", "")[:_LONGEST]
    command = StartCase(key=key, case=case, request_key=request_key)
    try:
        started = engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _form(definition, 422, **_sentences(key, refused.problems))
    response = redirect(url_for("cases.show", instance_id=started.instance_id), 303)
    return nav.say(response, "started", started.case_no)


def _sentences(key: str, problems: Iterable[Problem]) -> dict[str, str]:
    kinds = {
        "MONTH": gettext("Proses ini per bulan: tulis periode seperti 2026-07."),
        "QUARTER": gettext("Proses ini per triwulan: tulis periode seperti 2026Q2."),
        "YEAR": gettext("Proses ini per tahun: tulis periode seperti 2026."),
    }
    said: dict[str, str] = {}
    for one in problems:
        if one.path == "subject_id":
            said["subject"] = gettext(
                "Untuk periode itu sudah ada berkas %(number)s; tidak dibuka yang kedua.",
                number=one.limit,
            )
        else:
            unknown = gettext("Tulis periode seperti 2026, 2026Q2 atau 2026-07.")
            said["period"] = kinds.get(rhythm_of(key), unknown)
    return said


def _startable() -> list[DefinitionRow]:
    rows = (row for row in words.latest() if not row.retired)
    return [row for row in rows if row.key != rules.BY_STUDIO]


def _definition(key: str) -> DefinitionRow:
    for row in _startable():
        if row.key == key:
            return row
    raise NotFound


def _choices(key: str, text: str) -> tuple[PersonView, ...]:
    """Find persons about whom this person may start a case, by name or NIP."""
    page = engine().ask(directory.people, auth.scope(), at=now(), text=text, limit=_CHOICES)
    standing = engine().ask(permissions.standing, auth.me().person_id, None, now())
    return tuple(
        row
        for row in page.rows
        if isinstance(
            rules.may_act(standing, Act.START, CaseFacts(None, key, row.id, row.unit_path)), Allowed
        )
    )


def _form(definition: DefinitionRow, status: int, **problems: str) -> Response:
    text = request.values.get("q", "").strip().replace("\0", "")[:_LONGEST]
    page = render_template(
        "start/process.html",
        definition=definition,
        choices=_choices(definition.key, text),
        q=text,
        period=request.form.get("period", "")[:20],
        chosen=request.form.get("subject", ""),
        request_key=secrets.token_urlsafe(18),
        problems=problems,
    )
    return make_response(page, status)
