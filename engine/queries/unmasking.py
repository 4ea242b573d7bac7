"""What an anonymous answer keeps of its writer: a ciphertext that this server cannot read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.errors import NotFound
from engine.store.base import table_of
from engine.store.tables import Task

_task = table_of(Task)


@dataclass(frozen=True)
class MaskedAnswer:
    """An anonymous task that is over; `masked` names its writer to whoever has the unmask key."""

    task_id: int
    instance_id: int
    case_no: str
    pseudonym: str
    masked: bytes


def masked_answer(connection: Connection, task_id: int) -> MaskedAnswer:
    """Give what an anonymous answer keeps of its writer; NotFound for anything else."""
    row = connection.execute(
        select(_task).where(
            _task.c.id == task_id, _task.c.anonymous, _task.c.masked_person.is_not(None)
        )
    ).first()
    if row is None:
        raise NotFound(f"Expected an anonymous answer {task_id} that was given, but there is none.")
    return MaskedAnswer(
        row.id, row.instance_id, row.case_no, row.pseudonym or "", row.masked_person
    )


def masked_answers(connection: Connection, case_no: str) -> tuple[MaskedAnswer, ...]:
    """List the anonymous answers of a case by pseudonym; their order says nothing of when."""
    rows = connection.execute(
        select(_task)
        .where(_task.c.case_no == case_no, _task.c.anonymous, _task.c.masked_person.is_not(None))
        .order_by(_task.c.pseudonym)
    )
    return tuple(
        MaskedAnswer(row.id, row.instance_id, row.case_no, row.pseudonym or "", row.masked_person)
        for row in rows
    )
