"""Versions of a process: what runs on which, who approved it, going back, retiring.

Going back is publishing an earlier version again, as a draft like any other.  What is proposed
about a version (retiring it, taking its cases over) is decided here by a second person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import BeginDraft, DecideProposal, ProposeRetirement
from engine.errors import InvalidForm, NotFound
from engine.model import Act, CaseFacts
from engine.queries import definitions, proposals, publications
from hr.directory import queries as directory
from hr.notices.commands import ProposeAloud
from web import auth, nav
from web.language import gettext
from web.site import engine
from web.studio.screen import studio

_NO_CASE = CaseFacts(None, "", None, "")


@studio.get("/processes/<key>")
def versions(key: str) -> str:
    """Show every version of a process with its running cases, and what is proposed about it."""
    return _page(key)


@studio.post("/processes/<key>/again")
def publish_again(key: str) -> AnyResponse:
    """Make a draft of an earlier version, to be sent for approval like any other."""
    said = request.form.get("version", "")
    wanted = [one for one in _versions(key) if str(one.version) == said]
    if not wanted:
        raise NotFound("Expected a version of that number, but there is none.")
    (row,) = wanted
    name = gettext("Kembali ke versi %(version)s: %(name)s", version=row.version, name=row.name)
    command = BeginDraft(name=name[:120], definition_id=row.id)
    made = engine().execute(command, by=auth.actor())
    answer = redirect(url_for("studio.compare", draft_id=made.draft_id), 303)
    return nav.say(answer, "draft_begun")


@studio.post("/processes/<key>/retire")
def retire(key: str) -> AnyResponse | tuple[str, int]:
    """Propose that a process starts nothing new."""
    command = ProposeRetirement(key=key, reason=request.form.get("reason", ""))
    try:
        engine().execute(ProposeAloud(asked=command), by=auth.actor())
    except InvalidForm:
        return _page(key, gettext("Tulis alasannya.")), 422
    return nav.say(redirect(url_for("studio.versions", key=key), 303), "version_proposed")


@studio.post("/proposals/<number:proposal_id>")
def decide_proposal(proposal_id: int) -> AnyResponse | tuple[str, int]:
    """Approve or refuse what somebody else proposes about a version, or withdraw one's own."""
    found = engine().ask(proposals.proposal, proposal_id)
    approve = request.form.get("do") == "approve"
    command = DecideProposal(
        proposal_id=proposal_id, approve=approve, reason=request.form.get("reason", "").strip()
    )
    try:
        done = engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _page(found.key, gettext("Tulis alasannya.")), 422
    if done.batch_id is not None:
        return redirect(url_for("studio.batch", batch_id=done.batch_id), 303)
    said = "version_decided" if approve else "version_refused"
    return nav.say(redirect(url_for("studio.versions", key=found.key), 303), said)


def rights() -> dict[str, bool]:
    """Say what somebody may do about versions."""
    return {
        "may_propose": auth.may(Act.PROPOSE_VERSION, _NO_CASE),
        "may_decide": auth.may(Act.DECIDE_VERSION, _NO_CASE),
    }


def plan_url(
    key: str,
    old: int,
    new: int,
    rename: Mapping[str, str] | None = None,
    retime: Iterable[str] = (),
) -> str:
    """Give the address of a plan with its mapping."""
    given: dict[str, Any] = {f"rename.{one}": becomes for one, becomes in (rename or {}).items()}
    given |= {"from": old, "to": new, "retime": list(retime)}
    return url_for("studio.plan", key=key, **given)


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Give the names of persons, by number."""
    known = sorted({each for each in ids if each is not None})
    return dict(engine().ask(directory.names, known)) if known else {}


def _versions(key: str) -> tuple[definitions.DefinitionRow, ...]:
    found = engine().ask(definitions.versions, key)
    if not found:
        raise NotFound("Expected a process of that key, but there is none.")
    return found


def _page(key: str, problem: str = "") -> str:
    rows = _versions(key)
    sent = engine().ask(publications.of_process, key)
    asked = engine().ask(proposals.of_process, key)
    told: list[int | None] = [p for one in sent.values() for p in (*one.authors, *one.approvers)]
    told += [each for one in asked for each in (one.proposed_by, one.decided_by)]
    people = names(told)
    return render_template(
        "studio/versions.html",
        key=key,
        newest=rows[0],
        versions=rows,
        running=engine().ask(publications.running, key),
        sent=sent,
        proposals=asked,
        batches=engine().ask(proposals.batches, key),
        people=people,
        named=lambda ids: ", ".join(people.get(each, "?") for each in ids),
        plan_url=plan_url,
        my_id=auth.me().person_id,
        problem=problem,
        **rights(),
    )
