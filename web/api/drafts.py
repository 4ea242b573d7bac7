"""Drafts of processes over the API: begun, read, changed file by file; publishing takes others."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response, request

from engine import BeginDraft, FileChange, SaveDraftFiles
from engine.errors import InvalidForm, Problem
from engine.model import Act, CaseFacts
from engine.queries import definitions
from engine.queries import process_drafts as views
from web import auth
from web.api import schemas
from web.api.part import IF_MATCH, Part, made, needs
from web.site import engine

drafts = Part("drafts", "/drafts", "Drafts of processes; a version takes the approval of others.")

_NO_CASE = CaseFacts(None, "", None, "")
_LARGEST = 2**53
_BYTES = {"application/octet-stream": {"schema": {"type": "string"}}}


class NewDraft(ma.Schema):
    """What a draft begins with: a version, files, or both."""

    name = ma.fields.String(load_default="", validate=ma.validate.Length(max=120))
    key = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(1, 80),
        metadata={"description": "The process whose version it begins from."},
    )
    version = ma.fields.Integer(
        load_default=None, strict=True, validate=ma.validate.Range(1, _LARGEST)
    )
    files = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        load_default=dict,
        metadata={"description": "Content by path, base64."},
    )


@drafts.route("")
@needs("processes:read")
@drafts.response(200, schemas.DraftRowSchema(many=True))
def index() -> Any:
    """List open drafts, the one that changed last first; at most 50."""
    auth.require(Act.READ_DRAFT, _NO_CASE)
    return list(engine().ask(views.drafts))


@drafts.route("", methods=["POST"])
@needs("processes:write")
@drafts.arguments(NewDraft)
@drafts.response(201, schemas.DraftSavedSchema)
def begin(new: Mapping[str, Any]) -> Any:
    """Begin a draft: from a version, of given files, or both."""
    base = None
    if new["key"] is not None:
        base = engine().ask(definitions.version, new["key"], new["version"] or 1).row.id
    files = {path: _bytes(path, text) for path, text in new["files"].items()}
    command = BeginDraft(name=new["name"], definition_id=base, files=files)
    saved = engine().execute(command, by=auth.actor())
    return saved, made("drafts_api.show", draft_id=saved.draft_id)


@drafts.route("/<number:draft_id>")
@needs("processes:read")
@drafts.response(200, schemas.DraftSchema)
def show(draft_id: int) -> Any:
    """Give a draft with the names and digests of its files."""
    auth.require(Act.READ_DRAFT, _NO_CASE)
    draft = engine().ask(views.draft, draft_id)
    return {**vars(draft.row), "files": draft.files, "authors": draft.authors}


@drafts.route("/<number:draft_id>/files/<path:path>")
@needs("processes:read")
@drafts.response(200, content_type="application/octet-stream", description="The file.")
def download(draft_id: int, path: str) -> Response:
    """Give a file of a draft, byte for byte; its ETag is its SHA-256."""
    auth.require(Act.READ_DRAFT, _NO_CASE)
    entry = engine().ask(views.draft, draft_id).file(path)
    response = Response(
        engine().ask(views.files, draft_id)[path], mimetype="application/octet-stream"
    )
    response.headers["Content-Disposition"] = "attachment"
    response.set_etag(entry.sha256)
    return response


@drafts.route("/<number:draft_id>/files/<path:path>", methods=["PUT"], parameters=[IF_MATCH])
@needs("processes:write")
@drafts.doc(requestBody={"required": True, "content": _BYTES})  # type: ignore[untyped-decorator]
@drafts.response(200, schemas.DraftSavedSchema)
def save(draft_id: int, path: str) -> Any:
    """Save a file; with `If-Match`, only over the content that it was edited from."""
    return _change(draft_id, path, request.get_data(cache=False))


@drafts.route("/<number:draft_id>/files/<path:path>", methods=["DELETE"], parameters=[IF_MATCH])
@needs("processes:write")
@drafts.response(200, schemas.DraftSavedSchema)
def remove(draft_id: int, path: str) -> Any:
    """Take a file out of a draft."""
    return _change(draft_id, path, None)


def _change(draft_id: int, path: str, content: bytes | None) -> Any:
    wanted = [tag for tag in request.if_match.as_set() if tag != "*"]
    known = {"expected": wanted[0]} if wanted else {}
    change = FileChange(path, content, **known)
    return engine().execute(SaveDraftFiles(draft_id=draft_id, changes=(change,)), by=auth.actor())


def _bytes(path: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        message = f"Expected base64 for {path[:80]}, but it is none."
        raise InvalidForm([Problem(f"files.{path[:80]}", "invalid", message)]) from error
