"""Statements on process instances, their big values, timers, and case numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from engine.store import quick
from engine.store.base import any_of, table_of, take_ids
from engine.store.tables import Counter, Instance, Stream, Task, Timer, Value

_instance = table_of(Instance)
_stream = table_of(Stream)
_task = table_of(Task)
_timer = table_of(Timer)
_value = table_of(Value)
_counter = table_of(Counter)

_WITH_HEAD = (
    select(_instance, _stream.c.head_seq, _stream.c.head_hash)
    .join(_stream, _stream.c.id == _instance.c.stream_id)
    .with_for_update()
)
_LOCK = _WITH_HEAD.where(_instance.c.id == bindparam("instance_id"))
_SEIZE = _LOCK.with_for_update(skip_locked=True)
_LOCK_OF_TASK = _WITH_HEAD.where(
    _instance.c.id
    == select(_task.c.instance_id).where(_task.c.id == bindparam("task_id")).scalar_subquery()
)
_GET = select(_instance).where(_instance.c.id == bindparam("instance_id"))
_SAVE = (
    update(_instance)
    .where(_instance.c.id == bindparam("row_id"))
    .values(revision=_instance.c.revision + 1)
)
_CREATE = insert(_instance)
_STARTED = select(_instance.c.subject_id).where(
    _instance.c.campaign == bindparam("campaign"), any_of(_instance.c.subject_id, "subjects")
)

_BY_REQUEST = select(_instance.c.id, _instance.c.case_no).where(
    _instance.c.request_digest == bindparam("digest")
)

_VALUE = select(_value.c.content).where(
    _value.c.instance_id == bindparam("instance_id"), _value.c.hash == bindparam("hash")
)
_ADD_VALUES = {
    "postgresql": postgresql.insert(_value).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_value).on_conflict_do_nothing(),
}

_DROP_VALUES = delete(_value).where(any_of(_value.c.instance_id, "instances"))

_ADD_TIMERS = insert(_timer)
_DROP_TIMERS = delete(_timer).where(
    _timer.c.instance_id == bindparam("instance_id"), any_of(_timer.c.token, "tokens")
)
_MOVE_TIMER = update(_timer).where(
    _timer.c.instance_id == bindparam("of_instance"), _timer.c.token == bindparam("of_token")
)
_TIMER_OF = (
    select(_timer)
    .where(
        _timer.c.instance_id == bindparam("instance_id"),
        _timer.c.element_id == bindparam("element_id"),
    )
    .order_by(_timer.c.token)
)
_DUE_TIMERS = (
    select(_timer)
    .where(_timer.c.instance_id == bindparam("instance_id"), _timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at, _timer.c.token)
)
_HOLD_TIMERS = (
    update(_timer)
    .where(
        _timer.c.instance_id == bindparam("of_instance"),
        _timer.c.due_at <= bindparam("now"),
        text("NOT held"),
    )
    .values(held=True)
    .returning(_timer.c.element_id, _timer.c.due_at)
)
_FREE_TIMERS = (
    update(_timer)
    .where(
        _timer.c.instance_id == bindparam("of_instance"),
        _timer.c.held,
        select(_instance.c.state)
        .where(_instance.c.id == bindparam("of_instance"))
        .scalar_subquery()
        == "ACTIVE",
    )
    .values(held=False)
)
_WITH_DUE_TIMERS = (
    select(_timer.c.instance_id)
    .where(text("NOT held"), _timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at)
    .limit(bindparam("most"))
)

_TAKE_NUMBERS = (
    update(_counter)
    .where(_counter.c.name == bindparam("counter"))
    .values(next_value=_counter.c.next_value + bindparam("count"))
    .returning(_counter.c.next_value)
)


class InstanceStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def lock(self, instance_id: int, *, wait: bool = True) -> Any:
        """Lock an instance and its stream; None where there is none, or, unless `wait`, no lock."""
        statement = _LOCK if wait else _SEIZE
        return quick.first(self.connection, statement, {"instance_id": instance_id})

    def lock_of_task(self, task_id: int) -> Any:
        """Lock the instance of a task, and its stream; None where there is no such task."""
        return quick.first(self.connection, _LOCK_OF_TASK, {"task_id": task_id})

    def get(self, instance_id: int) -> Any:
        """Give an instance without locking it, or None."""
        return self.connection.execute(_GET, {"instance_id": instance_id}).first()

    def take_ids(self, count: int) -> list[int]:
        """Give ids for new instances, which `add_all` writes before it is asked again."""
        return take_ids(self.connection, _instance, count)

    def add_all(self, rows: list[dict[str, Any]]) -> None:
        """Insert instances whose ids are known; all have the same columns."""
        if rows:
            new = [{"moves": 0, "revision": 0, **row} for row in rows]
            quick.run_many(self.connection, _CREATE, new)

    def save(self, instance_id: int, **columns: Any) -> None:
        """Write where an instance stands now; its row is locked."""
        self.save_all([{"row_id": instance_id, **columns}])

    def save_all(self, rows: list[dict[str, Any]]) -> None:
        """Write where instances stand, each known by `row_id`: a statement per set of columns."""
        alike: dict[frozenset[str], list[dict[str, Any]]] = {}
        for row in rows:
            alike.setdefault(frozenset(row), []).append(row)
        for some in alike.values():
            quick.run_many(self.connection, _SAVE, some)

    def started_subjects(self, campaign: str, subjects: Iterable[int]) -> set[int]:
        """Say for which of these subjects the campaign has started a case already."""
        wanted = {"campaign": campaign, "subjects": list(subjects)}
        return set(self.connection.scalars(_STARTED, wanted))

    def started_by(self, digest: str) -> Any:
        """Give the instance that this request began before, or None."""
        return self.connection.execute(_BY_REQUEST, {"digest": digest}).first()

    # ---- big values

    def value(self, instance_id: int, digest: str) -> bytes:
        """Read one big value."""
        wanted = {"instance_id": instance_id, "hash": digest}
        return bytes(self.connection.scalars(_VALUE, wanted).one())

    def add_values(self, rows: list[dict[str, Any]]) -> None:
        """Store big values; one that an instance had before is left alone."""
        if rows:
            self.connection.execute(_ADD_VALUES[self.connection.dialect.name], rows)

    def drop_values(self, instance_ids: Collection[int]) -> None:
        """Forget all big values of instances that need none any more."""
        if instance_ids:
            self.connection.execute(_DROP_VALUES, {"instances": list(instance_ids)})

    # ---- timers

    def add_timers(self, rows: list[dict[str, Any]]) -> None:
        """Enter tokens into the due-time index."""
        if rows:
            self.connection.execute(_ADD_TIMERS, rows)

    def drop_timers(self, instance_id: int, tokens: Iterable[int]) -> None:
        """Take tokens out of the due-time index."""
        if wanted := list(tokens):
            self.connection.execute(_DROP_TIMERS, {"instance_id": instance_id, "tokens": wanted})

    def move_timer(self, instance_id: int, token: int, due_at: datetime) -> None:
        """Enter a token under another moment."""
        wanted = {"of_instance": instance_id, "of_token": token, "due_at": due_at}
        self.connection.execute(_MOVE_TIMER, wanted)

    def timer_of(self, instance_id: int, element_id: str) -> Any:
        """Give an instance's first timer of an element, or None."""
        wanted = {"instance_id": instance_id, "element_id": element_id}
        return self.connection.execute(_TIMER_OF, wanted).first()

    def due_timers(self, instance_id: int, now: datetime) -> list[Any]:
        """Give the due timers of a locked instance, earliest first."""
        return list(self.connection.execute(_DUE_TIMERS, {"instance_id": instance_id, "now": now}))

    def hold_timers(self, instance_id: int, now: datetime) -> list[str]:
        """Keep an instance's due timers from being found; name their elements, earliest first."""
        named = {"of_instance": instance_id, "now": now}
        rows = self.connection.execute(_HOLD_TIMERS, named)
        return [row.element_id for row in sorted(rows, key=lambda row: row.due_at)]

    def free_timers(self, instance_id: int) -> None:
        """Let held timers be found again, unless the instance is suspended."""
        self.connection.execute(_FREE_TIMERS, {"of_instance": instance_id})

    def instances_with_due_timers(self, now: datetime, limit: int) -> list[int]:
        """Name instances with a due timer, reading no more of the index than what is due."""
        rows = self.connection.execute(_WITH_DUE_TIMERS, {"now": now, "most": limit})
        return list(dict.fromkeys(row.instance_id for row in rows))

    # ---- case numbers

    def take_numbers(self, name: str, count: int) -> int:
        """Take `count` numbers and give the first; the counter stays locked to the end."""
        wanted = {"counter": name, "count": count}
        after = self.connection.scalars(_TAKE_NUMBERS, wanted).first()
        if after is None:
            try:
                with self.connection.begin_nested():
                    self.connection.execute(insert(_counter).values(name=name, next_value=1))
            except IntegrityError:
                pass  # somebody else began the counter a moment ago
            after = self.connection.scalars(_TAKE_NUMBERS, wanted).one()
        return int(after) - count
