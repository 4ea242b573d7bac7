"""The inbox: which tasks wait for a person, nearest due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.sql.functions import coalesce

from engine.model import Scope
from engine.queries.page import Page, cut, pattern, read_key
from engine.store.base import table_of
from engine.store.instances import keyset
from engine.store.tables import Definition, Draft, Task

_task = table_of(Task)
_draft = table_of(Draft)
_definition = table_of(Definition)


@dataclass(frozen=True)
class TaskRow:
    """A line of the inbox.  `overdue_days` counts calendar days, 0 where it is not overdue."""

    id: int
    title: str
    case_title: str
    case_no: str
    process_key: str
    process_name: str
    element_id: str
    lane: str
    instance_id: int
    period: str
    scope_path: str
    subject_id: int | None
    assignee_id: int | None
    candidate_group: str | None
    created_at: datetime
    due_at: datetime | None
    overdue_days: int
    claimed_at: datetime | None
    ended_at: datetime | None
    escalated_from: int | None
    has_draft: bool


@dataclass(frozen=True)
class Counts:
    mine: int
    groups: int
    overdue: int


def open_tasks(
    connection: Connection,
    scope: Scope,
    *,
    now: datetime,
    tab: str = "mine",
    process: str | None = None,
    period: str | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = 25,
) -> Page[TaskRow]:
    """Give a page of open tasks: `mine`, offered to my `groups`, or `overdue` of both."""
    chosen = [_task.c.state == "CREATED", _tab(scope, tab, now)]
    if process:
        chosen.append(_task.c.process_key == process)
    if period:
        chosen.append(_task.c.period == period)
    if text.strip():
        like = pattern(text)
        chosen.append(
            or_(
                _task.c.case_title.ilike(like, escape="\\"),
                _task.c.case_no.ilike(like, escape="\\"),
                _task.c.title.ilike(like, escape="\\"),
            )
        )
    order = [_task.c.order_at, _task.c.id]
    if after:
        chosen.append(keyset(order, read_key(after, [datetime, int])))
    rows = connection.execute(_rows(scope).where(*chosen).order_by(*order).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda r: (r.order_at, r.id))
    return Page(tuple(_row(r, now) for r in page), following)


def done_tasks(
    connection: Connection,
    scope: Scope,
    *,
    now: datetime,
    after: str | None = None,
    limit: int = 25,
) -> Page[TaskRow]:
    """Give a page of what the person completed, newest first; anonymous tasks leave no trace."""
    chosen = [_task.c.completed_by == scope.person_id, _task.c.state == "COMPLETED"]
    if after:
        chosen.append(_task.c.id < read_key(after, [int])[0])
    query = _rows(scope).where(*chosen).order_by(_task.c.id.desc()).limit(limit + 1)
    page, following = cut(connection.execute(query).all(), limit, lambda r: (r.id,))
    return Page(tuple(_row(r, now) for r in page), following)


def counts(connection: Connection, scope: Scope, *, now: datetime) -> Counts:
    """Count what waits for a person, in one statement."""

    def number(tab: str) -> Any:
        wanted = select(func.count()).select_from(_task)
        return wanted.where(_task.c.state == "CREATED", _tab(scope, tab, now)).scalar_subquery()

    row = connection.execute(select(number("mine"), number("groups"), number("overdue"))).one()
    return Counts(*row)


def _tab(scope: Scope, tab: str, now: datetime) -> ColumnElement[bool]:
    mine = _task.c.assignee_id == scope.person_id
    offered = and_(_task.c.assignee_id.is_(None), _task.c.candidate_group.in_(sorted(scope.groups)))
    if scope.exclude_subjects:
        subject = coalesce(_task.c.subject_id, -1)
        offered = and_(offered, subject.not_in(sorted(scope.exclude_subjects)))
    match tab:
        case "groups":
            return offered
        case "overdue":
            return and_(or_(mine, offered), _task.c.order_at < now)
        case _:
            return mine


def _rows(scope: Scope) -> Any:
    drafts = (
        select(_draft.c.task_id)
        .where(_draft.c.task_id == _task.c.id, _draft.c.person_id == scope.person_id)
        .exists()
    )
    return select(_task, _definition.c.name.label("process_name"), drafts.label("has_draft")).join(
        _definition, _definition.c.id == _task.c.definition_id
    )


def _row(row: Any, now: datetime) -> TaskRow:
    late = row.due_at is not None and row.due_at < now and row.state == "CREATED"
    return TaskRow(
        id=row.id,
        title=row.title,
        case_title=row.case_title,
        case_no=row.case_no,
        process_key=row.process_key,
        process_name=row.process_name,
        element_id=row.element_id,
        lane=row.lane,
        instance_id=row.instance_id,
        period=row.period,
        scope_path=row.scope_path,
        subject_id=row.subject_id,
        assignee_id=row.assignee_id,
        candidate_group=row.candidate_group,
        created_at=row.created_at,
        due_at=row.due_at,
        overdue_days=max(1, (now - row.due_at).days) if late else 0,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        escalated_from=row.escalated_from,
        has_draft=bool(row.has_draft),
    )
