"""Passkeys: made on one's page, asked for at log-in.  The device's part is passkeys.js."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidForm
from hr.accounts import queries as accounts
from hr.accounts.commands import (
    AddPasskey,
    AskForPasskey,
    BeginPasskey,
    LogInByPasskey,
    LoginRefused,
    RemovePasskey,
)
from hr.accounts.passkeys import Site
from web import auth, nav
from web.account.routes import after_log_in, close_session, log_in_form, refused_page
from web.auth import public
from web.language import gettext
from web.site import engine, public_address, site

passkeys = Blueprint("passkeys", __name__, template_folder="templates")

_LONGEST = 20_000


@passkeys.get("/passkeys")
def index() -> Response:
    """List one's passkeys, and offer to make one."""
    return _page(200)


@passkeys.post("/passkeys/begin")
def begin() -> Response:
    """Say what the device is to sign for a new passkey."""
    return _json(engine().execute(BeginPasskey(site=_site()), by=auth.actor()))


@passkeys.post("/passkeys")
def add() -> Response:
    """Keep a new passkey; show recovery codes with the first."""
    command = AddPasskey(
        site=_site(),
        answer=request.form.get("answer", "")[: _LONGEST + 1],
        name=request.form.get("name", "")[:200],
    )
    try:
        made = engine().execute(command, by=auth.actor())
    except (InvalidForm, Conflict):
        words = gettext("Kunci sandi tidak terbaca atau sudah dikenal. Coba sekali lagi.")
        return _page(422, words)
    if made:
        return make_response(render_template("account/recovery_codes.html", codes=made))
    return nav.say(redirect(url_for("passkeys.index"), 303), "passkey_added")


@passkeys.post("/passkeys/<number:passkey_id>/remove")
def remove(passkey_id: int) -> Response:
    """Forget a passkey of one's own."""
    engine().execute(RemovePasskey(passkey_id=passkey_id), by=auth.actor())
    return nav.say(redirect(url_for("passkeys.index"), 303), "passkey_removed")


@passkeys.post("/login/passkey/begin")
@public
def ask() -> Response:
    """Say what a passkey is to sign for getting in."""
    return _json(engine().execute(AskForPasskey(site=_site()), by=auth.actor()))


@passkeys.post("/login/passkey")
@public
def log_in() -> Response:
    """Open a session for a passkey's owner."""
    command = LogInByPasskey(
        site=_site(),
        answer=request.form.get("answer", "")[: _LONGEST + 1],
        address=auth.client_address(),
    )
    opened = engine().execute(command, by=auth.actor())
    if isinstance(opened, LoginRefused):
        if opened.reason == "WRONG":
            return log_in_form(401, gettext("Kunci sandi itu tidak dikenal di sini."))
        return refused_page(opened)
    close_session()
    response = after_log_in(opened, auth.local_path(request.form.get("next")))
    auth.HALF.drop(response)
    return response


def _site() -> Site:
    parts = urlsplit(public_address())
    name = f"Alur {site().settings.city}"
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", name)


def _json(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "application/json"
    return response


def _page(status: int, problem: str = "") -> Response:
    values = {
        "passkeys": engine().ask(accounts.passkeys_of, auth.me().person_id),
        "problem": problem,
    }
    return make_response(render_template("account/passkeys.html", **values), status)
