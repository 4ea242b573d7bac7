"""A post: who holds it, who acted, acts or will act in it; appointing to it and moving there."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, NotAllowed, Problem
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.structure import queries as structure
from hr.structure.commands import ACTING_KINDS, AppointActing, EndActing, TransferPerson
from hr.structure.queries import PostPage
from web import auth, nav
from web.people import words
from web.site import engine, now

_LONGEST = 120


def page(post_id: int, problem: str = "", wrong: str = "") -> str:
    """Show a post to whoever sees its unit; `wrong` names the form that a problem is about."""
    found = engine().ask(structure.post_page, post_id, now())
    if not any(found.unit.path.startswith(prefix) for prefix in auth.scope().path_prefixes):
        raise NotAllowed("Expected a unit that you may see, but it is not.", reason="NO_ROLE")
    return render_template(
        "people/post.html",
        page=found,
        me_id=auth.me().person_id,
        kinds=ACTING_KINDS,
        appoints=_may("acting_official", found),
        moves=_may("person", found),
        today=local_day(now()).isoformat(),
        problem=problem,
        wrong=wrong,
        typed=request.form,
    )


def appoint(post_id: int) -> Response | tuple[str, int]:
    """Let somebody act in a post for some days."""
    _require("acting_official", post_id)
    try:
        command = AppointActing(
            person_id=_person(),
            post_id=post_id,
            kind=_said("kind"),
            decree=_said("decree"),
            valid_from=_day("from"),
            valid_to=_day("to"),
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _refused(post_id, refused, "acting")
    return _done(post_id, "acting_set")


def end(post_id: int, acting_id: int) -> Response | tuple[str, int]:
    """Let somebody act in a post no longer than a day."""
    _require("acting_official", post_id)
    try:
        command = EndActing(acting_id=acting_id, last_day=_day("last"))
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _refused(post_id, refused, f"end-{acting_id}")
    return _done(post_id, "acting_ended")


def move(post_id: int) -> Response | tuple[str, int]:
    """Move somebody to a post from a day on."""
    _require("person", post_id)
    try:
        command = TransferPerson(
            person_id=_person(), post_id=post_id, valid_from=_day("from"), reason=_said("decree")
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _refused(post_id, refused, "move")
    return _done(post_id, "moved")


def _may(noun: str, page: PostPage) -> bool:
    what = ("C", noun, None, page.unit.path)
    return engine().ask(permissions.may_within, auth.actor(), *what, now())


def _require(noun: str, post_id: int) -> None:
    """Refuse strangers before anything they typed is looked at."""
    if not _may(noun, engine().ask(structure.post_page, post_id, now())):
        raise NotAllowed("Expected an officer in charge of this post.", reason="NO_ROLE")


def _done(post_id: int, said: str) -> Response:
    return nav.say(redirect(url_for("people.post", post_id=post_id), 303), said)


def _refused(post_id: int, refused: InvalidForm, form: str) -> tuple[str, int]:
    return page(post_id, words.posting_problem(refused.problems[0].code), form), 422


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _person() -> int:
    found = engine().ask(directory.one_person, _said("person"), now())
    if found is None:
        raise InvalidForm([Problem("person_id", "unknown", "Expected somebody in service.")])
    return found


def _day(name: str) -> date:
    try:
        return date.fromisoformat(_said(name))
    except ValueError:
        raise InvalidForm([Problem(name, "day", "Expected a day.")]) from None
