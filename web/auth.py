"""Who is asking: server-side sessions, the rule that every page needs one, proof against forgery.

What a person may do is decided in hr and the engine; this module only asks them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from hmac import compare_digest
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface
from flask_login import LoginManager, UserMixin, current_user
from markupsafe import Markup
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from engine import Actor, Scope
from engine.errors import NotAllowed, NotFound
from engine.model import Act, CaseFacts, Channel, TaskFacts
from engine.ports import Allowed
from engine.queries.tasks import TaskView
from hr.accounts import queries as accounts
from hr.accounts.codes import HALFWAY
from hr.accounts.commands import TouchSession, UseToken
from hr.accounts.queries import SessionView, TokenHolder
from hr.accounts.rules import digest, session_id
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.permissions.rules import EVERYWHERE
from web.language import gettext
from web.site import engine, now, of_api, site

View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MONTH = 31 * 24 * 3600
_TOUCH_AFTER = timedelta(seconds=60)


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The person of a session, as Flask-Login wants to see one."""

    def __init__(self, token: str, session: SessionView) -> None:
        self.token = token
        self.session = session
        self.session_id = session_id(digest(token))
        self.person_id = session.person_id
        self.language = session.language

    def get_id(self) -> str:
        return str(self.session.account_id)

    @property
    def time_zone(self) -> str | None:
        """Give the zone of the person's unit; None: the city's.  Asked at the first date."""
        return _zone_here()


