"""The list of cases, the page of one case, its dossier.  Who may see what: hr.permissions."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from engine import OpenDossier
from engine.errors import NotAllowed
from engine.model import Act
from engine.queries import cases as views
from engine.queries import history, lineage
from engine.queries.cases import CaseView
from engine.queries.history import ValueChange
from hr.career import queries as career
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.permissions.rules import DOSSIER_READERS
from web import auth, words
from web.cases import changes, steps
from web.happenings import event_words
from web.parts import downloads
from web.site import engine, now

cases = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")

STATES = ("ACTIVE", "SUSPENDED", "COMPLETED", "CANCELLED")
_PAGE = 25
_LONGEST = 120
_EVENTS = 200
_LONGEST_REASON = 500


@cases.get("")
def index() -> str:
    """Show one page of the cases that this person may see."""
    q, process, state = _asked("q"), _asked("process"), _asked("state")
    state = state if state in STATES else ""
    page = engine().ask(
        views.cases,
        auth.scope(),
        process=process or None,
        text=q,
        state=state or None,
        after=_asked("after") or None,
        limit=_PAGE,
    )
    asked = {"q": q, "process": process, "state": state}
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "cases/index.html",
        page=page,
        q=q,
        process=process,
        state=state,
        states=STATES,
        processes=words.latest(),
        next_url=url_for("cases.index", after=page.next, **kept) if page.next else None,
        first_url=url_for("cases.index", **kept) if _asked("after") else None,
    )


@cases.get("/<number:instance_id>")
def show(instance_id: int) -> str:
    """Show where a case stands: steps first, picture second, values as far as allowed."""
    case = case_of(instance_id)
    lanes = _lanes(case)
    names = engine().ask(directory.names, steps.people_of(case))
    values = _values(case, lanes)
    return render_template(
        "cases/show.html",
        case=case,
        steps=[steps.line(case, step, names) for step in case.steps],
        picture=Markup(_picture(case)),  # drawn by engine.bpmn, which writes text as text
        written=changes.in_words(case, values),
        record=values if lanes & DOSSIER_READERS else (),
        may_open=bool(lanes & DOSSIER_READERS),
        may_stop=auth.belongs_to("HRC") and case.state in ("ACTIVE", "SUSPENDED"),
        promotion=engine().ask(career.promotion_of_case, instance_id),
        file_url=partial(_file_url, instance_id),
    )


@cases.get("/<number:instance_id>/files/<sha256>")
def download(instance_id: int, sha256: str) -> Response:
    """Hand out a file of a case to whoever may see the step that brought it, or its decree."""
    case = case_of(instance_id)
    values = _values(case, _lanes(case))
    allowed = list(downloads.files_in([each.new for each in values]))
    decreed = engine().ask(career.promotion_of_case, instance_id)
    allowed += [decreed.file] if decreed is not None else []
    return downloads.send(engine().ports.files, allowed, sha256)


@cases.post("/<number:instance_id>/dossier")
def dossier(instance_id: int) -> str:
    """Show the whole history of a case to whoever looks after it; that it was read is recorded."""
    case = case_of(instance_id)
    require_dossier(case)
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    engine().execute(OpenDossier(instance_id=instance_id, reason=reason), by=auth.actor())
    seq = request.form.get("after_seq", "0")
    after_seq = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 9 else 0
    events = engine().ask(history.case_events, instance_id, after_seq=after_seq, limit=_EVENTS)
    drawn = engine().ask(lineage.element_names, instance_id)
    return render_template(
        "cases/dossier.html",
        case=case,
        drawn=drawn,
        event_words=event_words,
        events=events,
        reason=reason,
        after_seq=events[-1].seq if len(events) == _EVENTS else None,
    )


def case_of(instance_id: int) -> CaseView:
    """Give a case to whoever may read it."""
    case = engine().ask(views.case, instance_id)
    auth.require(Act.READ, case.facts)
    return case


def _picture(case: CaseView) -> str:
    names = words.names_in_picture(case.process_key, case.process_name)
    return engine().ask(views.picture, case.id, names=names)


def _lanes(case: CaseView) -> frozenset[str]:
    """Give the roles that the reader has in this case."""
    return engine().ask(permissions.lanes_in, auth.me().person_id, case.facts, now())


def _values(case: CaseView, lanes: frozenset[str]) -> tuple[ValueChange, ...]:
    everything = bool(lanes & DOSSIER_READERS)
    return engine().ask(history.values, case.id, readers=lanes, everything=everything)


def require_dossier(case: CaseView) -> None:
    """Refuse whoever does not read whole cases."""
    if not _lanes(case) & DOSSIER_READERS:
        raise NotAllowed(
            "Expected an auditor or the agency, but you are neither.", reason="NO_ROLE"
        )


def _file_url(instance_id: int, sha256: str) -> str:
    return url_for("cases.download", instance_id=instance_id, sha256=sha256)


def _asked(name: str) -> str:
    return request.args.get(name, "").strip().replace("\0", "")[:_LONGEST]
