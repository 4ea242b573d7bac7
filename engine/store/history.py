"""Statements on history streams: append events, lock a stream's head, read a stream."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.feel.values import to_json
from engine.history import Event, canonical, event_hash, value_digest
from engine.model import Actor, StreamKind
from engine.ports import Card
from engine.store.base import table_of
from engine.store.tables import History, SealedValue, Stream

_stream = table_of(Stream)
_history = table_of(History)
_sealed = table_of(SealedValue)

_LOCK = (
    select(_stream.c.id, _stream.c.head_seq, _stream.c.head_hash)
    .where(_stream.c.kind == bindparam("kind"), _stream.c.key == bindparam("key"))
    .with_for_update()
)
_CREATE = insert(_stream).returning(_stream.c.id, _stream.c.key)
_ADD_EVENTS = insert(_history)
_ADD_SEALED = insert(_sealed)
_MOVE_HEAD = update(_stream).where(_stream.c.id == bindparam("stream_id"))


@dataclass
class Head:
    """The end of a stream whose row is locked by this transaction."""

    id: int
    seq: int
    hash: str


@dataclass(frozen=True)
class Envelope:
    """Who stands behind the events of one command, and when."""

    actor: Actor
    card: Card | None
    at: datetime
    command: str
    correlation: str


class HistoryStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def create(self, kind: StreamKind, keys: Sequence[str]) -> list[Head]:
        """Begin streams that cannot exist yet; one statement."""
        rows = [{"kind": kind, "key": key, "head_seq": 0, "head_hash": ""} for key in keys]
        ids = {row.key: row.id for row in self.connection.execute(_CREATE, rows)}
        return [Head(ids[key], 0, "") for key in keys]

    def lock(self, kind: StreamKind, key: str) -> Head:
        """Lock a stream's head, beginning the stream where there is none."""
        wanted = {"kind": kind, "key": key}
        row = self.connection.execute(_LOCK, wanted).first()
        if row is None:
            self._begin(kind, key)
            row = self.connection.execute(_LOCK, wanted).one()
        return Head(row.id, row.head_seq, row.head_hash)

    def _begin(self, kind: StreamKind, key: str) -> None:
        # Two transactions may meet a new stream at once; the second waits and then finds it.
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as insert_pg

            statement: Any = insert_pg(_stream).on_conflict_do_nothing()
        else:
            from sqlalchemy.dialects.sqlite import insert as insert_lite

            statement = insert_lite(_stream).on_conflict_do_nothing()
        self.connection.execute(statement.values(kind=kind, key=key, head_seq=0, head_hash=""))

    def append_all(
        self, streams: Sequence[tuple[Head, Sequence[Event]]], envelope: Envelope
    ) -> None:
        """Write events at the ends of locked streams: at most three statements for all of them."""
        rows: list[dict[str, Any]] = []
        sealed: list[dict[str, Any]] = []
        moved: dict[int, Head] = {}
        actor = _actor(envelope)
        for head, events in streams:
            for event in events:
                row, values = _row(head, event, envelope, actor)
                head.seq, head.hash = row["seq"], row["hash"]
                rows.append(row)
                sealed += values
                moved[head.id] = head
        if not rows:
            return
        self.connection.execute(_ADD_EVENTS, rows)
        if sealed:
            self.connection.execute(_ADD_SEALED, sealed)
        self.connection.execute(
            _MOVE_HEAD,
            [
                {"stream_id": head.id, "head_seq": head.seq, "head_hash": head.hash}
                for head in moved.values()
            ],
        )


def _row(
    head: Head, event: Event, envelope: Envelope, actor: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    seq = head.seq + 1
    at = event.day or envelope.at
    sealed = [_seal(head.id, seq, name, value) for name, value in event.sealed.items()]
    told = {
        "kind": event.kind,
        "at": at,
        "by": {"as": event.pseudonym} if event.pseudonym else actor,
        "command": None if event.pseudonym else envelope.correlation,
        "behalf": event.on_behalf_of,
        "definition": event.definition_id,
        "element": event.element_id,
        "task": event.task_id,
        "outcome": None if event.outcome == "OK" else event.outcome,
        "detail": event.detail(),
        "sealed": {s["name"]: value_digest(s["salt"], s["value"]) for s in sealed},
    }
    body = canonical({name: value for name, value in told.items() if value not in (None, {})})
    row = {
        "stream_id": head.id,
        "seq": seq,
        "at": at,
        "kind": event.kind,
        "person_id": None if event.pseudonym else envelope.actor.person_id,
        "on_behalf_of": event.on_behalf_of,
        "definition_id": event.definition_id,
        "element_id": event.element_id,
        "task_id": event.task_id,
        "outcome": event.outcome,
        "body": body,
        "previous": head.hash,
        "hash": event_hash(head.hash, head.id, seq, body),
    }
    return row, sealed


def _actor(envelope: Envelope) -> dict[str, Any]:
    actor, card = envelope.actor, envelope.card
    who: dict[str, Any] = {
        "person": actor.person_id,
        "channel": actor.channel,
        "session": actor.session_id,
        "address": actor.address,
    }
    if card is not None:
        who |= {"name": card.name, "post": card.post, "unit": card.unit}
    return {name: value for name, value in who.items() if value not in (None, "")}


def _seal(stream_id: int, seq: int, name: str, value: Any) -> dict[str, Any]:
    return {
        "stream_id": stream_id,
        "seq": seq,
        "name": name,
        "salt": secrets.token_hex(16),
        "value": to_json(value),
    }


def read_stream(
    connection: Connection, stream_id: int, after: int = 0, limit: int = 1000
) -> Iterable[Any]:
    """Give a stream's rows in order, after a sequence number."""
    return connection.execute(
        select(_history)
        .where(_history.c.stream_id == stream_id, _history.c.seq > after)
        .order_by(_history.c.seq)
        .limit(limit)
    )
