"""The one-time code beside the password: asked for at log-in, set up, turned off."""

from __future__ import annotations

from datetime import datetime

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.accounts import codes
from hr.accounts import queries as accounts
from hr.accounts.commands import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    GiveCode,
    LoginRefused,
    RemoveSecondFactor,
)
from web import auth, nav
from web.auth import public
from web.clock import real_clock
from web.language import gettext
from web.site import engine, now, site

second_factor = Blueprint("second_factor", __name__, template_folder="templates")

_LONGEST_CODE = 40


@second_factor.get("/login/code")
@public
def code() -> Response:
    """Ask for the code of whoever gave the right password."""
    if auth.signed_in():
        return redirect(auth.local_path(request.args.get("next")))
    return _code_form(200)


@second_factor.post("/login/code")
@public
def check_code() -> Response:
    """Open the session, and go to where the person wanted to be."""
    command = GiveCode(
        half_token=auth.HALF.read(),
        code=_typed(),
        address=auth.client_address(),
        moment=_moment(),
    )
    opened = engine().execute(command, by=auth.actor())
    if isinstance(opened, LoginRefused):
        return _refused(opened)
    response = redirect(auth.local_path(request.form.get("next")), 303)
    auth.set_session_cookie(response, opened.session_token)
    auth.HALF.drop(response)
    return response


@second_factor.get("/second-factor")
def show() -> Response:
    """Show how far the person is with a second factor."""
    return _page(200)


@second_factor.post("/second-factor/begin")
def begin() -> Response:
    """Make a secret for the phone."""
    engine().execute(BeginSecondFactor(), by=auth.actor())
    return redirect(url_for("second_factor.show"), 303)


@second_factor.post("/second-factor/confirm")
def confirm() -> Response:
    """Hear the phone's first code, and show the recovery codes, this once."""
    command = ConfirmSecondFactor(code=_typed(), moment=_moment())
    try:
        made = engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _page(422, _wrong_code())
    return make_response(render_template("account/recovery_codes.html", codes=made))


@second_factor.post("/second-factor/remove")
def remove() -> Response:
    """Turn it off, against a last code."""
    command = RemoveSecondFactor(code=_typed(), moment=_moment())
    refused = engine().execute(command, by=auth.actor())
    if refused is not None:
        if refused.reason == "THROTTLED":
            return _page(429, _too_many())
        return _page(422, _wrong_code())
    response = redirect(url_for("second_factor.show"), 303)
    return nav.say(response, "second_factor_off")


def _page(status: int, problem: str = "") -> Response:
    vault = engine().ports.vault
    known = engine().ask(accounts.second_factor, auth.me().person_id, vault)
    values = {
        "known": known,
        "picture": _picture(known.secret) if known.secret else "",
        "problem": problem,
        "obliged": auth.needs_second_factor(),
        "is_demo": site().is_demo,
    }
    return make_response(render_template("account/second_factor.html", **values), status)


def _picture(secret: str) -> Markup:
    link = codes.address(
        secret, username=auth.me().session.username, issuer=f"Alur {site().settings.city}"
    )
    # What it says is ours and encoded as squares; nothing of it becomes markup.
    drawn = segno.make(link, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=4, light="white"))


def _code_form(status: int, problem: str = "") -> Response:
    values = {"problem": problem, "next": request.values.get("next", "")[:2000]}
    return make_response(render_template("account/code.html", **values), status)


def _refused(refused: LoginRefused) -> Response:
    if refused.reason == "THROTTLED":
        return _code_form(429, _too_many())
    if refused.reason == "EXPIRED":
        return _code_form(401, gettext("Waktunya habis. Masuk sekali lagi dengan kata sandi Anda."))
    if refused.reason == "DISABLED":
        return _code_form(403, gettext("Akun ini tidak aktif. Hubungi pengelola kepegawaian."))
    return _code_form(401, _wrong_code())


def _wrong_code() -> str:
    return gettext("Kode tidak cocok, atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.")


def _too_many() -> str:
    return gettext("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.")


def _typed() -> str:
    return request.form.get("code", "")[:_LONGEST_CODE]


def _moment() -> datetime:
    # A phone knows nothing of the date that a demo believes in.
    return real_clock() if site().is_demo else now()
