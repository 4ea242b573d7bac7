"""Drafts of processes: the list, the folder of one, files in and out, its history.

Designers (DSN) change drafts; the agency (HRC), which approves, and auditors read them.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from engine import (
    BeginDraft,
    DiscardDraft,
    FileChange,
    RenameDraft,
    RestoreDraft,
    SaveDraftFiles,
)
from engine.errors import InvalidState, NotFound
from engine.queries import definitions, models, proposals, publications
from engine.queries import process_drafts as views
from hr.directory import queries as directory
from web import auth, nav
from web.language import gettext
from web.site import engine
from web.studio import checking, starters, uploads
from web.studio.screen import studio

_PAGE = 25
_TYPES = {"bpmn": "application/xml", "dmn": "application/xml", "json": "application/json"}


@studio.get("")
def index() -> str:
    """List drafts, and the processes of which one can be made."""
    state = "DISCARDED" if request.args.get("state") == "DISCARDED" else ""
    before = checking.place(request.args.get("before", ""))
    states = (state,) if state else ("OPEN", "SUBMITTED")
    rows = engine().ask(views.drafts, states=states, before=before, limit=_PAGE + 1)
    page, more = rows[:_PAGE], len(rows) > _PAGE
    return render_template(
        "studio/index.html",
        drafts=page,
        people=_names(row.changed_by for row in page),
        processes=engine().ask(definitions.latest),
        proposals=() if state else engine().ask(proposals.waiting),
        starters=starters.STARTERS,
        state=state,
        next_url=url_for("studio.index", before=checking.placed(page[-1]), state=state or None)
        if more
        else None,
        first_url=url_for("studio.index", state=state or None) if before else None,
    )


@studio.post("/drafts")
def begin() -> AnyResponse:
    """Begin a draft: of a running version, as a copy, of files from elsewhere, or empty."""
    given = request.form
    name = given.get("name", "").strip()[:120]
    sent = [(each.filename or "", each.read()) for each in request.files.getlist("files")]
    brought = uploads.bring((title, content) for title, content in sent if title)
    version, copy = checking.number(given.get("version")), checking.number(given.get("draft"))
    files = dict(brought.files)
    if version is None and copy is None and not files:
        if any(title for title, _ in sent):
            raise InvalidState(
                "Expected .bpmn, .dmn, .form, .json, .toml or .zip files, but there is none of"
                f" them: {', '.join(brought.left_out)[:200]}"
            )
        name = name or gettext("Proses baru")
        files = starters.starter(given.get("starter", ""), name)
    made = engine().execute(
        BeginDraft(name=name, definition_id=version, draft_id=copy, files=files), by=auth.actor()
    )
    answer = redirect(url_for("studio.show", draft_id=made.draft_id), 303)
    return nav.say(answer, "draft_imported" if brought.files else "draft_begun")


@studio.get("/drafts/<number:draft_id>")
def show(draft_id: int) -> str:
    """Show a draft's folder: its files, its pictures, and what is wrong with it."""
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    findings = checking.findings(draft.row.sha256, files)
    sent = engine().ask(publications.of_draft, draft_id)
    told = () if sent is None else (sent.submitted_by, *sent.approvers)
    people = _names([*draft.authors, draft.row.changed_by, *told])
    faulty = {f.element_id for f in findings if f.severity == "error"}
    pictures = {
        path: models.picture(files[path], failed=faulty)
        for path in sorted(files)
        if path.endswith(".bpmn")
    }
    return render_template(
        "studio/show.html",
        draft=draft,
        # Drawn by engine.bpmn, which writes every text of the model as text.
        pictures={path: Markup(svg) if svg else None for path, svg in pictures.items()},
        findings=checking.rows(findings, files),
        fixes=checking.fixes(files),
        people=people,
        authors=[people.get(each, "?") for each in draft.authors],
        kind_of=checking.kind_of,
        sent=sent,
        approvers=[people.get(each, "?") for each in (sent.approvers if sent else ())],
        is_stuck=sent is not None and engine().ask(publications.is_stuck, sent),
    )


@studio.post("/drafts/<number:draft_id>/files")
def upload(draft_id: int) -> AnyResponse:
    """Take files into a draft; one that is there already is replaced where that was ticked."""
    sent = [(each.filename or "", each.read()) for each in request.files.getlist("files")]
    brought = uploads.bring((name, content) for name, content in sent if name)
    if not brought.files:
        raise InvalidState(
            "Expected .bpmn, .dmn, .form, .json, .toml or .zip files, but there is none of them:"
            f" {', '.join(brought.left_out)[:200]}"
        )
    expected = "*" if request.form.get("replace") == "yes" else ""
    changes = tuple(FileChange(path, data, expected) for path, data in brought.files.items())
    engine().execute(
        SaveDraftFiles(draft_id=draft_id, changes=changes, what="IMPORTED"), by=auth.actor()
    )
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_imported")


