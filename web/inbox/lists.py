"""The rows of a list, and what stands beside them in words: units, persons, who has a case now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.queries import inbox as queries
from engine.queries.inbox import Held, SentRow, TaskRow
from hr.directory import queries as directory
from web import auth
from web.inbox.filters import Filters
from web.site import engine


@dataclass(frozen=True)
class Row:
    """A line: the task, and who has the case now where that is the question."""

    task: TaskRow
    now_with: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A page of a list with the names that its rows mention."""

    rows: tuple[Row, ...]
    next: str | None
    names: dict[int, str]
    units: dict[str, str]


def page(asked: Filters, at: datetime, limit: int, after: str | None = None) -> Listed:
    """Read a page of the list that is asked for."""
    found = _page(asked, at, limit, after or asked.after or None)
    rows = tuple(
        Row(one.task, one.now_with) if isinstance(one, SentRow) else Row(one) for one in found.rows
    )
    return Listed(rows, found.next, names(rows), _units(rows))


def lent(at: datetime) -> tuple[TaskRow, ...]:
    """Read the tasks that the person asked somebody else to look at."""
    return engine().ask(queries.lent_tasks, auth.scope(), now=at)


def _page(asked: Filters, at: datetime, limit: int, after: str | None) -> Any:
    common = {**asked.wanted, "after": after, "limit": limit, "now": at}
    scope = auth.scope()
    if asked.tab == "done":
        return engine().ask(queries.done_tasks, scope, **common)
    if asked.tab == "waiting":
        return engine().ask(queries.sent_tasks, scope, **common)
    late = bool(asked.late)
    return engine().ask(queries.open_tasks, scope, tab=asked.tab, overdue=late, **common)


def names(rows: Iterable[Row]) -> dict[int, str]:
    """Name whoever is named in these rows, but the reader."""
    wanted: set[int | None] = set()
    for row in rows:
        task = row.task
        wanted |= {task.assignee_id, task.on_behalf_of, task.owner_id}
        wanted |= {held.assignee_id for held in row.now_with}
    known = frozenset(one for one in wanted if one is not None) - {auth.me().person_id}
    return engine().ask(directory.names, known) if known else {}


def _units(rows: Iterable[Row]) -> dict[str, str]:
    paths = {row.task.scope_path for row in rows if row.task.scope_path}
    if not paths:
        return {}
    return {path: unit.name for path, unit in engine().ask(directory.units, paths).items()}
