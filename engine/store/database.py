"""Opening a database: SQLite through pysqlite3, or PostgreSQL through psycopg 3, set up alike."""

from __future__ import annotations

import select
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, OperationalError

from engine.errors import Busy, NotAllowed, ServiceTaskFailed
from engine.store import quick

try:
    import pysqlite3.dbapi2 as _bundled
except ImportError:  # no wheel for this platform
    _bundled = None

# Below this, two connections that checkpoint can lose pages (the WAL-reset bug).
_SAFE_SQLITE = (3, 51, 3)
# Serialization failure, deadlock, lock not available.
_RETRYABLE_PG = {"40001", "40P01", "55P03"}
_PG_OPTIONS = (
    "-c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
    " -c timezone=UTC -c jit=off"  # compiling a plan takes longer than our longest query
)
# A site's pages and commands have more statements than the hundred that psycopg keeps by itself.
_PREPARED_AT_MOST = 400
_PREPARED_AFTER = 2  # a refused command makes its connection begin anew


def open_database(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL, with the settings that the engine relies on."""
    # Values never go into an error's text, since that goes into logs and incidents.
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        database = _open_sqlite(url, in_memory=parsed.database in (None, "", ":memory:"))
    else:
        database = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            connect_args={"options": _PG_OPTIONS},
            hide_parameters=True,
            pool_size=6,
            pool_use_lifo=True,  # whoever was used last has the most prepared
        )
        event.listen(database, "connect", _set_up_postgresql)
        event.listen(database, "checkout", _look_whether_it_lives)
        event.listen(database, "begin", _begin_postgresql)
    event.listen(database, "before_cursor_execute", _refuse_writes_while_reading)
    return database


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    connection.prepared_max = _PREPARED_AT_MOST
    connection.prepare_threshold = _PREPARED_AFTER
    connection.autocommit = True  # we say BEGIN ourselves


def _begin_postgresql(connection: Connection) -> None:
    # Said to the driver itself: how a transaction is, is then no setting of its connection, which
    # would be set and taken back for every page.
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    opened: Any = connection.connection.driver_connection
    if not opened.autocommit:  # it was something else for a while
        opened.autocommit = True
    reading = options.get("alur_read", False)
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if reading else "BEGIN"
    said = opened.pgconn.exec_(begin.encode())
    if said.status != psycopg.pq.ExecStatus.COMMAND_OK:
        error = psycopg.OperationalError(said.get_error_message())
        if opened.pgconn.status != psycopg.pq.ConnStatus.OK:
            connection.invalidate(error)
        raise OperationalError(begin, None, error) from error


def _look_whether_it_lives(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have a connection replaced that the server has ended.

    A server says something to a connection at rest only when it ends it, or when a setting changes:
    where nothing has come there is nothing to ask, and asking costs as much as a short query.
    """
    look = select.poll()
    look.register(connection.pgconn.socket, select.POLLIN)
    if not look.poll(0):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()  # where it was somebody's who did not say BEGIN himself
    except psycopg.Error as error:
        raise DisconnectionError from error


def let_go(connection: Connection) -> None:
    """Give back a connection that has only read.

    It ends by COMMIT, since psycopg forgets what a connection has prepared after a ROLLBACK.
    """
    if connection.dialect.name == "postgresql" and connection.in_transaction():
        with suppress(psycopg.Error):
            connection.connection.commit()
    connection.close()


def _open_sqlite(url: str, *, in_memory: bool) -> Engine:
    module: ModuleType = _bundled or sqlite3
    version = tuple(int(part) for part in module.sqlite_version.split("."))
    if version < _SAFE_SQLITE:
        warnings.warn(
            f"SQLite {module.sqlite_version} can lose pages when web and worker checkpoint at once;"
            " use PostgreSQL, or a platform that pysqlite3 has a wheel for.",
            stacklevel=3,
        )
    # A new connection reads the whole schema, and the last one to close cleans up the file's log:
    # both take longer than a step, so connections stay open and go from thread to thread.
    pool: dict[str, Any] = {"pool_size": 8, "max_overflow": -1, "poolclass": QueuePool}
    if in_memory:
        pool = {"poolclass": StaticPool}
    database = create_engine(
        url,
        module=module,
        connect_args={"timeout": 30, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )
    event.listen(database, "connect", _set_up_sqlite)
    event.listen(database, "begin", _begin_sqlite)
    return database


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # else INSERT OR REPLACE slips past the guards of the history
        "cache_size=-64000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns into a write is refused at once when another writer was first.
    reading = connection.get_execution_options().get("alur_read", False)
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"
    opened = connection.connection.driver_connection
    assert opened is not None
    try:
        opened.execute(begin)
    except opened.OperationalError as error:  # somebody else has it
        raise OperationalError(begin, None, error) from error


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Refuse every write on the connection until the block ends; a failure undoes no more than it.

    On PostgreSQL a statement that fails would take the whole transaction with it.
    """
    guarded = connection.dialect.name == "postgresql" and not connection.info.get("alur_reading")
    with savepoint(connection) if guarded else _told():
        before = connection.info.get("alur_reading", False)
        connection.info["alur_reading"] = True
        try:
            yield
        finally:
            connection.info["alur_reading"] = before


def _refuse_writes_while_reading(
    connection: Connection,
    _cursor: Any,
    _statement: str,
    _parameters: Any,
    context: Any,
    _many: bool,
) -> None:
    if not connection.info.get("alur_reading"):
        return
    compiled = getattr(context, "compiled", None)
    if compiled is None or not getattr(compiled.statement, "is_select", False):
        raise NotAllowed("Expected an expression to only read, but it tried to write.")


def is_retryable(error: BaseException) -> bool:
    """Tell whether the same transaction may succeed when it is simply run again."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    locked = state in _RETRYABLE_PG or "database is locked" in str(error.orig)
    return locked or is_outdated(error)


def is_outdated(error: BaseException) -> bool:
    """Tell whether a connection had prepared what means something else since the schema changed.

    A ROLLBACK, with which the failed transaction ends, makes it forget all that it has prepared.
    """
    if not isinstance(error, DBAPIError) or not isinstance(error.orig, psycopg.Error):
        return False
    # By where the server says it, since the words come in its language.
    where = error.orig.diag.source_function
    return error.orig.sqlstate == "0A000" and where == "RevalidateCachedQuery"


def is_collision(error: BaseException) -> bool:
    """Tell whether somebody else wrote the same key a moment before: a second look sees it."""
    if not isinstance(error, IntegrityError):
        return False
    unique = getattr(error.orig, "sqlstate", None) == "23505"
    return unique or "UNIQUE constraint failed" in str(error.orig)


def for_queries(database: Engine, **options: Any) -> Engine:
    """Give the database as queries read it: one snapshot each, and nothing can be written."""
    return database.execution_options(alur_read=True, **options)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undo the block alone when it fails; let a lock conflict undo the whole transaction.

    What a database says of a failed statement quotes values of the case: only its kind is told.
    """
    with _told():
        # Said to the driver itself, since it is said for every task; inner ones hide outer ones.
        quick.say(connection, "SAVEPOINT alur")
        try:
            yield
        except BaseException:
            with suppress(DBAPIError):  # a connection that is gone has undone everything
                quick.say(connection, "ROLLBACK TO SAVEPOINT alur")
                quick.say(connection, "RELEASE SAVEPOINT alur")
            raise
        quick.say(connection, "RELEASE SAVEPOINT alur")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_retryable(error):
            raise Busy from error
        kind = type(error.orig).__name__
        raise ServiceTaskFailed(
            f"Expected the database to do what was asked, but it failed ({kind})."
        ) from error
