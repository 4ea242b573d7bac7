"""Roles: given, proposed, decided, taken; for administrators and the agency."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm
from hr.accounts import queries
from hr.columns import FOREVER
from hr.directory import queries as directory
from hr.granting import queries as granting
from hr.granting.commands import (
    DecideRole,
    DropGroupRole,
    GiveGroupRole,
    Given,
    GiveRole,
    TakeRole,
)
from hr.granting.rules import GRANTED
from web import auth, nav
from web.accounts import words
from web.accounts.reading import day, number, reason, sent
from web.accounts.routes import ADMINISTRATOR, AGENCY, page_of
from web.site import engine, now, site

roles = Blueprint("roles", __name__, template_folder="templates", url_prefix="/accounts")


@roles.before_request
def _members_only() -> None:
    auth.require_group(ADMINISTRATOR, AGENCY)


@roles.context_processor
def _who() -> dict[str, bool]:
    known = auth.signed_in() is not None  # the page of an error is drawn for strangers, too
    return {"is_administrator": known and auth.belongs_to(ADMINISTRATOR)}


@roles.get("/roles")
def index() -> Response:
    """Show what waits for a second person, and what groups elsewhere stand for."""
    return _page(200)


@roles.post("/roles/<number:proposal_id>/decide")
def decide(proposal_id: int) -> Response:
    """Approve or refuse a role that somebody else proposed."""
    approved = sent("do") == "approve"
    command = DecideRole(proposal_id=proposal_id, approved=approved)
    engine().execute(command, by=auth.actor())
    response = redirect(url_for("roles.index"), 303)
    return nav.say(response, "role_given" if approved else "role_refused")


@roles.post("/roles/groups")
def give_group() -> Response:
    """Let a group of the identity provider stand for a role."""
    command = GiveGroupRole(
        group_name=sent("group_name"),
        role=sent("role"),
        unit_id=number("unit_id"),
        reason=reason(),
    )
    try:
        given = engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return _page(422, words.wrong(error.problems[0].path))
    return nav.say(redirect(url_for("roles.index"), 303), _said(given))


@roles.post("/roles/groups/<number:group_role_id>/drop")
def drop_group(group_role_id: int) -> Response:
    """Let a group stand for a role no longer."""
    engine().execute(DropGroupRole(group_role_id=group_role_id), by=auth.actor())
    return nav.say(redirect(url_for("roles.index"), 303), "role_taken")


@roles.post("/<number:account_id>/roles")
def give(account_id: int) -> Response:
    """Give the person of an account a role, or propose it."""
    person_id = engine().ask(queries.account, account_id).person_id
    first, last = day("valid_from"), day("valid_to") if sent("valid_to") else FOREVER
    if first is None or last is None:
        return page_of(account_id, 422, words.wrong("day"))
    command = GiveRole(
        person_id=person_id,
        role=sent("role"),
        unit_id=number("unit_id"),
        valid_from=first,
        valid_to=last,
        reason=reason(),
    )
    try:
        given = engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return page_of(account_id, 422, words.wrong(error.problems[0].path))
    return nav.say(redirect(url_for("accounts.show", account_id=account_id), 303), _said(given))


@roles.post("/<number:account_id>/roles/<number:grant_id>/take")
def take(account_id: int, grant_id: int) -> Response:
    """Let a role end with a day."""
    last_day = day("last_day")
    if last_day is None:
        return page_of(account_id, 422, words.wrong("last_day"))
    command = TakeRole(grant_id=grant_id, last_day=last_day, reason=reason())
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return page_of(account_id, 422, words.wrong(error.problems[0].path))
    return nav.say(redirect(url_for("accounts.show", account_id=account_id), 303), "role_taken")


def _said(given: Given) -> str:
    return "role_given" if given is Given.GRANTED else "role_proposed"


def _page(status: int, problem: str = "") -> Response:
    values = {
        "proposals": engine().ask(granting.proposals),
        "groups": engine().ask(granting.group_roles),
        "has_provider": bool(site().settings.oidc_issuer),
        "roles": GRANTED,
        "units": engine().ask(directory.offices, now()),
        "my_id": auth.me().person_id,
        "forever": FOREVER,
        "role_words": words.role_words,
        "problem": problem,
    }
    return make_response(render_template("accounts/roles.html", **values), status)
