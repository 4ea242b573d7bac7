"""Conflicts of interest: with whom one neither rates nor is rated; the agency's for everybody.

The other person never reads of it, be he an officer of the agency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, Problem
from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation.commands import LONGEST_REASON, DeclareConflict, EndConflict
from hr.permissions import queries as permissions
from web import auth, nav
from web.language import gettext
from web.site import engine, now

_LONGEST = 120


def page(status: int = 200, problems: Mapping[str, str] | None = None) -> Response:
    """Show what one declared, what the agency did for others, and the form for one more."""
    me, at = auth.me().person_id, now()
    agency = engine().ask(permissions.may_by_role, me, "C", "conflict", at)
    own = engine().ask(evaluation.conflicts_declared, me, at)
    everybody = engine().ask(evaluation.conflicts_declared, None, at) if agency else ()
    others = [one for one in everybody if me not in (one.person_id, one.other_id)]
    named = {each for one in (*own, *others) for each in (one.person_id, one.other_id)}
    shown = render_template(
        "me/conflicts.html",
        own=own,
        others=others,
        names=engine().ask(directory.names, named) if named else {},
        agency=agency,
        today=local_day(at).isoformat(),
        forever=FOREVER,
        problems=problems or {},
        typed=request.form,
    )
    return make_response(shown, status)


def declare() -> Response:
    """Declare one with the person who was written down."""
    try:
        command = DeclareConflict(
            person_id=_person("person") if _said("person") else auth.me().person_id,
            other_id=_person("other"),
            valid_from=_day("from"),
            valid_to=_day("to") if _said("to") else FOREVER,
            reason=request.form.get("reason", "")[: LONGEST_REASON + 1],
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return page(422, _sentences(refused))
    return nav.say(redirect(url_for("me.conflicts"), 303), "conflict_declared")


def end() -> Response:
    """Let one end from a day on."""
    try:
        command = EndConflict(
            person_id=_number("of"),
            other_id=_number("with"),
            valid_from=_day("since"),
            ends_on=_day("ends"),
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return page(422, _sentences(refused))
    return nav.say(redirect(url_for("me.conflicts"), 303), "conflict_ended")


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _person(name: str) -> int:
    found = engine().ask(directory.one_person, _said(name), now())
    if found is None:
        raise _wrong(name, "unknown")
    return found


def _number(name: str) -> int:
    text = _said(name)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _wrong("ends", "other")
    return int(text)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(_said(name))
    except ValueError:
        raise _wrong("ends" if name == "since" else name, "required") from None


def _wrong(path: str, code: str) -> InvalidForm:
    return InvalidForm([Problem(path, code, f"Expected another value for {path}.")])


def _sentences(refused: InvalidForm) -> dict[str, str]:
    known = {
        "unknown": gettext(
            "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
        ),
        "required": gettext("Tulis tanggalnya."),
        "before_start": gettext("Tanggal selesai harus sesudah tanggal mulai."),
        "too_early": gettext("Pilih hari yang belum lewat."),
        "same_person": gettext("Pilih orang lain."),
        "left": gettext("Pegawai itu tidak bertugas lagi."),
        "overlap": gettext("Untuk hari-hari itu sudah dinyatakan."),
        "ended": gettext("Pada hari itu sudah berakhir."),
        "length": gettext("Tulis alasannya, sedikitnya 10 huruf; alasan ini masuk riwayat."),
    }
    other = gettext("Periksa kembali isiannya.")
    return {one.path: known.get(one.code, other) for one in refused.problems}
