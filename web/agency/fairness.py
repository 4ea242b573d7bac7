"""The year's statistics on fairness, and the calibrations of its offices."""

from __future__ import annotations

from collections import Counter

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidForm, InvalidState
from engine.queries import cases as case_views
from hr.calendar.rules import local_day
from hr.calibration import queries as calibration
from hr.calibration.commands import StartCalibration
from hr.directory import queries as directory
from hr.fairness import queries as fairness
from hr.fairness import rules
from hr.fairness.commands import AskFairness
from web import auth, nav
from web.language import gettext
from web.site import engine, now

_FIRST_YEAR = 2000


def page(status: int = 200, problem: str = "") -> tuple[str, int]:
    """Show what the statistics of a year flag, and how far each office is."""
    year, newest = _year()
    seen = engine().ask(fairness.of_year, str(year))
    flagged = [one for one in seen.findings if one.state == rules.FLAGGED]
    agreement = next((one for one in seen.findings if one.kind == rules.AGREEMENT), None)
    offices = engine().ask(calibration.offices, str(year))
    raters = {one.who for one in flagged if isinstance(one.who, int)}
    paths = {one.of for one in flagged if one.of.startswith("/")}
    shown = render_template(
        "agency/fairness.html",
        year=year,
        newest=newest,
        seen=seen,
        flagged=flagged,
        agreement=agreement,
        counts=Counter((one.kind, one.state) for one in seen.findings),
        names=engine().ask(directory.names, raters),
        units=engine().ask(directory.units, paths),
        offices=offices,
        rules=rules,
        problem=problem,
    )
    return shown, status


def compute() -> Response | tuple[str, int]:
    """Have the statistics of a year computed anew."""
    year, _ = _year()
    try:
        engine().execute(AskFairness(period=str(year)), by=auth.actor())
    except InvalidState:
        return page(409, gettext("Perhitungan baru sedang berjalan."))
    return nav.say(redirect(url_for("agency.fairness", year=year), 303), "fairness_asked")


def calibrate() -> Response | tuple[str, int]:
    """Start the calibration of an office."""
    year, _ = _year()
    office = request.form.get("office", "")[:200]
    command = StartCalibration(office_path=office, period=str(year))
    try:
        begun = engine().execute(command, by=auth.actor())
    except Conflict:
        return page(409, gettext("Kalibrasi kantor ini untuk tahun itu sudah dimulai."))
    except InvalidState:
        return page(409, gettext("Belum ada usulan predikat dari kantor ini untuk tahun itu."))
    except InvalidForm:
        return page(422, gettext("Pilih kantor dari daftar."))
    case_no = engine().ask(case_views.case, begun.instance_id).case_no
    response = redirect(url_for("agency.fairness", year=year), 303)
    return nav.say(response, "calibration_started", case_no)


def _year() -> tuple[int, int]:
    """Read the year that is asked for, and the newest there is."""
    newest = local_day(now()).year
    text = request.values.get("year", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else newest
    return (asked if _FIRST_YEAR <= asked <= newest else newest), newest
