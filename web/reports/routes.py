"""`/kinerja`: services given and people served, per office and month, for anybody."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, Response, make_response, render_template, request

from hr.calendar.rules import local_day
from hr.calibration import queries as calibration
from hr.reporting import queries
from web.auth import public
from web.site import engine, now

reports = Blueprint("reports", __name__, template_folder="templates")

_DAY = timedelta(days=1)
_FIRST_YEAR = 2000


@reports.get("/kinerja")
@public
def offices() -> Response:
    """Show a month's sums; the last one that has ended where none is asked for."""
    last = (local_day(now()).replace(day=1) - _DAY).replace(day=1)
    month = _month(request.args.get("bulan", ""), last)
    page = render_template(
        "reports/offices.html",
        month=month,
        before=(month - _DAY).replace(day=1) if month.year > 2000 else None,
        after=(month + 31 * _DAY).replace(day=1) if month < last else None,
        offices=engine().ask(queries.by_office, month),
        fewest=queries.FEWEST,
    )
    return make_response(page)


@reports.get("/kinerja/kalibrasi")
@public
def calibrations() -> str:
    """Show what offices published of a year's calibrations: no name, no small figure."""
    newest = local_day(now()).year
    text = request.args.get("tahun", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else newest
    year = asked if _FIRST_YEAR <= asked <= newest else newest
    return render_template(
        "reports/calibrations.html",
        year=year,
        newest=newest,
        offices=engine().ask(calibration.published, str(year)),
        fewest=calibration.FEWEST,
    )


def _month(text: str, last: date) -> date:
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return last
    return asked if asked.year >= 2000 and asked <= last else last
