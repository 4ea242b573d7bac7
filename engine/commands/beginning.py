"""Cases that a message or signal starts: one for each process whose newest version says so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.commands.context import Command, Context
from engine.errors import NotFound
from engine.feel.values import from_json
from engine.model import NewCase

BEGIN = "begin_by_message"


@dataclass(frozen=True, kw_only=True)
class BeginByMessage(Command[bool]):
    """Start the case of a process that a message starts; once. Tell whether it was started.

    The payload may say `subject_id` and `period`; else they are those of the case that sent it. Its
    root is the sender's, so that who did something there may be kept from deciding here.
    """

    message_id: int
    key: str

    def execute(self, ctx: Context) -> bool:
        from engine.commands.instances import Starting, described, start_cases

        message = ctx.store.messages.get(self.message_id)
        if message is None:
            return False
        digest = hashlib.sha256(f"message|{message.id}|{self.key}".encode()).hexdigest()
        if ctx.store.instances.started_by(digest) is not None:
            return False
        newest = ctx.store.definitions.latest(self.key)
        if newest is not None and newest.retired:  # since the message was sent
            return False
        payload = from_json(message.payload)
        sender = ctx.store.instances.get(message.source_id) if message.source_id else None
        new = described(ctx, _case(payload if isinstance(payload, Mapping) else {}, sender))
        root = None if sender is None else sender.root_id or sender.id
        start_cases(
            ctx,
            ctx.library.latest(ctx.store, self.key),
            [new],
            campaign=None,
            request_digest=digest,
            message=Starting(message.kind, message.name, payload, root),
        )
        return True


def _case(payload: Mapping[str, Any], sender: Any) -> NewCase:
    subject = payload.get("subject_id", sender.subject_id if sender is not None else None)
    period = payload.get("period", sender.period if sender is not None else "")
    same = sender is not None and subject == sender.subject_id
    try:
        return NewCase(
            subject_id=None if subject is None else int(subject),
            scope_path=sender.scope_path if same else "",
            period=str(period),
            title=sender.title if same else "",
            search_text=sender.search_text if same else "",
        )
    except (TypeError, ValueError) as error:
        raise NotFound(f"Expected subject_id to be a person, but it is {subject!r}.") from error
