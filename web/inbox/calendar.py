"""Due dates for a calendar program: iCalendar (RFC 5545) at a secret address.

No personal data: the step, the process and the case number, never whose case it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Response, render_template, url_for

from engine import Scope
from engine.errors import NotFound
from engine.queries import inbox as queries
from engine.queries.inbox import TaskRow
from hr.desk import queries as desk
from hr.desk.commands import MakeCalendar
from web import auth, words
from web.language import gettext
from web.site import engine, now, public_address

_MOST = 200
_OCTETS = 75


def file(token: str) -> Response:
    """Answer with the due dates of whose address this is."""
    person = engine().ask(desk.person_of_calendar, token) if len(token) < 100 else None
    if person is None:
        raise NotFound("Expected the address of a calendar, but there is none.")
    page = engine().ask(queries.open_tasks, Scope(person_id=person), now=now(), limit=_MOST)
    lines = "".join(f"{folded}\r\n" for line in _lines(page.rows) for folded in _fold(line))
    response = Response(lines, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=900"
    return response


def made() -> str:
    """Give the calendar a new address, and show it this once."""
    token = engine().execute(MakeCalendar(), by=auth.actor())
    path = url_for("inbox.calendar_file", token=token)
    return render_template("inbox/calendar.html", address=public_address(path))


def _lines(rows: tuple[TaskRow, ...]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Alur//Inbox//ID", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_text(gettext('Tenggat tugas Alur'))}"
    for row in rows:
        if row.due_at is None:
            continue
        process = words.process_name(row.process_key, row.process_name)
        step = words.element_name(row.process_key, row.element_id, row.element_id)
        yield "BEGIN:VEVENT"
        yield f"UID:task-{row.id}@alur"
        yield f"DTSTAMP:{_moment(row.created_at)}"
        yield f"DTSTART:{_moment(row.due_at)}"
        yield f"SUMMARY:{_text(f'{process}: {step} ({row.case_no})')}"
        yield f"URL:{public_address(url_for('tasks.show', task_id=row.id))}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    for sign in ("\\", ";", ","):
        value = value.replace(sign, "\\" + sign)
    return value.replace("\r", "").replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Cut a line into pieces of at most 75 octets, the later ones begun with a space."""
    piece, begun = "", ""
    for sign in line:
        if len((begun + piece + sign).encode()) > _OCTETS:
            yield begun + piece
            piece, begun = "", " "
        piece += sign
    yield begun + piece
