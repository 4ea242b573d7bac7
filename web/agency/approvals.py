"""Noting many technical approvals from a CSV file: a look at every line first, then all or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidForm
from engine.forms import MOST_BYTES, check_answers, harmless_name, sniff
from engine.model import Act
from engine.queries import tasks as task_views
from hr.career import approvals as files
from hr.career import queries as career
from hr.career.approvals import Fault, Line, Wrong
from hr.career.commands import NoteApproval
from hr.career.queries import Approval
from hr.directory import queries as directory
from web import auth, language
from web.language import gettext
from web.parts import downloads
from web.parts.fields import in_words
from web.site import engine, now, site

MOST_SENT = MOST_BYTES + 1_000_000
_MOST_TEXT = 64_000
_LONGEST_NAME = 120
_PDF = "application/pdf"

READY, KNOWN, WRONG, NOTED = "READY", "KNOWN", "WRONG", "NOTED"


@dataclass(frozen=True)
class Row:
    """A line of the file, whose it is, and how it stands: a code of above, and words for WRONG.

    line -- None where it could not be read
    """

    place: int
    state: str = WRONG
    line: Line | None = None
    name: str = ""
    task_id: int | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A file as it was looked at; `done` says that it was noted, as its rows say."""

    source: str
    text: str
    rows: tuple[Row, ...] = ()
    done: bool = False

    @property
    def shown(self) -> tuple[Row, ...]:
        """Give the lines to be shown: those in the way, or all where nothing is."""
        every = self.sound or self.done
        return tuple(row for row in self.rows if every or row.state == WRONG)

    @property
    def ready(self) -> int:
        """Count the lines that would be noted."""
        return sum(row.state == READY for row in self.rows)

    @property
    def known(self) -> int:
        """Count the lines that were noted before."""
        return sum(row.state == KNOWN for row in self.rows)

    @property
    def noted(self) -> int:
        """Count the lines that were noted just now."""
        return sum(row.state == NOTED for row in self.rows)

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return all(row.state != WRONG for row in self.rows)


def page(status: int, sheet: Sheet | None = None, problem: str = "") -> Response:
    """Show the form, and what was found in the file."""
    values = {"sheet": sheet, "problem": problem, "most": files.MOST_LINES}
    return make_response(render_template("agency/approvals.html", **values), status)


def take() -> Response:
    """Look at the file that was sent; note it where that was asked and nothing is wrong."""
    text, source = _sent()
    if not text:
        return page(422, problem=gettext("Pilih berkas CSV (UTF-8, paling besar 64 kB)."))
    sheet = _look(text, source)
    if request.form.get("do") != "import" or not sheet.sound:
        return page(200 if sheet.sound else 422, sheet)
    letter, problem = _letter(request.files.get("letter"))
    if problem:
        return page(422, sheet, problem)
    return page(200, replace(sheet, rows=_noted(sheet, letter), done=True))


