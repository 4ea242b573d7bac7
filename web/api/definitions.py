"""Processes over the API: their versions and files; everybody may know the rules."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Response, send_file

from engine.queries import definitions as views
from engine.queries.definitions import DefinitionRow
from web.api import schemas
from web.api.part import Part, needs
from web.site import engine

definitions = Part("definitions", "/definitions", "Processes: definitions and their versions.")


@definitions.route("")
@needs("processes:read")
@definitions.response(200, schemas.DefinitionRowSchema(many=True))
def index() -> Sequence[DefinitionRow]:
    """List the newest version of every process."""
    return list(engine().ask(views.latest))


@definitions.route("/<key>/versions")
@needs("processes:read")
@definitions.response(200, schemas.DefinitionRowSchema(many=True))
def versions(key: str) -> Sequence[DefinitionRow]:
    """List every version of a process, newest first."""
    return list(engine().ask(views.versions, key))


@definitions.route("/<key>/versions/<number:version>")
@needs("processes:read")
@definitions.response(200, schemas.DefinitionSchema)
def show(key: str, version: int) -> Any:
    """Give one version of a process with what is in it."""
    found = engine().ask(views.version, key, version)
    return {**vars(found.row), **vars(found)}


@definitions.route("/<key>/versions/<number:version>/files/<path:path>")
@needs("processes:read")
@definitions.response(200, content_type="application/octet-stream", description="The file.")
def download(key: str, version: int, path: str) -> Response:
    """Hand out a file of a version, byte for byte as it was deployed."""
    found = engine().ask(views.version, key, version)
    data = engine().ask(views.file, found.row.id, path)
    name = path.rpartition("/")[2]
    return send_file(
        BytesIO(data),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )
