"""Files in and out: a look at every row first, then all of it or nothing; every export is noted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import make_response, render_template, request, send_file
from werkzeug.wrappers import Response

from engine import Command, NoteExport
from engine.errors import InvalidForm, NotFound
from hr.calendar.rules import local_day
from hr.intake import queries as intake
from hr.intake.columns import COLUMNS
from hr.intake.commands import ImportDirectory
from hr.registers import files as records
from hr.sheets import Fault, Sheet
from web import auth
from web.exporting.tables import write_rows
from web.language import gettext
from web.parts.downloads import shown_name
from web.people import words
from web.site import engine, now, site

MOST_BYTES = 3_000_000
_SHOWN_FAULTS = 100
DIRECTORY = "directory"
_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Looked:
    """A file as it was looked at, or taken in; `sha256` brings it back when it is confirmed."""

    what: str
    name: str
    sha256: str
    found: Any
    day: str = ""
    complete: bool = False
    done: bool = False

    @property
    def faults(self) -> list[tuple[Fault, str]]:
        """Give the first faults with their words."""
        return [(each, words.fault_words(each)) for each in self.found.faults[:_SHOWN_FAULTS]]

    @property
    def changes(self) -> list[tuple[int, str, str, str, list[tuple[str, str, str]]]]:
        """Give row, name, NIP, what happens and what differs, of the first changes."""
        if self.what == DIRECTORY:
            return [
                (one.number, one.name, one.nip, one.how, words.differing(one.old, one.new))
                for one in self.found.shown
            ]
        columns = [one for one in records.COLUMNS[self.what] if one != "nip"]
        return [
            (
                number,
                "",
                nip,
                "CHANGED" if old else "ADDED",
                _differing(self.what, columns, old, new),
            )
            for number, nip, old, new in self.found.shown
        ]


def page(status: int = 200, looked: Looked | None = None, problem: str = "") -> Response:
    """Show the forms, and what was found in a file."""
    values = {
        "looked": looked,
        "problem": problem,
        "kinds": [(name, words.kind_words(name)) for name in records.COLUMNS],
        "change_words": words.change_words,
        "columns": tuple(COLUMNS),
        "may_write": auth.belongs_to("HRC"),
        "today": local_day(now()).isoformat(),
    }
    return make_response(render_template("people/files.html", **values), status)


def take() -> Response:
    """Look at the file that was sent, or take in the one that was looked at."""
    what = request.form.get("what", "")
    if what != DIRECTORY and what not in records.COLUMNS:
        return page(422, problem=gettext("Pilih jenis data."))
    day = _day(request.form.get("day", ""))
    if day is None:
        return page(422, problem=gettext("Pilih tanggal mulai berlaku."))
    sheet, digest = _sent()
    if sheet is None:
        told = gettext(
            "Pilih berkas CSV atau XLSX, paling besar 3 MB; yang lebih besar lewat perintah"
            " alur import."
        )
        return page(422, problem=told)
    complete = request.form.get("complete") == "on"
    done = request.form.get("do") == "import"
    found = _taken(what, sheet, day, complete=complete) if done else None
    if found is None:
        done = False
        found = _look(what, sheet, day, complete=complete)
    looked = Looked(what, sheet.name, digest, found, day.isoformat(), complete, done)
    return page(200 if found.sound else 422, looked)


def give() -> Response:
    """Write the directory or records of a kind to a file, and note that they left the house."""
    what = request.form.get("what", "")
    suffix = "xlsx" if request.form.get("form") == "xlsx" else "csv"
    if what != DIRECTORY and what not in records.COLUMNS:
        return page(422, problem=gettext("Pilih jenis data."))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"alur-{what}-{local_day(now())}.{suffix}"
        columns = tuple(COLUMNS) if what == DIRECTORY else records.COLUMNS[what]
        rows = engine().ask(lambda connection: write_rows(columns, _rows(connection, what), file))
        data = file.read_bytes()
    note = NoteExport(what=what, filter="", rows=rows, sha256=sha256(data).hexdigest())
    engine().execute(note, by=auth.actor())
    return send_file(
        BytesIO(data),
        mimetype=_XLSX if suffix == "xlsx" else _CSV,
        as_attachment=True,
        download_name=file.name,
        max_age=0,
    )


def _rows(connection: Any, what: str) -> Iterator[Mapping[str, Any]]:
    if what == DIRECTORY:
        return intake.directory_rows(connection, now())
    return records.rows(connection, what, now())


def _sent() -> tuple[Sheet | None, str]:
    """Give the file just chosen, else the one that was looked at before."""
    store = engine().ports.files
    chosen = request.files.get("file")
    if chosen is not None and chosen.filename:
        data = chosen.stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES or store is None:
            return None, ""
        digest = store.put(data, unsent=True)
        return Sheet(shown_name(chosen.filename), data=data), digest
    digest = request.form.get("sha256", "")
    if store is None or len(digest) != 64 or not digest.isalnum():
        return None, ""
    try:
        data = store.get(digest)
    except NotFound:
        return None, ""
    return Sheet(shown_name(request.form.get("name", "")), data=data), digest


def _look(what: str, sheet: Sheet, day: date, *, complete: bool) -> Any:
    reader = auth.me().person_id
    if what == DIRECTORY:
        return engine().ask(intake.look, sheet, day, complete=complete, reader=reader)
    return engine().ask(records.look, what, sheet, now(), reader=reader)


def _taken(what: str, sheet: Sheet, day: date, *, complete: bool) -> Any:
    """Take a file in; None where it does not stand up to what changed since it was looked at."""
    command: Command[Any] = (
        ImportDirectory(sheet=sheet, day=day, complete=complete, reason=sheet.name)
        if what == DIRECTORY
        else records.taking(what, sheet, reason=sheet.name)
    )
    try:
        return engine().execute(command, by=auth.actor())
    except InvalidForm:
        return None


def _day(text: str) -> date | None:
    if not text:
        return local_day(now(), site().settings.time_zone)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _differing(
    what: str, columns: Sequence[str], old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    return [
        (
            words.column_words(column, what),
            "" if old is None else words.value_words(column, old[column]),
            words.value_words(column, new[column]),
        )
        for column in columns
        if old is None or old[column] != new[column]
    ]