@studio.post("/drafts/<number:draft_id>/add")
def add(draft_id: int) -> AnyResponse:
    """Add an empty table, form or scenario, and open it."""
    path, content = starters.new_file(request.form.get("kind", ""), request.form.get("name", ""))
    change = FileChange(path, content, "")
    engine().execute(SaveDraftFiles(draft_id=draft_id, changes=(change,)), by=auth.actor())
    return redirect(url_for("studio.edit", draft_id=draft_id, file=path), 303)


@studio.post("/drafts/<number:draft_id>/remove")
def remove(draft_id: int) -> AnyResponse:
    """Take a file out of a draft; its history keeps it."""
    change = FileChange(request.form.get("file", ""), None, request.form.get("expected", "-"))
    engine().execute(SaveDraftFiles(draft_id=draft_id, changes=(change,)), by=auth.actor())
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_saved_now")


@studio.post("/drafts/<number:draft_id>/rename")
def rename(draft_id: int) -> AnyResponse:
    """Call a draft something else."""
    engine().execute(
        RenameDraft(draft_id=draft_id, name=request.form.get("name", "")), by=auth.actor()
    )
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_saved_now")


@studio.post("/drafts/<number:draft_id>/discard")
def discard(draft_id: int) -> AnyResponse:
    """Put a draft aside, or take it up again."""
    back = request.form.get("back") == "yes"
    engine().execute(DiscardDraft(draft_id=draft_id, back=back), by=auth.actor())
    target = url_for("studio.show", draft_id=draft_id) if back else url_for("studio.index")
    return nav.say(redirect(target, 303), "draft_back" if back else "draft_discarded")


@studio.post("/drafts/<number:draft_id>/fix")
def fix(draft_id: int) -> AnyResponse:
    """Apply what is offered for files of other tools: one kind of fix to one file."""
    files = engine().ask(views.files, draft_id)
    wanted, path = request.form.get("fix", ""), request.form.get("file", "")
    offered = [one for one in checking.fixes(files) if (one.kind, one.path) == (wanted, path)]
    if not offered:
        raise InvalidState("Expected a fix that is offered, but there is no such fix any more.")
    change = FileChange(path, models.mend(files[path], wanted), offered[0].sha256)
    engine().execute(
        SaveDraftFiles(draft_id=draft_id, changes=(change,), what="FIXED", note=wanted),
        by=auth.actor(),
    )
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_fixed")


@studio.get("/drafts/<number:draft_id>/file")
def download(draft_id: int) -> Response:
    """Give one file, byte for byte."""
    path = request.args.get("file", "")
    files = engine().ask(views.files, draft_id, checking.number(request.args.get("revision")))
    if path not in files:
        raise NotFound("Expected a file of that name in the draft, but there is none.")
    return send_file(
        BytesIO(files[path]),
        mimetype=_TYPES.get(path.rpartition(".")[2], "text/plain"),
        as_attachment=True,
        download_name=path.rpartition("/")[2],
    )


@studio.get("/drafts/<number:draft_id>/folder.zip")
def export(draft_id: int) -> Response:
    """Give the whole folder as a zip: the same bytes, under the folder's name."""
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            # No dates: the same folder is the same zip.
            archive.writestr(zipfile.ZipInfo(f"{draft.row.key}/{path}"), files[path])
    packed.seek(0)
    return send_file(
        packed,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{draft.row.key}.zip",
    )


@studio.get("/drafts/<number:draft_id>/history")
def history(draft_id: int) -> str:
    """Show what a draft once was."""
    draft = engine().ask(views.draft, draft_id)
    before = checking.number(request.args.get("before"))
    rows = engine().ask(views.revisions, draft_id, before=before, limit=_PAGE + 1)
    page = rows[:_PAGE]
    return render_template(
        "studio/history.html",
        draft=draft,
        revisions=page,
        people=_names(row.person_id for row in page),
        next_url=url_for("studio.history", draft_id=draft_id, before=page[-1].number)
        if len(rows) > _PAGE
        else None,
        first_url=url_for("studio.history", draft_id=draft_id) if before else None,
    )


@studio.post("/drafts/<number:draft_id>/restore")
def restore(draft_id: int) -> AnyResponse:
    """Make a draft what it was."""
    revision = checking.number(request.form.get("revision")) or 0
    seen = checking.number(request.form.get("seen")) or 0
    engine().execute(RestoreDraft(draft_id=draft_id, revision=revision, seen=seen), by=auth.actor())
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_restored")


def _names(ids: Any) -> dict[int, str]:
    known = sorted({each for each in ids if each is not None})
    return dict(engine().ask(directory.names, known)) if known else {}
