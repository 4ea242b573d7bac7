"""What a person has in hand who submitted something: the event, and the proof that it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.history import unpack
from engine.queries.handing_out import event_entry
from engine.queries.tree import EventProof, event_proof
from engine.store.base import table_of
from engine.store.tables import History, Instance, SealedValue, Task

FORMAT = "receipt 1"
_CODE_LENGTH = 16  # hexadecimal digits: 64 bits, so that nobody comes upon one by trying

_history = table_of(History)
_sealed = table_of(SealedValue)
_task = table_of(Task)
_instance = table_of(Instance)


@dataclass(frozen=True)
class ReceiptView:
    """The receipt of a submitted task.

    number -- where the event stands; code -- begins its hash; file -- what alur_verify.py checks,
    with the person's own answers; anchored -- whether a checkpoint covers it yet
    """

    task_id: int
    case_no: str
    title: str
    person_id: int | None
    on_behalf_of: int | None
    at: datetime
    number: str
    code: str
    anchored: bool
    file: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """What anybody may learn about an event whose number and code he has: no content."""

    at: datetime
    anchored_at: datetime | None
    size: int | None


def of_task(connection: Connection, task_id: int) -> ReceiptView | None:
    """Give the receipt of a task that somebody completed under his name; None for any other."""
    task = connection.execute(
        select(_task, _instance.c.stream_id)
        .join(_instance, _instance.c.id == _task.c.instance_id)
        .where(_task.c.id == task_id, _task.c.state == "COMPLETED", _task.c.anonymous.is_(False))
    ).first()
    if task is None:
        return None
    event = connection.execute(
        select(_history)
        .where(
            _history.c.stream_id == task.stream_id,
            _history.c.task_id == task_id,
            _history.c.kind == "TASK_COMPLETED",
        )
        .order_by(_history.c.seq.desc())
        .limit(1)
    ).first()
    if event is None:
        return None
    proof = event_proof(connection, event.stream_id, event.seq)
    return ReceiptView(
        task_id=task_id,
        case_no=task.case_no,
        title=task.title,
        person_id=task.completed_by,
        on_behalf_of=task.on_behalf_of,
        at=event.at,
        number=f"{event.stream_id}-{event.seq}",
        code=event.hash.hex()[:_CODE_LENGTH],
        anchored=proof is not None,
        file=_file(connection, event, proof),
    )


def standing(connection: Connection, number: str, code: str) -> Standing | None:
    """Say whether an event with this number and code is kept; None for anything else."""
    stream, _, seq = number.partition("-")
    if not (_is_number(stream, 2**53) and _is_number(seq, 2**31)) or len(code) < _CODE_LENGTH:
        return None
    event = connection.execute(
        select(_history.c.at, _history.c.hash).where(
            _history.c.stream_id == int(stream), _history.c.seq == int(seq)
        )
    ).first()
    if event is None or not event.hash.hex().startswith(code.lower()):
        return None
    proof = event_proof(connection, int(stream), int(seq))
    if proof is None:
        return Standing(event.at, None, None)
    return Standing(event.at, proof.note_at, proof.size)


def _is_number(text: str, below: int) -> bool:
    """Tell a number that the column can be compared with; PostgreSQL refuses any other."""
    return text.isascii() and text.isdigit() and len(text) < 16 and int(text) < below


def _file(connection: Connection, event: Any, proof: EventProof | None) -> dict[str, Any]:
    before = connection.scalar(
        select(_history.c.hash).where(
            _history.c.stream_id == event.stream_id, _history.c.seq == event.seq - 1
        )
    )
    values = connection.execute(
        select(_sealed)
        .where(_sealed.c.stream_id == event.stream_id, _sealed.c.seq == event.seq)
        .order_by(_sealed.c.name)
    )
    content = {
        "alur": FORMAT,
        **event_entry(event),
        "previous": (before or b"").hex(),
        "values": [[row.name, row.salt.hex(), unpack(row.value)] for row in values],
    }
    if proof is None:
        return content
    return {
        **content,
        "batch": [proof.first_seq, proof.last_seq],
        "in_batch": [one.hex() for one in proof.in_batch],
        "position": proof.position,
        "in_tree": [one.hex() for one in proof.in_tree],
        "note": proof.note,
    }
