"""Messages over the API: what another system tells the cases that wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from engine import PublishMessage
from web.api import schemas
from web.api.part import KEY, Part, needs, once

messages = Part("messages", "/messages", "Messages to cases that wait for them.")


class NewMessage(ma.Schema):
    """What is told, to the cases with this correlation."""

    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 80))
    correlation = ma.fields.String(required=True, validate=ma.validate.Length(0, 200))
    payload = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)
    ttl_days = ma.fields.Integer(load_default=90, strict=True, validate=ma.validate.Range(0, 400))


@messages.route("", methods=["POST"], parameters=[KEY])
@needs("messages:write")
@messages.arguments(NewMessage)
@messages.response(201, schemas.MessageSchema)
def publish(new: Mapping[str, Any]) -> Any:
    """Tell every case that waits for this, now or within `ttl_days`."""
    return {"message_id": once(PublishMessage(**new), required=True)}
