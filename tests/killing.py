"""Work that is killed at a chosen statement, as `kill -9` and a power cut do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import event

from engine import Engine, open_database


def killed_at(engine: Engine, sql: str, times: int, act: Callable[[Engine], Any]) -> None:
    """Do something in a process of its own, which dies before it says `sql` for the n-th time.

    `COMMIT` is said at the end of a transaction.  The test fails where the process lives on.
    """
    child = os.fork()
    if not child:
        try:
            _act(engine, sql, times, act)
        finally:
            os._exit(0)  # not killed: neither clean-up nor pytest of the parent's
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it never said {sql!r} {times} times"
    assert os.WTERMSIG(status) == signal.SIGKILL


def _act(engine: Engine, sql: str, times: int, act: Callable[[Engine], Any]) -> None:
    # Connections of its own: the parent's would be spoiled for both.
    database = open_database(engine.database.url.render_as_string(hide_password=False))
    _watch(database, sql, times)
    act(Engine(database, engine.ports, engine.clock))


def _watch(database: Database, sql: str, times: int) -> None:
    left = [times]

    def count(said: str) -> None:
        if said.startswith(sql):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    def statement(_c: Any, _cursor: Any, said: str, _p: Any, _x: Any, _many: bool) -> None:
        count(said)

    event.listen(database, "before_cursor_execute", statement)
    event.listen(database, "commit", lambda _connection: count("COMMIT"))
