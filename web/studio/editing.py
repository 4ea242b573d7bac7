"""The editors' pages and what their scripts ask: save as one types, findings, a form's preview."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import DraftSaved, FileChange, FileMoved, SaveDraftFiles
from engine.errors import EngineError, InvalidProcess, NotFound
from engine.forms import answers_at_start, compile_form, localise, shown_fields
from engine.queries import models
from engine.queries import process_drafts as views
from engine.queries.process_drafts import DraftView
from hr.directory import queries as directory
from web import auth, headers, language, nav
from web.language import gettext
from web.parts.packing import packed
from web.parts.values import plain_value
from web.site import engine, now, site
from web.studio import checking, choices, message_words
from web.studio.screen import studio

_EDITORS = ("bpmn", "dmn", "form")


@studio.get("/drafts/<number:draft_id>/edit")
def edit(draft_id: int) -> Response:
    """Show a file in its editor, or as text."""
    draft = engine().ask(views.draft, draft_id)
    path = request.args.get("file", "")
    entry = draft.file(path)
    files = engine().ask(views.files, draft_id)
    kind = checking.kind_of(path)
    text = _text(files[path])
    as_text = request.args.get("as") == "text"
    if as_text or text is None or (kind in _EDITORS and not _drawable(kind, text)):
        kind = "text"
    shared: dict[str, Any] = {"draft": draft, "entry": entry, "text": text, "kind": kind}
    if kind == "words":
        return _words_page(draft, files, shared)
    found = checking.findings(draft.row.sha256, files)
    nonce = secrets.token_urlsafe(16)
    page = render_template(
        f"studio/{'text' if kind == 'text' else 'editor'}.html",
        **shared,
        own_kind=checking.kind_of(path),
        findings=checking.rows([f for f in found if f.file in ("", path)], files),
        given=_given(draft, path, kind, text, files) if kind == "text" else None,
        begins=url_for("studio.begins", draft_id=draft_id, file=path),
        others=_others(draft),
        nonce=nonce,
    )
    response = make_response(page)
    if kind in _EDITORS:
        headers.allow(response, headers.for_editor(nonce), headers.PREVIEWS)
    return response


@studio.get("/drafts/<number:draft_id>/begins")
def begins(draft_id: int) -> Response:
    """Give what an editor begins with: the file, what can be chosen, what is wrong with it."""
    draft = engine().ask(views.draft, draft_id)
    path = request.args.get("file", "")
    files = engine().ask(views.files, draft_id)
    text = _text(files.get(path, b"\0"))
    if text is None:
        raise NotFound("Expected a file of text of that name in the draft, but there is none.")
    return packed(jsonify(_given(draft, path, checking.kind_of(path), text, files)))


@studio.post("/drafts/<number:draft_id>/edit")
def write(draft_id: int) -> AnyResponse:
    """Save a file as it stands in the text box; the way without scripts."""
    path = request.args.get("file", "")
    # A browser sends lines ended as in mail; files of ours end them as Unix does.
    text = request.form.get("text", "").replace("\r\n", "\n")
    expected = request.form.get("expected", "-")
    try:
        _save(draft_id, path, text.encode(), expected)
    except FileMoved as moved:
        draft = engine().ask(views.draft, draft_id)
        found = checking.findings(draft.row.sha256, engine().ask(views.files, draft_id))
        page = render_template(
            "studio/text.html",
            draft=draft,
            entry=draft.file(path),
            text=text,
            kind="text",
            own_kind=checking.kind_of(path),
            findings=checking.rows([f for f in found if f.file in ("", path)], {}),
            given=None,
            others=(),
            moved=_moved(moved),
        )
        return make_response(page, 409)
    target = url_for("studio.edit", draft_id=draft_id, file=path) + "&as=text"
    return nav.say(redirect(target, 303), "draft_saved_now")


@studio.put("/drafts/<number:draft_id>/file")
def save(draft_id: int) -> Response:
    """Save a file as its editor has it, and give what is wrong with the folder then."""
    path, expected = request.args.get("file", ""), request.args.get("expected", "-")
    try:
        saved = _save(draft_id, path, request.get_data(), expected)
    except FileMoved as moved:
        return make_response(jsonify(_moved(moved)), 409)
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    found = checking.findings(draft.row.sha256, files)
    answer = jsonify(
        revision=saved.revision,
        sha256=saved.files[path],
        said=gettext("Tersimpan %(at)s", at=language.moment(now())),
        others=_others_words(saved),
        findings=checking.rows(found, files),
        variables=choices.variables(files) if path.endswith(".bpmn") else None,
    )
    return packed(answer)


@studio.get("/drafts/<number:draft_id>/findings")
def findings(draft_id: int) -> Response:
    """Give everything that is wrong with a draft, as JSON."""
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    found = checking.findings(draft.row.sha256, files)
    answer = jsonify(
        revision=draft.row.revision,
        findings=checking.rows(found, files),
        variables=choices.variables(files),
    )
    return packed(answer)


@studio.get("/drafts/<number:draft_id>/preview")
def preview(draft_id: int) -> Response:
    """Show a form as a person would get it: drawn by the same code, with nothing behind it."""
    path = request.args.get("file", "")
    files = engine().ask(views.files, draft_id)
    if path not in files or checking.kind_of(path) != "form":
        raise NotFound("Expected a form of that name in the draft, but there is none.")
    problems: list[str] = []
    shown: Any = ()
    try:
        form = compile_form(files[path])
        if request.args.get("language") == "en":
            key = path.removeprefix("forms/").removesuffix(".json")
            form = localise(form, message_words.of_form(files.get("messages.toml", b""), key))
        at = now().astimezone(site().settings.time_zone)
        begun = answers_at_start(form, context={}, now=at)
        shown = shown_fields(form, begun, context={}, now=at, words=plain_value)
    except InvalidProcess as error:
        problems = [one.message for one in error.findings]
    except EngineError as error:
        problems = [error.message]
    page = render_template("studio/preview.html", shown=shown, problems=problems)
    return headers.allow(make_response(page), headers.PREVIEWED)


@studio.get("/drafts/<number:draft_id>/words")
def form_words(draft_id: int) -> Response:
    """Show the words of one form with their English, in a frame beside the form."""
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    path = request.args.get("file", "")
    if path not in files or checking.kind_of(path) != "form":
        raise NotFound("Expected a form of that name in the draft, but there is none.")
    return _form_words_page(draft, files, path, {}, "")


@studio.post("/drafts/<number:draft_id>/words")
def write_words(draft_id: int) -> AnyResponse:
    """Save the English words of a folder, as the grid holds them; or those of one form."""
    files = engine().ask(views.files, draft_id)
    before = files.get(message_words.FILE, b"")
    given = {k: v.replace("\r\n", "\n") for k, v in request.form.items() if "/" in k}
    after = message_words.written(before, given)
    form = request.form.get("file", "")
    try:
        _save(draft_id, message_words.FILE, after, request.form.get("expected", "-"))
    except FileMoved as moved:
        if not form:
            raise
        draft = engine().ask(views.draft, draft_id)
        page = _form_words_page(draft, files, form, given, _moved(moved)["said"])
        return make_response(page, 409)
    if form:
        return redirect(url_for("studio.form_words", draft_id=draft_id, file=form, saved=1), 303)
    target = url_for("studio.edit", draft_id=draft_id, file=message_words.FILE)
    return nav.say(redirect(target, 303), "draft_saved_now")


def _form_words_page(
    draft: DraftView, files: Mapping[str, bytes], path: str, typed: Mapping[str, str], moved: str
) -> Response:
    try:
        rows = message_words.of_fields(files, path)
        broken = ""
    except ValueError as fault:
        rows, broken = (), str(fault)
    words = [one for one in draft.files if one.path == message_words.FILE]
    page = render_template(
        "studio/form_words.html",
        draft=draft,
        path=path,
        rows=rows,
        typed=typed,
        moved=moved,
        broken=broken,
        expected=words[0].sha256 if words else "",
        saved="saved" in request.args,
    )
    return headers.allow(make_response(page), headers.PREVIEWED)


def _save(draft_id: int, path: str, content: bytes, expected: str) -> DraftSaved:
    change = FileChange(path, content, expected)
    return engine().execute(SaveDraftFiles(draft_id=draft_id, changes=(change,)), by=auth.actor())


def _words_page(
    draft: DraftView, files: Mapping[str, bytes], shared: Mapping[str, Any]
) -> Response:
    try:
        sections = message_words.sections(files)
    except ValueError as broken:
        return make_response(
            render_template(
                "studio/text.html",
                **{**shared, "kind": "text"},
                own_kind="text",
                findings=checking.rows(
                    [
                        f
                        for f in checking.findings(draft.row.sha256, files)
                        if f.file == message_words.FILE
                    ],
                    {},
                ),
                given=None,
                others=_others(draft),
                broken=str(broken),
            )
        )
    page = render_template("studio/words.html", **shared, sections=sections, others=_others(draft))
    return make_response(page)


def _given(
    draft: DraftView, path: str, kind: str, text: str | None, files: Mapping[str, bytes]
) -> dict[str, Any]:
    """Give what the script of an editor begins with."""
    id_ = draft.row.id
    own: dict[str, Any] = {
        "kind": kind,
        "file": path,
        "content": text,
        "sha256": draft.file(path).sha256,
        "readonly": draft.row.state != "OPEN",
        "language": language.language(),
        "save": url_for("studio.save", draft_id=id_, file=path),
        "ask": url_for("studio.findings", draft_id=id_),
        "download": url_for("studio.download", draft_id=id_, file=path),
        "findings": checking.rows(checking.findings(draft.row.sha256, files), files),
    }
    if kind == "bpmn":
        own["choices"] = choices.choices(files)
    if kind == "form":
        own["preview"] = url_for("studio.preview", draft_id=id_, file=path)
    return own


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _drawable(kind: str, text: str) -> bool:
    """Tell whether an editor can open a file; what it cannot is shown as text."""
    if models.is_too_large(text.encode()):
        return False
    return models.is_readable(kind, text.encode())


def _others(draft: DraftView) -> list[str]:
    """Name who else changed the draft in the last minutes."""
    rows = engine().ask(views.others, draft.row.id, auth.me().person_id, now())
    return _said(rows)


def _others_words(saved: DraftSaved) -> list[str]:
    return _said(saved.others)


def _said(rows: Any) -> list[str]:
    names = engine().ask(directory.names, [id_ for id_, _ in rows]) if rows else {}
    return [
        gettext("%(name)s menyimpan %(at)s", name=names.get(id_, "?"), at=language.moment(at))
        for id_, at in rows
    ]


def _moved(moved: FileMoved) -> dict[str, str]:
    names = engine().ask(directory.names, [moved.person_id]) if moved.person_id else {}
    who = names.get(moved.person_id or 0, gettext("orang lain"))
    said = gettext(
        "%(name)s menyimpan berkas ini %(at)s, sesudah Anda membukanya. "
        "Isian Anda belum disimpan dan tidak ada yang tertimpa.",
        name=who,
        at=language.moment(moved.at),
    )
    return {"said": said, "sha256": moved.sha256, "reason": "MOVED"}
