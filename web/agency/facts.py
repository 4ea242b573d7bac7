"""Recording what is known about a unit's service in a quarter, and letting go on what waited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import RetryIncident
from engine.errors import EngineError, InvalidForm, NotFound
from engine.queries import incidents as incident_views
from engine.queries.incidents import IncidentRow
from hr.directory import queries as directory
from hr.directory.queries import UnitView
from hr.service import queries as service
from hr.service.commands import RecordUnitFacts
from hr.service.queries import LOWER, Area, Facts
from hr.service.rules import missing_sentence
from web import auth, nav
from web.language import gettext
from web.site import engine

_SPARE_ROWS = 2
_MOST_ROWS = 20
_MOST_RETRIED = 25
_LARGEST = Decimal(1_000_000)


class Missing(NamedTuple):
    """Whose facts are missing, and of which quarter."""

    unit_path: str
    period: str


def waiting(rows: Iterable[IncidentRow]) -> dict[int, Missing]:
    """Give, by incident, the facts that incidents wait for."""
    return {
        row.id: Missing(row.scope_path, row.period)
        for row in rows
        if row.message == missing_sentence(row.scope_path, row.period)
    }


def unit_names(missing: Mapping[int, Missing]) -> dict[str, str]:
    """Give the names of the units whose facts are missing, by path."""
    paths = {each.unit_path for each in missing.values()}
    return {path: unit.name for path, unit in engine().ask(directory.units, paths).items()}


def page() -> Response:
    """Show what is recorded for a unit, or an empty form."""
    units, period = _asked(request.args)
    known = engine().ask(service.unit_facts, units[0].path, period)
    own = known if known is not None and known.unit_path == units[0].path else None
    return _page(200, units, period, _written(own), {}, known=known)


def record() -> Response:
    """Write the facts; where asked, retry the cases that waited for them."""
    units, period = _asked(request.form)
    typed = {name: value.strip()[:160] for name, value in request.form.items()}
    problems: dict[str, str] = {}
    try:
        command = _command(units[0].path, period, typed, problems)
        if not problems:
            engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        problems = {each.path: _wrong(each.code) for each in error.problems}
    if problems:
        return _page(422, units, period, typed, problems)
    said = "facts_recorded"
    if "retry" in typed:
        said = "facts_retried" if _retry(units[0].path, period) else "facts_still_waiting"
    return nav.say(redirect(url_for("agency.incidents"), 303), said)


def _asked(fields: Mapping[str, str]) -> tuple[tuple[UnitView, ...], str]:
    """Give the unit asked for with those above it, and the quarter; NotFound without them."""
    path = fields.get("unit", "").replace("\0", "")[:120]
    period = fields.get("period", "")[:6]
    units = engine().ask(directory.units_upward, path)
    if not units or units[0].path != path or not _is_quarter(period):
        raise NotFound(f"Expected a unit and a quarter, but got {path!r} and {period!r}.")
    return units, period


def _is_quarter(period: str) -> bool:
    """Tell whether a text names a quarter."""
    year, _, quarter = period.partition("Q")
    return len(year) == 4 and year.isascii() and year.isdigit() and quarter in tuple("1234")


def _waiting_for(path: str, period: str) -> list[int]:
    """Find the incidents that facts of a unit would let go on; as many as one page retries."""
    rows = engine().ask(incident_views.open_incidents, auth.scope(), limit=200).rows
    return [
        number
        for number, missing in waiting(rows).items()
        if missing.period == period and missing.unit_path.startswith(path)
    ]


def _retry(path: str, period: str) -> bool:
    """Retry what waits for these facts; tell whether nothing waits for them any more."""
    numbers = _waiting_for(path, period)
    went_on = []
    for number in numbers[:_MOST_RETRIED]:
        command = RetryIncident(incident_id=number, reason=gettext("Data layanan sudah dicatat"))
        try:
            went_on.append(engine().execute(command, by=auth.actor()))
        except EngineError:  # somebody else was faster; the list says what is left
            went_on.append(True)
    return all(went_on) and len(numbers) <= _MOST_RETRIED


def _command(
    path: str, period: str, typed: Mapping[str, str], problems: dict[str, str]
) -> RecordUnitFacts:
    if typed.get("public_facing") not in ("yes", "no"):
        problems["public_facing"] = gettext("Pilih salah satu.")
    return RecordUnitFacts(
        unit_path=path,
        period=period,
        public_facing=typed.get("public_facing") == "yes",
        skm_index=_number(typed, "skm_index", problems) if typed.get("skm_index") else None,
        skm_responses=_count(typed, "skm_responses", problems),
        complaints=_count(typed, "complaints", problems),
        complaints_upheld=_count(typed, "complaints_upheld", problems),
        areas=[
            _area(typed, row, problems)
            for row in range(_MOST_ROWS)
            if typed.get(f"area_{row}_indicator")
        ],
        reason=typed.get("source", ""),
    )


def _area(typed: Mapping[str, str], row: int, problems: dict[str, str]) -> Area:
    return Area(
        indicator=typed[f"area_{row}_indicator"],
        measure=typed.get(f"area_{row}_measure", "")[:40],
        direction=LOWER if typed.get(f"area_{row}_direction") == LOWER else "HIGHER",
        target=_number(typed, f"area_{row}_target", problems),
        actual=_number(typed, f"area_{row}_actual", problems),
    )


def _number(typed: Mapping[str, str], name: str, problems: dict[str, str]) -> Decimal:
    """Read a number as people here write it, with a comma or a dot before the decimals."""
    try:
        found = Decimal(typed.get(name, "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > _LARGEST:
        problems[name] = gettext("Tulis sebuah angka, misalnya 81,42.")
        return Decimal(0)
    return found


def _count(typed: Mapping[str, str], name: str, problems: dict[str, str]) -> int:
    text = typed.get(name) or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        problems[name] = gettext("Tulis sebuah bilangan, misalnya 12.")
        return 0
    return int(text)


def _wrong(code: str) -> str:
    if code == "more_than_all":
        return gettext("Tidak boleh lebih banyak daripada semua pengaduan.")
    return gettext("Nilainya di luar yang mungkin; indeks kepuasan antara 25 dan 100.")


def _written(facts: Facts | None) -> dict[str, str]:
    """Give recorded facts as they would be typed."""
    if facts is None:
        return {}
    typed = {
        "public_facing": "yes" if facts.public_facing else "no",
        "skm_index": "" if facts.skm_index is None else _plain(facts.skm_index),
        "skm_responses": str(facts.skm_responses),
        "complaints": str(facts.complaints),
        "complaints_upheld": str(facts.complaints_upheld),
    }
    for row, area in enumerate(facts.areas):
        typed |= {
            f"area_{row}_indicator": area.indicator,
            f"area_{row}_measure": area.measure,
            f"area_{row}_direction": area.direction,
            f"area_{row}_target": _plain(area.target),
            f"area_{row}_actual": _plain(area.actual),
        }
    return typed


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def _page(
    status: int,
    units: tuple[UnitView, ...],
    period: str,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    known: Facts | None = None,
) -> Response:
    filled = sum(1 for row in range(_MOST_ROWS) if typed.get(f"area_{row}_indicator"))
    rendered = render_template(
        "agency/facts.html",
        units=units,
        unit=units[0],
        period=period,
        typed=typed,
        problems=problems,
        known=known,
        waits=len(_waiting_for(units[0].path, period)),
        rows=range(min(filled + _SPARE_ROWS, _MOST_ROWS)),
    )
    return make_response(rendered, status)
