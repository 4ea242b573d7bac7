"""Logging in by the city's identity provider (OpenID Connect)."""

from __future__ import annotations

import logging
from functools import lru_cache

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from hr.accounts.commands import LoginRefused
from hr.granting.commands import LogInByIdentity
from web import auth
from web.account.routes import after_log_in, close_session, log_in_form, refused_page
from web.auth import public
from web.identity import BEGUN_FOR, Begun, IdentityProblem, Provider
from web.language import gettext
from web.settings import Settings
from web.site import engine, public_address, site

outside = Blueprint("outside", __name__, template_folder="templates")

_log = logging.getLogger("alur.identity")


@outside.get("/login/provider")
@public
def go() -> Response:
    """Send somebody to the identity provider."""
    target = auth.local_path(request.args.get("next"))
    try:
        address, begun = _provider().begin(_back(), target)
    except IdentityProblem as problem:
        return _unbelieved(problem, 503)
    response = redirect(address, 303)
    sealed = engine().ports.vault.seal(begun.written())
    auth.OUTSIDE.give(response, sealed, BEGUN_FOR)
    return response


@outside.get("/login/provider/back")
@public
def back() -> Response:
    """Open a session for whom the identity provider names, once per way there."""
    provider, begun = _provider(), _begun()
    if begun is None:
        return log_in_form(401, gettext("Waktunya habis. Masuk sekali lagi."))
    try:
        claims = provider.claims(_back(), request.args, begun)
    except IdentityProblem as problem:
        response = _unbelieved(problem, 401)
        auth.OUTSIDE.drop(response)
        return response
    command = LogInByIdentity(
        issuer=claims.issuer,
        subject=claims.subject,
        name=claims.name,
        groups=claims.groups,
        address=auth.client_address(),
    )
    opened = engine().execute(command, by=auth.actor())
    if isinstance(opened, LoginRefused):
        response = refused_page(opened)
    else:
        close_session()
        response = after_log_in(opened, auth.local_path(begun.target))
        auth.PROVIDER.give(response, engine().ports.vault.seal(claims.token))
    auth.OUTSIDE.drop(response)
    return response


@outside.get("/login/provider/end")
@public
def end() -> Response:
    """Send somebody who has left Alur to the provider, so that he leaves it, too.

    By a page: browsers do not let a form, such as the one that logs out, end on another site.
    """
    provider = _provider()
    back = public_address(url_for("account.log_in"))
    try:
        token = engine().ports.vault.unseal(auth.PROVIDER.read())
    except Exception:  # whoever did not come in by the provider has nothing to leave there
        return redirect(url_for("account.log_in"), 303)
    address = provider.leaving(token, back)
    if address is None:
        response = redirect(url_for("account.log_in"), 303)
    else:
        response = make_response(render_template("account/leaving.html", address=address))
    auth.PROVIDER.drop(response)
    return response


def _begun() -> Begun | None:
    try:
        return Begun.read(engine().ports.vault.unseal(auth.OUTSIDE.read()))
    except Exception:  # whatever a stranger puts there is no login on its way
        return None


def _unbelieved(problem: IdentityProblem, status: int) -> Response:
    _log.warning("%s", problem)
    words = gettext(
        "Penyedia identitas tidak menjawab seperti semestinya. Coba sekali lagi; "
        "bila terulang, beri tahu administrator."
    )
    return log_in_form(status, words)


def _back() -> str:
    return public_address(url_for("outside.back"))


def _provider() -> Provider:
    if not site().settings.oidc_issuer:
        raise NotFound
    return _provider_of(site().settings)


@lru_cache(maxsize=4)
def _provider_of(used: Settings) -> Provider:
    return Provider(used)
