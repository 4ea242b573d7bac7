"""People over the API: whom you may see, as of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from engine.errors import NotAllowed
from hr.directory import queries as directory
from hr.directory.queries import PersonView
from hr.dossier import queries as dossier
from hr.dossier.kinds import KINDS
from hr.permissions import queries as permissions
from hr.privacy.commands import OpenPerson
from web import auth
from web.api import schemas
from web.api.part import LONGEST, MOST_ROWS, Asked, Part, list_of, listed, needs, plain
from web.site import engine, now

people = Part("people", "/people", "Persons, and what is recorded about them.")


class PeopleAsked(Asked):
    """Which persons."""

    q = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST))


class RecordsAsked(ma.Schema):
    """Why somebody's records are read."""

    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))


@people.route("")
@needs("people:read")
@people.arguments(PeopleAsked, location="query")
@people.response(200, list_of(schemas.PersonSchema))
def index(asked: Mapping[str, Any]) -> Any:
    """List persons in service whom you may see, by name."""
    page = engine().ask(
        directory.people,
        auth.scope(),
        text=asked["q"],
        after=asked["after"],
        limit=asked["limit"],
        at=now(),
    )
    return listed(page)


@people.route("/me")
@needs("people:read")
@people.response(200, schemas.PersonSchema)
def myself() -> PersonView:
    """Say for whom the token speaks."""
    return auth.card()


@people.route("/<number:person_id>")
@needs("people:read")
@people.response(200, schemas.PersonSchema)
def show(person_id: int) -> PersonView:
    """Give a person whom you may see."""
    if not _may("person", person_id):
        raise NotAllowed("Expected somebody whom you may see, but you may not.", reason="NO_ROLE")
    return engine().ask(directory.person, person_id, now())


@people.route("/<number:person_id>/records", methods=["POST"])
@needs("people:read")
@people.arguments(RecordsAsked)
@people.response(200, schemas.RecordsSchema(many=True))
def records(asked: Mapping[str, Any], person_id: int) -> Any:
    """Read what is recorded about somebody, kind by kind; who looked, and why, is noted for him."""
    engine().execute(OpenPerson(person_id=person_id, reason=asked["reason"]), by=auth.actor())
    series = {kind.series for kind in KINDS.values() if _may(f"record_{kind.series}", person_id)}
    found = engine().ask(dossier.records, person_id, series, MOST_ROWS)
    return [
        {
            "kind": each.kind,
            "total": each.total,
            "rows": [_row(each.kind, row) for row in each.rows],
        }
        for each in found
    ]


def _row(kind: str, row: Mapping[str, Any]) -> Any:
    return plain({column: row[column] for column in KINDS[kind].columns})


def _may(noun: str, person_id: int) -> bool:
    return engine().ask(permissions.may_about, auth.actor(), "R", noun, person_id, now())
