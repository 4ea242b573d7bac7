"""Files of people and records over the API: a look at every row, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import request

from engine import Command
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from hr.calendar.rules import local_day
from hr.intake import queries as intake
from hr.intake.commands import ImportDirectory
from hr.permissions import queries as permissions
from hr.registers import files as records
from hr.sheets import Sheet
from web import auth
from web.api import schemas
from web.api.part import Part, me, needs
from web.site import engine, now, site

imports = Part("imports", "/imports", "Files of people and records, for the agency.")

DIRECTORY = "directory"
_MOST_BYTES = 20_000_000
_SHOWN = 100


class ImportAsked(ma.Schema):
    """How a file is to be taken."""

    name = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(r"^[\w. -]{1,80}\.(csv|xlsx)\Z"),
        metadata={"pattern": r"^[A-Za-z0-9_. -]{1,80}\.(csv|xlsx)$"},
    )
    dry_run = ma.fields.Boolean(load_default=True)
    day = ma.fields.Date(load_default=None, metadata={"description": "From when on; today."})
    complete = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Who is not in the directory's file has left."},
    )


@imports.route("/<what>", methods=["POST"])
@needs("people:write")
@imports.arguments(ImportAsked, location="query")
@imports.doc(  # type: ignore[untyped-decorator]
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
)
@imports.response(200, schemas.ImportSchema)
def bring_in(asked: Mapping[str, Any], what: str) -> Any:
    """Say what a file would do, or, with `dry_run=false`, do it: with any fault, nothing."""
    request.max_content_length = _MOST_BYTES
    if what != DIRECTORY and what not in records.COLUMNS:
        wanted = ", ".join((DIRECTORY, *records.COLUMNS))
        raise NotFound(f"Expected one of {wanted}, but it is none of them.")
    if not engine().ask(permissions.may_by_role, me(), "C", "directory_file", now()):
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NO_ROLE")
    sheet = Sheet(asked["name"], data=request.get_data(cache=False))
    day = asked["day"] or local_day(now(), site().settings.time_zone)
    if day.year < 1900 or day.year > 2200:
        raise InvalidForm([Problem("day", "range", "Expected a day of our time.")])
    if not asked["dry_run"]:
        command: Command[Any] = (
            ImportDirectory(sheet=sheet, day=day, complete=asked["complete"], reason=sheet.name)
            if what == DIRECTORY
            else records.taking(what, sheet, reason=sheet.name)
        )
        return _told(engine().execute(command, by=auth.actor()), done=True)
    if what == DIRECTORY:
        complete = asked["complete"]
        found: Any = engine().ask(intake.look, sheet, day, complete=complete, reader=me())
    else:
        found = engine().ask(records.look, what, sheet, now(), reader=me())
    return _told(found, done=False)


def _told(found: Any, *, done: bool) -> dict[str, Any]:
    faults = [{**vars(each), "message": each.message} for each in found.faults[:_SHOWN]]
    return {**vars(found), "ended": getattr(found, "ended", 0), "faults": faults, "done": done}
