"""What stands around tasks: words beside a case, later due dates, steps to go back to, time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from engine import bpmn
from engine.library import library_of
from engine.model import Scope
from engine.store import Store, quick
from engine.store.base import table_of
from engine.store.desk_tables import Comment, Extension, TaskTime, Undo
from engine.store.tables import Instance, Stream, Task

_comment = table_of(Comment)
_extension = table_of(Extension)
_task = table_of(Task)
_instance = table_of(Instance)
_stream = table_of(Stream)
_time = table_of(TaskTime)
_undo = table_of(Undo)

# Built once: these stand behind the page that follows every submission.
_SENT = (
    select(_task, _instance.c.state.label("case_state"))
    .join(_instance, _instance.c.id == _task.c.instance_id)
    .where(
        _task.c.id == bindparam("task_id"),
        _task.c.completed_by == bindparam("person_id"),
        _task.c.state == "COMPLETED",
        _task.c.anonymous.is_(False),
    )
)
_LAST_ACT = (
    select(_undo.c.seq, _stream.c.head_seq, _instance.c.state)
    .join(_instance, _instance.c.id == _undo.c.instance_id)
    .join(_stream, _stream.c.id == _instance.c.stream_id)
    .join(_task, _task.c.instance_id == _instance.c.id)
    .where(_task.c.id == bindparam("task_id"), _undo.c.task_id == bindparam("task_id"))
)
_SPENT = select(_time.c.open_seconds, _time.c.active_seconds).where(
    _time.c.task_id == bindparam("task_id"), _time.c.person_id == bindparam("person_id")
)

_TIMES_LOOKED_AT = 5000
FEWEST = 5  # an average of fewer would tell about persons


@dataclass(frozen=True)
class CommentRow:
    """Words beside a case; kind is SAID, BACK (why it came back), ASKED or LOOKED."""

    person_id: int
    at: datetime
    kind: str
    text: str
    element_id: str


@dataclass(frozen=True)
class ExtensionRow:
    """A request for a later due date, with the task it is about."""

    id: int
    task_id: int
    title: str
    process_key: str
    element_id: str
    case_no: str
    case_title: str
    asked_by: int
    due_at: datetime
    wanted_at: datetime
    reason: str
    state: str


@dataclass(frozen=True)
class EarlierStep:
    """A step that a task may be sent back to, and who did it."""

    element_id: str
    name: str
    person_id: int | None


@dataclass(frozen=True)
class Average:
    """How long a step's form was open and typed in, on average; only over FEWEST or more."""

    process_key: str
    element_id: str
    count: int
    open_seconds: int
    active_seconds: int


def comments(connection: Connection, instance_id: int) -> tuple[CommentRow, ...]:
    """Give the words beside a case, oldest first."""
    rows = connection.execute(
        select(_comment, _task.c.element_id)
        .join(_task, _task.c.id == _comment.c.task_id)
        .where(_comment.c.instance_id == instance_id)
        .order_by(_comment.c.id)
    )
    return tuple(CommentRow(r.person_id, r.at, r.kind, r.text, r.element_id) for r in rows)


def extensions_for(connection: Connection, scope: Scope) -> tuple[ExtensionRow, ...]:
    """List the open requests that somebody may decide, oldest first; never his own."""
    mine = [_extension.c.approver_id == scope.person_id]
    if scope.groups:
        mine.append(_extension.c.approver_group.in_(sorted(scope.groups)))
    found = _extensions().where(
        _extension.c.state == "ASKED", _task.c.state == "CREATED", or_(*mine)
    )
    found = found.where(_extension.c.asked_by != scope.person_id)
    rows = connection.execute(found.order_by(_extension.c.id).limit(50))
    return tuple(_extension_row(row) for row in rows)


def extension_of(connection: Connection, task_id: int) -> ExtensionRow | None:
    """Give the newest request about a task, or None."""
    found = _extensions().where(_extension.c.task_id == task_id)
    row = connection.execute(found.order_by(_extension.c.id.desc()).limit(1)).first()
    return None if row is None else _extension_row(row)


def _extensions() -> Any:
    return select(
        _extension,
        _task.c.title,
        _task.c.process_key,
        _task.c.element_id,
        _task.c.case_no,
        _task.c.case_title,
        _task.c.due_at,
    ).join(_task, _task.c.id == _extension.c.task_id)


def _extension_row(row: Any) -> ExtensionRow:
    return ExtensionRow(
        id=row.id,
        task_id=row.task_id,
        title=row.title,
        process_key=row.process_key,
        element_id=row.element_id,
        case_no=row.case_no,
        case_title=row.case_title,
        asked_by=row.asked_by,
        due_at=row.due_at,
        wanted_at=row.wanted_at,
        reason=row.reason,
        state=row.state,
    )


