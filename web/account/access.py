"""Setting a password by a link: an invitation, or a reset.  The link opens nothing else."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.accounts import queries as accounts
from hr.accounts.commands import LINK_MAIL, AskForLink, UseLink
from web import auth, nav
from web.account.words import wrong_password
from web.auth import public
from web.language import gettext
from web.site import engine, now

access = Blueprint("access", __name__, template_folder="templates")

_LONGEST_TOKEN = 100


@access.get("/forgot")
@public
def forgot() -> Response:
    """Ask whose password is forgotten, where a link can be mailed."""
    _require_mail()
    return make_response(render_template("account/forgot.html", sent=False))


@access.post("/forgot")
@public
def ask() -> Response:
    """Mail a link to whom it may concern; the answer is the same for everybody."""
    _require_mail()
    command = AskForLink(
        username=request.form.get("username", "")[:200], address=auth.client_address()
    )
    engine().execute(command, by=auth.actor())
    return make_response(render_template("account/forgot.html", sent=True))


@access.get("/access/<token>")
@public
def show(token: str) -> Response:
    """Ask for a new password; looking at the page uses nothing up."""
    return _page(token, 200, {})


@access.post("/access/<token>")
@public
def accept(token: str) -> Response:
    """Set the password, and ask for it."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(token, 422, {"again": gettext("Tidak sama dengan kata sandi baru.")})
    try:
        engine().execute(UseLink(token=token[:_LONGEST_TOKEN], password=password), by=auth.actor())
    except InvalidForm as error:
        problems = {each.path: wrong_password(each.code) for each in error.problems}
        return _page(token, 422, problems)
    response = redirect(url_for("account.log_in"), 303)
    return nav.say(response, "password_set")


def _require_mail() -> None:
    if LINK_MAIL not in engine().ports.job_kinds:
        raise NotFound


def _page(token: str, status: int, problems: dict[str, str]) -> Response:
    link = engine().ask(accounts.link, token[:_LONGEST_TOKEN], now())
    values = {"link": link, "token": token, "problems": problems}
    page = render_template("account/access.html", **values)
    response = make_response(page, 410 if link is None else status)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
