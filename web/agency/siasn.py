"""Final results on their way to SIASN: what waits, what is missing, the files that were made."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from engine import NoteExport
from engine.errors import InvalidState, NotFound
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.siasn import queries, rules
from hr.siasn.commands import MakeSiasnFile
from web import auth, nav
from web.language import gettext
from web.parts.downloads import shown_name
from web.site import engine, now

_FIRST_YEAR = 2000
_SHOWN = 50
_TYPES = {"csv": "text/csv", "json": "application/json"}


def page(status: int = 200, problem: str = "") -> tuple[str, int]:
    """Show what is final in a year and in no file yet, and the year's files."""
    newest = local_day(now()).year
    year = _year(newest)
    waiting = engine().ask(queries.waiting, year)
    lacking = [one for one in waiting if one.missing]
    files = engine().ask(queries.files, year)
    people = {one.person_id for one in lacking[:_SHOWN]}
    shown = render_template(
        "agency/siasn.html",
        year=year,
        newest=newest,
        ready=len(waiting) - len(lacking),
        lacking=lacking[:_SHOWN],
        left_out=max(len(lacking) - _SHOWN, 0),
        files=files,
        names=engine().ask(directory.names, people | {one.made_by for one in files if one.made_by}),
        words=_words(),
        problem=problem,
    )
    return shown, status


def make() -> Response | tuple[str, int]:
    """Put what waits into a file."""
    year = _year(local_day(now()).year)
    try:
        engine().execute(MakeSiasnFile(year=year), by=auth.actor())
    except InvalidState:
        return page(409, gettext("Tidak ada hasil final yang menunggu untuk tahun ini."))
    return nav.say(redirect(url_for("agency.siasn", year=year), 303), "siasn_made")


def hand_out(file_id: int) -> Response:
    """Give a file that was made, as CSV or JSON, and note that it left the house."""
    form = request.form.get("form", "csv")[:10]
    if form not in _TYPES:
        raise NotFound(f"Expected csv or json, but got {form!r}.")
    made = engine().ask(queries.file, file_id)
    content = engine().ask(queries.content, file_id, form)
    note = NoteExport(
        what="siasn",
        filter=f"year={made.year} file={made.id} form={form}",
        rows=made.lines,
        sha256=sha256(content).hexdigest(),
    )
    engine().execute(note, by=auth.actor())
    name = shown_name(f"siasn-rw_skp22-{made.year}-{made.id}.{form}")
    sent = send_file(BytesIO(content), _TYPES[form], as_attachment=True, download_name=name)
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _year(newest: int) -> int:
    """Read the year that is asked for; usually the last one, which ends in February."""
    text = request.values.get("year", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else newest - 1
    return asked if _FIRST_YEAR <= asked <= newest else newest - 1


def _words() -> dict[str, str]:
    """Say what each field is that a row cannot do without."""
    return {
        **dict.fromkeys(rules.FIELDS, gettext("data penilai")),
        "nipBaru": gettext("NIP pegawai"),
        "nipNrpPenilai": gettext("NIP penilai"),
        "namaPenilai": gettext("nama penilai"),
        "penilaiJabatanNm": gettext("jabatan penilai"),
        "penilaiUnorNm": gettext("unit kerja penilai"),
    }
