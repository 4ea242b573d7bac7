"""Log in, log out, language, password, sessions.  What a password or a session is: hr.accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.accounts import queries as accounts
from hr.accounts.commands import (
    LINK_MAIL,
    ChangePassword,
    CodeWanted,
    EndOtherSessions,
    EndSession,
    LoggedIn,
    LogIn,
    LoginRefused,
    LogOut,
    SetLanguage,
)
from hr.demo.cast import demo_logins
from web import auth, language, nav
from web.account.words import wrong_password
from web.auth import public
from web.language import gettext
from web.site import engine, now, site

account = Blueprint("account", __name__, template_folder="templates")

_LONGEST_NAME = 200
_LONGEST_PASSWORD = 1000
_YEAR = 366 * 24 * 3600


@account.get("/login")
@public
def log_in() -> Response:
    """Show the form; who is signed in already goes on."""
    if auth.signed_in():
        return redirect(auth.local_path(request.args.get("next")))
    return log_in_form(200)


@account.post("/login")
@public
def check_log_in() -> Response:
    """Open a session, always a new one, and go to where the person wanted to be."""
    username = request.form.get("username", "").strip()[:_LONGEST_NAME]
    password = request.form.get("password", "")
    if not username or not password or len(password) > _LONGEST_PASSWORD:
        return log_in_form(422, gettext("Isi nama pengguna dan kata sandi."))
    command = LogIn(username=username, password=password, address=auth.client_address())
    # A refusal is an answer, not an error: the failed try has to be committed, so that it counts.
    opened = engine().execute(command, by=auth.actor())
    if isinstance(opened, LoginRefused):
        return refused_page(opened)
    close_session()
    return after_log_in(opened, auth.local_path(request.form.get("next")))


@account.post("/logout")
def log_out() -> Response:
    """Close the session on the server, not only in the browser."""
    close_session()
    # Who came in by the city's provider leaves it, too: the next one at this device is not him.
    outside = site().settings.oidc_issuer and auth.PROVIDER.read()
    response = redirect(url_for("outside.end" if outside else "account.log_in"), 303)
    auth.SESSION.drop(response)
    response.headers["Clear-Site-Data"] = '"storage"'  # what was typed and never sent, too
    return nav.say(response, "signed_out")


@account.post("/language")
@public
def set_language() -> Response:
    """Remember a language in this browser and, when signed in, for the person."""
    chosen = request.form.get("language", "")
    response = redirect(auth.local_path(request.form.get("next")), 303)
    if chosen in language.LANGUAGES:
        if auth.signed_in():
            engine().execute(SetLanguage(language=chosen), by=auth.actor())
        response.set_cookie(
            language.COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax", path="/"
        )
    return response


@account.get("/password")
def password() -> Response:
    """Show the form for a new password."""
    return _password_form(200, {})


@account.post("/password")
def change_password() -> Response:
    """Change one's own password; every session ends, this one too."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _password_form(422, {"again": gettext("Tidak sama dengan kata sandi baru.")})
    try:
        engine().execute(ChangePassword(old=old[:_LONGEST_PASSWORD], new=new), by=auth.actor())
    except InvalidForm as error:
        return _password_form(
            422, {each.path: wrong_password(each.code) for each in error.problems}
        )
    response = redirect(url_for("account.log_in"), 303)
    auth.SESSION.drop(response)
    return nav.say(response, "password_changed")


@account.get("/sessions")
def sessions() -> str:
    """List where the person is logged in."""
    found = engine().ask(accounts.sessions_of, auth.me().person_id, now())
    return render_template("account/sessions.html", sessions=found, this=auth.me().session_id)


@account.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End one of one's own sessions; ending this one is logging out."""
    if session_id == auth.me().session_id:
        return log_out()
    engine().execute(EndSession(session_id=session_id), by=auth.actor())
    return nav.say(redirect(url_for("account.sessions"), 303), "session_ended")


@account.post("/sessions/end-others")
def end_other_sessions() -> Response:
    """End all of one's own sessions but this one."""
    engine().execute(EndOtherSessions(), by=auth.actor())
    return nav.say(redirect(url_for("account.sessions"), 303), "session_ended")


def _password_form(status: int, problems: dict[str, str]) -> Response:
    return make_response(render_template("account/password.html", problems=problems), status)


def close_session() -> None:
    """End the session that this browser had."""
    person = auth.signed_in()
    if person:
        engine().execute(LogOut(token=person.token), by=auth.actor())


def after_log_in(opened: LoggedIn | CodeWanted, target: str) -> Response:
    """Go to where somebody wanted to be, by way of the code where one is wanted."""
    if isinstance(opened, CodeWanted):
        response = redirect(url_for("second_factor.code", next=target), 303)
        auth.HALF.give(response, opened.half_token)
        return response
    response = redirect(target, 303)
    auth.set_session_cookie(response, opened.session_token)
    return response


def refused_page(refused: LoginRefused) -> Response:
    """Show the form with why nobody was let in."""
    if refused.reason == "THROTTLED":
        words = gettext("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.")
        return log_in_form(429, words)
    if refused.reason == "DISABLED":
        return log_in_form(403, gettext("Akun ini tidak aktif. Hubungi pengelola kepegawaian."))
    if refused.reason == "UNKNOWN":
        return log_in_form(
            403, gettext("Anda belum punya akun Alur. Hubungi pengelola kepegawaian.")
        )
    return log_in_form(401, gettext("Nama pengguna atau kata sandi tidak cocok."))


def log_in_form(status: int, problem: str = "") -> Response:
    """Show the form, with what was wrong."""
    values: dict[str, Any] = {
        "username": request.form.get("username", "")[:_LONGEST_NAME],
        "next": request.values.get("next", "")[:2000],
        "problem": problem,
        "may_forget": LINK_MAIL in engine().ports.job_kinds,
        "has_provider": bool(site().settings.oidc_issuer),
        # A demo is there to be looked at from every chair; no other site shows anybody's name here.
        "demo_logins": demo_logins() if site().is_demo else [],
    }
    return make_response(render_template("account/log_in.html", **values), status)
