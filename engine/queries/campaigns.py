"""How far a campaign's cases are, and whom they wait for: counts first, names last.

Of an anonymous step only how many cases wait in it is ever counted: that changes when the last
answer of a group is there, and not when somebody gives his.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, distinct, func, select

from engine.queries.page import Page, cut, read_key
from engine.store.base import table_of
from engine.store.tables import Instance, Task

_instance = table_of(Instance)
_task = table_of(Task)
_joined = _task.join(_instance, _instance.c.id == _task.c.instance_id)


@dataclass(frozen=True)
class Stage:
    """How many of a campaign's cases are in a state, where."""

    scope_path: str
    state: str
    cases: int


@dataclass(frozen=True)
class Waiting:
    """How many of a campaign's cases wait in a step, where, and how many of them are late."""

    scope_path: str
    element_id: str
    cases: int
    late: int


@dataclass(frozen=True)
class LateTask:
    """A task of a campaign that is over its due date; never an anonymous one."""

    id: int
    element_id: str
    instance_id: int
    case_no: str
    case_title: str
    assignee_id: int | None
    candidate_group: str | None
    due_at: datetime
    reminded_at: datetime | None


def stages(connection: Connection, campaign: str) -> tuple[Stage, ...]:
    """Count a campaign's cases by scope path and state."""
    keys = (_instance.c.scope_path, _instance.c.state)
    counted = select(*keys, func.count()).where(_instance.c.campaign == campaign).group_by(*keys)
    return tuple(Stage(*row) for row in connection.execute(counted))


def waiting(connection: Connection, campaign: str, now: datetime) -> tuple[Waiting, ...]:
    """Count a campaign's cases by scope path and the step they wait in."""
    keys = (_instance.c.scope_path, _task.c.element_id)
    late = case((_task.c.due_at < now, _task.c.instance_id))
    counted = (
        select(*keys, func.count(distinct(_task.c.instance_id)), func.count(distinct(late)))
        .select_from(_joined)
        .where(_instance.c.campaign == campaign, _task.c.state == "CREATED")
        .group_by(*keys)
    )
    return tuple(Waiting(*row) for row in connection.execute(counted))


def late_tasks(
    connection: Connection,
    campaign: str,
    now: datetime,
    *,
    prefix: str = "",
    after: str | None = None,
    limit: int = 25,
) -> Page[LateTask]:
    """Give a page of a campaign's late tasks under a scope path, the latest first."""
    chosen = [*_open(campaign, prefix, ""), _task.c.due_at < now, ~_task.c.anonymous]
    if after:
        due, number = read_key(after, [datetime, int])
        chosen.append((_task.c.due_at > due) | ((_task.c.due_at == due) & (_task.c.id > number)))
    names = list(LateTask.__dataclass_fields__)
    found = (
        select(*(_task.c[name] for name in names))
        .select_from(_joined)
        .where(*chosen)
        .order_by(_task.c.due_at, _task.c.id)
        .limit(limit + 1)
    )
    page, following = cut(connection.execute(found).all(), limit, lambda r: (r.due_at, r.id))
    return Page(tuple(LateTask(**row._mapping) for row in page), following)


def holders(
    connection: Connection,
    campaign: str,
    now: datetime,
    *,
    prefix: str = "",
    element_id: str = "",
    late_only: bool = False,
) -> dict[int, tuple[int, bool]]:
    """Tell who has open tasks of a campaign: how many, and whether one of them may be named.

    Whoever has but anonymous ones may be reminded, and never be shown or counted.
    """
    chosen = [*_open(campaign, prefix, element_id), _task.c.assignee_id.is_not(None)]
    if late_only:
        chosen.append(_task.c.due_at < now)
    named = func.sum(case((_task.c.anonymous, 0), else_=1))
    found = (
        select(_task.c.assignee_id, func.count(), named)
        .select_from(_joined)
        .where(*chosen)
        .group_by(_task.c.assignee_id)
        .order_by(_task.c.assignee_id)
    )
    return {person: (tasks, named > 0) for person, tasks, named in connection.execute(found)}


def open_tasks(
    connection: Connection, campaign: str, *, prefix: str = "", element_id: str = ""
) -> list[int]:
    """Give the numbers of a campaign's open tasks that have a due date and are not anonymous."""
    chosen = [*_open(campaign, prefix, element_id), ~_task.c.anonymous]
    found = select(_task.c.id).select_from(_joined).where(*chosen, _task.c.due_at.is_not(None))
    return list(connection.execute(found.order_by(_task.c.id)).scalars())


def open_cases(connection: Connection, campaign: str) -> list[int]:
    """Give the numbers of a campaign's cases that have not ended."""
    ended = _instance.c.state.in_(("COMPLETED", "CANCELLED"))
    found = select(_instance.c.id).where(_instance.c.campaign == campaign, ~ended)
    return list(connection.execute(found.order_by(_instance.c.id)).scalars())


def _open(campaign: str, prefix: str, element_id: str) -> list[Any]:
    chosen = [_instance.c.campaign == campaign, _task.c.state == "CREATED"]
    if prefix:
        chosen.append(_instance.c.scope_path.startswith(prefix, autoescape=True))
    if element_id:
        chosen.append(_task.c.element_id == element_id)
    return chosen
