"""Statements on what comes again and again, and on the processes that work jobs off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from engine.store.base import any_of, table_of
from engine.store.tables import Schedule, WorkerRow

_schedule = table_of(Schedule)
_worker = table_of(WorkerRow)

_DUE = (
    select(_schedule.c.name)
    .where(_schedule.c.enabled, _schedule.c.next_at <= bindparam("now"))
    .order_by(_schedule.c.next_at)
)
_LOCK = select(_schedule).where(_schedule.c.name == bindparam("of_name")).with_for_update()
_CHANGE = update(_schedule).where(_schedule.c.name == bindparam("of_name"))
_NAMES = select(_schedule.c.name)
_DROP = delete(_schedule).where(any_of(_schedule.c.name, "names"))

_BEAT = update(_worker).where(_worker.c.name == bindparam("of_name"))
_FORGET = delete(_worker).where(
    or_(
        _worker.c.heartbeat_at < bindparam("silent"),
        _worker.c.stopped_at < bindparam("silent"),
    )
)
# One process at a time relays: whoever holds the row, until it has been silent for too long.
_HOLD = (
    update(_worker)
    .where(
        _worker.c.name == bindparam("of_name"),
        or_(
            (_worker.c.host == bindparam("my_host")) & (_worker.c.pid == bindparam("my_pid")),
            _worker.c.heartbeat_at < bindparam("silent"),
            _worker.c.heartbeat_at > bindparam("never"),
            text("stopped_at IS NOT NULL"),
        ),
    )
    .values(
        host=bindparam("my_host"),
        pid=bindparam("my_pid"),
        heartbeat_at=bindparam("now"),
        stopped_at=None,
    )
)


class ScheduleStore:
    """Schedules and workers, on one open connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def due(self, now: datetime) -> list[str]:
        """Name the schedules whose time has come, the latest first."""
        return list(self.connection.scalars(_DUE, {"now": now}))

    def lock(self, name: str) -> Any:
        """Lock a schedule; None where there is none."""
        return self.connection.execute(_LOCK, {"of_name": name}).first()

    def names(self) -> set[str]:
        """Name all schedules."""
        return set(self.connection.scalars(_NAMES))

    def add(self, **columns: Any) -> bool:
        """Write a schedule; False where somebody wrote it a moment ago."""
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(_schedule), columns)
        except IntegrityError:
            return False
        return True

    def change(self, name: str, **columns: Any) -> None:
        """Change a locked schedule."""
        self.connection.execute(_CHANGE, {"of_name": name, **columns})

    def drop(self, names: list[str]) -> None:
        """Forget schedules."""
        if names:
            self.connection.execute(_DROP, {"names": names})

    # ---- workers

    def beat(self, name: str, **columns: Any) -> bool:
        """Write that a worker lives; False where it has no row yet."""
        return bool(self.connection.execute(_BEAT, {"of_name": name, **columns}).rowcount)

    def add_worker(self, **columns: Any) -> None:
        """Enter a worker."""
        self.connection.execute(insert(_worker), columns)

    def hold(self, name: str, **named: Any) -> bool:
        """Take or keep a part that one process plays at a time; False where another has it.

        named -- my_host, my_pid, now, silent (heard before: dead), never (after: the clock jumped)
        """
        return bool(self.connection.execute(_HOLD, {"of_name": name, **named}).rowcount)

    def is_known(self, name: str) -> bool:
        """Tell whether there is a row of this name."""
        known = select(_worker.c.name).where(_worker.c.name == name)
        return self.connection.execute(known).first() is not None

    def forget_workers(self, silent: datetime) -> int:
        """Delete workers not heard of since."""
        return self.connection.execute(_FORGET, {"silent": silent}).rowcount
