"""How much waits for people: counts, of what may be named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, or_, select, text

from engine.store.base import table_of
from engine.store.tables import Task

_task = table_of(Task)
# Written out, not bound: only so does a database see that the partial index fits.
_OPEN = text("task.state = 'CREATED'")


@dataclass(frozen=True)
class Waiting:
    """How many tasks a person has, and how many of them are over their due date."""

    tasks: int
    late: int


def of_people(connection: Connection, people: Collection[int], now: datetime) -> dict[int, Waiting]:
    """Count what waits for each of these persons; anonymous tasks are not there for anybody."""
    if not people:
        return {}
    late = func.sum(case((_task.c.due_at < now, 1), else_=0))
    found = (
        select(_task.c.assignee_id, func.count(), late)
        .where(_OPEN, _task.c.assignee_id.in_(sorted(people)), ~_task.c.anonymous)
        .group_by(_task.c.assignee_id)
    )
    return {row[0]: Waiting(row[1], int(row[2])) for row in connection.execute(found)}


def by_path(
    connection: Connection, now: datetime, prefixes: Collection[str]
) -> tuple[tuple[str, Waiting], ...]:
    """Count what waits below some scope paths, path by path; anonymous tasks are left out."""
    if not prefixes:
        return ()
    below = (_task.c.scope_path.startswith(prefix, autoescape=True) for prefix in prefixes)
    late = func.sum(case((_task.c.due_at < now, 1), else_=0))
    found = (
        select(_task.c.scope_path, func.count(), late)
        .where(_OPEN, ~_task.c.anonymous, or_(*below))
        .group_by(_task.c.scope_path)
    )
    return tuple((row[0], Waiting(row[1], int(row[2]))) for row in connection.execute(found))
