"""The whole history as lines that anybody can check without Alur (web/alur_verify.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, select

from engine.history import hashed_columns, text_of
from engine.queries.history import as_it_stands
from engine.store.base import table_of
from engine.store.tables import History, SealedValue, Stream, TreeBatch, TreeCheckpoint

FORMAT = "history 1"

_stream = table_of(Stream)
_history = table_of(History)
_sealed = table_of(SealedValue)
_batch = table_of(TreeBatch)
_checkpoint = table_of(TreeCheckpoint)
_ROWS_AT_ONCE = 2000


def history_lines(
    connection: Connection, origin: str, public_key: bytes, *, values: bool
) -> Iterator[str]:
    """Give the export line by line, in constant memory: JSON, each line with its newline.

    values -- with the sealed values (answers, before and after); without them, everything that the
    chains and the tree need is there, and no answer of anybody
    """
    whole = sha256()
    counted = {"stream": 0, "event": 0}
    for entry in _entries(connection, origin, public_key, values=values):
        for kind in counted:
            counted[kind] += kind in entry
        line = _line(entry)
        whole.update(line.encode())
        yield line
    end = {"streams": counted["stream"], "events": counted["event"], "sha256": whole.hexdigest()}
    yield _line({"end": end})


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def _entries(
    connection: Connection, origin: str, public_key: bytes, *, values: bool
) -> Iterator[dict[str, Any]]:
    yield {"alur": FORMAT, "origin": origin, "public_key": public_key.hex()}
    events = _Ordered(
        connection,
        select(*as_it_stands(_history)).order_by(_history.c.stream_id, _history.c.seq),
    )
    sealed = _Ordered(
        connection,
        select(*as_it_stands(_sealed)).order_by(_sealed.c.stream_id, _sealed.c.seq, _sealed.c.name),
    )
    leaves = _Ordered(connection, select(_batch).order_by(_batch.c.stream_id, _batch.c.first_seq))
    for stream in _read(connection, select(_stream).order_by(_stream.c.id)):
        head = [stream.head_seq, stream.head_hash.hex()]
        yield {"stream": stream.id, "kind": stream.kind, "key": stream.key, "head": head}
        yield from map(event_entry, events.of(stream.id))
        told = sealed.of(stream.id)
        yield from ({"value": _value(row)} for row in told if values)
        for leaf in leaves.of(stream.id):
            place = [leaf.position, leaf.first_seq, leaf.last_seq, leaf.hash.hex()]
            yield {"leaf": place}
    for point in _read(connection, select(_checkpoint).order_by(_checkpoint.c.size)):
        yield {"checkpoint": point.note}


def event_entry(row: Any) -> dict[str, Any]:
    """Give an event with everything that its hash covers, but the hash before it."""
    body = row.body if isinstance(row.body, str) else text_of(row.body)
    entry: dict[str, Any] = {"event": hashed_columns(row._mapping), "body": body}
    if row.digests:
        entry["digests"] = _hex(row.digests)
    return {**entry, "hash": _hex(row.hash)}


def _hex(stored: Any) -> str:
    # What is no longer ours is handed out as nothing: the verifier names it, the export goes on.
    return stored.hex() if isinstance(stored, bytes) else ""


def _value(row: Any) -> list[Any]:
    return [row.seq, row.name, _hex(row.salt), text_of(row.value)]


def _read(connection: Connection, statement: Select[Any]) -> Iterable[Any]:
    return connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE})


class _Ordered:
    """Rows in the order of their streams, handed out stream by stream."""

    def __init__(self, connection: Connection, statement: Select[Any]) -> None:
        self._rows = iter(_read(connection, statement))
        self._next = next(self._rows, None)

    def of(self, stream_id: int) -> Iterator[Any]:
        """Give the rows of a stream; streams are asked for in ascending order."""
        while self._next is not None and self._next.stream_id < stream_id:
            self._next = next(self._rows, None)
        while self._next is not None and self._next.stream_id == stream_id:
            row, self._next = self._next, next(self._rows, None)
            yield row
