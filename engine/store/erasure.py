"""Statements that take personal values away, and leave every event and its hash where it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, select, update

from engine.model import InstanceState, StreamKind
from engine.store.base import table_of
from engine.store.desk_tables import Comment, Extension, Undo
from engine.store.tables import Draft, Instance, SealedValue, Stream, Task, Value

_comment, _extension, _undo = table_of(Comment), table_of(Extension), table_of(Undo)
_draft, _instance, _task = table_of(Draft), table_of(Instance), table_of(Task)
_sealed, _stream, _value = table_of(SealedValue), table_of(Stream), table_of(Value)
_OPEN = (InstanceState.ACTIVE, InstanceState.SUSPENDED)


class ErasureStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open_cases(self, subject_id: int) -> list[int]:
        """Read the cases about somebody that are not over."""
        found = select(_instance.c.id).where(
            _instance.c.subject_id == subject_id, _instance.c.state.in_(_OPEN)
        )
        return list(self.connection.execute(found).scalars())

    def cases(self, subject_id: int) -> Iterator[tuple[int, int, bytes]]:
        """Read number, stream and state of every case about somebody."""
        found = select(_instance.c.id, _instance.c.stream_id, _instance.c.header)
        for row in self.connection.execute(found.where(_instance.c.subject_id == subject_id)):
            yield row.id, row.stream_id, row.header

    def own_stream(self, subject_id: int) -> int | None:
        """Give the stream of a person."""
        found = select(_stream.c.id).where(
            _stream.c.kind == StreamKind.PERSON, _stream.c.key == str(subject_id)
        )
        return self.connection.execute(found).scalar_one_or_none()

    def values_of_stream(self, stream_id: int) -> int:
        """Delete the sealed values of a stream, and say how many there were."""
        return self.connection.execute(
            delete(_sealed).where(_sealed.c.stream_id == stream_id)
        ).rowcount

    def case(self, instance_id: int, header: bytes, title: str) -> None:
        """Take answers, words and drafts out of a case."""
        run = self.connection.execute
        tasks = select(_task.c.id).where(_task.c.instance_id == instance_id)
        run(delete(_value).where(_value.c.instance_id == instance_id))
        run(delete(_undo).where(_undo.c.instance_id == instance_id))
        run(delete(_draft).where(_draft.c.task_id.in_(tasks)))
        run(update(_extension).where(_extension.c.task_id.in_(tasks)).values(reason=""))
        run(update(_comment).where(_comment.c.instance_id == instance_id).values(text=""))
        of_case = _task.c.instance_id == instance_id
        run(update(_task).where(of_case).values(title=title, case_title=title))
        one = update(_instance).where(_instance.c.id == instance_id)
        run(one.values(title=title, search_text="", header=header))
