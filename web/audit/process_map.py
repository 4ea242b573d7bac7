"""The process as it was really lived, over its own diagram, with a table of everything it shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, render_template, request
from markupsafe import Markup

from engine.queries import mining
from engine.queries.mining import Map, MapFilter, Times
from hr.directory import queries as directory
from web import words
from web.audit.entrance import require_auditor
from web.happenings import event_words
from web.language import gettext, span_words
from web.site import engine, now, site

process_map = Blueprint(
    "process_map", __name__, template_folder="templates", url_prefix="/audit/map"
)
_LONGEST = 120
_MOST_DEVIATIONS = 50


@process_map.get("")
def index() -> str:
    """Show the map of a process: the one asked for, or the first there is."""
    require_auditor()
    known = words.latest()
    key = _asked("process") or (known[0].key if known else "")
    wanted = _wanted(key)
    found = engine().ask(mining.process_map, wanted) if key else None
    drawn = next((one.name for one in known if one.key == key), key)
    return render_template(
        "audit/map.html",
        asked={name: _asked(name) for name in ("period", "unit", "version", "from", "to", "step")},
        key=key,
        processes=known,
        units=engine().ask(directory.offices, now()),
        found=found,
        step=_step(found),
        unit_names=_unit_names(found),
        picture=_picture(found, key, drawn) if found and found.cases else "",
        name_of=_namer(found, key),
        deviations=found.deviations[:_MOST_DEVIATIONS] if found else (),
        event_words=event_words,
        times_words=times_words,
    )


def times_words(times: Times) -> str:
    """Say median and 90th percentile."""
    if times.median is None or times.p90 is None:
        return "–"
    return f"{span_words(times.median)} / {span_words(times.p90)}"


def _wanted(key: str) -> MapFilter:
    number = _asked("version")
    is_number = number.isascii() and number.isdigit() and len(number) < 6
    return MapFilter(
        process_key=key,
        version=int(number) if is_number else None,
        period=_asked("period"),
        path_prefix=_asked("unit"),
        since=_day("from", 0),
        until=_day("to", 1),
    )


def _picture(found: Map, key: str, drawn: str) -> Markup:
    titles = {
        one.element_id: gettext(
            "%(name)s: %(runs)s kali; menunggu %(waiting)s; dikerjakan %(working)s",
            name=words.element_name(key, one.element_id, one.name),
            runs=one.runs,
            waiting=times_words(one.waiting),
            working=times_words(one.working),
        )
        for one in found.elements
    }
    names = words.names_in_picture(key, drawn)
    # Drawn by engine.bpmn, which writes every text of the model as text.
    return Markup(engine().ask(mining.drawn, found, titles=titles, names=names))


def _namer(found: Map | None, key: str) -> object:
    names = {one.element_id: one.name for one in found.elements} if found else {}

    def name_of(element_id: str) -> str:
        return words.element_name(key, element_id, names.get(element_id, element_id))

    return name_of


def _step(found: Map | None) -> mining.Lived | None:
    wanted = _asked("step")
    return (
        next((one for one in found.elements if one.element_id == wanted), None) if found else None
    )


def _unit_names(found: Map | None) -> dict[str, str]:
    step = _step(found)
    if step is None:
        return {}
    known = engine().ask(directory.units, list(step.by_unit))
    return {path: unit.name for path, unit in known.items()}


def _day(name: str, later: int) -> datetime | None:
    try:
        day = datetime.strptime(_asked(name), "%Y-%m-%d") + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return day.replace(tzinfo=site().settings.time_zone)


def _asked(name: str) -> str:
    return request.args.get(name, "").strip().replace("\0", "")[:_LONGEST]
