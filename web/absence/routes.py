"""One's own cover while one is away; the agency's page for everybody."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, Problem
from hr.absence import queries
from hr.absence.commands import EndAbsence, SetAbsence
from hr.directory import queries as directory
from web import auth, nav, words
from web.language import gettext
from web.site import engine, now, site

absence = Blueprint("absence", __name__, template_folder="templates", url_prefix="/absence")

_LONGEST = 120


@absence.get("")
def index() -> str:
    """Show the covers, and the form for one more."""
    return _page()


@absence.post("")
def add() -> str | Response | tuple[str, int]:
    """Name a substitute."""
    try:
        command = SetAbsence(
            person_id=_whose(),
            substitute_id=_person("substitute"),
            kind=_said("kind"),
            valid_from=_day("from"),
            valid_to=_day("to"),
            processes=[key for key in request.form.getlist("process") if key in _keys()],
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _page(_why(refused.problems[0].code)), 422
    return nav.say(redirect(url_for("absence.index"), 303), "absence_set")


@absence.post("/<number:absence_id>/end")
def end(absence_id: int) -> Response:
    """Let a cover end with yesterday."""
    last = now().astimezone(site().settings.time_zone).date() - timedelta(days=1)
    engine().execute(EndAbsence(absence_id=absence_id, last_day=last), by=auth.actor())
    return nav.say(redirect(url_for("absence.index"), 303), "absence_ended")


def _page(problem: str = "") -> str:
    me, at = auth.me().person_id, now()
    own = engine().ask(queries.of_person, me, at)
    mine = engine().ask(queries.of_substitute, me, at)
    agency = auth.belongs_to("HRC")
    others = engine().ask(queries.everybody, at) if agency else ()
    known = {one for row in (*own, *mine, *others) for one in (row.person_id, row.substitute_id)}
    names = engine().ask(directory.names, frozenset(known)) if known else {}
    return render_template(
        "absence/index.html",
        own=own,
        mine=mine,
        others=[row for row in others if row.person_id != me],
        names=names,
        agency=agency,
        processes=words.latest(),
        process_names={row.key: words.process_name(row.key, row.name) for row in words.latest()},
        today=at.astimezone(site().settings.time_zone).date().isoformat(),
        problem=problem,
        typed=request.form,
        chosen=request.form.getlist("process"),
    )


def _keys() -> set[str]:
    return {row.key for row in words.latest()}


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _whose() -> int:
    return _person("person") if _said("person") else auth.me().person_id


def _person(name: str) -> int:
    found = engine().ask(directory.one_person, _said(name), now())
    if found is None:
        raise _wrong(name, "unknown")
    return found


def _day(name: str) -> date:
    try:
        return date.fromisoformat(_said(name))
    except ValueError:
        raise _wrong(name, "required") from None


def _wrong(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}.")])


def _why(code: str) -> str:
    return {
        "unknown": gettext(
            "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
        ),
        "required": gettext("Isi tanggal mulai dan selesai."),
        "before_start": gettext(
            "Tanggal selesai harus sesudah tanggal mulai, paling lama setahun."
        ),
        "too_early": gettext("Tanggal selesai sudah lewat."),
        "same_person": gettext("Pengganti harus orang lain."),
        "left": gettext("Pegawai itu tidak bertugas lagi."),
        "overlap": gettext("Untuk hari-hari itu sudah ada pengganti."),
        "away": gettext("Orang itu sendiri sedang tidak bertugas pada hari-hari itu."),
    }.get(code, gettext("Periksa kembali isiannya."))
