"""Cases over the API: start, list, read, what was written in them, their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response

from engine import NewCase, OpenDossier, Started
from engine.errors import NotAllowed
from engine.model import Act
from engine.queries import cases as views
from engine.queries import history
from engine.queries.cases import CaseView
from engine.queries.history import HistoryRow, ValueChange
from hr.campaigns.commands import StartCase
from hr.permissions import queries as permissions
from hr.permissions.rules import DOSSIER_READERS
from web import auth
from web.api import schemas
from web.api.part import (
    KEY,
    LONGEST,
    Asked,
    Part,
    list_of,
    listed,
    made,
    me,
    needs,
    plain,
    request_key,
)
from web.parts import downloads
from web.site import engine, now

instances = Part("instances", "/instances", "Cases: process instances.")

_LARGEST = 2**53
_EVENTS = 200


class CasesAsked(Asked):
    """Which cases."""

    process = ma.fields.String(load_default=None, validate=ma.validate.Length(max=LONGEST))
    state = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(("ACTIVE", "SUSPENDED", "COMPLETED", "CANCELLED")),
    )
    period = ma.fields.String(load_default=None, validate=ma.validate.Length(max=LONGEST))
    q = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST))


class NewCaseSchema(ma.Schema):
    """What to start, about whom."""

    process_key = ma.fields.String(required=True, validate=ma.validate.Length(1, 80))
    subject_id = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(1, _LARGEST)
    )
    period = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp(r"^(\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?)?\Z"),
        metadata={"pattern": "^([0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))?)?$"},
    )


class Opening(ma.Schema):
    """Why a whole history is read, and from where on."""

    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))
    after_seq = ma.fields.Integer(
        load_default=0, strict=True, validate=ma.validate.Range(0, _LARGEST)
    )


@instances.route("")
@needs("cases:read")
@instances.arguments(CasesAsked, location="query")
@instances.response(200, list_of(schemas.CaseRowSchema))
def index(asked: Mapping[str, Any]) -> Any:
    """List the cases that you may see, newest first."""
    wanted = {name: asked[name] for name in ("process", "state", "period", "after", "limit")}
    page = engine().ask(views.cases, auth.scope(), text=asked["q"], **wanted)
    return listed(page)


@instances.route("", methods=["POST"], parameters=[KEY])
@needs("cases:write")
@instances.arguments(NewCaseSchema)
@instances.response(201, schemas.StartedSchema)
def start(new: Mapping[str, Any]) -> tuple[Started, dict[str, str]]:
    """Start a case about somebody, in the newest version of a process."""
    case = NewCase(subject_id=new["subject_id"], period=new["period"])
    command = StartCase(key=new["process_key"], case=case, request_key=request_key())
    started = engine().execute(command, by=auth.actor())
    return started, made("instances_api.show", instance_id=started.instance_id)


@instances.route("/<number:instance_id>")
@needs("cases:read")
@instances.response(200, schemas.CaseSchema)
def show(instance_id: int) -> CaseView:
    """Say where a case stands, step by step."""
    return _case(instance_id)


@instances.route("/<number:instance_id>/changes")
@needs("cases:read")
@instances.response(200, schemas.ChangeSchema(many=True))
def changes(instance_id: int) -> Any:
    """List what each step of a case wrote, as far as you may see it."""
    return [
        {**vars(each), "old": plain(each.old), "new": plain(each.new)}
        for each in _values(_case(instance_id))
    ]


@instances.route("/<number:instance_id>/history", methods=["POST"])
@needs("history:read")
@instances.arguments(Opening)
@instances.response(200, schemas.EventSchema(many=True))
def events(asked: Mapping[str, Any], instance_id: int) -> list[HistoryRow]:
    """Read the whole history of a case, 200 events at a time; that it was read is recorded."""
    case = _case(instance_id)
    if not _lanes(case) & DOSSIER_READERS:
        raise NotAllowed(
            "Expected an auditor or the agency, but you are neither.", reason="NO_ROLE"
        )
    engine().execute(OpenDossier(instance_id=instance_id, reason=asked["reason"]), by=auth.actor())
    after = asked["after_seq"]
    return list(engine().ask(history.case_events, instance_id, after_seq=after, limit=_EVENTS))


@instances.route("/<number:instance_id>/files/<sha256>")
@needs("files:read")
@instances.response(200, content_type="application/octet-stream", description="The file.")
def download(instance_id: int, sha256: str) -> Response:
    """Hand out a file of a case to whoever may see the step that brought it."""
    found = downloads.files_in([each.new for each in _values(_case(instance_id))])
    return downloads.send(engine().ports.files, found, sha256)


def _case(instance_id: int) -> CaseView:
    case = engine().ask(views.case, instance_id)
    auth.require(Act.READ, case.facts)
    return case


def _lanes(case: CaseView) -> frozenset[str]:
    return engine().ask(permissions.lanes_in, me(), case.facts, now())


def _values(case: CaseView) -> tuple[ValueChange, ...]:
    lanes = _lanes(case)
    everything = bool(lanes & DOSSIER_READERS)
    return engine().ask(history.values, case.id, readers=lanes, everything=everything)
