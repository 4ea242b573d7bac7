"""One case as an auditor reads it: who, when, why, by which rule; replayed on the diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from engine import NoteExport, OpenDossier
from engine.errors import EngineError
from engine.forms import Shown, shown_fields
from engine.queries import trace as views
from engine.queries import tree
from engine.queries.cases import CaseView
from engine.queries.trace import Change, Happening, RuleWords, Trace
from hr.directory import queries as directory
from web import auth, words
from web.cases import routes
from web.cases.letters import asks_without_names, letters
from web.deciding import cell_words
from web.happenings import event_words
from web.language import clock, day, gettext, language, moment, span_words
from web.parts.values import plain_value
from web.site import engine, now, public_address, site
from web.wording import Words, words_of

trace = Blueprint("trace", __name__, template_folder="templates", url_prefix="/cases")
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Said:
    """A happening in words.

    fields -- the form as it was seen; changed -- whether something that was there was replaced;
    values -- (name, before, after) in the process's words; given, result -- what a decision read
    and what it said, in the same words
    """

    one: Happening
    what: str
    step: str
    who: str
    when: str
    spans: tuple[tuple[str, str], ...]
    fields: tuple[Shown, ...]
    values: tuple[tuple[str, Any, Any], ...]
    changed: bool
    rules: tuple[tuple[RuleWords, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], ...]
    given: tuple[tuple[str, Any], ...]
    result: Any


@trace.get("/<number:instance_id>/trace")
def show(instance_id: int) -> str:
    """Tell the whole case, and show it as it stood at one step."""
    case = routes.case_of(instance_id)
    routes.require_dossier(case)
    told = engine().ask(views.trace, instance_id, language=language())
    step = _step(told)
    replay = _replay(case, told, step)
    if request.headers.get("HX-Request") and request.args.get("step"):
        return render_template("cases/_replay.html", case=case, **replay)
    return render_template(
        "cases/trace.html",
        case=case,
        told=told,
        lines=lines(case, told),
        letters=letters(case, told),
        nameless=asks_without_names(told),
        versions=told.versions,
        newest={each.key: each.version for each in words.latest()},
        audits=auth.audits(),
        file_url=partial(_file_url, instance_id),
        **replay,
    )


@trace.post("/<number:instance_id>/dossier.pdf")
def print_out(instance_id: int) -> Response:
    """Hand out the whole case on paper; who opened it and what for is recorded first."""
    from web.cases import paper

    case = routes.case_of(instance_id)
    routes.require_dossier(case)
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    engine().execute(OpenDossier(instance_id=instance_id, reason=reason), by=auth.actor())
    told = engine().ask(views.trace, instance_id, language=language())
    names = words.names_in_picture(case.process_key, case.process_name)
    last = told.happenings[-1].seq if told.happenings else 0
    made = paper.typeset(
        case,
        told,
        lines(case, told),
        picture=engine().ask(views.picture_at, case.id, last, names=names),
        reader=auth.card().name,
        reason=reason,
        anchored=engine().ask(tree.newest),
        city=site().settings.city,
        link=public_address(url_for("receipts.verify")),
        at=now(),
    )
    note = NoteExport(
        what="dossier", filter=case.case_no, rows=len(told.happenings), sha256=digest(made)
    )
    engine().execute(note, by=auth.actor())
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{case.case_no}.pdf"'
    return response


def digest(made: bytes) -> str:
    """Give the SHA-256 of what is handed out."""
    return sha256(made).hexdigest()


def lines(case: CaseView, told: Trace) -> list[Said]:
    """Put every happening into words."""
    wording = words_of(case.messages)
    people = {one.on_behalf_of for one in told.happenings}
    people |= {one.detail.get("assignee_id") for one in told.happenings}
    names = engine().ask(directory.names, frozenset(one for one in people if one))
    return [_said(case, one, wording, names) for one in told.happenings]


def _said(case: CaseView, one: Happening, wording: Words, names: Mapping[int, str]) -> Said:
    step = (
        words.element_name(case.process_key, one.element_id, one.element_name)
        if one.element_id
        else ""
    )
    values = tuple(_values(one, wording, step))
    return Said(
        one=one,
        what=event_words(one.kind),
        step=step,
        who=_who(one, names),
        when=day(one.at) if one.anonymous else moment(one.at),
        spans=tuple(_spans(one)),
        fields=_fields(one),
        values=values,
        changed=any(old not in (None, new) for _, old, new in values),
        rules=tuple(_rules(one, wording)),
        given=tuple(
            (wording.label(name) or name, wording.coded(value))
            for name, value in (one.decided.inputs if one.decided else ())
        ),
        result=wording.coded(one.decided.value) if one.decided else None,
    )


def _who(one: Happening, names: Mapping[int, str]) -> str:
    if one.anonymous:
        return gettext("Anonim (%(name)s)", name=one.person_name)
    if one.kind == "TASK_CREATED":
        holder = names.get(one.detail.get("assignee_id") or 0, "")
        return gettext("untuk %(name)s", name=holder or str(one.detail.get("candidate_group", "")))
    said = one.person_name or gettext("Sistem")
    if one.on_behalf_of:
        other = names.get(one.on_behalf_of, "")
        return gettext("%(name)s atas nama %(other)s", name=said, other=other)
    return said


def _spans(one: Happening) -> Iterator[tuple[str, str]]:
    if one.waited is not None and one.worked is None:
        yield gettext("terbuka selama"), span_words(one.waited)
    elif one.waited is not None and one.worked is not None:
        yield gettext("menunggu"), span_words(one.waited)
        yield gettext("dikerjakan"), span_words(one.worked)
    if one.due_at is not None and one.kind in ("TASK_CREATED", "TASK_COMPLETED"):
        yield gettext("tenggat"), f"{day(one.due_at)} {clock(one.due_at)}"


def _fields(one: Happening) -> tuple[Shown, ...]:
    """Lay out the form as its version asked it, with what stood in it."""
    if one.filled is None or one.filled.form is None:
        return ()
    here = one.at.astimezone(site().settings.time_zone)
    form, filled = one.filled.form, one.filled
    try:
        return shown_fields(
            form, filled.answers, context=filled.context, now=here, words=plain_value
        )
    except EngineError:  # an erased value that its texts need
        return ()


def _values(one: Happening, wording: Words, step: str) -> Iterator[tuple[str, Any, Any]]:
    for change in one.changes:
        name = wording.label(change.name)
        if wording.variables and name is None:
            continue
        yield name or change.name, _told(change, wording, "old"), _told(change, wording, "new")
    if one.filled is not None and one.filled.before:
        labels = {each.field.name: each.field.label for each in _fields(one)}
        for key, value in one.filled.answers.items():
            if key in one.filled.before and one.filled.before[key] != value:
                yield (
                    labels.get(key) or key,
                    wording.coded(one.filled.before[key]),
                    wording.coded(value),
                )


def _told(change: Change, wording: Words, which: str) -> Any:
    return wording.told(getattr(change, which), change.name)


def _rules(one: Happening, wording: Words) -> Iterator[Any]:
    def label(code: str) -> str:
        return wording.codes.get(code, code)

    for rule in one.decided.rules if one.decided else ():
        conditions = tuple((name, cell_words(cell, label)) for name, cell in rule.conditions)
        outputs = tuple((name, cell_words(cell, label)) for name, cell in rule.outputs)
        yield rule, conditions, outputs


def _step(told: Trace) -> int:
    said = request.args.get("step", "")
    most = len(told.steps)
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else most
    return max(1, min(number, most)) if most else 0


def _replay(case: CaseView, told: Trace, step: int) -> dict[str, Any]:
    seq = told.steps[step - 1] if step else 0
    names = words.names_in_picture(case.process_key, case.process_name)
    # Drawn by engine.bpmn, which writes text as text.
    drawn = Markup(engine().ask(views.picture_at, case.id, seq, names=names))
    here = next((one for one in told.happenings if one.seq == seq), None)
    caption = lines(case, Trace((here,), (), (), True))[0] if here else None
    return {"step": step, "steps": len(told.steps), "picture": drawn, "caption": caption}


def _file_url(instance_id: int, sha256: str) -> str:
    return url_for("cases.download", instance_id=instance_id, sha256=sha256)
