"""`/indicators`: vision, missions, goals and each office's indicators, version by version."""

from __future__ import annotations

import secrets

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import NewCase, StartInstance
from engine.errors import NotFound
from engine.model import Act, CaseFacts
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.indicators import queries
from hr.planning.queries import iku_counts
from web import auth, nav
from web.language import gettext
from web.parts import sheets
from web.site import engine, now

indicators = Blueprint(
    "indicators", __name__, template_folder="templates", url_prefix="/indicators"
)

PROCESS = "indicator_catalogue"


@indicators.get("")
def index() -> Response:
    """Show a version as a tree, the newest where none is asked for."""
    return _page(200)


@indicators.get("/<number:catalogue_id>.csv")
def sheet(catalogue_id: int) -> Response:
    """Give a version's indicators as a file."""
    tree = engine().ask(queries.tree, catalogue_id)
    if tree is None:
        raise NotFound
    goals = [goal for mission in tree.missions for goal in (mission, *mission.goals)]
    found = [one for goal in goals for one in goal.indicators] + list(tree.loose)
    names = {unit.path: unit.name for unit in engine().ask(directory.offices, now())}
    head = [
        gettext("Kode"), gettext("Tujuan"), gettext("Kantor"), gettext("Indikator"),
        gettext("Satuan"), gettext("Cara menghitung"), gettext("Sumber data"), gettext("Target"),
        gettext("Tingkat"),
    ]  # fmt: skip
    rows = (
        (
            one.code, one.goal, names.get(one.office_path, one.office_path), one.text, one.measure,
            one.formula, one.source, one.target, one.level,
        )
        for one in found
    )  # fmt: skip
    return sheets.as_csv(f"iku-{tree.version.year}-{tree.version.version}", head, rows)


@indicators.post("")
def begin() -> Response:
    """Begin the drafting of a year's catalogue."""
    auth.require(Act.START, CaseFacts(None, PROCESS, None, ""))
    year = request.form.get("year", "")
    if year not in {str(each) for each in engine().ask(queries.open_years, now())}:
        return _page(422, gettext("Pilih tahun dari daftar."))
    card = auth.card()
    case = NewCase(
        subject_id=None,
        scope_path=card.unit_path,
        period=year,
        title=gettext("Katalog indikator %(year)s", year=year),
    )
    key = request.form.get("request_key", "")[:80]
    started = engine().execute(
        StartInstance(key=PROCESS, case=case, request_key=key), by=auth.actor()
    )
    return nav.say(redirect(url_for("inbox.index"), 303), "started", started.case_no)


def _page(status: int, problem: str = "") -> Response:
    versions = engine().ask(queries.versions)
    asked = request.args.get("id", "")
    chosen = next((one for one in versions if str(one.id) == asked), None)
    chosen = chosen or (versions[0] if versions else None)
    page = render_template(
        "indicators/index.html",
        versions=versions,
        tree=engine().ask(queries.tree, chosen.id) if chosen else None,
        offices={unit.path: unit.name for unit in engine().ask(directory.offices, now())},
        used=engine().ask(iku_counts, local_day(now())),
        years=engine().ask(queries.open_years, now()),
        may_begin=auth.belongs_to("HRC"),
        request_key=secrets.token_urlsafe(18),
        problem=problem,
    )
    return make_response(page, status)
