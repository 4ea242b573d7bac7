"""Any list of the inbox as a file for a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

from flask import Response, request

from hr.desk.commands import NoteExport
from web import auth, words
from web.inbox import lists
from web.inbox.filters import Filters
from web.language import gettext, moment
from web.site import engine, now

_MOST, _AT_ONCE = 5000, 500
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file() -> Response:
    """Write the list that the form names; that it left the house is noted."""
    asked = Filters.read(request.form)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_head())
    written = 0
    after: str | None = None
    at = now()
    while written < _MOST:
        page = lists.page(asked, at, _AT_ONCE, after)
        for row in page.rows:
            writer.writerow([_plain(cell) for cell in _cells(row, page)])
        written += len(page.rows)
        after = page.next
        if after is None:
            break
    note = NoteExport(what=f"inbox.{asked.tab}", query=asked.query[:300], rows=written)
    engine().execute(note, by=auth.actor())
    # The mark at the start makes spreadsheets read UTF-8.
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="tugas-{asked.tab}.csv"'
    return response


def _head() -> list[str]:
    return [
        gettext("Tugas"),
        gettext("Tentang"),
        gettext("Nomor perkara"),
        gettext("Proses"),
        gettext("Periode"),
        gettext("Unit"),
        gettext("Dipegang"),
        gettext("Tenggat"),
        gettext("Hari terlambat"),
        gettext("Selesai pada"),
    ]


def _cells(row: lists.Row, page: lists.Listed) -> list[str]:
    task = row.task
    holders = [(held.assignee_id, held.candidate_group) for held in row.now_with]
    if not row.now_with:
        holders = [(task.assignee_id, task.candidate_group)]
    who = [_who(person, group, page) for person, group in holders]
    return [
        words.task_title(task),
        task.case_title,
        task.case_no,
        words.process_name(task.process_key, task.process_name),
        task.period,
        page.units.get(task.scope_path, ""),
        "; ".join(one for one in who if one),
        moment(task.due_at),
        str(task.overdue_days or ""),
        moment(task.ended_at),
    ]


def _who(person: int | None, group: str | None, page: lists.Listed) -> str:
    if person == auth.me().person_id:
        return auth.card().name
    return page.names.get(person or 0, "") or words.group_words(group)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
