"""The inbox's lists, filters and pages; all of them stand in the address."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import DecideExtension
from engine.queries import desk as desk_queries
from engine.queries import inbox as queries
from engine.queries.inbox import MOST_COUNTED
from hr.calendar.rules import local_day
from hr.desk import queries as desk
from hr.desk.commands import DropCalendar, DropFilter, SaveFilter
from hr.directory import queries as directory
from hr.notices import queries as notice_queries
from hr.notices.commands import ChooseMail
from hr.permissions import rules
from web import auth, nav, words
from web.inbox import bulk, calendar, export, filters, lists, told
from web.inbox.filters import Filters
from web.language import due_kind, gettext
from web.site import engine, now

inbox = Blueprint("inbox", __name__, template_folder="templates")

_PAGE = 25
_LONGEST_REASON = 500


@inbox.get("/")
def index() -> str:
    """Show one page of a list."""
    asked = filters.of_request()
    at = now()
    listed = lists.page(asked, at, _PAGE)
    scope = auth.scope()
    notices, more = told.newest()
    return render_template(
        "inbox/index.html",
        asked=asked,
        listed=listed,
        lent=lists.lent(at) if asked.tab == "waiting" and not asked.after else (),
        requests=engine().ask(desk_queries.extensions_for, scope),
        notices=notices,
        more_notices=more,
        saved=engine().ask(desk.filters, scope),
        groups=sorted(scope.groups),
        counts=engine().ask(queries.counts, scope, now=at),
        most_counted=MOST_COUNTED,
        may_assign=any(group.partition("@")[0] in (rules.HRC, rules.HRO) for group in scope.groups),
        offices=engine().ask(directory.offices, at) if scope.groups else (),
        processes=words.latest(),
        periods=filters.periods(asked.period, local_day(at)),
        now=at,
        due_kind=due_kind,
        back=request.full_path.rstrip("?"),
        next_url=asked.url(after=listed.next) if listed.next else None,
        first_url=asked.url() if asked.after else None,
    )


@inbox.get("/done")
def done() -> Response:
    """Lead on from where the list of what one has done once stood."""
    return redirect(url_for("inbox.index", tab="done"))


@inbox.post("/bulk")
def many() -> str | Response:
    """Do one thing with several tasks."""
    return bulk.run()


@inbox.post("/export")
def export_list() -> Response:
    """Give a list as a file."""
    return export.file()


@inbox.post("/filters")
def save_filter() -> Response:
    """Keep the filters of a list under a name."""
    asked = Filters.read(request.form)
    group = request.form.get("group", "")[:80] or None
    name = request.form.get("name", "")[:200]
    command = SaveFilter(name=name, query=asked.query, group_key=group)
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(asked.url(), 303), "filter_saved")


@inbox.post("/filters/<number:filter_id>/drop")
def drop_filter(filter_id: int) -> Response:
    """Forget a filter."""
    engine().execute(DropFilter(filter_id=filter_id), by=auth.actor())
    return redirect(auth.local_path(request.form.get("back")), 303)


@inbox.get("/calendar/<token>.ics")
@auth.public
def calendar_file(token: str) -> Response:
    """Answer a calendar program; the address is the key."""
    return calendar.file(token)


@inbox.post("/calendar")
def make_calendar() -> str:
    """Give the calendar a new secret address."""
    return calendar.made()


@inbox.post("/calendar/drop")
def drop_calendar() -> Response:
    """Let the calendar's address end."""
    engine().execute(DropCalendar(), by=auth.actor())
    return nav.say(redirect(url_for("inbox.index"), 303), "calendar_dropped")


@inbox.post("/extensions/<number:extension_id>")
def decide_extension(extension_id: int) -> Response:
    """Grant a later due date, or refuse it."""
    granted = request.form.get("do") == "grant"
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    command = DecideExtension(extension_id=extension_id, granted=granted, reason=reason)
    engine().execute(command, by=auth.actor())
    said = "extension_granted" if granted else "extension_refused"
    return nav.say(redirect(auth.local_path(request.form.get("back")), 303), said)


@inbox.get("/notices/mail")
def mail() -> str:
    """Ask when somebody wants to be written to."""
    choices = {
        notice_queries.EACH: gettext("Setiap kali ada tugas baru"),
        notice_queries.DAILY: gettext("Sekali setiap pagi hari kerja, semua sekaligus"),
        notice_queries.NONE: gettext("Tidak pernah"),
    }
    chosen = engine().ask(notice_queries.mail_choice, auth.me().person_id)
    return render_template("inbox/mail.html", choices=list(choices.items()), chosen=chosen)


@inbox.post("/notices/mail")
def choose_mail() -> Response:
    """Note when somebody wants to be written to."""
    engine().execute(ChooseMail(mail=request.form.get("mail", "")[:20]), by=auth.actor())
    return nav.say(redirect(url_for("inbox.index"), 303), "mail_chosen")


@inbox.get("/notices")
def notices() -> str:
    """Show all that somebody was told."""
    return told.page()


@inbox.post("/notices/<number:notice_id>/read")
def read_notice(notice_id: int) -> Response:
    """Put a notice away."""
    return told.read(notice_id)


@inbox.post("/notices/read")
def read_notices() -> Response:
    """Put all notices away."""
    return told.read_all()
