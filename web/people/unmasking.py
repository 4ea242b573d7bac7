"""Who wrote an anonymous answer: one auditor asks, another agrees; the name is read elsewhere."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.queries.unmasking import masked_answers
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.privacy import queries as privacy
from hr.privacy.commands import DecideUnmask, ProposeUnmask
from web import auth, nav
from web.language import gettext
from web.site import engine, now

_LONGEST = 400


def page(problem: str = "") -> str:
    """Show the requests, and the answers of the case that the address asks for."""
    _require()
    case_no = request.values.get("case", "").strip()[:40]
    rows = engine().ask(privacy.unmask_requests)
    people = {one for row in rows for one in (row.proposed_by, row.decided_by) if one}
    return render_template(
        "people/unmask.html",
        rows=rows,
        names=engine().ask(directory.names, people),
        me_id=auth.me().person_id,
        case_no=case_no,
        answers=engine().ask(masked_answers, case_no) if case_no else (),
        problem=problem,
        agency=True,
        may_unmask=True,
    )


def propose() -> Response | tuple[str, int]:
    """Ask who wrote an answer."""
    _require()
    number = request.form.get("task", "")
    try:
        task_id = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
        command = ProposeUnmask(task_id=task_id, reason=_reason())
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return page(gettext("Isi alasannya.")), 422
    return nav.say(redirect(url_for("people.unmask"), 303), "unmask_proposed")


def decide(request_id: int) -> Response | tuple[str, int]:
    """Agree to a request, or refuse it."""
    _require()
    approve = request.form.get("do") == "approve"
    try:
        command = DecideUnmask(request_id=request_id, approve=approve, reason=_reason())
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return page(gettext("Isi alasannya.")), 422
    except InvalidState:
        return nav.say(redirect(url_for("people.unmask"), 303), "too_late")
    return nav.say(redirect(url_for("people.unmask"), 303), "unmask_decided")


def _reason() -> str:
    return request.form.get("reason", "")[:_LONGEST]


def _require() -> None:
    if not engine().ask(permissions.may_unmask, auth.actor(), now()):
        raise NotAllowed("Expected an auditor, but you are none.", reason="NO_ROLE")
