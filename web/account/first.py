"""The first administrator of a new installation: no account comes with Alur."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.accounts import queries as accounts
from hr.accounts.commands import BecomeFirstAdministrator
from web import auth, nav
from web.account.words import wrong_password
from web.auth import public
from web.language import gettext
from web.site import engine

first_run = Blueprint("first_run", __name__, template_folder="templates")

_LONGEST = 200


@first_run.get("/first-run")
@public
def show() -> Response:
    """Show the form, while nobody has an account."""
    _require_nobody()
    return _form(200, {})


@first_run.post("/first-run")
@public
def accept() -> Response:
    """Make the first administrator, and ask him to log in."""
    _require_nobody()
    typed = {name: request.form.get(name, "")[:_LONGEST] for name in ("code", "nip", "name")}
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _form(422, {"again": gettext("Tidak sama dengan kata sandi baru.")})
    command = BecomeFirstAdministrator(
        code=typed["code"],
        nip="".join(typed["nip"].split()),
        name=typed["name"],
        password=password,
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return _form(422, {each.path: _wrong(each.path, each.code) for each in error.problems})
    response = redirect(url_for("account.log_in"), 303)
    return nav.say(response, "first_administrator")


def _require_nobody() -> None:
    if engine().ask(accounts.has_accounts):
        raise NotFound


def _wrong(path: str, code: str) -> str:
    return {
        "code": gettext("Kode tidak cocok, sudah dipakai, atau lewat 24 jam."),
        "nip": gettext("NIP terdiri atas 18 angka, dengan tanggal lahir di awalnya."),
        "name": gettext("Isi nama Anda."),
    }.get(path) or wrong_password(code)


def _form(status: int, problems: dict[str, str]) -> Response:
    values = {name: request.form.get(name, "")[:_LONGEST] for name in ("code", "nip", "name")}
    page = render_template("account/first_run.html", values=values, problems=problems)
    return make_response(page, status)
