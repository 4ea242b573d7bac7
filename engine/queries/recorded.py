"""Decisions as the history recorded them, and what other tables would have said to them.

Only reads.  Inputs and values are sealed, so what was erased cannot be asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal_column, or_, select, tuple_

from engine.bpmn.mapping import nodes_of
from engine.dmn import load
from engine.dmn.model import Model
from engine.errors import EngineError, NotFound
from engine.feel.values import from_json
from engine.history import unpack
from engine.library import Library
from engine.store import Store
from engine.store.base import table_of
from engine.store.history_tables import SEARCHED, History, SealedValue
from engine.store.tables import Definition, Instance

_history = table_of(History)
_sealed = table_of(SealedValue)
_instance = table_of(Instance)
_definition = table_of(Definition)

Place = tuple[datetime, int, int]
"""Where a reading goes on: moment, stream and number of the last event."""
SAME, CHANGED, FAILED, UNREADABLE = "SAME", "CHANGED", "FAILED", "UNREADABLE"


@dataclass(frozen=True)
class Recorded:
    """A decision of a case as it was made; inputs -- None where they were erased."""

    instance_id: int
    case_no: str
    subject_id: int | None
    scope_path: str
    stream_id: int
    seq: int
    at: datetime
    inputs: Mapping[str, Any] | None
    value: Any


@dataclass(frozen=True)
class Replayed:
    """A recorded decision and what another table says to the same inputs.

    outcome -- SAME, CHANGED, FAILED (the other one gives no value) or UNREADABLE (erased, or the
    other one asks for what was never recorded: `missing`)
    """

    recorded: Recorded
    outcome: str
    value: Any = None
    missing: str = ""


def asking(connection: Connection, library: Library, key: str, decision_id: str) -> frozenset[str]:
    """Name the elements that ask a decision, in any version of the process."""
    store = Store(connection)
    versions = connection.scalars(select(_definition.c.id).where(_definition.c.key == key))
    return frozenset(
        element_id
        for version in list(versions)
        for element_id, node in nodes_of(library.get(store, version).compiled).items()
        if node.decision == decision_id
    )


def count_decisions(
    connection: Connection, key: str, elements: frozenset[str], since: datetime, until: datetime
) -> int:
    """Count the decisions that these elements made for a process's cases in a time."""
    return connection.scalar(_wanted(select(func.count()), key, elements, since, until)) or 0


def decisions(
    connection: Connection,
    key: str,
    elements: frozenset[str],
    since: datetime,
    until: datetime,
    *,
    after: Place | None = None,
    most: int = 1000,
) -> tuple[tuple[Recorded, ...], Place | None]:
    """Give a part of the decisions that elements made, and where the next part begins, if any."""
    asked = _wanted(
        select(
            _history.c.stream_id,
            _history.c.seq,
            _history.c.at,
            _instance.c.id,
            _instance.c.case_no,
            _instance.c.subject_id,
            _instance.c.scope_path,
        ),
        key,
        elements,
        since,
        until,
    )
    if after is not None:
        at, stream, seq = after
        later = tuple_(_history.c.stream_id, _history.c.seq) > tuple_(stream, seq)
        asked = asked.where(or_(_history.c.at > at, and_(_history.c.at == at, later)))
    ordered = asked.order_by(_history.c.at, _history.c.stream_id, _history.c.seq).limit(most)
    rows = connection.execute(ordered).all()
    values = _values(connection, {(row.stream_id, row.seq) for row in rows})
    last = rows[-1] if len(rows) == most else None
    return (
        tuple(_recorded(row, values.get((row.stream_id, row.seq), {})) for row in rows),
        None if last is None else (last.at, last.stream_id, last.seq),
    )


def at_places(connection: Connection, places: Sequence[tuple[int, int]]) -> tuple[Recorded, ...]:
    """Give recorded decisions by stream and number of their events, in the order asked for."""
    if not places:
        return ()
    found = connection.execute(
        select(
            _history.c.stream_id,
            _history.c.seq,
            _history.c.at,
            _instance.c.id,
            _instance.c.case_no,
            _instance.c.subject_id,
            _instance.c.scope_path,
        )
        .join(_instance, _instance.c.stream_id == _history.c.stream_id)
        .where(or_(*[and_(_history.c.stream_id == s, _history.c.seq == n) for s, n in places]))
    )
    values = _values(connection, set(places))
    rows = {(row.stream_id, row.seq): row for row in found}
    return tuple(_recorded(rows[place], values.get(place, {})) for place in places if place in rows)


class Table:
    """A decision of a folder's file, ready to be asked about what was recorded.

    Raises NotFound or InvalidProcess where there is no such decision.  What calls functions of the
    platform fails: they would answer for today.
    """

    def __init__(self, files: Mapping[str, bytes], path: str, decision_id: str) -> None:
        if path not in files:
            raise NotFound("Expected a decision table of that name in the draft, but none is.")
        self._model: Model = load(files[path], file=path, resolver=lambda _, at: files.get(at))
        self._decision = decision_id
        self._reads = self._model.reads(decision_id)

    def replay(self, one: Recorded) -> Replayed:
        """Say what this table makes of a recorded decision."""
        if one.inputs is None:
            return Replayed(one, UNREADABLE)
        missing = [name for name in self._reads if name not in one.inputs]
        if missing:
            return Replayed(one, UNREADABLE, missing=missing[0])
        try:
            value = self._model.evaluate(self._decision, one.inputs, now=one.at)
        except EngineError:
            return Replayed(one, FAILED)
        if value is None:
            return Replayed(one, FAILED)
        return Replayed(one, SAME if value == one.value else CHANGED, value)


def _wanted(
    asked: Select[Any], key: str, elements: frozenset[str], since: datetime, until: datetime
) -> Select[Any]:
    return (
        asked.select_from(_history)
        .join(_instance, _instance.c.stream_id == _history.c.stream_id)
        .where(
            _history.c.kind == "DECISION_MADE",
            literal_column(f"history.{SEARCHED}"),
            _history.c.element_id.in_(sorted(elements)),
            _history.c.at >= since,
            _history.c.at < until,
            _instance.c.process_key == key,
        )
    )


def _values(
    connection: Connection, places: set[tuple[int, int]]
) -> dict[tuple[int, int], dict[str, Any]]:
    if not places:
        return {}
    rows = connection.execute(
        select(_sealed.c.stream_id, _sealed.c.seq, _sealed.c.name, _sealed.c.value).where(
            tuple_(_sealed.c.stream_id, _sealed.c.seq).in_(sorted(places)),
            _sealed.c.name.in_(("inputs", "given", "value")),
        )
    )
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((row.stream_id, row.seq), {})[row.name] = row.value
    return {place: dict(_read(values)) for place, values in found.items()}


def _read(values: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for name, stored in values.items():
        try:
            yield name, from_json(unpack(stored))
        except ValueError:
            continue  # altered: whoever verifies is told; here it is as good as erased


def _recorded(row: Any, values: Mapping[str, Any]) -> Recorded:
    inputs, given = values.get("inputs"), values.get("given")
    whole = isinstance(inputs, Mapping) and "value" in values
    return Recorded(
        instance_id=row.id,
        case_no=row.case_no or "",
        subject_id=row.subject_id,
        scope_path=row.scope_path,
        stream_id=row.stream_id,
        seq=row.seq,
        at=row.at,
        inputs={**inputs, **(given or {})} if whole and inputs is not None else None,
        value=values.get("value"),
    )
