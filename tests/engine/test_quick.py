"""The short way of a statement gives what SQLAlchemy gives, and refuses what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine import Engine
from engine.errors import NotAllowed
from engine.store import quick
from engine.store.base import any_of, table_of
from engine.store.database import is_collision, reading
from engine.store.tables import Draft, Stream, Task
from tests.engine.stories import counted, request_made

_task, _stream, _draft = table_of(Task), table_of(Stream), table_of(Draft)
_ALL = (
    select(_task).where(_task.c.state != "X", _task.c.id > bindparam("least")).order_by(_task.c.id)
)
_SOME = select(_task.c.id).where(any_of(_task.c.id, "ids"))
_ADD = insert(_stream)
_MOVE = update(_stream).where(_stream.c.key == bindparam("of_key"))
_DROP = delete(_stream).where(_stream.c.key == bindparam("of_key"))
_STREAMS = select(_stream).where(_stream.c.kind == "test").order_by(_stream.c.key)


def stream(key: str) -> dict[str, Any]:
    return {"kind": "test", "key": key, "head_seq": 0, "head_hash": b"\x00\xff"}


def test_rows_are_those_of_sqlalchemy_with_their_types(host_engine: Engine) -> None:
    request_made(host_engine)
    with host_engine.database.begin() as connection:
        known = connection.execute(_ALL, {"least": 0}).all()
        found = quick.run(connection, _ALL, {"least": 0})
        assert [tuple(row) for row in found] == [tuple(row) for row in known]
        assert [dict(row._mapping) for row in found] == [dict(row._mapping) for row in known]
        assert found[0].created_at.tzinfo is UTC
        assert found[0].anonymous is False
        assert quick.first(connection, _ALL, {"least": 99_999}) is None
        ids = [row.id for row in found]
        for some in ([], ids[:1], ids):
            told = sorted(row.id for row in quick.run(connection, _SOME, {"ids": some}))
            assert told == some


def test_what_is_written_is_written(host_engine: Engine) -> None:
    with host_engine.database.begin() as connection:
        quick.run_many(connection, _ADD, [stream("a"), stream("b")])
        quick.run_many(connection, _ADD, [stream("c")])
        quick.run(connection, _MOVE, {"of_key": "b", "head_seq": 7})
        quick.run(connection, _DROP, {"of_key": "a"})
    with host_engine.database.begin() as connection:
        rows = quick.run(connection, _STREAMS)
        assert [(row.key, row.head_seq, row.head_hash) for row in rows] == [
            ("b", 7, b"\x00\xff"), ("c", 0, b"\x00\xff"),
        ]  # fmt: skip


def test_many_rows_are_written_however_many_they_are(host_engine: Engine) -> None:
    for count in (2, 12, 13):
        with host_engine.database.begin() as connection:
            rows = [{**stream(f"{n:02}"), "head_seq": n} for n in range(count)]
            with counted(host_engine.database) as said:
                quick.run_many(connection, _ADD, rows)
            assert len(said) == 1
            found = [(row.key, row.head_seq) for row in quick.run(connection, _STREAMS)]
            assert found == [(row["key"], row["head_seq"]) for row in rows]
            with pytest.raises(IntegrityError) as caught:
                quick.run_many(connection, _ADD, rows)
            assert is_collision(caught.value)
            connection.rollback()


def test_defaults_and_moments_are_those_of_the_table(host_engine: Engine) -> None:
    request_made(host_engine)
    drafted = {"task_id": 1, "person_id": 1, "answers": "{}"}
    moment = datetime(2026, 7, 1, 9, tzinfo=UTC)
    with host_engine.database.begin() as connection:
        task_id = quick.run(connection, _ALL, {"least": 0})[0].id
        row = {**drafted, "task_id": task_id, "saved_at": moment}
        quick.run(connection, insert(_draft), row)
        assert quick.run(connection, select(_draft))[0].saved_at == moment
        quick.run(connection, insert(_stream), {"kind": "test", "key": "d"})
        assert quick.run(connection, _STREAMS)[0].head_seq == 0
        naive = {**row, "saved_at": datetime(2026, 7, 1)}
        with pytest.raises(ValueError, match="zone"):
            quick.run(connection, insert(_draft), naive)
        with pytest.raises(ValueError, match="zone"):  # every row of many has the column's type
            quick.run_many(connection, insert(_draft), [{**row, "person_id": 2}, naive])


def test_a_collision_is_told_as_one_and_without_values(database: Database) -> None:
    with database.begin() as connection:
        quick.run(connection, _ADD, stream("rahasia"))
        with pytest.raises(IntegrityError) as caught:
            quick.run(connection, _ADD, stream("rahasia"))
        connection.rollback()
    assert is_collision(caught.value)
    assert "rahasia" not in str(caught.value).partition("[SQL")[2]


def test_a_value_that_was_not_given_is_missed(database: Database) -> None:
    with database.begin() as connection, pytest.raises(KeyError):
        quick.run(connection, _ALL, {})


def test_listeners_hear_of_it_and_readers_may_not_write(database: Database) -> None:
    with counted(database) as said, database.begin() as connection:
        quick.run(connection, _STREAMS)
        with reading(connection):
            quick.run(connection, _STREAMS)
            with pytest.raises(NotAllowed):
                quick.run(connection, _ADD, stream("x"))
    # The refused one was stopped by a listener, before or after this one.
    assert [sql.split()[0] for sql in said if sql != "COMMIT"][:2] == ["SELECT", "SELECT"]
