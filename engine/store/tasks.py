"""Statements on user tasks and drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, text, union_all, update

from engine.store import quick
from engine.store.base import any_of, insert_row, table_of, take_ids
from engine.store.tables import Draft, Instance, Task

_task = table_of(Task)
_draft = table_of(Draft)
_instance = table_of(Instance)

_LOCK_ALL = (
    select(_task)
    .where(_task.c.instance_id == bindparam("instance_id"))
    .order_by(_task.c.id)
    .with_for_update()
)
_CHANGE = update(_task).where(_task.c.id == bindparam("row_id"))
_CREATE = insert(_task)
_CANCEL = (
    update(_task)
    .where(
        _task.c.instance_id == bindparam("of_instance"),
        any_of(_task.c.token, "tokens"),
        _task.c.state == "CREATED",
    )
    .values(state="CANCELLED", next_step_at=None)
)
# The root itself and its children apart: joined by OR, all tasks there are would be read.
_OF_ROOT = union_all(
    select(_instance.c.id).where(_instance.c.root_id == bindparam("root")),
    select(_instance.c.id).where(_instance.c.id == bindparam("root")),
)
_DID_ONE_OF = (
    select(_task.c.id)
    .where(
        _task.c.instance_id.in_(_OF_ROOT),
        any_of(_task.c.element_id, "elements"),
        _task.c.state == "COMPLETED",
        or_(any_of(_task.c.completed_by, "persons"), any_of(_task.c.on_behalf_of, "persons")),
    )
    .limit(1)
)
_WITH_DUE_STEP = (
    select(_task.c.id)
    .where(_task.c.state == text("'CREATED'"), _task.c.next_step_at <= bindparam("now"))
    .order_by(_task.c.next_step_at)
    .limit(bindparam("most"))
)
_HOLD_STEP = (
    update(_task)
    .where(
        _task.c.id == bindparam("of_task"),
        _task.c.state == "CREATED",
        _task.c.next_step_at <= bindparam("now"),
    )
    .values(next_step_at=None)
    .returning(_task.c.instance_id, _task.c.element_id)
)
_CHANGE_DRAFT = update(_draft).where(
    _draft.c.task_id == bindparam("of_task"), _draft.c.person_id == bindparam("of_person")
)
_ADD_DRAFT = insert(_draft)
_TEXTS_OF_DRAFTS = select(_draft.c.answers)
_DROP_DRAFTS = delete(_draft).where(any_of(_draft.c.task_id, "tasks"))


class TaskStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def lock_all(self, instance_id: int) -> dict[int, Any]:
        """Lock every task of a locked instance, by id."""
        rows = quick.run(self.connection, _LOCK_ALL, {"instance_id": instance_id})
        return {row.id: row for row in rows}

    def is_anonymous(self, task_id: int) -> bool:
        """Tell whether nobody may know whose task this is."""
        found = select(_task.c.anonymous).where(_task.c.id == task_id)
        return bool(self.connection.scalars(found).first())

    def create(self, rows: list[dict[str, Any]]) -> list[int]:
        """Insert tasks and give their ids, in order."""
        if not rows:
            return []
        if len(rows) == 1:
            return [insert_row(self.connection, _task, **rows[0])]
        ids = take_ids(self.connection, _task, len(rows))
        new = [{"id": id_, "parked": False, **row} for id_, row in zip(ids, rows, strict=True)]
        quick.run_many(self.connection, _CREATE, new)
        return ids

    def change(self, task_id: int, **columns: Any) -> None:
        """Change a locked task."""
        quick.run(self.connection, _CHANGE, {"row_id": task_id, **columns})

    def cancel(self, instance_id: int, tokens: Collection[int], at: datetime) -> None:
        """End the open tasks of these tokens."""
        if tokens:
            self.connection.execute(
                _CANCEL, {"of_instance": instance_id, "tokens": list(tokens), "ended_at": at}
            )

    def did_one_of(self, root_id: int, elements: Collection[str], persons: Collection[int]) -> bool:
        """Tell whether one of these persons did one of these elements, anywhere in a root case."""
        wanted = {"root": root_id, "elements": list(elements), "persons": list(persons)}
        return self.connection.execute(_DID_ONE_OF, wanted).first() is not None

    def with_due_step(self, now: datetime, limit: int) -> list[int]:
        """Name open tasks whose reminder or escalation is due, earliest first."""
        return list(self.connection.scalars(_WITH_DUE_STEP, {"now": now, "most": limit}))

    def hold_step(self, task_id: int, now: datetime) -> Any:
        """Keep the due step of an open task from being found; None where it has none."""
        return self.connection.execute(_HOLD_STEP, {"of_task": task_id, "now": now}).first()

    # ---- drafts

    def save_draft(self, task_id: int, person_id: int, answers: str, at: datetime) -> None:
        """Keep what somebody has typed, replacing what was kept before."""
        typed = {"answers": answers, "saved_at": at}
        whose = {"of_task": task_id, "of_person": person_id}
        if not self.connection.execute(_CHANGE_DRAFT, {**whose, **typed}).rowcount:
            new = {"task_id": task_id, "person_id": person_id, **typed}
            self.connection.execute(_ADD_DRAFT, new)

    def draft_kept_at(self, task_id: int, person_id: int) -> datetime | None:
        """Give when somebody's draft of a task was kept; None where there is none."""
        whose = (_draft.c.task_id == task_id, _draft.c.person_id == person_id)
        return self.connection.scalars(select(_draft.c.saved_at).where(*whose)).one_or_none()

    def texts_of_drafts(self) -> Iterator[str]:
        """Give what is typed in all drafts, one by one."""
        # An option of the statement: one of the connection would hold for all that comes after.
        yield from self.connection.scalars(_TEXTS_OF_DRAFTS.execution_options(yield_per=100))

    def drop_drafts(self, task_ids: Collection[int]) -> None:
        """Forget what was typed for these tasks."""
        if task_ids:
            quick.run(self.connection, _DROP_DRAFTS, {"tasks": list(task_ids)})
