"""Statements on user tasks and drafts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from engine.store.base import table_of
from engine.store.tables import Draft, Instance, Task

_task = table_of(Task)
_draft = table_of(Draft)
_instance = table_of(Instance)


class TaskStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def lock_all(self, instance_id: int) -> dict[int, Any]:
        """Lock every task of a locked instance, by id."""
        rows = self.connection.execute(
            select(_task)
            .where(_task.c.instance_id == instance_id)
            .order_by(_task.c.id)
            .with_for_update()
        )
        return {row.id: row for row in rows}

    def is_anonymous(self, task_id: int) -> bool:
        """Tell whether nobody may know whose task this is."""
        found = select(_task.c.anonymous).where(_task.c.id == task_id)
        return bool(self.connection.scalars(found).first())

    def create(self, rows: list[dict[str, Any]]) -> list[int]:
        """Insert tasks and give their ids, in order; one statement."""
        if not rows:
            return []
        made = self.connection.execute(
            insert(_task).returning(_task.c.id, sort_by_parameter_order=True), rows
        )
        return [row.id for row in made]

    def change(self, task_id: int, **columns: Any) -> None:
        """Change a locked task."""
        self.connection.execute(update(_task).where(_task.c.id == task_id).values(**columns))

    def cancel(self, instance_id: int, tokens: Collection[int], at: datetime) -> None:
        """End the open tasks of these tokens."""
        if tokens:
            self.connection.execute(
                update(_task)
                .where(
                    _task.c.instance_id == instance_id,
                    _task.c.token.in_(list(tokens)),
                    _task.c.state == "CREATED",
                )
                .values(state="CANCELLED", ended_at=at, next_step_at=None)
            )

    def did_one_of(self, root_id: int, elements: Collection[str], persons: Collection[int]) -> bool:
        """Tell whether one of these persons did one of these elements, anywhere in a root case."""
        done = (
            select(_task.c.id)
            .join(_instance, _instance.c.id == _task.c.instance_id)
            .where(
                or_(_instance.c.root_id == root_id, _instance.c.id == root_id),
                _task.c.element_id.in_(list(elements)),
                _task.c.state == "COMPLETED",
                or_(
                    _task.c.completed_by.in_(list(persons)), _task.c.on_behalf_of.in_(list(persons))
                ),
            )
            .limit(1)
        )
        return self.connection.execute(done).first() is not None

    def with_due_step(self, now: datetime, limit: int) -> list[int]:
        """Name open tasks whose reminder or escalation is due, earliest first."""
        return list(
            self.connection.scalars(
                select(_task.c.id)
                .where(_task.c.state == "CREATED", _task.c.next_step_at <= now)
                .order_by(_task.c.next_step_at)
                .limit(limit)
            )
        )

    # ---- drafts

    def save_draft(self, task_id: int, person_id: int, answers: str, at: datetime) -> None:
        """Keep what somebody has typed, replacing what was kept before."""
        changed = self.connection.execute(
            update(_draft)
            .where(_draft.c.task_id == task_id, _draft.c.person_id == person_id)
            .values(answers=answers, saved_at=at)
        )
        if not changed.rowcount:
            self.connection.execute(
                insert(_draft).values(
                    task_id=task_id, person_id=person_id, answers=answers, saved_at=at
                )
            )

    def drop_drafts(self, task_ids: Collection[int]) -> None:
        """Forget what was typed for these tasks."""
        if task_ids:
            self.connection.execute(delete(_draft).where(_draft.c.task_id.in_(list(task_ids))))
