"""Statements on history streams: append events, lock a stream's head."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.feel.values import to_json
from engine.history import Event, canonical, event_hash, pack, value_digest
from engine.model import Actor, StreamKind
from engine.ports import Card
from engine.store import quick
from engine.store.base import insert_row, table_of, take_ids
from engine.store.tables import History, SealedValue, Stream

_stream = table_of(Stream)
_history = table_of(History)
_sealed = table_of(SealedValue)

_LOCK = (
    select(_stream.c.id, _stream.c.head_seq, _stream.c.head_hash)
    .where(_stream.c.kind == bindparam("kind"), _stream.c.key == bindparam("key"))
    .with_for_update()
)
_CREATE = insert(_stream)
_ADD_EVENTS = insert(_history)
_ADD_SEALED = insert(_sealed)
_MOVE_HEAD = update(_stream).where(_stream.c.id == bindparam("stream_id"))


@dataclass
class Head:
    """The end of a stream whose row is locked by this transaction.

    told_by -- the envelope that stands in the event `told_at` of the stream, if one was written
    """

    id: int
    seq: int
    hash: bytes
    told_by: Envelope | None = None
    told_at: int = 0


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
        """Begin streams that cannot exist yet."""
        rows = [{"kind": kind, "key": key, "head_seq": 0, "head_hash": b""} for key in keys]
        if len(rows) == 1:
            return [Head(insert_row(self.connection, _stream, **rows[0]), 0, b"")]
        ids = take_ids(self.connection, _stream, len(rows))
        numbered = [{"id": id_, **row} for id_, row in zip(ids, rows, strict=True)]
        quick.run_many(self.connection, _CREATE, numbered)
        return [Head(id_, 0, b"") for id_ in ids]

    def lock(self, kind: StreamKind, key: str) -> Head:
        """Lock a stream's head, beginning the stream where there is none."""
        wanted = {"kind": kind, "key": key}
        row = quick.first(self.connection, _LOCK, wanted)
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
        self.connection.execute(statement.values(kind=kind, key=key, head_seq=0, head_hash=b""))

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
        quick.run_many(self.connection, _ADD_EVENTS, rows)
        if sealed:
            quick.run_many(self.connection, _ADD_SEALED, sealed)
        quick.run_many(
            self.connection,
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
    names = sorted(event.sealed)
    sealed = [_seal(head.id, seq, name, event.sealed[name]) for name in names]
    said = {**_told(head, seq, event, envelope, actor), "detail": event.detail(), "sealed": names}
    row = {
        "stream_id": head.id,
        "seq": seq,
        "envelope_seq": None if "by" in said else head.told_at,
        "at": (event.day or envelope.at).astimezone(UTC),
        "person_id": None if event.pseudonym else envelope.actor.person_id,
        "on_behalf_of": event.on_behalf_of,
        "definition_id": event.definition_id,
        "task_id": event.task_id,
        "kind": event.kind,
        "element_id": event.element_id,
        "outcome": event.outcome,
        "body": canonical({name: value for name, value in said.items() if value}),
        "digests": b"".join([digest for _, digest in sealed]) or None,
    }
    row["hash"] = event_hash(head.hash, row)
    return row, [value for value, _ in sealed]


def _told(
    head: Head, seq: int, event: Event, envelope: Envelope, actor: Mapping[str, Any]
) -> dict[str, Any]:
    """Say who stands behind an event, unless an earlier one of the command does so."""
    if event.pseudonym:
        return {"by": {"as": event.pseudonym}}
    if head.told_by == envelope:
        return {}
    head.told_by, head.told_at = envelope, seq
    return {"by": actor, "command": envelope.correlation}


def _actor(envelope: Envelope) -> dict[str, Any]:
    actor, card = envelope.actor, envelope.card
    who: dict[str, Any] = {
        "channel": actor.channel,
        "session": actor.session_id,
        "address": actor.address,
    }
    if card is not None:
        who |= {"name": card.name, "post": card.post, "unit": card.unit}
    return {name: value for name, value in who.items() if value not in (None, "")}


def _seal(stream_id: int, seq: int, name: str, value: Any) -> tuple[dict[str, Any], bytes]:
    """Give the row of a value, and the digest by which the event names it."""
    salt, text = secrets.token_bytes(16), to_json(value)
    row = {"stream_id": stream_id, "seq": seq, "name": name, "salt": salt, "value": pack(text)}
    return row, value_digest(salt, text)