def _sent() -> tuple[str, str]:
    """Give text and name of the file just chosen, else of the one that was looked at before."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return request.form.get("text", "")[:_MOST_TEXT], request.form.get("source", "")[
            :_LONGEST_NAME
        ]
    data = chosen.stream.read(_MOST_TEXT + 1)
    try:
        text = data.decode("utf-8-sig") if len(data) <= _MOST_TEXT else ""
    except UnicodeDecodeError:
        text = ""
    return text, downloads.shown_name(chosen.filename, _LONGEST_NAME)


def _look(text: str, source: str) -> Sheet:
    lines, faults = files.read(text)
    people = engine().ask(directory.persons_of_nips, {line.nip for line in lines})
    names = engine().ask(directory.names, list(people.values()))
    known = engine().ask(career.approvals, list(people.values()))
    rows = []
    for line in lines:
        person = people.get(line.nip, 0)
        row = Row(line.place, line=line, name=names.get(person, ""))
        rows.append(_judged(row, line, person, known.get(person), source))
    wrong: dict[int, tuple[str, ...]] = {}
    for fault in faults:
        wrong[fault.place] = (*wrong.get(fault.place, ()), _words(fault))
    rows += [Row(place, problems=words) for place, words in wrong.items()]
    return Sheet(source, text, tuple(sorted(rows, key=lambda row: row.place)))


def _judged(row: Row, line: Line, person: int, approval: Approval | None, source: str) -> Row:
    """Say how a line stands to the case of its person."""
    if not person:
        return replace(row, problems=(gettext("Tidak ada pegawai dengan NIP ini."),))
    if approval is None:
        return replace(row, problems=(gettext("Tidak ada usulan kenaikan pangkat."),))
    row = replace(row, task_id=approval.task_id)
    if approval.task_id is not None:
        problems = _refusals(line, approval.task_id, source)
        return replace(row, state=WRONG if problems else READY, problems=problems)
    if (approval.number, approval.approved_on) == (line.number, line.approved_on.isoformat()):
        return replace(row, state=KNOWN)
    if approval.number is None:
        told = gettext("Usulannya belum, atau tidak lagi, menunggu pertimbangan teknis.")
    else:
        told = gettext("Sudah dicatat dengan nomor atau tanggal lain: %(no)s.", no=approval.number)
    return replace(row, problems=(told,))


def _refusals(line: Line, task_id: int, source: str) -> tuple[str, ...]:
    """Say why the task would not take this line, by the checks that hold by hand."""
    task = engine().ask(
        task_views.task, task_id, person_id=auth.me().person_id, language=language.language()
    )
    if not auth.may(Act.CLAIM, task.facts):
        if task.subject_id == auth.me().person_id:
            return (gettext("Ini usulan Anda sendiri; petugas lain yang mencatatnya."),)
        return (gettext("Tugasnya sedang dikerjakan petugas lain."),)
    if task.form is None:
        return ()
    answers = _command(line, task_id, source, None).answers()
    local = now().astimezone(site().settings.time_zone)
    try:
        check_answers(task.form, answers, context=task.variables, now=local)
    except InvalidForm as refused:
        return tuple(each.message for each in in_words(refused.problems, task.form))
    return ()


def _noted(sheet: Sheet, letter: Mapping[str, Any] | None) -> tuple[Row, ...]:
    """Note line by line, each in a transaction of its own; what is noted already stays."""
    return tuple(
        _note(row, sheet.source, letter) if row.state == READY else row for row in sheet.rows
    )


def _note(row: Row, source: str, letter: Mapping[str, Any] | None) -> Row:
    assert row.line is not None
    assert row.task_id is not None
    try:
        engine().execute(_command(row.line, row.task_id, source, letter), by=auth.actor())
    except EngineError:  # somebody was faster since the look: say how the line stands now
        return _look_again(row, row.line, source)
    return replace(row, state=NOTED)


def _look_again(row: Row, line: Line, source: str) -> Row:
    person = engine().ask(directory.persons_of_nips, {line.nip})[line.nip]
    approval = engine().ask(career.approvals, [person]).get(person)
    again = _judged(replace(row, state=WRONG), line, person, approval, source)
    if again.state == READY:
        told = gettext("Tidak dapat dicatat; coba impor sekali lagi.")
        return replace(again, state=WRONG, problems=(told,))
    return again


def _command(
    line: Line, task_id: int, source: str, letter: Mapping[str, Any] | None
) -> NoteApproval:
    return NoteApproval(
        task_id=task_id,
        number=line.number,
        approved_on=line.approved_on,
        listed_in=source or gettext("Berkas CSV"),
        letter=letter,
    )


def _letter(sent: FileStorage | None) -> tuple[dict[str, Any] | None, str]:
    """Store the letter that came with the file, if one did."""
    store = engine().ports.files
    if sent is None or not sent.filename or store is None:
        return None, ""
    data = sent.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES or sniff(data) != _PDF:
        return None, gettext("Suratnya harus sebuah PDF, paling besar 10 MB.")
    name = harmless_name(sent.filename, _PDF)
    return {"name": name, "sha256": store.put(data), "mime": _PDF, "size": len(data)}, ""


def _words(fault: Fault) -> str:
    text = fault.text
    return {
        Wrong.NOT_CSV: gettext("Berkas ini tidak dapat dibaca sebagai CSV."),
        Wrong.NO_COLUMNS: gettext("Baris pertama harus memuat judul kolom nip, nomor dan tanggal."),
        Wrong.NO_LINES: gettext("Berkas ini tidak berisi baris."),
        Wrong.TOO_MANY: gettext(
            "Terlalu banyak baris (%(count)s); pecah menjadi berkas berisi paling banyak %(most)s.",
            count=text,
            most=files.MOST_LINES,
        ),
        Wrong.NIP: gettext(
            "NIP harus 18 angka, bukan “%(text)s”; simpan kolomnya sebagai teks.", text=text
        ),
        Wrong.NUMBER: gettext("Nomor harus 3 sampai 80 huruf, bukan “%(text)s”.", text=text),
        Wrong.DATE: gettext(
            "Tanggal harus seperti 2026-07-01 atau 1/7/2026, bukan “%(text)s”.", text=text
        ),
        Wrong.TWICE: gettext("NIP %(text)s ada di dua baris.", text=text),
    }[fault.wrong]
