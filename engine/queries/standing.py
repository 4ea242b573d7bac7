"""Where a case stands, as the platform sees it: for scenarios and repairs, never for pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.errors import NotFound
from engine.model import CaseFacts
from engine.queries.state import run_of
from engine.store.base import table_of
from engine.store.tables import Instance, Task

_task = table_of(Task)
_instance = table_of(Instance)


def doers(connection: Connection, instance_id: int, elements: Collection[str]) -> tuple[int, ...]:
    """List who completed tasks of these elements, themselves or for somebody, the latest last."""
    rows = connection.execute(
        select(_task.c.completed_by, _task.c.on_behalf_of)
        .where(
            _task.c.instance_id == instance_id,
            _task.c.element_id.in_(elements),
            _task.c.state == "COMPLETED",
            _task.c.anonymous.is_(False),
        )
        .order_by(_task.c.ended_at, _task.c.id)
    )
    found = [person for row in rows for person in (row.on_behalf_of, row.completed_by)]
    return tuple(dict.fromkeys(person for person in found if person is not None))


@dataclass(frozen=True)
class OpenTask:
    """An open task and whose it is; of an anonymous one too."""

    id: int
    element_id: str
    assignee_id: int | None
    candidate_group: str | None


def open_tasks(connection: Connection, instance_id: int) -> tuple[OpenTask, ...]:
    """List the open tasks of a case."""
    rows = connection.execute(
        select(_task.c.id, _task.c.element_id, _task.c.assignee_id, _task.c.candidate_group)
        .where(_task.c.instance_id == instance_id, _task.c.state == "CREATED")
        .order_by(_task.c.id)
    )
    return tuple(OpenTask(*row) for row in rows)


@dataclass(frozen=True)
class WaitingTask:
    """An open task: in which case, and for whom."""

    case_no: str
    assignee_id: int | None


def waiting_task(connection: Connection, task_id: int) -> WaitingTask | None:
    """Say for whom a task waits; None where it waits no more."""
    found = select(_task.c.case_no, _task.c.assignee_id).where(
        _task.c.id == task_id, _task.c.state == "CREATED"
    )
    row = connection.execute(found).first()
    return None if row is None else WaitingTask(*row)


def case_facts(connection: Connection, instance_id: int) -> CaseFacts:
    """Give what a host is told about a case."""
    found = select(
        _instance.c.id, _instance.c.process_key, _instance.c.subject_id, _instance.c.scope_path
    ).where(_instance.c.id == instance_id)
    row = connection.execute(found).first()
    if row is None:
        raise NotFound(f"Expected a case {instance_id}, but there is none.")
    return CaseFacts(*row)


def case_number(connection: Connection, instance_id: int) -> str:
    """Give the number of a case; empty while it is being started, or where there is none."""
    found = select(_instance.c.case_no).where(_instance.c.id == instance_id)
    return connection.scalars(found).first() or ""


def variables(connection: Connection, instance_id: int) -> Mapping[str, Any]:
    """Give the case's variables as FEEL values, branches merged."""
    row = connection.execute(select(_instance).where(_instance.c.id == instance_id)).first()
    if row is None:
        raise NotFound(f"Expected a case {instance_id}, but there is none.")
    return run_of(connection, row).variables()


def active(connection: Connection, instance_ids: Collection[int]) -> frozenset[int]:
    """Tell which of these cases have not ended."""
    found = select(_instance.c.id).where(
        _instance.c.id.in_(sorted(instance_ids)), _instance.c.state.in_(("ACTIVE", "SUSPENDED"))
    )
    return frozenset(connection.scalars(found))


def doer(connection: Connection, instance_id: int, element_id: str) -> int | None:
    """Say who completed a step of a case last; of an anonymous one nobody."""
    found = (
        select(_task.c.completed_by)
        .where(
            _task.c.instance_id == instance_id,
            _task.c.element_id == element_id,
            _task.c.state == "COMPLETED",
            _task.c.anonymous.is_(False),
        )
        .order_by(_task.c.id.desc())
    )
    return connection.scalars(found).first()
