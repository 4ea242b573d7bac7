"""What the engine relies on in a database connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, column, select, table, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError, OperationalError

from engine import Command, Context, Engine, Visit, open_database
from engine.store import quick
from engine.store.database import for_queries, is_retryable, let_go, savepoint


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


_widened = table("widened", column("id"), column("said"))
_SAID = select(_widened).where(_widened.c.id == bindparam("id"))


@pytest.fixture
def widened(database: Database) -> Iterator[Database]:
    """A table whose column is of one type now and of another one later."""
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE widened (id int, said varchar(20))"))
        connection.execute(text("INSERT INTO widened VALUES (1, 'yes')"))
    yield database
    with database.begin() as connection:
        connection.execute(text("DROP TABLE widened"))


def _widen(url: str, kind: str) -> None:
    """Change the column's type as `alur db upgrade` does: from another process."""
    other = open_database(url)
    with other.begin() as connection:
        connection.execute(text(f"ALTER TABLE widened ALTER COLUMN said TYPE {kind}"))
    other.dispose()


def _said(connection: Connection) -> str:
    (row,) = quick.run(connection, _SAID, {"id": 1})
    return str(row.said)


@dataclass(frozen=True, kw_only=True)
class Ask(Command[str]):
    """Read the row, within a savepoint or without, and count how often it was begun."""

    begun: list[int]
    apart: bool

    def execute(self, ctx: Context) -> str:
        self.begun.append(1)
        if self.apart:
            with savepoint(ctx.connection):
                return _said(ctx.connection)
        return _said(ctx.connection)


@only_postgresql
@pytest.mark.parametrize("apart", [False, True])
def test_a_command_runs_again_where_the_schema_changed_under_what_it_had_prepared(
    host_engine: Engine, widened: Database, apart: bool
) -> None:
    for _ in range(4):
        assert host_engine.execute(Ask(begun=[], apart=apart)) == "yes"
    _widen(widened.url.render_as_string(hide_password=False), "text")
    begun: list[int] = []
    assert host_engine.execute(Ask(begun=begun, apart=apart)) == "yes"
    assert len(begun) == 2, "it failed once, and nobody was told"
    assert host_engine.execute(Ask(begun=begun, apart=apart)) == "yes"
    assert len(begun) == 3


@only_postgresql
@pytest.mark.parametrize("kind", [Engine, Visit])
def test_a_query_is_asked_again_where_the_schema_changed_under_what_was_prepared(
    host_engine: Engine, widened: Database, kind: type[Engine]
) -> None:
    asked = []

    def ask(connection: Connection) -> str:
        asked.append(1)
        return _said(connection)

    for _ in range(4):  # a visit is over when its page has been sent
        assert _visited(host_engine, kind, ask) == "yes"
    _widen(widened.url.render_as_string(hide_password=False), "text")
    asked.clear()
    assert _visited(host_engine, kind, ask) == "yes"
    assert len(asked) == 2
    assert _visited(host_engine, kind, ask) == "yes"
    assert len(asked) == 3


def _visited(engine: Engine, kind: type[Engine], ask: Callable[[Connection], str]) -> str:
    visit = Visit(engine) if kind is Visit else engine
    said = visit.ask(ask)
    if isinstance(visit, Visit):
        visit.close()
    return said


@only_postgresql
def test_what_the_server_cannot_do_is_not_tried_again(host_engine: Engine) -> None:
    """The same code as that of an outdated plan, for another reason."""
    asked = []

    def ask(connection: Connection) -> None:
        asked.append(1)
        connection.execute(text("SELECT count(*) FROM stream FOR UPDATE"))

    with pytest.raises(DBAPIError) as caught:
        host_engine.ask(ask)
    assert getattr(caught.value.orig, "sqlstate", None) == "0A000"
    assert len(asked) == 1