class ByToken(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The person for whom a program asks, within the scopes of its token."""

    def __init__(self, holder: TokenHolder) -> None:
        self.session_id = holder.session_id
        self.person_id = holder.person_id
        self.language = holder.language
        self.scopes = holder.scopes
        self.token_id = holder.token_id

    def get_id(self) -> str:
        return self.session_id

    @property
    def time_zone(self) -> str | None:
        """Give the zone of the person's unit; None: the city's."""
        return _zone_here()


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
    logins.request_loader(_load)
    app.before_request(_require_session)
    app.before_request(_refuse_forgery)
    app.before_request(_require_second_factor)
    app.before_request(_refuse_nul)
    app.after_request(_keep_browser_token)


def public(view: View) -> View:
    """Mark a view that strangers may see."""
    view.public = True  # type: ignore[attr-defined]
    return view


def token_id() -> int:
    """Give the number of the token with which a program asks."""
    return cast(ByToken, me()).token_id


def needs(scope: str) -> Callable[[View], View]:
    """Mark a view of the API with the scope that a token must have for it."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return mark


def signed_in() -> SignedIn | None:
    """Give the signed-in person, or None for a stranger; a page about a failure asks nobody."""
    if g.get("broken"):
        return None
    if "signed_in" not in g:  # Flask-Login looks it up anew at every word it is asked
        person = current_user._get_current_object()
        g.signed_in = person if person.is_authenticated else None
    return cast("SignedIn | None", g.signed_in)


def me() -> SignedIn:
    """Give the signed-in person of a page that needs one."""
    person = signed_in()
    return cast(SignedIn, current_user) if person is None else person


def actor() -> Actor:
    """Say who gives the command of this request."""
    person = signed_in()
    return Actor(
        person_id=person.person_id if person else None,
        channel=Channel.API if of_api() else Channel.WEB,
        session_id=person.session_id if person else "",
        address=request.remote_addr or "",
    )


def scope() -> Scope:
    """Give what the signed-in person may see, asked once per request."""
    if "scope" not in g:
        g.scope = engine().ask(permissions.scope_of, me().person_id, now())
    return cast(Scope, g.scope)


def card() -> directory.PersonView:
    """Give name, post and unit of the signed-in person, asked once per request."""
    if "card" not in g:
        g.card = engine().ask(directory.person, me().person_id, now())
    return cast(directory.PersonView, g.card)


def _zone_here() -> str | None:
    return engine().ask(directory.zone_of, card().unit_path)


def may(act: Act, on: TaskFacts | CaseFacts) -> bool:
    """Tell whether the signed-in person may do this one act."""
    answer = engine().ask(engine().ports.people.may_act, actor(), act, on, now())
    return isinstance(answer, Allowed)


def require(act: Act, on: TaskFacts | CaseFacts) -> None:
    """Refuse a page about something this person may not do or see."""
    answer = engine().ask(engine().ports.people.may_act, actor(), act, on, now())
    if not isinstance(answer, Allowed):
        raise NotAllowed(answer.message, reason=answer.reason)


def require_sight(task: TaskView) -> None:
    """Refuse who may not see a task; an anonymous one exists for its assignee only."""
    mine = me().person_id
    if task.anonymous and task.assignee_id != mine:
        raise NotFound
    if task.owner_id == mine:
        return  # he asked somebody to look, and decides
    require(Act.READ, task.facts)


def belongs_to(*groups: str) -> bool:
    """Tell whether the signed-in person is in one of these groups of the city, such as HRC."""
    return bool(scope().groups & set(groups))


def audits() -> bool:
    """Tell whether the signed-in person reads every case of the city and works on none (AUD)."""
    return not scope().groups and EVERYWHERE in scope().path_prefixes


def needs_second_factor() -> bool:
    """Tell whether somebody's roles oblige him to a second factor that he does not have yet.

    Whoever has one gave a code at log-in: sessions from before it ended when it was confirmed.
    """
    obliged = set(site().settings.second_factor_roles.split(",")) - {"none", ""}
    person = signed_in()
    if not obliged or person is None or person.session.has_second_factor:
        return False
    granted = engine().ask(directory.roles_of, person.person_id, now())
    return any(grant.role in obliged for grant in granted)


def may_start() -> bool:
    """Tell whether the signed-in person may start cases at all, asked once per request."""
    if "may_start" not in g:
        g.may_start = engine().ask(permissions.may_start, me().person_id, now())
    return cast(bool, g.may_start)


def require_group(*groups: str) -> None:
    """Refuse a page that belongs to groups of the city."""
    if not belongs_to(*groups):
        wanted = " or ".join(groups)
        raise NotAllowed(
            f"Expected a member of {wanted}, but you are not one.", reason="NOT_MEMBER"
        )


def client_address() -> str:
    """Give the address a request came from, for the login throttle and the history."""
    return request.remote_addr or ""


def local_path(target: str | None) -> str:
    """Give `target` when it is a path of this site, else the inbox: no open redirect."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return url_for("inbox.index")
    parts = urlsplit(target)
    strange = parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target)
    return url_for("inbox.index") if strange or "\\" in target else target


def set_session_cookie(response: AnyResponse, token: str) -> None:
    """Hand the browser a new session; script cannot read it, other sites cannot send it."""
    response.set_cookie(
        _session_cookie(), token, httponly=True, samesite="Lax", secure=_https(), path="/"
    )
    response.delete_cookie(_browser_cookie(), secure=_https(), path="/")
    g.keep_browser_token = False


def drop_session_cookie(response: AnyResponse) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(_session_cookie(), secure=_https(), path="/")


def half_token() -> str:
    """Give the token of a login that wants a code, as this browser has it."""
    return request.cookies.get(_half_cookie(), "")[:200]


def set_half_cookie(response: AnyResponse, token: str) -> None:
    """Hand the browser a login that wants a code."""
    response.set_cookie(
        _half_cookie(),
        token,
        max_age=int(HALFWAY.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=_https(),
        path="/",
    )


def outside_cookie() -> str:
    """Give what this browser keeps of a login that is at the identity provider's."""
    return request.cookies.get(_outside_cookie(), "")[:4000]


def set_outside_cookie(response: AnyResponse, sealed: str, seconds: int) -> None:
    """Hand the browser a login that goes to the identity provider."""
    response.set_cookie(
        _outside_cookie(),
        sealed,
        max_age=seconds,
        httponly=True,
        samesite="Lax",  # the provider sends people back by a link, and that carries it
        secure=_https(),
        path="/",
    )


def drop_outside_cookie(response: AnyResponse) -> None:
    """Make the browser forget a login at the identity provider's: it counts once."""
    response.delete_cookie(_outside_cookie(), secure=_https(), path="/")


def provider_cookie() -> str:
    """Give what this browser keeps of having come in by the identity provider; empty if not."""
    return request.cookies.get(_provider_cookie(), "")[:4000]


def set_provider_cookie(response: AnyResponse, sealed: str) -> None:
    """Let the browser keep, for as long as it runs, with what its person leaves the provider."""
    response.set_cookie(
        _provider_cookie(), sealed, httponly=True, samesite="Lax", secure=_https(), path="/"
    )


def drop_provider_cookie(response: AnyResponse) -> None:
    """Make the browser forget that somebody came in by the identity provider."""
    response.delete_cookie(_provider_cookie(), secure=_https(), path="/")


def drop_half_cookie(response: AnyResponse) -> None:
    """Make the browser forget a login that wants a code."""
    response.delete_cookie(_half_cookie(), secure=_https(), path="/")


def csrf_token() -> str:
    """Give the token that unsafe requests of this page must carry."""
    person = signed_in()
    if person:
        return person.session.csrf_token
    # A stranger's forms (log in, language) carry the value of a cookie only this site can set.
    if "browser_token" not in g:
        g.browser_token = request.cookies.get(_browser_cookie()) or secrets.token_urlsafe(24)
        g.keep_browser_token = True
    return cast(str, g.browser_token)


def csrf_field() -> Markup:
    """Write the hidden field with the token."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def _load(request: Request) -> SignedIn | ByToken | None:
    if of_api():
        return _of_token(request)
    token = request.cookies.get(_session_cookie(), "")
    if not token or len(token) > 200:
        return None
    session = engine().ask(accounts.session, token, now())
    if session is None:
        return None
    if now() - session.seen_at > _TOUCH_AFTER:
        engine().execute(TouchSession(token=token))
    return SignedIn(token, session)


def _of_token(request: Request) -> ByToken | None:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        return None
    holder = engine().ask(accounts.token_holder, given.token, now())
    if holder is None:
        return None
    if holder.used_at is None or now() - holder.used_at > _TOUCH_AFTER:
        engine().execute(UseToken(token_id=holder.token_id))
    return ByToken(holder)


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


def _refuse_forgery() -> None:
    if request.method in _SAFE or of_api():  # no browser adds a token by itself
        return
    if not _same_origin():
        raise NotAllowed(gettext("Permintaan ini datang dari situs lain."), reason="FORGED")
    sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token", "")
    person = signed_in()
    known = person.session.csrf_token if person else request.cookies.get(_browser_cookie(), "")
    if not known or not compare_digest(sent.encode(), known.encode()):
        raise NotAllowed(gettext("Formulir ini sudah kedaluwarsa."), reason="FORGED")


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
        response.set_cookie(
            _browser_cookie(),
            g.browser_token,
            max_age=_MONTH,
            httponly=True,
            samesite="Lax",
            secure=_https(),
            path="/",
        )
    return response


def _https() -> bool:
    return site().settings.secure


def _session_cookie() -> str:
    return "__Host-alur" if _https() else "alur"


def _half_cookie() -> str:
    return "__Host-alur_code" if _https() else "alur_code"


def _outside_cookie() -> str:
    return "__Host-alur_outside" if _https() else "alur_outside"


def _provider_cookie() -> str:
    return "__Host-alur_provider" if _https() else "alur_provider"


def _browser_cookie() -> str:
    return "__Host-alur_form" if _https() else "alur_form"
