"""Notices in words: the newest above the tasks, all of them on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hr.notices import queries
from hr.notices.commands import MarkAllRead, MarkRead
from hr.notices.queries import NoticeRow
from web import auth, nav
from web.notice_words import notice_words
from web.site import engine

_ABOVE = 5
_PAGE = 25


@dataclass(frozen=True)
class Told:
    """A notice in words."""

    row: NoticeRow
    subject: str
    body: str


def newest() -> tuple[list[Told], bool]:
    """Give the newest that nobody has put away, and whether there are more."""
    rows = engine().ask(queries.unread, auth.me().person_id, _ABOVE + 1)
    return _in_words(rows[:_ABOVE]), len(rows) > _ABOVE


def page() -> str:
    """Show everything that somebody was told, read or not, the newest first."""
    person, after = auth.me().person_id, request.args.get("after")
    found = engine().ask(queries.of_person, person, limit=_PAGE, after=after)
    return render_template(
        "inbox/notices.html",
        told=_in_words(found.rows),
        unread=any(row.read_at is None for row in found.rows),
        back=request.full_path.rstrip("?"),
        next_url=url_for("inbox.notices", after=found.next) if found.next else None,
        first_url=url_for("inbox.notices") if after else None,
    )


def read(notice_id: int) -> Response:
    """Put a notice away."""
    engine().execute(MarkRead(notice_id=notice_id), by=auth.actor())
    return redirect(auth.local_path(request.form.get("back")), 303)


def read_all() -> Response:
    """Put all notices away, up to the newest that the page showed."""
    said = request.form.get("newest", "")
    newest = int(said) if said.isdecimal() and len(said) < 19 else 0
    engine().execute(MarkAllRead(newest=newest), by=auth.actor())
    return nav.say(redirect(auth.local_path(request.form.get("back")), 303), "notices_read")


def _in_words(rows: tuple[NoticeRow, ...]) -> list[Told]:
    return [Told(row, *notice_words(row)) for row in rows]
