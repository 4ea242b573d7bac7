"""What the engine relies on in a database connection."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError, OperationalError

from engine import Engine, open_database
from engine.store.database import for_queries, is_retryable, let_go


def test_a_writer_that_finds_another_one_may_try_again(tmp_path: Path) -> None:
    one, other = (open_database(f"sqlite:///{tmp_path / 'case.db'}") for _ in range(2))
    with other.connect() as impatient:
        impatient.execute(text("PRAGMA busy_timeout=1"))
        impatient.rollback()
        with one.begin(), pytest.raises(OperationalError) as caught:
            impatient.execute(text("SELECT 1"))
    assert is_retryable(caught.value)


def test_two_may_read_at_the_same_time(tmp_path: Path) -> None:
    one, other = (
        open_database(f"sqlite:///{tmp_path / 'case.db'}").execution_options(alur_read=True)
        for _ in range(2)
    )
    with one.connect() as first, other.connect() as second:
        assert first.scalar(text("SELECT 1")) == second.scalar(text("SELECT 1")) == 1


only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@only_postgresql
def test_a_connection_that_the_server_has_ended_is_replaced(database: Database) -> None:
    with database.connect() as connection:
        ended = connection.scalar(text("SELECT pg_backend_pid()"))
    with database.connect() as one, database.connect() as other:
        here = {c.scalar(text("SELECT pg_backend_pid()")): c for c in (one, other)}
        (killer,) = (each for pid, each in here.items() if pid != ended)
        here[ended].close()
        killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
        with database.connect() as anew:
            assert anew.scalar(text("SELECT pg_backend_pid()")) != ended


@only_postgresql
def test_what_is_asked_often_is_prepared_once(host_engine: Engine) -> None:
    asked = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%itself%'")

    def ask(connection: Connection) -> int:
        return int(connection.execute(asked).scalar_one())

    assert [host_engine.ask(ask) for _ in range(12)][-1] == 1


@only_postgresql
def test_a_query_sees_one_snapshot_and_writes_nothing(database: Database) -> None:
    count = text("SELECT count(*) FROM stream")
    add = text("INSERT INTO stream (kind, key, head_seq, head_hash) VALUES ('PERSON', :key, 0, '')")
    looking = for_queries(database).connect()
    before = looking.scalar(count)
    with database.begin() as writer:
        writer.execute(add, {"key": "one"})
    assert looking.scalar(count) == before
    with pytest.raises(DBAPIError, match="read-only"):
        looking.execute(add, {"key": "two"})
    let_go(looking)
    with database.begin() as writer:  # the next use of the connection is a plain one
        writer.execute(add, {"key": "three"})
        assert writer.scalar(count) == before + 2
