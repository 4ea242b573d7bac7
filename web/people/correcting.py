"""What is wrong about a person: he asks for it to be put right, the agency does or says why not."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, InvalidState, NotAllowed
from hr.permissions import queries as permissions
from hr.privacy import queries as privacy
from hr.privacy.commands import LONGEST_REASON, AskCorrection, CorrectPerson, DecideCorrection
from hr.privacy.rules import CORRECTABLE, OTHER
from web import auth, nav
from web.language import gettext
from web.people import words
from web.site import engine, now

ABOUT = (*CORRECTABLE, OTHER)
_LONGEST = 200


def page(problem: str = "", wrong: int = 0) -> str:
    """Show what waits for the agency; auditors read it, too."""
    me = auth.me().person_id
    if not engine().ask(permissions.may_by_role, me, "R", "directory_file", now()):
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NO_ROLE")
    return render_template(
        "people/corrections.html",
        rows=engine().ask(privacy.corrections),
        me_id=me,
        decides=engine().ask(permissions.may_by_role, me, "U", "person", now()),
        about_words=words.about_words,
        problem=problem,
        wrong=wrong,
        agency=True,
    )


def ask() -> str:
    """Ask for one's own data to be put right; give what is wrong with the asking, empty if sent."""
    command = AskCorrection(
        about=request.form.get("about", "")[:20], value=_sent("value"), reason=_reason()
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return words.correction_problem(error.problems[0].path)
    except InvalidState:
        return gettext("Masih ada sepuluh permintaan yang menunggu jawaban.")
    return ""


def decide(request_id: int) -> Response | tuple[str, int]:
    """Correct what was asked for, or say why not."""
    approve = request.form.get("do") == "approve"
    command = DecideCorrection(
        request_id=request_id,
        approve=approve,
        answer=_reason(),
        value=_sent("value") if "value" in request.form else None,
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return page(words.correction_problem(error.problems[0].path), request_id), 422
    except InvalidState:
        return nav.say(redirect(url_for("people.corrections"), 303), "too_late")
    said = "corrected" if approve else "correction_refused"
    return nav.say(redirect(url_for("people.corrections"), 303), said)


def correct(person_id: int) -> str:
    """Put right what the agency itself found wrong; give what is in the way, empty if done."""
    values = {name: _sent(name) for name in CORRECTABLE if name in request.form}
    command = CorrectPerson(person_id=person_id, values=values, reason=_reason())
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return words.correction_problem(error.problems[0].path)
    return ""


def _sent(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")[:_LONGEST]


def _reason() -> str:
    return request.form.get("reason", "").replace("\0", "")[:LONGEST_REASON]
