"""What is asked about webhooks: a program's own, and whom an event of a case is to be told."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.model import Act, Actor, Channel
from engine.ports import Allowed, Vault
from engine.queries import history, standing
from hr.accounts import queries as accounts
from hr.permissions import queries as permissions
from hr.programs import rules, store

_LOOK_AGAIN_SECONDS = 5.0


@dataclass(frozen=True)
class WebhookView:
    """A webhook as its owner sees it; what signs its deliveries was shown once."""

    id: int
    url: str
    events: tuple[str, ...]
    made_at: datetime


@dataclass(frozen=True)
class Delivery:
    """What is to be sent where; `secret` signs it."""

    url: str
    secret: str
    body: str


class Listeners:
    """Which kinds of events somebody listens for, looked up every few seconds at most."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._looked = float("-inf")

    def __call__(self, connection: Connection) -> frozenset[str]:
        """Give the kinds; a new webhook is heard of within five seconds."""
        if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
            self._known = kinds(connection)
            self._looked = time.monotonic()
        return self._known


def kinds(connection: Connection) -> frozenset[str]:
    """Give the kinds of events that some webhook asks for."""
    names = {name for row in store.open_webhooks(connection) for name in row["events"].split()}
    return frozenset(rules.EVENTS[name][0] for name in names if name in rules.EVENTS)


def webhooks_of(connection: Connection, person_id: int) -> tuple[WebhookView, ...]:
    """List a person's webhooks."""
    return tuple(
        WebhookView(row["id"], row["url"], tuple(row["events"].split()), row["made_at"])
        for row in store.open_webhooks(connection, person_id)
    )


def listening_for(
    connection: Connection, instance_id: int, seq: int, now: datetime
) -> tuple[int, ...]:
    """Give the webhooks to tell of an event: those whose person may read the case, by token."""
    event = _event(connection, instance_id, seq)
    name = rules.NAMES.get(event.kind, "")
    hooks = [row for row in store.open_webhooks(connection) if name in row["events"].split()]
    alive = accounts.living_tokens(connection, {row["token_id"] for row in hooks}, now)
    case = standing.case_facts(connection, instance_id)

    def may(row: Mapping[str, Any]) -> bool:
        scopes = alive.get(row["token_id"], frozenset())
        reader = Actor(person_id=row["person_id"], channel=Channel.API)
        seen = permissions.may_act(connection, reader, Act.READ, case, now)
        return rules.EVENTS[name][1] in scopes and isinstance(seen, Allowed)

    return tuple(row["id"] for row in hooks if may(row))


def delivery(
    connection: Connection, webhook_id: int, instance_id: int, seq: int, vault: Vault
) -> Delivery | None:
    """Give what a webhook is told of an event: where to look it up, and nothing personal."""
    hook = store.webhook(connection, webhook_id)
    if hook is None:
        return None
    event = _event(connection, instance_id, seq)
    case = standing.case_facts(connection, instance_id)
    data = {
        "instance_id": instance_id,
        "process_key": case.process_key,
        "element_id": event.element_id,
        "task_id": event.task_id,
        "seq": seq,
    }
    said = {"type": rules.NAMES[event.kind], "timestamp": event.at.isoformat(), "data": data}
    return Delivery(hook["url"], vault.unseal(hook["secret_sealed"]), json.dumps(said))


def _event(connection: Connection, instance_id: int, seq: int) -> history.HistoryRow:
    (event,) = history.case_events(connection, instance_id, after_seq=seq - 1, limit=1)
    return event
