"""Accounts and sessions of everybody, for administrators; roles and calendar stand beside it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import Command
from engine.errors import Conflict, InvalidForm, InvalidState
from hr.accounts import queries
from hr.accounts.commands import (
    CloseAccount,
    EndAnySession,
    EndAnyToken,
    EndSessionsOf,
    MakeLink,
    OpenAccount,
    ReopenAccount,
    UnlinkIdentity,
)
from hr.accounts.queries import AccountRow
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.granting import queries as granting
from hr.granting.rules import GRANTED
from web import auth, nav
from web.accounts import words
from web.accounts.reading import reason, sent
from web.language import gettext
from web.site import engine, now, public_address

accounts = Blueprint("accounts", __name__, template_folder="templates", url_prefix="/accounts")

ADMINISTRATOR, AGENCY = "ADM", "HRC"
_PAGE = 25


@accounts.before_request
def _members_only() -> None:
    reads = request.endpoint in ("accounts.index", "accounts.show")
    auth.require_group(ADMINISTRATOR, *([AGENCY] if reads else []))


@accounts.context_processor
def _who() -> dict[str, bool]:
    known = auth.signed_in() is not None  # the page of an error is drawn for strangers, too
    return {"is_administrator": known and auth.belongs_to(ADMINISTRATOR)}


@accounts.get("")
def index() -> Response:
    """List accounts by name."""
    return _list(200)


@accounts.post("")
def open_one() -> Response:
    """Make an account without a password."""
    command = OpenAccount(nip="".join(sent("nip").split()), name=sent("name"))
    try:
        account_id = engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _list(422, words.wrong("nip"))
    except Conflict:
        return _list(409, gettext("Pegawai itu sudah punya akun."))
    response = redirect(url_for("accounts.show", account_id=account_id), 303)
    return nav.say(response, "account_opened")


@accounts.get("/<number:account_id>")
def show(account_id: int) -> Response:
    """Show an account, with the roles of its person and what can be done."""
    return page_of(account_id)


@accounts.post("/<number:account_id>/link")
def make_link(account_id: int) -> Response:
    """Invite somebody, or let him set a new password."""
    made = engine().execute(MakeLink(account_id=account_id), by=auth.actor())
    if not made.token:
        return nav.say(redirect(url_for("accounts.show", account_id=account_id), 303), "link_sent")
    return make_response(
        render_template(
            "accounts/link.html",
            account=engine().ask(queries.account, account_id),
            made=made,
            address=public_address(url_for("access.show", token=made.token)),
        )
    )


@accounts.post("/<number:account_id>/close")
def close(account_id: int) -> Response:
    """Let nobody in by an account any more."""
    return _do(CloseAccount(account_id=account_id, reason=reason()), account_id, "account_closed")


@accounts.post("/<number:account_id>/reopen")
def reopen(account_id: int) -> Response:
    """Let somebody in again."""
    command = ReopenAccount(account_id=account_id, reason=reason())
    return _do(command, account_id, "account_reopened")


@accounts.post("/<number:account_id>/end-sessions")
def end_sessions(account_id: int) -> Response:
    """End all sessions of an account."""
    command = EndSessionsOf(account_id=account_id, reason=reason())
    return _do(command, account_id, "session_ended")


@accounts.post("/<number:account_id>/tokens/<number:token_id>/end")
def end_token(account_id: int, token_id: int) -> Response:
    """End an API token of an account."""
    command = EndAnyToken(account_id=account_id, token_id=token_id, reason=reason())
    return _do(command, account_id, "token_ended")


@accounts.post("/<number:account_id>/unlink")
def unlink(account_id: int) -> Response:
    """Forget as whom the identity provider knows somebody."""
    command = UnlinkIdentity(account_id=account_id, reason=reason())
    return _do(command, account_id, "identity_unlinked")


@accounts.get("/sessions")
def sessions() -> str:
    """List everybody's sessions, last used first."""
    after = request.args.get("after", "")[:80] or None
    page = engine().ask(queries.live_sessions, now(), after=after, limit=_PAGE)
    return render_template(
        "accounts/sessions.html",
        page=page,
        this=auth.me().session_id,
        next_url=url_for("accounts.sessions", after=page.next) if page.next else None,
        first_url=url_for("accounts.sessions") if after else None,
    )


@accounts.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End anybody's session."""
    engine().execute(EndAnySession(session_id=session_id[:64]), by=auth.actor())
    return nav.say(redirect(url_for("accounts.sessions"), 303), "session_ended")


def page_of(account_id: int, status: int = 200, problem: str = "") -> Response:
    """Show an account; with what was wrong with a form on it."""
    account: AccountRow = engine().ask(queries.account, account_id)
    values: dict[str, Any] = {
        "account": account,
        "grants": engine().ask(granting.grants_of, account.person_id, now()),
        "waiting": [
            one for one in engine().ask(granting.proposals) if one.person_id == account.person_id
        ],
        "tokens": engine().ask(queries.tokens_of, account.person_id),
        "roles": GRANTED,
        "units": engine().ask(directory.offices, now()),
        "today": local_day(now()),
        "is_me": account.person_id == auth.me().person_id,
        "role_words": words.role_words,
        "problem": problem,
    }
    return make_response(render_template("accounts/account.html", **values), status)


def _do(command: Command[None], account_id: int, said: str) -> Response:
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return page_of(account_id, 422, words.wrong(error.problems[0].path))
    except InvalidState:
        return page_of(account_id, 409, gettext("Keadaannya sudah berubah"))
    return nav.say(redirect(url_for("accounts.show", account_id=account_id), 303), said)


def _list(status: int, problem: str = "") -> Response:
    text = request.args.get("q", "").strip()[:80]
    after = request.args.get("after", "")[:200] or None
    page = engine().ask(queries.accounts, text=text, after=after, limit=_PAGE)
    kept: dict[str, Any] = {"q": text} if text else {}
    values = {
        "page": page,
        "q": text,
        "nip": request.form.get("nip", "")[:40],
        "name": request.form.get("name", "")[:160],
        "problem": problem,
        "next_url": url_for("accounts.index", after=page.next, **kept) if page.next else None,
        "first_url": url_for("accounts.index", **kept) if after else None,
    }
    return make_response(render_template("accounts/index.html", **values), status)
