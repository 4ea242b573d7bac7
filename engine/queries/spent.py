"""How long people had forms open: their own, by day; by scope path, never of a single task."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.store.base import table_of
from engine.store.desk_tables import TaskTime
from engine.store.tables import Task

_time = table_of(TaskTime)
_task = table_of(Task)

MOST_OWN = 500
MOST_LOOKED_AT = 50_000


@dataclass(frozen=True)
class Spent:
    """A task of one's own that is done, and how long its form was typed in."""

    ended_at: datetime
    process_key: str
    seconds: int


@dataclass(frozen=True)
class Burden:
    """How long people under a scope path typed in forms; who they are is not given."""

    scope_path: str
    process_key: str
    people: int
    tasks: int
    seconds: int


def own(connection: Connection, person_id: int) -> tuple[Spent, ...]:
    """List what a person's newest tasks took him; anonymous ones are nobody's."""
    found = (
        select(_task.c.ended_at, _task.c.process_key, _time.c.active_seconds)
        .join(_time, (_time.c.task_id == _task.c.id) & (_time.c.person_id == person_id))
        .where(_task.c.completed_by == person_id, _task.c.state == "COMPLETED")
        .order_by(_task.c.id.desc())
        .limit(MOST_OWN)
    )
    return tuple(Spent(*row) for row in connection.execute(found))


def burden(
    connection: Connection, first: datetime, after: datetime, prefixes: Collection[str]
) -> tuple[Burden, ...]:
    """Sum up by scope path and process what tasks that ended in a span took; the newest 50,000.

    prefixes -- scope paths; none: the whole city.  Anonymous ones are left out.
    """
    newest = select(_time).order_by(_time.c.task_id.desc()).limit(MOST_LOOKED_AT).subquery()
    keys: tuple[Any, ...] = (_task.c.scope_path, _task.c.process_key)
    people = func.count(func.distinct(func.nullif(newest.c.person_id, 0)))
    chosen = [_task.c.ended_at >= first, _task.c.ended_at < after, ~_task.c.anonymous]
    found = (
        select(*keys, people, func.count(), func.sum(newest.c.active_seconds))
        .join(newest, newest.c.task_id == _task.c.id)
        .where(*chosen)
        .group_by(*keys)
    )
    rows = (Burden(*row[:4], int(row[4])) for row in connection.execute(found))
    return tuple(one for one in rows if not prefixes or one.scope_path.startswith(tuple(prefixes)))
