"""Webhooks over the API: where a program is told of events of the cases that its person may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from hr.programs import queries
from hr.programs.commands import EndWebhook, MakeWebhook
from hr.programs.queries import WebhookView
from hr.programs.rules import EVENTS, LONGEST_URL
from web import auth
from web.api import schemas
from web.api.part import Part, me, needs
from web.site import engine

webhooks = Part("webhooks", "/webhooks", "Being told of events.")


class NewWebhook(ma.Schema):
    """Where a program is to be told of what."""

    url = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_URL))
    events = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(sorted(EVENTS))),
        required=True,
        validate=ma.validate.Length(1, len(EVENTS)),
    )


@webhooks.route("")
@needs("webhooks:write")
@webhooks.response(200, schemas.WebhookSchema(many=True))
def index() -> list[WebhookView]:
    """List your webhooks."""
    return list(engine().ask(queries.webhooks_of, me()))


@webhooks.route("", methods=["POST"])
@needs("webhooks:write")
@webhooks.arguments(NewWebhook)
@webhooks.response(201, schemas.MadeWebhookSchema)
def make(new: Mapping[str, Any]) -> Any:
    """Be told of events; what signs the deliveries is given once, here."""
    return engine().execute(MakeWebhook(**new, token_id=auth.token_id()), by=auth.actor())


@webhooks.route("/<number:webhook_id>", methods=["DELETE"])
@needs("webhooks:write")
@webhooks.response(204)
def end(webhook_id: int) -> None:
    """Be told of nothing any more."""
    engine().execute(EndWebhook(webhook_id=webhook_id), by=auth.actor())
