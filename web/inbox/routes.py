"""The inbox's tabs, filters and pages; all of them stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.queries import inbox as rows
from hr.directory import queries as directory
from hr.notices import queries as notices
from hr.notices.commands import MarkRead
from hr.notices.queries import NoticeRow
from web import auth, words
from web.language import due_kind
from web.site import engine, now

inbox = Blueprint("inbox", __name__, template_folder="templates")

TABS = ("mine", "groups", "overdue")
_PAGE = 25
_LONGEST = 120
_NOTICES = 5


@dataclass(frozen=True)
class Told:
    """A notice in words."""

    row: NoticeRow
    subject: str
    body: str


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown counts as not asked."""

    tab: str
    q: str
    process: str
    period: str
    after: str

    def url(self, **changes: str) -> str:
        """Give the address of this list with some filters changed; the page starts anew."""
        asked: dict[str, Any] = {
            "tab": self.tab,
            "q": self.q,
            "process": self.process,
            "period": self.period,
        }
        return url_for("inbox.index", **{k: v for k, v in {**asked, **changes}.items() if v})


@inbox.get("/")
def index() -> str:
    """Show one page of open tasks."""
    asked = _filters()
    at = now()
    page = engine().ask(
        rows.open_tasks,
        auth.scope(),
        tab=asked.tab,
        process=asked.process or None,
        period=asked.period or None,
        text=asked.q,
        after=asked.after or None,
        limit=_PAGE,
        now=at,
    )
    workers = frozenset(row.assignee_id for row in page.rows if row.assignee_id)
    names = engine().ask(directory.names, workers - {auth.me().person_id})
    return render_template(
        "inbox/index.html",
        asked=asked,
        page=page,
        names=names,
        notices=_notices(),
        counts=engine().ask(rows.counts, auth.scope(), now=at),
        processes=words.latest(),
        now=at,
        due_kind=due_kind,
        back=request.full_path.rstrip("?"),
        next_url=asked.url(after=page.next) if page.next else None,
        first_url=asked.url() if asked.after else None,
    )


@inbox.get("/done")
def done() -> str:
    """Show one page of what the person has completed; anonymous answers are never in it."""
    after = request.args.get("after", "")[:_LONGEST] or None
    page = engine().ask(rows.done_tasks, auth.scope(), after=after, limit=_PAGE, now=now())
    return render_template(
        "inbox/done.html",
        page=page,
        next_url=url_for("inbox.done", after=page.next) if page.next else None,
    )


@inbox.post("/notices/<number:notice_id>/read")
def read_notice(notice_id: int) -> Response:
    """Put a notice away."""
    engine().execute(MarkRead(notice_id=notice_id), by=auth.actor())
    return redirect(url_for("inbox.index"), 303)


def _notices() -> list[Told]:
    rows = engine().ask(notices.unread, auth.me().person_id, _NOTICES)
    return [Told(row, *words.notice_words(row)) for row in rows]


def _filters() -> Filters:
    tab = request.args.get("tab", "")
    return Filters(
        tab=tab if tab in TABS else TABS[0],
        q=_asked("q"),
        process=_asked("process"),
        period=_asked("period"),
        after=_asked("after"),
    )


def _asked(name: str) -> str:
    return request.args.get(name, "").strip().replace("\0", "")[:_LONGEST]