def steps_back(connection: Connection, task_id: int) -> tuple[EarlierStep, ...]:
    """List the steps that an open task may be sent back to, the nearest first."""
    row = connection.execute(
        select(
            _task.c.element_id, _task.c.instance_id, _instance.c.stream_id, _task.c.definition_id
        )
        .join(_instance, _instance.c.id == _task.c.instance_id)
        .where(_task.c.id == task_id, _task.c.state == "CREATED")
    ).first()
    if row is None:
        return ()
    store = Store(connection)
    ready = library_of(connection).get(store, row.definition_id)
    flows = bpmn.flows_taken(store.desk.moves(row.stream_id))
    done = connection.execute(
        select(_task.c.element_id, _task.c.completed_by)
        .where(_task.c.instance_id == row.instance_id, _task.c.state == "COMPLETED")
        .order_by(_task.c.id)
    )
    doers = {one.element_id: one.completed_by for one in done}
    possible = bpmn.steps_back(ready.compiled, row.element_id, flows)
    return tuple(
        EarlierStep(each, ready.element_name(each), doers[each])
        for each in possible
        if each in doers
    )


@dataclass(frozen=True)
class Sent:
    """What somebody sent: the step, its case, whether he may still take it back."""

    task_id: int
    title: str
    process_key: str
    element_id: str
    instance_id: int
    case_no: str
    case_title: str
    case_state: str
    sent_at: datetime
    may_withdraw: bool


def sent(connection: Connection, task_id: int, person_id: int) -> Sent | None:
    """Give what a person sent at a task, or None where it is not his, or anonymous."""
    row = quick.first(connection, _SENT, {"task_id": task_id, "person_id": person_id})
    if row is None:
        return None
    return Sent(
        task_id=row.id,
        title=row.title,
        process_key=row.process_key,
        element_id=row.element_id,
        instance_id=row.instance_id,
        case_no=row.case_no,
        case_title=row.case_title,
        case_state=row.case_state,
        sent_at=row.ended_at,
        may_withdraw=may_withdraw(connection, task_id),
    )


def people_of(connection: Connection, instance_id: int) -> frozenset[int]:
    """Name who has to do with a case: its subject, and those who did or have steps."""
    found = connection.execute(
        select(
            _task.c.subject_id, _task.c.assignee_id, _task.c.completed_by, _task.c.owner_id
        ).where(_task.c.instance_id == instance_id, _task.c.anonymous.is_(False))
    )
    return frozenset(one for row in found for one in row if one is not None)


def may_withdraw(connection: Connection, task_id: int) -> bool:
    """Tell whether a submission may still be taken back by who sent it."""
    row = quick.first(connection, _LAST_ACT, {"task_id": task_id})
    return row is not None and row.seq == row.head_seq and row.state == "ACTIVE"


def time_spent(connection: Connection, person_id: int, task_id: int) -> tuple[int, int]:
    """Give how many seconds a person had a task's form open, and typed in it."""
    row = quick.first(connection, _SPENT, {"task_id": task_id, "person_id": person_id})
    return (0, 0) if row is None else (row.open_seconds, row.active_seconds)


def average_times(connection: Connection, process_key: str) -> tuple[Average, ...]:
    """Give the average times of a process's steps; a step of fewer than FEWEST cases is left out.

    The newest times of the city are looked at, so that the page costs the same in every year.
    An anonymous answer counts once its group is complete: else each new one would be seen to come.
    """
    newest = select(_time).order_by(_time.c.task_id.desc()).limit(_TIMES_LOOKED_AT).subquery()
    number = func.count()
    rows = connection.execute(
        select(
            _task.c.element_id,
            number.label("number"),
            func.sum(newest.c.open_seconds).label("open"),
            func.sum(newest.c.active_seconds).label("active"),
        )
        .join(newest, newest.c.task_id == _task.c.id)
        .where(_task.c.process_key == process_key, _task.c.state == "COMPLETED", ~_is_one_of_few())
        .group_by(_task.c.element_id)
        .having(func.count(func.distinct(_task.c.instance_id)) >= FEWEST)
        .order_by(_task.c.element_id)
    )
    return tuple(
        Average(
            process_key,
            row.element_id,
            row.number,
            round(row.open / row.number),
            round(row.active / row.number),
        )
        for row in rows
    )


def _is_one_of_few() -> Any:
    """Tell whether a task is of an anonymous group of which others have not answered yet."""
    other = _task.alias("other")
    open_ = select(other.c.id).where(
        other.c.instance_id == _task.c.instance_id,
        other.c.element_id == _task.c.element_id,
        other.c.state == "CREATED",
    )
    return and_(_task.c.anonymous, open_.exists())
