"""The rule that every page needs a session, and proof against forgery."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface
from flask_login import LoginManager
from markupsafe import Markup
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import NotAllowed
from web.auth.asking import ByToken, load, signed_in
from web.auth.cookies import BROWSER
from web.auth.rights import needs_second_factor
from web.language import gettext
from web.site import of_api, site

View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class _NoClientSession(SessionInterface):
    """Sessions are rows of the server; a signed client cookie would be a second truth."""

    def open_session(self, app: Flask, request: Request) -> None:
        return None

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        return None


def install(app: Flask) -> None:
    """Make every route ask for a session unless its view is `public`, and check unsafe requests."""
    app.session_interface = _NoClientSession()
    app.secret_key = secrets.token_bytes(32)  # nothing is signed with it; Flask-Login wants one
    app.config["REMEMBER_COOKIE_NAME"] = secrets.token_hex(8)  # we never remember by cookie alone
    logins = LoginManager()
    logins.init_app(app, add_context_processor=False)
    logins.request_loader(load)
    app.before_request(_require_session)
    app.before_request(_refuse_forgery)
    app.before_request(_require_second_factor)
    app.before_request(_refuse_nul)
    app.after_request(_keep_browser_token)


def public(view: View) -> View:
    """Mark a view that strangers may see."""
    view.public = True  # type: ignore[attr-defined]
    return view


def needs(scope: str) -> Callable[[View], View]:
    """Mark a view of the API with the scope that a token must have for it."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return mark


def local_path(target: str | None) -> str:
    """Give `target` when it is a path of this site, else the inbox: no open redirect."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return url_for("inbox.index")
    parts = urlsplit(target)
    strange = parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target)
    return url_for("inbox.index") if strange or "\\" in target else target


def csrf_token() -> str:
    """Give the token that unsafe requests of this page must carry."""
    person = signed_in()
    if person:
        return person.session.csrf_token
    # A stranger's forms (log in, language) carry the value of a cookie only this site can set.
    if "browser_token" not in g:
        g.browser_token = BROWSER.read() or secrets.token_urlsafe(24)
        g.keep_browser_token = True
    return cast(str, g.browser_token)


def csrf_field() -> Markup:
    """Write the hidden field with the token."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def _require_session() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "public", False):
        return None
    if of_api():
        _require_token(view)
        return None
    if signed_in() is not None:
        return None
    if request.method not in _SAFE:
        raise NotAllowed(gettext("Sesi Anda sudah berakhir."), reason="NO_SESSION")
    target = request.full_path.rstrip("?")
    return redirect(url_for("account.log_in", next=target))


def _require_token(view: Callable[..., Any]) -> None:
    """Refuse a program without a token that counts, or with one that does not reach so far."""
    person = cast("ByToken | None", signed_in())
    wanted = getattr(view, "scope", "")
    if person is None:
        wrong = {"error": "invalid_token"} if "Authorization" in request.headers else {}
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "alur", **wrong}))
    if wanted not in person.scopes:
        raise NotAllowed(
            f"Expected a token with the scope {wanted}, but this one has not got it.",
            reason="NO_SCOPE",
        )


def _require_second_factor() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "public", False):
        return None
    if request.blueprint in ("second_factor", "passkeys") or of_api():
        return None
    if request.endpoint == "account.log_out":
        return None
    if not needs_second_factor():
        return None
    if request.method not in _SAFE:
        raise NotAllowed(
            "Expected a second factor, as this role needs one, but there is none.",
            reason="NO_SECOND_FACTOR",
        )
    return redirect(url_for("second_factor.show"))


def _refuse_forgery() -> None:
    if request.method in _SAFE or of_api():  # no browser adds a token by itself
        return
    if not _same_origin():
        raise NotAllowed(gettext("Permintaan ini datang dari situs lain."), reason="FORGED")
    sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token", "")
    person = signed_in()
    known = person.session.csrf_token if person else BROWSER.read()
    if not known or not compare_digest(sent.encode(), known.encode()):
        raise NotAllowed(gettext("Formulir ini sudah kedaluwarsa."), reason="FORGED")


def _refuse_nul() -> None:
    # No keyboard types it and PostgreSQL refuses it.  A task's own form says so at its fields.
    # What a program sends is JSON, and looked through where it is read.
    if request.method in _SAFE or request.blueprint == "tasks" or of_api():
        return
    if any("\0" in value for values in request.form.listvalues() for value in values):
        raise BadRequest


def _same_origin() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True  # no browser leaves it out of a cross-site POST; the token is still asked for
    public = urlsplit(site().settings.public_url).netloc
    return urlsplit(origin).netloc in {request.host, public} - {""}


def _keep_browser_token(response: Response) -> Response:
    if g.get("keep_browser_token"):
        BROWSER.give(response, g.browser_token)
    return response
