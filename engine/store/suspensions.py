"""Statements that stop what moves a case (timers, due steps, jobs), and let it go on again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from engine.model import JobState
from engine.store.base import table_of
from engine.store.job_tables import Job
from engine.store.tables import Task, Timer

_job = table_of(Job)
_task = table_of(Task)
_timer = table_of(Timer)

_HOLD_TIMERS = (
    update(_timer)
    .where(_timer.c.instance_id == bindparam("of_instance"))
    .values(held=bindparam("stopped"))
)
_STOP_TASKS = (
    update(_task)
    .where(_task.c.instance_id == bindparam("of_instance"), _task.c.state == "CREATED")
    .values(suspended=True, next_step_at=None)
)
_FREE_TASK = (
    update(_task)
    .where(_task.c.id == bindparam("of_task"))
    .values(suspended=False, next_step_at=bindparam("step_at"))
)
_KEEP_JOB = insert(_job)
_FREE_JOBS = (
    update(_job)
    .where(_job.c.group_key == bindparam("of_case"), _job.c.state == JobState.WAITING)
    .values(state=JobState.DUE, run_at=bindparam("at"))
)


class SuspensionStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def stop(self, instance_id: int) -> None:
        """Keep the timers and open tasks of a locked instance from becoming due."""
        self.connection.execute(_HOLD_TIMERS, {"of_instance": instance_id, "stopped": True})
        self.connection.execute(_STOP_TASKS, {"of_instance": instance_id})

    def keep_job(self, instance_id: int, kind: str, payload: str, at: datetime) -> None:
        """Put a job aside that came for an instance while it is stopped."""
        columns = {
            "kind": kind,
            "payload": payload,
            "state": JobState.WAITING,
            "run_at": at,
            "created_at": at,
            "group_key": _group(instance_id),
        }
        self.connection.execute(_KEEP_JOB, columns)

    def go_on(self, instance_id: int, steps: Mapping[int, datetime | None], at: datetime) -> None:
        """Let all of it go on; `steps` says when each open task's next step is due."""
        self.connection.execute(_HOLD_TIMERS, {"of_instance": instance_id, "stopped": False})
        rows: Sequence[dict[str, Any]] = [
            {"of_task": task_id, "step_at": step_at} for task_id, step_at in steps.items()
        ]
        if rows:
            self.connection.execute(_FREE_TASK, rows)
        self.connection.execute(_FREE_JOBS, {"of_case": _group(instance_id), "at": at})


def _group(instance_id: int) -> str:
    return f"case:{instance_id}"
