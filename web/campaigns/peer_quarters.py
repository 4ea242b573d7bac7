"""In which quarters offices ask peers: what holds, what changed and why, and the form for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, Problem
from engine.queries import history
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation.commands import LONGEST_REASON, OFFICE_RULES, SetPeerQuarters
from web import auth, nav
from web.language import gettext
from web.site import engine, now

QUARTERS = "1234"
_CHANGES = 50


def page(status: int = 200, problems: Mapping[str, str] | None = None) -> Response:
    """Show every office's quarters, the newest changes and the form."""
    at = now()
    offices = engine().ask(directory.offices, at)
    rules: dict[int, list[evaluation.OfficeRuleView]] = {}
    for rule in engine().ask(evaluation.office_rules, at):
        rules.setdefault(rule.unit_id, []).append(rule)
    changes = engine().ask(history.newest, *OFFICE_RULES, kinds=("ROW_CHANGED",), limit=_CHANGES)
    shown = render_template(
        "campaigns/peers.html",
        offices=offices,
        office_names={str(one.id): one.name for one in offices},
        rules=rules,
        changes=changes,
        change_days=[date.fromisoformat(one.detail["new"]["valid_from"]) for one in changes],
        quarters=QUARTERS,
        chosen=request.form.getlist("quarter") if request.form else list(QUARTERS),
        today=local_day(at),
        problems=problems or {},
        typed=request.form,
    )
    return make_response(shown, status)


def take() -> Response:
    """Take in what was sent."""
    office = request.form.get("office", "")
    known = office.isascii() and office.isdigit() and len(office) < 10
    try:
        command = SetPeerQuarters(
            unit_id=int(office) if known else 0,
            peer_quarters="".join(request.form.getlist("quarter"))[:20],
            valid_from=_day(),
            reason=request.form.get("reason", "")[: LONGEST_REASON + 1],
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        told = {
            "required": gettext("Tulis tanggalnya."),
            "range": gettext("Pilih hari paling jauh setahun dari sekarang."),
            "length": gettext("Tulis alasannya, sedikitnya 10 huruf; alasan ini masuk riwayat."),
        }
        other = gettext("Pilih dari daftar.")
        return page(422, {one.path: told.get(one.code, other) for one in refused.problems})
    return nav.say(redirect(url_for("campaigns.peers"), 303), "peer_quarters_set")


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("from", "")[:10])
    except ValueError:
        raise InvalidForm([Problem("from", "required", "Expected a day.")]) from None
