"""Statements on what people do around their tasks: comments, extensions, undoing, time spent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.store import quick
from engine.store.base import any_of, insert_row, table_of, update_row
from engine.store.desk_tables import Comment, Extension, TaskTime, Undo
from engine.store.tables import Draft, History

_comment = table_of(Comment)
_draft = table_of(Draft)
_extension = table_of(Extension)
_history = table_of(History)
_time = table_of(TaskTime)
_undo = table_of(Undo)

_DIALECTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def _keep_undo(dialect: str) -> Any:
    new = _DIALECTS[dialect](_undo)
    changed = {name: new.excluded[name] for name in ("task_id", "seq", "header")}
    return new.on_conflict_do_update(index_elements=["instance_id"], set_=changed)


def _add_time(dialect: str) -> Any:
    new = _DIALECTS[dialect](_time)
    more = {name: _time.c[name] + new.excluded[name] for name in ("open_seconds", "active_seconds")}
    return new.on_conflict_do_update(index_elements=["task_id", "person_id"], set_=more)


_KEEP_UNDO = {name: _keep_undo(name) for name in _DIALECTS}
_ADD_TIME = {name: _add_time(name) for name in _DIALECTS}
_UNDO = select(_undo).where(_undo.c.instance_id == bindparam("instance_id"))
_DROP_UNDO = delete(_undo).where(_undo.c.instance_id == bindparam("instance_id"))
_UNNAME_TIME = (
    update(_time)
    .where(_time.c.task_id == bindparam("of_task"), _time.c.person_id != 0)
    .values(person_id=0)
)
_TYPED = select(_draft.c.task_id).where(any_of(_draft.c.task_id, "tasks")).limit(1)
_MOVES = (
    select(_history.c.body)
    .where(_history.c.stream_id == bindparam("stream_id"), _history.c.kind == "TOKENS_MOVED")
    .order_by(_history.c.seq)
)
_ASKED = select(_extension).where(
    _extension.c.task_id == bindparam("task_id"), _extension.c.state == "ASKED"
)


class DeskStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # ---- comments

    def comment(self, **columns: Any) -> int:
        """Keep a comment and give its number."""
        return insert_row(self.connection, _comment, **columns)

    # ---- extensions

    def ask_extension(self, **columns: Any) -> int:
        """Keep a request for a later due date."""
        return insert_row(self.connection, _extension, state="ASKED", **columns)

    def extension(self, number: int) -> Any:
        """Give a request, or None."""
        found = select(_extension).where(_extension.c.id == number)
        return self.connection.execute(found).first()

    def asked_extension(self, task_id: int) -> Any:
        """Give the request of a task that nobody has decided yet, or None."""
        return self.connection.execute(_ASKED, {"task_id": task_id}).first()

    def decide_extension(self, number: int, state: str, by: int, at: datetime) -> None:
        """Note what came of a request."""
        update_row(self.connection, _extension, number, state=state, decided_by=by, decided_at=at)

    # ---- undoing

    def keep_undo(self, instance_id: int, task_id: int, seq: int, header: bytes) -> None:
        """Keep the state before the newest submission of a case, instead of an older one."""
        row = {"instance_id": instance_id, "task_id": task_id, "seq": seq, "header": header}
        quick.run(self.connection, _KEEP_UNDO[self.connection.dialect.name], row)

    def undo(self, instance_id: int) -> Any:
        """Give the state before the newest submission that may be withdrawn, or None."""
        return self.connection.execute(_UNDO, {"instance_id": instance_id}).first()

    def drop_undo(self, instance_id: int) -> None:
        """Forget it."""
        quick.run(self.connection, _DROP_UNDO, {"instance_id": instance_id})

    def typed_at(self, tasks: Collection[int]) -> bool:
        """Tell whether somebody has a draft of one of these tasks."""
        return self.connection.execute(_TYPED, {"tasks": list(tasks)}).first() is not None

    def moves(self, stream_id: int) -> list[str]:
        """Give the bodies of the events that say which flows were taken, oldest first."""
        return list(self.connection.scalars(_MOVES, {"stream_id": stream_id}))

    # ---- time

    def add_time(self, task_id: int, person_id: int, open_s: int, active_s: int) -> None:
        """Add seconds to how long somebody had a task's form open, and typed in it."""
        row = {
            "task_id": task_id,
            "person_id": person_id,
            "open_seconds": open_s,
            "active_seconds": active_s,
        }
        self.connection.execute(_ADD_TIME[self.connection.dialect.name], row)

    def unname_time(self, task_id: int) -> None:
        """Take the person out of how long a task took."""
        self.connection.execute(_UNNAME_TIME, {"of_task": task_id})
