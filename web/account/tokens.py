"""One's own API tokens: made, shown once, listed, ended."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidForm
from hr.accounts import queries as accounts
from hr.accounts.commands import EndToken, MakeToken
from hr.accounts.rules import SCOPES
from web import auth, nav
from web.account.words import scope_words
from web.language import gettext
from web.site import engine, now

own_tokens = Blueprint("own_tokens", __name__, template_folder="templates")

DAYS = (7, 30, 90, 365)


@own_tokens.get("/tokens")
def index() -> Response:
    """List one's tokens, and offer to make one."""
    return _page(200)


@own_tokens.post("/tokens")
def make() -> Response:
    """Make a token, and show it this once."""
    days = request.form.get("days", "")
    asked = int(days) if days in {str(each) for each in DAYS} else 0
    command = MakeToken(
        name=request.form.get("name", "")[:200],
        scopes=tuple(request.form.getlist("scopes"))[: len(SCOPES)],
        expires_at=now() + timedelta(days=asked),
    )
    try:
        token = engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return _page(422, {each.path for each in error.problems})
    except Conflict:
        return _page(409, {"many"})
    return make_response(render_template("account/token_made.html", token=token, name=command.name))


@own_tokens.post("/tokens/<number:token_id>/end")
def end(token_id: int) -> Response:
    """End a token of one's own."""
    engine().execute(EndToken(token_id=token_id), by=auth.actor())
    return nav.say(redirect(url_for("own_tokens.index"), 303), "token_ended")


def _page(status: int, wrong: set[str] | frozenset[str] = frozenset()) -> Response:
    words = {
        "name": gettext("Beri nama, paling banyak 80 huruf."),
        "scopes": gettext("Pilih sedikitnya satu."),
        "expires_at": gettext("Pilih salah satu masa berlaku."),
        "many": gettext("Token Anda sudah terlalu banyak; akhiri dahulu yang tidak dipakai."),
    }
    values = {
        "tokens": engine().ask(accounts.tokens_of, auth.me().person_id),
        "problems": {name: said for name, said in words.items() if name in wrong},
        "scopes": SCOPES,
        "picked": request.form.getlist("scopes"),
        "name": request.form.get("name", "")[:200],
        "days": DAYS,
        "scope_words": scope_words,
        "now": now(),
    }
    return make_response(render_template("account/tokens.html", **values), status)
