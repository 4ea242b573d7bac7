"""The history as people read it: events, values before and after, and whether chains hold."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, type_coerce
from sqlalchemy.types import NullType

from engine.feel.values import from_json
from engine.history import DIGEST, UNREADABLE, Broken, said, text_of, unpack, value_digest, verify
from engine.model import StreamKind
from engine.queries.lineage import version_at
from engine.queries.visibility import as_readable, may_read
from engine.store.base import table_of
from engine.store.tables import History, Instance, SealedValue, Stream

_history = table_of(History)
_sealed = table_of(SealedValue)
_stream = table_of(Stream)
_instance = table_of(Instance)
_envelope = _history.alias("envelope")
_told = select(_history, _envelope.c.body.label("envelope")).outerjoin(
    _envelope,
    (_envelope.c.stream_id == _history.c.stream_id) & (_envelope.c.seq == _history.c.envelope_seq),
)


@dataclass(frozen=True)
class HistoryRow:
    """An event as it stands; `detail` is what is particular to its kind."""

    seq: int
    at: datetime
    kind: str
    person_id: int | None
    person_name: str
    on_behalf_of: int | None
    element_id: str | None
    task_id: int | None
    outcome: str
    reason: str
    channel: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class ValueChange:
    """A variable, or a whole form, before and after."""

    at: datetime
    element_id: str
    element_name: str
    person_id: int | None
    person_name: str
    name: str
    old: Any
    new: Any


def events(
    connection: Connection, kind: StreamKind, key: str, *, after_seq: int = 0, limit: int = 100
) -> tuple[HistoryRow, ...]:
    """Give events of the stream of this kind and key, in order."""
    found = select(_stream.c.id).where(_stream.c.kind == kind, _stream.c.key == key)
    stream_id = connection.scalars(found).first()
    return () if stream_id is None else _events(connection, stream_id, after_seq, limit)


def newest(
    connection: Connection, kind: StreamKind, key: str, *, kinds: Collection[str], limit: int
) -> tuple[HistoryRow, ...]:
    """Give the newest events of some kinds in a stream, the newest first."""
    found = select(_stream.c.id).where(_stream.c.kind == kind, _stream.c.key == key)
    stream_id = connection.scalars(found).first()
    if stream_id is None:
        return ()
    rows = connection.execute(
        _told.where(_history.c.stream_id == stream_id, _history.c.kind.in_(kinds))
        .order_by(_history.c.seq.desc())
        .limit(limit)
    )
    return tuple(_event(row) for row in rows)


def case_events(
    connection: Connection, instance_id: int, *, after_seq: int = 0, limit: int = 200
) -> tuple[HistoryRow, ...]:
    """Give a case's events, in order."""
    found = select(_instance.c.stream_id).where(_instance.c.id == instance_id)
    stream_id = connection.scalars(found).first()
    return () if stream_id is None else _events(connection, stream_id, after_seq, limit)


def _events(
    connection: Connection, stream_id: int, after: int, limit: int
) -> tuple[HistoryRow, ...]:
    rows = connection.execute(
        _told.where(_history.c.stream_id == stream_id, _history.c.seq > after)
        .order_by(_history.c.seq)
        .limit(limit)
    )
    return tuple(_event(row) for row in rows)


def _event(row: Any) -> HistoryRow:
    told = said(json.loads(row.body), json.loads(row.envelope or "{}").get("by"))
    return HistoryRow(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        person_id=row.person_id,
        person_name=told.name,
        on_behalf_of=row.on_behalf_of,
        element_id=row.element_id,
        task_id=row.task_id,
        outcome=row.outcome,
        reason=told.reason,
        channel=told.channel,
        detail=told.detail,
        hash=row.hash.hex(),
    )


def values(
    connection: Connection, instance_id: int, *, readers: Collection[str], everything: bool = False
) -> tuple[ValueChange, ...]:
    """Give what each element of a case wrote, as far as these readers may see it."""
    instance = connection.execute(select(_instance).where(_instance.c.id == instance_id)).first()
    if instance is None:
        return ()
    # Who may read an answer was promised by the version under which it was given.
    version = version_at(connection, instance.stream_id, instance.definition_id)
    rows = connection.execute(
        _told.add_columns(_sealed.c.name, _sealed.c.value)
        .join(
            _sealed,
            (_sealed.c.stream_id == _history.c.stream_id) & (_sealed.c.seq == _history.c.seq),
        )
        .where(
            _history.c.stream_id == instance.stream_id,
            _history.c.kind.in_(("TASK_COMPLETED", "VARIABLE_CHANGED")),
        )
        .order_by(_history.c.seq)
    )
    changes: dict[int, ValueChange] = {}
    for row in rows:
        definition = version(row.seq)
        if not may_read(definition, row.element_id, readers, everything):
            continue
        known = changes.get(row.seq) or _change(row, definition.element_name(row.element_id))
        value = from_json(unpack(row.value))
        value = as_readable(definition, row.element_id, value, readers, everything)
        old = value if row.name == "old" else known.old
        new = known.new if row.name == "old" else value
        changes[row.seq] = ValueChange(**{**known.__dict__, "old": old, "new": new})
    return tuple(changes.values())


def _change(row: Any, element_name: str) -> ValueChange:
    event = _event(row)
    name = event.detail.get("name") or event.detail.get("result") or ""
    return ValueChange(
        row.at, row.element_id, element_name, row.person_id, event.person_name, name, None, None
    )


def count_streams(connection: Connection) -> int:
    """Give how many streams there are."""
    return connection.scalar(select(func.count()).select_from(_stream)) or 0


def as_it_stands(table: Any) -> list[Any]:
    """Select a table's columns without reading them: whoever verifies must not stumble."""
    return [
        type_coerce(column, NullType()).label(column.name) if column.name in _BYTES else column
        for column in table.c
    ]


_BYTES = frozenset({"body", "digests", "hash", "salt", "value"})
_RAW = select(*as_it_stands(_history))
_RAW_VALUES = select(*as_it_stands(_sealed))


def check_chains(connection: Connection) -> tuple[Broken, ...]:
    """Follow every stream from its first event to its head, and every value to its digest."""
    broken: list[Broken] = []
    for stream in connection.execute(select(_stream).order_by(_stream.c.id)).all():
        found = _RAW.where(_history.c.stream_id == stream.id).order_by(_history.c.seq)
        links: list[Any] = [
            {**row, "body": text_of(row["body"])} for row in connection.execute(found).mappings()
        ]
        breaks = list(verify(stream.id, stream.head_seq, stream.head_hash, links))
        # What a broken chain says of values is worth nothing.
        broken += breaks or _altered_values(connection, stream.id, links)
    return tuple(broken)


def _altered_values(connection: Connection, stream_id: int, links: Collection[Any]) -> list[Broken]:
    # An erased value is missing, which is allowed; one that is there must be what was sealed.
    digests = {
        (link["seq"], name): link["digests"][place * DIGEST : (place + 1) * DIGEST]
        for link in links
        if link["digests"]
        for place, name in enumerate(json.loads(link["body"])["sealed"])
    }
    rows = connection.execute(_RAW_VALUES.where(_sealed.c.stream_id == stream_id))
    return [
        Broken(stream_id, row.seq, f"the value {row.name!r} was altered")
        for row in rows
        if digests.get((row.seq, row.name)) != _digest_of(row)
    ]


def _digest_of(row: Any) -> bytes | None:
    text = text_of(row.value)
    readable = isinstance(row.salt, bytes) and text != UNREADABLE
    return value_digest(row.salt, text) if readable else None
