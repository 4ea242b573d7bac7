"""How long people had forms open: their own, by day; by scope path, never of a single task."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

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
    """How long people typed in forms of cases under a scope path; who they are is not given."""

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
    connection: Connection, first: datetime, after: datetime, paths: Collection[str]
) -> dict[str, Burden]:
    """Sum up, for each of these scope paths, what tasks that ended in a span took.

    The newest 50,000 are looked at; anonymous ones are left out.  No path lies under another.
    """
    newest = select(_time).order_by(_time.c.task_id.desc()).limit(MOST_LOOKED_AT).subquery()
    people = func.count(func.distinct(func.nullif(newest.c.person_id, 0)))
    chosen = [_task.c.ended_at >= first, _task.c.ended_at < after, ~_task.c.anonymous]
    found: dict[str, Burden] = {}
    for length in {len(path) for path in paths}:  # one, where all are of one level
        top = func.substr(_task.c.scope_path, 1, length).label("top")
        wanted = [path for path in paths if len(path) == length]
        sums = (
            select(top, people, func.count(), func.sum(newest.c.active_seconds))
            .join(newest, newest.c.task_id == _task.c.id)
            .where(*chosen, top.in_(wanted))
            .group_by(top)
        )
        for path, who, tasks, seconds in connection.execute(sums):
            found[path] = Burden(who, tasks, int(seconds))
    return found
