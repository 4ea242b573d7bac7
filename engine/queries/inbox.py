"""The inbox: what waits for a person, what he sent and who has it now, what he did.

Every list is a few ranges of an index, merged: a page costs the same whether ten tasks are open
or a million.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    tuple_,
    union_all,
)

from engine.model import Scope
from engine.queries import publications
from engine.queries.page import Page, cut, pattern, read_key
from engine.store import quick
from engine.store.base import Utc, table_of
from engine.store.tables import Definition, Draft, Instance, Task

_task = table_of(Task)
_draft = table_of(Draft)
_definition = table_of(Definition)
_instance = table_of(Instance)

# Written out, not bound: only so does a database see that a partial index fits.
_OPEN = text("task.state = 'CREATED'")
_DONE = text("task.state = 'COMPLETED'")

MOST_COUNTED = 100
_HELD = (
    select(_task)
    .where(
        _task.c.instance_id.in_(bindparam("instances", expanding=True)),
        _task.c.state == "CREATED",
    )
    .order_by(_task.c.order_at, _task.c.id)
)
_SENT_LOOKED_AT = 500


@dataclass(frozen=True)
class TaskRow:
    """A line of the inbox.  `overdue_days` counts calendar days, 0 where it is not overdue.

    on_behalf_of -- who is away and has this task, where the reader stands in for somebody
    owner_id -- who decides, where the assignee was only asked to look
    """

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
    owner_id: int | None
    on_behalf_of: int | None
    created_at: datetime
    due_at: datetime | None
    overdue_days: int
    claimed_at: datetime | None
    ended_at: datetime | None
    escalated_from: int | None
    suspended: bool
    has_draft: bool


@dataclass(frozen=True)
class Held:
    """An open step of a case and who has it; of an anonymous one neither person nor date."""

    task_id: int | None
    element_id: str
    element_name: str
    assignee_id: int | None
    candidate_group: str | None
    due_at: datetime | None
    anonymous: bool
    reminded_at: datetime | None


@dataclass(frozen=True)
class SentRow:
    """Something the person sent, in a case that still runs, and who has the case now."""

    task: TaskRow
    now_with: tuple[Held, ...]


@dataclass(frozen=True)
class Counts:
    """How much stands in each list, counted no further than MOST_COUNTED."""

    mine: int
    groups: int
    taken: int
    overdue: int


class Wanted(TypedDict, total=False):
    """What a list is narrowed to; what is empty narrows nothing.  unit -- a scope path."""

    process: str | None
    period: str | None
    unit: str | None
    overdue: bool
    text: str


def open_tasks(
    connection: Connection,
    scope: Scope,
    *,
    now: datetime,
    tab: str = "mine",
    after: str | None = None,
    limit: int = 25,
    **wanted: Unpack[Wanted],
) -> Page[TaskRow]:
    """Give a page of open tasks, nearest due first.

    tab -- `mine` (also those of whom I stand in for), offered to my `groups`, or `taken` there by
    somebody else
    """
    narrowed = _narrowed(wanted, now)
    if after:
        narrowed.append(_after(after))
    lists = [_list(way, narrowed) for way in _ways(scope, tab)]
    if not lists:
        return Page((), None)
    first = _first(lists, limit + 1)
    query = _rows(first, scope).order_by(_task.c.order_at, _task.c.id)
    rows = connection.execute(query).all()
    page, following = cut(rows, limit, lambda r: (r.order_at, r.id))
    return Page(tuple(_row(r, now, scope) for r in page), following)


def done_tasks(
    connection: Connection,
    scope: Scope,
    *,
    now: datetime,
    after: str | None = None,
    limit: int = 25,
    **wanted: Unpack[Wanted],
) -> Page[TaskRow]:
    """Give a page of what the person completed, newest first; anonymous tasks leave no trace."""
    chosen: list[Any] = [_DONE, _task.c.completed_by == scope.person_id]
    chosen += _narrowed(wanted, now)
    if after:
        chosen.append(_task.c.id < read_key(after, [int])[0])
    first = select(_task.c.id).where(*chosen).order_by(_task.c.id.desc()).limit(limit + 1)
    some = first.subquery("first")
    rows = connection.execute(_rows(some, scope).order_by(_task.c.id.desc())).all()
    page, following = cut(rows, limit, lambda r: (r.id,))
    return Page(tuple(_row(r, now, scope) for r in page), following)


def sent_tasks(
    connection: Connection,
    scope: Scope,
    *,
    now: datetime,
    after: str | None = None,
    limit: int = 25,
    **wanted: Unpack[Wanted],
) -> Page[SentRow]:
    """Give what the person sent last in each case that runs with others, and who has it now.

    Of somebody's submissions the newest 500 are looked at, so that a page costs the same for all.
    """
    newest = (
        select(_task)
        .where(_DONE, _task.c.completed_by == scope.person_id)
        .order_by(_task.c.id.desc())
        .limit(_SENT_LOOKED_AT)
        .subquery("newest")
    )
    last = select(func.max(newest.c.id)).group_by(newest.c.instance_id)
    held = _task.alias("held")
    here = (held.c.instance_id == _task.c.instance_id) & (held.c.state == "CREATED")
    own = select(held.c.id).where(here, held.c.assignee_id == scope.person_id).exists()
    others = select(held.c.id).where(here, held.c.assignee_id.is_distinct_from(scope.person_id))
    # Where nobody but the person himself has the case, it stands among his own tasks.
    chosen = [_task.c.id.in_(last), _instance.c.state == "ACTIVE", or_(not_(own), others.exists())]
    chosen += _narrowed(wanted, now)
    if after:
        chosen.append(_task.c.id < read_key(after, [int])[0])
    some = (
        select(_task.c.id)
        .join(_instance, _instance.c.id == _task.c.instance_id)
        .where(*chosen)
        .order_by(_task.c.id.desc())
        .limit(limit + 1)
        .subquery("first")
    )
    rows = connection.execute(_rows(some, scope).order_by(_task.c.id.desc())).all()
    page, following = cut(rows, limit, lambda r: (r.id,))
    now_with = holders(connection, {row.instance_id for row in page})
    sent = (SentRow(_row(r, now, scope), now_with.get(r.instance_id, ())) for r in page)
    return Page(tuple(sent), following)


def lent_tasks(connection: Connection, scope: Scope, *, now: datetime) -> tuple[TaskRow, ...]:
    """List the tasks that the person asked somebody else to look at, and decides himself."""
    mine = select(_task.c.id).where(_OPEN, _task.c.owner_id == scope.person_id).limit(100)
    some = mine.subquery("first")
    rows = connection.execute(_rows(some, scope).order_by(_task.c.order_at, _task.c.id))
    return tuple(_row(r, now, scope) for r in rows)


def holders(connection: Connection, instances: Collection[int]) -> dict[int, tuple[Held, ...]]:
    """Say who has these cases now, step by step; an anonymous group counts as one step."""
    if not instances:
        return {}
    from engine.library import library_of
    from engine.store import Store

    found: dict[int, dict[tuple[str, int], Held]] = {}
    for row in quick.run(connection, _HELD, {"instances": sorted(instances)}):
        ready = library_of(connection).get(Store(connection), row.definition_id)
        hidden = row.anonymous
        held = Held(
            task_id=None if hidden else row.id,
            element_id=row.element_id,
            element_name=ready.element_name(row.element_id),
            assignee_id=None if hidden else row.assignee_id,
            candidate_group=None if hidden else row.candidate_group,
            due_at=row.due_at,
            anonymous=hidden,
            reminded_at=None if hidden else row.reminded_at,
        )
        key = (row.element_id, 0 if hidden else row.id)
        found.setdefault(row.instance_id, {}).setdefault(key, held)
    return {instance: tuple(held.values()) for instance, held in found.items()}


def counts(connection: Connection, scope: Scope, *, now: datetime) -> Counts:
    """Count what waits for a person, no further than a hundred of each, in one statement."""
    late = [_task.c.order_at < now]
    lists = [
        [_list(way, ()) for way in _ways(scope, "mine")],
        [_list(way, ()) for way in _ways(scope, "groups")],
        [_list(way, ()) for way in _ways(scope, "taken")],
        [_list(way, late) for tab in ("mine", "groups") for way in _ways(scope, tab)],
    ]
    row = connection.execute(select(*(_number(some) for some in lists))).one()
    return Counts(*row)


def _number(lists: Sequence[Select[Any]]) -> Any:
    if not lists:
        return literal(0)
    ids = [each.with_only_columns(_task.c.id) for each in lists]
    found = (union_all(*ids) if len(ids) > 1 else ids[0]).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _ways(scope: Scope, tab: str) -> list[Any]:
    """Give the conditions of a list, each a range of one index."""
    if tab == "mine":
        own = [_task.c.assignee_id == scope.person_id]
        return own + [_stood_in(scope, person) for person in sorted(scope.stands_in)]
    if tab not in ("groups", "taken"):
        return [false()]
    free = _task.c.assignee_id.is_(None) if tab == "groups" else _task.c.assignee_id.is_not(None)
    bounds: list[Any] = [free]
    if tab == "taken":
        bounds.append(_task.c.assignee_id != scope.person_id)
    if scope.exclude_subjects:
        others = _task.c.subject_id.not_in(sorted(scope.exclude_subjects))
        bounds.append(or_(_task.c.subject_id.is_(None), others))
    if scope.person_id is not None:  # nobody decides about a draft that he worked on
        his = publications.decides_on_own(_task.c.instance_id, scope.person_id)
        bounds.append(or_(_task.c.process_key != publications.PROCESS_CHANGE, not_(his)))
    return [and_(_task.c.candidate_group == group, *bounds) for group in sorted(scope.groups)]


def _stood_in(scope: Scope, person: int) -> Any:
    """Give the tasks of somebody who is away; what is his own business waits for him."""
    which = scope.stands_in[person]
    chosen: list[Any] = [
        _task.c.assignee_id == person,
        _task.c.subject_id.is_distinct_from(person),
        _task.c.subject_id.is_distinct_from(scope.person_id),  # nor one's own case
        _task.c.anonymous.is_(False),
    ]
    if which.processes:
        chosen.append(_task.c.process_key.in_(sorted(which.processes)))
    if which.lanes:
        chosen.append(_task.c.lane.in_(sorted(which.lanes)))
    return and_(*chosen)


def _first(lists: Sequence[Select[Any]], number: int) -> Any:
    """Give the first rows of some ranges together, from as many rows of each and no more."""
    order = [_task.c.order_at, _task.c.id]
    keys = [each.with_only_columns(*order) for each in lists]
    heads = [each.order_by(*order).limit(number).subquery() for each in keys]
    if len(heads) == 1:
        return heads[0]
    found = union_all(*(select(head) for head in heads)).subquery()
    return select(found).order_by(found.c.order_at, found.c.id).limit(number).subquery("first")


def _list(way: Any, narrowed: Sequence[Any]) -> Select[Any]:
    return select(_task).where(_OPEN, way, *narrowed)


def _narrowed(wanted: Wanted, now: datetime) -> list[Any]:
    chosen: list[Any] = []
    if process := wanted.get("process"):
        chosen.append(_task.c.process_key == process)
    if period := wanted.get("period"):
        chosen.append(_task.c.period == period)
    if unit := wanted.get("unit"):
        chosen.append(_task.c.scope_path.startswith(unit, autoescape=True))
    if wanted.get("overdue"):
        chosen.append(_task.c.order_at < now)
    if (text := wanted.get("text", "")).strip():
        like = pattern(text)
        columns = (_task.c.case_title, _task.c.case_no, _task.c.title)
        chosen.append(or_(*(column.ilike(like, escape="\\") for column in columns)))
    return chosen


def _after(key: str) -> Any:
    # One comparison of pairs: an index goes on from there, instead of reading up to it again.
    at, number = read_key(key, [datetime, int])
    return tuple_(_task.c.order_at, _task.c.id) > tuple_(literal(at, Utc), literal(number))


def _rows(tasks: Any, scope: Scope) -> Select[Any]:
    """Read the rows of tasks that are known by `id`: a list of ids alone is built quickly."""
    drafts = (
        select(_draft.c.task_id)
        .where(_draft.c.task_id == _task.c.id, _draft.c.person_id == scope.person_id)
        .exists()
    )
    name = _definition.c.name.label("process_name")
    return (
        select(_task, name, drafts.label("has_draft"))
        .join(tasks, tasks.c.id == _task.c.id)
        .join(_definition, _definition.c.id == _task.c.definition_id)
    )


def _row(row: Any, now: datetime, scope: Scope) -> TaskRow:
    late = row.due_at is not None and row.due_at < now and row.state == "CREATED"
    absent = row.assignee_id if row.assignee_id in scope.stands_in else None
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
        owner_id=row.owner_id,
        on_behalf_of=absent if row.state == "CREATED" else row.on_behalf_of,
        created_at=row.created_at,
        due_at=row.due_at,
        overdue_days=max(1, (now - row.due_at).days) if late else 0,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        escalated_from=row.escalated_from,
        suspended=row.suspended,
        has_draft=bool(row.has_draft),
    )
