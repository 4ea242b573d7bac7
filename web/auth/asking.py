"""Who is asking: the person of a server-side session, or of a program's token."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Request, g, request
from flask_login import UserMixin, current_user

from engine import Actor, Scope
from engine.model import Channel
from hr.accounts import queries as accounts
from hr.accounts.commands import TouchSession, UseToken
from hr.accounts.queries import SessionView, TokenHolder
from hr.accounts.rules import digest, session_id
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from web.auth.cookies import SESSION
from web.site import engine, now, of_api

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


def token_id() -> int:
    """Give the number of the token with which a program asks."""
    return cast(ByToken, me()).token_id


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


def client_address() -> str:
    """Give the address a request came from, for the login throttle and the history."""
    return request.remote_addr or ""


def _zone_here() -> str | None:
    return engine().ask(directory.zone_of, card().unit_path)


def load(request: Request) -> SignedIn | ByToken | None:
    """Find out who sends a request, as Flask-Login asks for it."""
    if of_api():
        return _of_token(request)
    token = SESSION.read()
    if not token:
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
